"""The Markdown sources as data: pages, their front matter, links and claims, and contents.yml.

In: the project's root folder. Out: a `Book`; and the engine's `Settings` for PyTorch.
Judges nothing: what is wrong with a page is said by the room `check`.
"""
