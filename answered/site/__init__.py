"""The site: Markdown with its outputs in, finished HTML out.

In: a `Book` and its outcomes. Out: a stage of plain Markdown that any generator builds, and from
its HTML, finished here, one `Article` for each question. Only `mkdocs.py` imports MkDocs.
"""
