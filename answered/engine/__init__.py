"""Markdown blocks that run: parse, run, cache, judge, update.

In: the text of Markdown pages, and `Settings`. Out: `Block`s, their `Result`s and `Problem`s.
Knows no site, no generator of sites, and no library that blocks are about.
"""
