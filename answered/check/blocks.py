"""Rules about blocks: that each is collected, short, and held against something; snippets."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

from ..engine.block import Block
from ..engine.problems import Problem
from ..engine.script import LANGUAGES
from ..pages.book import Book
from ..pages.exercises import judge_module, shows_judge
from ..pages.folded import draws, runs_anywhere
from ..pages.gate import foreign_names
from ..pages.page import TASK, Page
from ..pages.snippets import SNIPPET, SNIPPET_MARK, module_of, modules_of, shown_source

MAX_LINES = 40  # of a block that draws nothing, blank ones aside
MUST_RAISE = "a block marked 'raises' without expected output"
PRINTED = "the block prints, and its page has no expected output"
UNCHECKED = "the block has neither expected output nor an assert: nothing is checked"
UNWRITTEN = (MUST_RAISE, PRINTED, UNCHECKED)
COLUMNS = 80  # of code and output
MAX_BLOCKS, MAX_DEVICE = 7, 3  # blocks of a question: that run anywhere, and for a device
MESSAGE = re.compile(r"(?:Error|Warning|Exception)\b")
PRINTS = re.compile(r"\bprint\(")


def check_collection(page: Page, book: Book) -> Iterator[Problem]:
    """pytest-codeblocks, whose syntax this is, sees the blocks that the parser sees."""
    from pytest_codeblocks.main import extract_from_buffer

    if page.document.faults:
        return
    try:
        extracted = extract_from_buffer(io.StringIO(page.text), max_num_lines=100_000)
    except RuntimeError as error:
        what = f"pytest-codeblocks cannot read the page: {error}"
        yield Problem(page.path, 1, what, "correct the fences and comments of the page")
        return
    theirs = {b.lineno: (b.code, b.expected_output) for b in extracted if b.syntax in LANGUAGES}
    ours = {block.line: (block.code, block.expected) for block in page.blocks}
    for line in sorted(theirs.keys() | ours.keys()):
        if theirs.get(line) != ours.get(line):
            what = "pytest-codeblocks reads another block here than the build does"
            fix = "write a plain ```python fence at the margin, and its output directly below it"
            yield Problem(page.path, line, what, fix)


def check_blocks(page: Page, book: Book) -> Iterator[Problem]:
    """A block that draws nothing can be read at once, and what any shows is held against something."""
    tasks = page.blocks_of(TASK) if page.is_exercise else []  # signatures alone
    for block in page.blocks:
        lines = sum(bool(line.strip()) for line in block.code.split("\n"))
        if lines > MAX_LINES and not draws(block):
            what = f"the block has {lines} lines; at most {MAX_LINES}, blank ones aside"
            fix = "leave the lines that make the point, or make two blocks of it"
            yield block.problem(what, fix)
        if block.expected is not None or block.needs_device or block in tasks:
            continue
        fix = f"run `make update PAGE={page.path}`, which writes it"
        if block.must_raise:
            yield block.problem(MUST_RAISE, fix)
        elif not block.has_assert and PRINTS.search(block.code):
            yield block.problem(PRINTED, fix)
        elif not block.has_assert:
            fix = "print or assert the point it makes, then run `make update`"
            yield block.problem(UNCHECKED, fix)


def check_columns(page: Page, book: Book) -> Iterator[Problem]:
    """Code and output fit the width of a page, but for messages, which have the length they have."""
    for block in page.blocks:
        for number, line in enumerate(block.code.split("\n"), block.line + 1):
            if len(line) > COLUMNS:
                what = f"a line of code with {len(line)} columns; at most {COLUMNS}"
                yield Problem(page.path, number, what, "run `make format`, or break the line")
        output = (block.expected or "").split("\n")
        for number, line in enumerate(output, block.last - len(output) + 1):
            if len(line) > COLUMNS and not (block.must_raise or MESSAGE.search(line)):
                what = f"a line of output with {len(line)} columns; at most {COLUMNS}"
                yield Problem(page.path, number, what, "print less, or on several lines")


def check_names(page: Page, book: Book) -> Iterator[Problem]:
    """Names in code are ASCII, so that no two that differ look alike."""
    for block in page.blocks:
        for line, what, fix in foreign_names(block.code):
            yield Problem(page.path, block.line + line, what, fix)


def check_number(page: Page, book: Book) -> Iterator[Problem]:
    """A question has few blocks, and shows all the code that those run which draw nothing."""
    anywhere = [block for block in page.blocks if runs_anywhere(block)]
    device = [block for block in page.blocks if block.needs_device]
    for found, most, kind in (
        (anywhere, MAX_BLOCKS, "that run anywhere"),
        (device, MAX_DEVICE, "that need a GPU"),
    ):
        for block in found[most : most + 1]:
            what = f"{len(found)} blocks {kind}; at most {most}"
            yield block.problem(what, "keep those that nobody forgets")
    importable = {judge_module(page)} if shows_judge(page) else set()
    for block in page.blocks:
        if not draws(block) and not set(modules_of(block.code)) <= importable:
            what = "the block imports code that it does not show"
            fix = "write that code in the block, or show the file and start it by its name"
            yield block.problem(what, fix)


def check_snippets(page: Page, book: Book) -> Iterator[Problem]:
    """A snippet line shows a file, or a section of it, that a block of the page uses."""
    first: dict[str, int] = {}  # line by name of the file
    for number, line in enumerate(page.document.lines, 1):
        if SNIPPET_MARK not in line or number <= page.document.body:
            continue
        match = SNIPPET.match(line)
        if number in page.document.fenced:
            what = "a snippet line inside a fence is not run as what it shows"
            yield Problem(page.path, number, what, "put it on its own, outside any fence")
        elif not match:
            fix = 'write --8<-- "snippets/<file>.py:<section>" alone on its line'
            yield Problem(page.path, number, "a snippet line that cannot be read", fix)
        elif shown_source(book.root, match["file"], None) is None:
            files = sorted(file.name for file in (book.root / "snippets").glob("*.py"))
            what = f"unknown snippet file {match['file']}"
            yield Problem(page.path, number, what, f"name one of {', '.join(files)} in snippets/")
        elif shown_source(book.root, match["file"], match["section"]) is None:
            section = match["section"]
            what = f"unknown snippet section '{section}' of {match['file']}"
            fix = f"put '# --8<-- [start:{section}]' and '[end:{section}]' around it there"
            yield Problem(page.path, number, what, fix)
        else:
            first.setdefault(match["file"], number)
    for file, number in first.items():
        if not any(uses(block, file) for block in page.blocks):
            what = f"{file} is shown but no block of the page uses it"
            fix = f"start {Path(file).name} in a block, which finds it in its folder"
            yield Problem(page.path, number, what, fix)


def uses(block: Block, file: str) -> bool:
    """Whether a block starts the file of snippets/, or imports from it."""
    return file in block.files or module_of(file) in modules_of(block.code)
