"""The judge of an exercise, called with a reader's own solution, both confined as blocks are."""

from __future__ import annotations

import contextlib
import re
import sys
from pathlib import Path

from ..engine.block import Block
from ..engine.result import Result
from ..engine.runner import Runner
from ..engine.script import LABEL
from ..pages.book import Book, selected
from ..pages.exercises import judge_module, judge_path, judged_names
from ..pages.page import Page

# Below the solution, whose lines keep their numbers.
JUDGED = """

from {module} import judge

asked = {names}
for name in asked:
    if name in globals():
        judge(globals()[name])
if missing := [name for name in asked if name not in globals()]:
    raise SystemExit(f"it defines no {{' and no '.join(missing)}}")
"""


def solve(root: Path, name: str, file: str) -> int:
    """Have the judge of the page `name` run against the reader's `file`; return the exit code.

    Raises:
        SystemExit: there is no such page or file, or the page is no exercise.
    """
    book = Book.load(root)
    page = selected(book.questions, [name])[0]
    if not page.is_exercise:
        sys.exit(f"{page.path} is no exercise")
    if not Path(file).is_file():
        names = " and ".join(judged_names(page))
        sys.exit(f"{file}: no such file; write {names} into it, as {page.path} asks")
    try:
        solution = Path(file).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        sys.exit(f"{file}: not UTF-8; save it as UTF-8")
    judged = JUDGED.format(names=judged_names(page), module=judge_module(page))
    with contextlib.closing(Runner(book.settings, workers=1, fork=False)) as runner:
        result = runner.run(Block(file, 1, f"{solution}{judged}"))
    print(result.output, end="")
    print(result.errors.replace(LABEL, file), end="", file=sys.stderr)
    if result.ended != "completed":
        print(verdict(result, page, file), file=sys.stderr)
    return int(result.ended != "completed")


def verdict(result: Result, page: Page, file: str) -> str:
    """Return why a solution is not accepted."""
    places = re.findall(r'^  File "(.+)", line', result.traceback, re.M)
    by_judge = bool(places) and places[-1].endswith(judge_path(page))  # not by its own assert
    if result.exception.startswith("AssertionError") and by_judge:
        return f"rejected: {result.exception.removeprefix('AssertionError: ')}"
    if result.ended == "raised":
        return result.traceback.replace(f'"{LABEL}"', f'"{file}"').rstrip()
    return f"{file}: {result.exception or f'{result.ended} {result.detail}'}"
