"""The judge of an exercise, called with a reader's own solution."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ..pages.book import Book, selected
from ..pages.exercises import asked_name, judge_module

RUN = """\
import importlib, runpy, sys
module, name, file = sys.argv[1:]
found = runpy.run_path(file)
if name not in found:
    sys.exit(f"{file} defines no {name}")
try:
    importlib.import_module(module).judge(found[name])
except AssertionError as error:
    sys.exit(f"rejected: {error}")
"""


def solve(root: Path, name: str, file: str) -> int:
    """Have the judge of the page `name` run against the reader's `file`; return the exit code.

    Raises:
        SystemExit: there is no such page or file, or the page is no exercise.
    """
    page = selected(Book.load(root).questions, [name])[0]
    if not page.is_exercise:
        sys.exit(f"{page.path} is no exercise")
    if not Path(file).is_file():
        sys.exit(f"{file}: no such file; write {asked_name(page)} into it, as {page.path} asks")
    solution = str(Path(file).resolve())
    command = [sys.executable, "-c", RUN, judge_module(page), asked_name(page), solution]
    return subprocess.run(command, cwd=root).returncode
