"""The rules about blocks that need a GPU, and about recordings of them."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator

from ..engine.block import Block
from ..engine.judge import NO_NUMBER, NUMBER
from ..engine.problems import Problem
from ..engine.settings import Settings
from ..gpu.recordings import (
    FOLDER,
    RECORD,
    code_hash,
    gpu_blocks,
    output_hash,
    read_recordings,
    recordings_path,
)
from ..pages.book import Book
from ..pages.page import Page
from ..pages.settings import GPU
from .blocks import PRINTS
from .text import spoiled


def check_recordings(book: Book) -> Iterator[Problem]:
    """Yield faults of `gpu` blocks and of recordings, and recordings of no page."""
    for page in itertools.filterfalse(spoiled, book.pages):
        yield from itertools.chain.from_iterable(map(form, page.blocks))
        yield from page_recordings(page, book.settings)
    known = {recordings_path(page.path) for page in book.pages}
    for file in sorted((book.root / "docs").rglob(f"{FOLDER}/*.yml")):
        path = file.relative_to(book.root).as_posix()
        if path not in known:
            what = "recordings of a page that does not exist"
            yield Problem(path, 1, what, "move the file with its page, or delete it")


def form(block: Block) -> Iterator[Problem]:
    """Yield why nothing would hold the output of a block that needs a GPU, or that measures."""
    if block.needs_device and not (block.must_raise or re.search("print|assert", block.code)):
        what = "the block neither prints nor asserts: nothing is checked"
        yield block.problem(what, "print or assert the point it makes")
    if not block.measures:
        return
    if not block.needs_device:
        what = "a block marked 'measured' and not 'gpu': its figures differ from build to build"
        fix = f"mark it {GPU.comment} too, or print what is the same everywhere"
        yield block.problem(what, fix)
    if not block.has_assert:
        what = "a block marked 'measured' without an assert: nothing holds its figures"
        yield block.problem(what, "assert what they show, such as `assert compiled < eager`")
    if block.expected is None:
        prints = PRINTS.search(block.code)
    else:
        prints = NUMBER.search(block.expected)
    if not prints:
        yield block.problem(*NO_NUMBER)
    for name in unprinted(block.code):
        what = f"nothing but an assert reads {name!r}: a block marked 'measured' prints what it asserts"
        yield block.problem(what, f"print {name!r} as well")


def unprinted(code: str) -> list[str]:
    """Return the names of variables that code asserts something of and reads nowhere else."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return []
    asserts = [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    asserted = {node for made in asserts for node in ast.walk(made)}
    named = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    assigned = {node.id for node in named if isinstance(node.ctx, ast.Store)}
    read = {node.id for node in named if isinstance(node.ctx, ast.Load) and node not in asserted}
    found = {node.id for node in asserted if isinstance(node, ast.Name)}
    return sorted((found & assigned) - read)


def page_recordings(page: Page, settings: Settings) -> Iterator[Problem]:
    """Yield what differs between a page's `gpu` blocks and its recordings, or the latter's faults.

    Where a block was edited, its old recording is not reported besides.
    """
    recordings, problems = read_recordings(settings.root, page.path)
    if problems:
        yield from problems
        return
    blocks = {block: code_hash(settings, block) for block in gpu_blocks(page)}
    stale = set(recordings) - set(blocks.values())
    record = f"run `{RECORD} PAGE={page.path}` on a machine with a GPU"
    drop = f"or `make update PAGE={page.path}`, which takes"
    wrong = False
    for block, key in blocks.items():
        if key in recordings:
            what = "the output is not the recorded one: GPU output is never typed"
            sound = recordings[key].output == output_hash(block.expected)
        else:
            what = "an output that no GPU has given: GPU output is never typed"
            if stale:
                what = "the block was edited after its output was recorded"
            sound = block.expected is None
        if not sound:
            wrong = True
            yield block.problem(what, f"{record}, {drop} the output away")
    if stale and not wrong:
        what = "a recording of a block that is not on the page as it was"
        yield Problem(recordings_path(page.path), 1, what, f"{record}, {drop} it away")
