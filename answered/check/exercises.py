"""Rules about exercises: a task, a judge that the page shows, and wrong solutions that it rejects."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..engine.problems import Problem
from ..pages.book import Book
from ..pages.exercises import asked_names, judge_module, judge_path, shows_judge
from ..pages.page import JUDGE, SOLUTION, TASK, WRONG, Page
from .sections import line_of_section

REJECTED = 3  # wrong solutions, at least
REJECTION = "AssertionError: "


def check_exercise(page: Page, book: Book) -> Iterator[Problem]:
    """The judge accepts a solution and rejects wrong ones, each in a block that runs."""
    module, path = judge_module(page), judge_path(page)
    uses = re.compile(rf"^from {re.escape(module)} import judge$", re.M)
    name = (asked_names(page) or [""])[-1]
    if not name:
        fix = "write a block with the signature of what the reader is to write, and what it returns"
        yield Problem(page.path, line_of_section(page, TASK), f"'{TASK}' defines nothing", fix)
    if not shows_judge(page):
        what, fix = f"'{JUDGE}' does not show its file", f'write --8<-- "{path}" alone on its line'
        yield Problem(page.path, line_of_section(page, JUDGE), what, fix)
    calls = re.compile(rf"^judge\({re.escape(name)}\)$", re.M)
    fix = f"write `from {module} import judge`, what is judged, and `judge({name})`"
    if not any(uses.search(b.code) and calls.search(b.code) for b in page.blocks_of(SOLUTION)):
        what = f"'{SOLUTION}' has no block that the judge accepts"
        yield Problem(page.path, line_of_section(page, SOLUTION), what, fix)
    wrong = [
        block
        for block in page.blocks_of(WRONG)
        if block.must_raise and uses.search(block.code) and calls.search(block.code)
    ]
    if len(wrong) < REJECTED:
        what = f"'{WRONG}' has {len(wrong)} blocks that the judge rejects; at least {REJECTED}"
        yield Problem(page.path, line_of_section(page, WRONG), what, f"mark it 'raises'; {fix}")
    for block in wrong:
        last = block.expected.splitlines()[-1] if block.expected else REJECTION
        if not last.startswith(REJECTION):
            what = "a wrong solution that ends in another error than the judge's"
            yield block.problem(what, "have it fail by what it returns")
