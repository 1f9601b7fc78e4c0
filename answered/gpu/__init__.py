"""Blocks that need a GPU: the device, and recordings of what it gave.

In: pages with blocks marked `gpu`. Out: recordings beside them, and their outputs in the pages.
Needs torch, PyYAML and pytest-codeblocks alone, so that it runs on a bare machine with a GPU.
"""
