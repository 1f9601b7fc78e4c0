"""Rules about questions that open with a program: its output to predict, or its fault to find."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..engine.block import Block
from ..engine.problems import Problem
from ..pages.book import Book
from ..pages.contents import PREDICT
from ..pages.folded import runs_anywhere
from ..pages.page import HUNT, MENDED, Page
from .sections import CODE_LINES, line_of_section, number_of

# Of a program to predict: lines of code and of output, and a number that nobody predicts.
PREDICT_LINES, OUTPUT_LINES = 15, 10
LONG_NUMBER = re.compile(r"\d\.\d{5,}")
STEPS = (2, 5)  # of the hunt: fewest and most


def check_program(page: Page, book: Book) -> Iterator[Problem]:
    """The page opens with one short program that readers can run, and that shows something."""
    section, block = page.sections[0], page.program
    number = len(page.blocks_of(section))
    if number != 1:
        what = f"'{section}' has {number} blocks"
        fix = "have one there, the program; others go below the short answer"
        yield Problem(page.path, line_of_section(page, section), what, fix)
        return
    yield from check_runs(block, "the program that the page is about")
    most = PREDICT_LINES if page.kind == PREDICT else CODE_LINES
    lines = sum(bool(line.strip()) for line in block.code.split("\n"))
    if lines > most:
        what = f"the program has {lines} lines; at most {most}, blank ones aside"
        yield block.problem(what, "leave what it takes to ask the question")


def check_predictable(page: Page, book: Book) -> Iterator[Problem]:
    """What the program prints can be worked out without running it."""
    output = page.program.expected or "" if page.program else ""
    if (number := len(output.splitlines())) > OUTPUT_LINES:
        what = f"{number} lines of output to predict; at most {OUTPUT_LINES}"
        yield page.program.problem(what, "print what the question is about, one thing a line")
    if found := LONG_NUMBER.search(output):
        what = f"nobody predicts all decimals of a number such as {found[0]}"
        yield page.program.problem(what, "take numbers that come out even, or print a shape")


def check_debugged(page: Page, book: Book) -> Iterator[Problem]:
    """The hunt looks at something that runs, and the mended program shows no symptom."""
    steps = [heading for heading, _ in page.subsections(HUNT)]
    yield from number_of(steps, "step", HUNT, STEPS, page)
    if not any(map(runs_anywhere, page.blocks_of(HUNT))):
        fix = "show what one looks at, by a block that needs no GPU"
        yield Problem(page.path, line_of_section(page, HUNT), f"'{HUNT}' runs nothing", fix)
    mended = next(iter(page.blocks_of(MENDED)), None)
    if mended is None:
        fix = "write the program without its fault"
        yield Problem(page.path, line_of_section(page, MENDED), f"'{MENDED}' has no block", fix)
        return
    yield from check_runs(mended, "the mended program")
    if mended.must_raise:
        yield mended.problem("the mended program raises", "mend it, and take the mark away")
    elif page.program and mended.expected and mended.expected == page.program.expected:
        what = "the mended program prints what the broken one prints"
        yield mended.problem(what, "have both print what is wrong, so that one sees it gone")


def check_runs(block: Block, name: str) -> Iterator[Problem]:
    """A program runs on readers' machines, and shows something that is not a figure."""
    if not runs_anywhere(block):
        yield block.problem(f"{name} needs a GPU or draws", "have it run on the CPU, and print")
    elif block.expected is None and block.has_assert and not block.must_raise:
        yield block.problem(f"{name} shows nothing", "print it, then run `make update`")
