"""Blocks that need a GPU: the device, recordings of what it gave, and dry runs without one.

In: pages with blocks marked `gpu`. Out: recordings beside them, and their outputs in the pages.
All but dry runs needs torch, PyYAML and pytest-codeblocks alone: a bare machine with a GPU will do.
"""
