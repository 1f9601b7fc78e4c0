"""The commands `check` and `update`: pages held against every rule, and their outputs rewritten."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path

from ..engine.judge import normal
from ..engine.problems import Problem, report
from ..engine.session import Session
from ..engine.update import replace_file, with_outputs
from ..gpu.device import device_name
from ..gpu.recordings import drop_unrecorded, recordings_path
from ..pages.book import Book, selected
from ..pages.gate import NOT_UTF8
from ..pages.notebook import Notebook
from ..pages.page import Page
from .book import check_book, told_once
from .notebooks import outcomes_of_notebooks, update_notebook
from .outcome import Outcome, outcomes_of


def check_pages(root: Path, names: Sequence[str]) -> int:
    """Check pages by every rule, and their blocks; print all problems; return the exit code."""
    book = Book.load(root)
    pages = selected(book.sources, names)
    problems, outcomes, executed = check_some(book, pages)
    if problems:
        print(report(problems), file=sys.stderr)
    ran = sum(outcome.ran for outcome in outcomes)
    recorded = sum(not outcome.ran and not outcome.waiting for outcome in outcomes)
    print(
        f"{len(pages)} pages, {ran} examples checked, {len(outcomes) - ran} need a GPU "
        f"({recorded} recorded), {executed} run anew"
    )
    return int(bool(problems))


def check_some(
    book: Book, pages: Sequence[Page | Notebook]
) -> tuple[list[Problem], list[Outcome], int]:
    """Return what is wrong with `pages`, the outcomes of their blocks, and how many ran anew."""
    problems = check_book(book)
    if len(pages) < len(book.sources):
        problems = [problem for problem in problems if concerns(problem, pages)]
    with contextlib.closing(Session(book.settings, device_name(book.root))) as session:
        found = outcomes_of_all(pages, session)
    outcomes = [outcome for page in pages for outcome in found[page.path]]
    judged = [outcome.problem for outcome in outcomes if outcome.problem]
    return told_once(problems, judged), outcomes, session.executed


def concerns(problem: Problem, pages: Sequence[Page | Notebook]) -> bool:
    """Whether a problem is one of `pages`, or of a file that repeats or names one of them."""
    return any(
        problem.path in (page.path, recordings_path(page.path))
        or page.path in problem.what
        or f"'{page.id}#" in problem.what
        for page in pages
    )


def outcomes_of_all(
    pages: Sequence[Page | Notebook], session: Session
) -> dict[str, tuple[Outcome, ...]]:
    """Return the outcomes of pages and of notebooks by their paths."""
    notebooks = [page for page in pages if isinstance(page, Notebook)]
    found = outcomes_of([page for page in pages if isinstance(page, Page)], session)
    return found | outcomes_of_notebooks(notebooks, session.settings, session.fresh)


def update_pages(root: Path, names: Sequence[str]) -> int:
    """Rewrite expected outputs; say what changed and what could not be; return the exit code.

    Outputs of a GPU are written by `make gpu` alone.
    """
    book = Book.load(root)
    pages = selected(book.sources, names)
    for page in pages:
        if NOT_UTF8 in page.text:  # written again it would lose what could not be read
            sys.exit(f"{page.path}: the page is not UTF-8; save it as UTF-8")
        if page.faults:
            sys.exit(report(page.faults))
    failed: list[Problem] = []
    for page in pages:
        if isinstance(page, Page):
            dropped, wrong = drop_unrecorded(page, book.settings)
            failed += wrong
            print("".join(f"{line}\n" for line in dropped), end="")
    pages = [type(page).load(root / page.path, book.settings) for page in pages]
    with contextlib.closing(Session(book.settings)) as session:
        found = outcomes_of_all(pages, session)
    changed = 0
    for page in pages:
        differences, wrong = rewritten(page, found[page.path], root)
        changed += len(differences)
        failed += wrong
        for difference in differences:
            print(f"{page.path}:{difference.line}: expected output rewritten")
            detail = difference.what.split("\n")[1:]
            print("".join(f"      {line}\n" for line in detail), end="")
    print(f"{changed} expected outputs rewritten")
    if failed:
        print(report(failed), file=sys.stderr)
    return int(bool(failed))


def rewritten(
    page: Page | Notebook, outcomes: Sequence[Outcome], root: Path
) -> tuple[list[Problem], list[Problem]]:
    """Write the outputs of a page's blocks, or of a notebook's cells, into its file.

    Returns:
        The differences that were written, and the problems that were left alone.
    """
    changed = [outcome for outcome in outcomes if outcome.changed]
    if changed and (root / page.path).read_text("utf-8-sig", "replace") != page.text:
        what = "the page was changed while its blocks ran, and is left as it is"
        return [], [Problem(page.path, 1, what, "run the command again")]
    if changed and isinstance(page, Notebook):
        replace_file(root / page.path, update_notebook(page, outcomes))
    elif changed:
        outputs = {outcome.block: normal(outcome.output) for outcome in changed}
        replace_file(root / page.path, with_outputs(page.document, outputs))
    failed = [o.problem for o in outcomes if o.problem and not o.changed]
    return [outcome.problem for outcome in changed], failed
