"""One page or notebook, checked in every way that takes seconds, and rendered."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

from ..check.command import check_some
from ..check.text import notices
from ..engine.problems import Problem, report
from ..engine.temporary import OwnFolder
from ..pages.book import Book, selected
from ..pages.notebook import Notebook
from ..pages.page import Page
from . import mkdocs
from .config import Config
from .downloads import Listing
from .finish import finished, with_content
from .policy import problems_of, protected
from .stage import Stage

FOLDER = ".cache/preview"


def preview(root: Path, name: str) -> int:
    """Check the page `name`, a path or a slug, and render it into `FOLDER`.

    A page that holds what the site may not hold is not shown.

    Returns:
        The exit code: 0 if nothing is wrong with the page.
    """
    start = time.monotonic()
    book, config = Book.load(root), Config.load(root)
    page, *others = selected(book.sources, [name])
    if others:
        sys.exit(f"{name}: {page.path} or {others[0].path}? Give the path")
    problems, outcomes, _ = check_some(book, [page])
    if problems:
        print(report(problems), file=sys.stderr)
    print("".join(f"{notice}\n" for notice in notices(page)), end="")
    linted = lint(root, page)
    file = Path(FOLDER, page.url, "index.html")
    (root / file).unlink(missing_ok=True)
    faulty: list[Problem] = []

    def publish(uri: str, rendered: str) -> str:
        """Return a page as the site has it; nothing, which is not written, if it has faults."""
        rendered = with_content(rendered)
        found = problems_of(book, uri, rendered)
        faulty.extend(found)
        return "" if found else protected(finished(rendered))

    with OwnFolder("preview-", root / ".cache") as folder:
        stage = Stage(book, config, Path(folder), Listing())
        stage.prepare()
        stage.write_source(page, outcomes)
        rendered = mkdocs.build(stage, root / FOLDER, publish, strict=False, only=page.uri)
    if faulty:
        print(report(faulty), file=sys.stderr)
    shown = f"{file} shows the page" if (root / file).is_file() else "the page is not shown"
    print(f"{shown}; {time.monotonic() - start:.1f} s")
    return int(bool(problems or faulty) or not linted or not rendered)


def lint(root: Path, page: Page | Notebook) -> bool:
    """Run the static checks on one page; return whether they pass."""
    program = Path(sysconfig.get_path("scripts"), "pre-commit")
    command = [program, "run", "--files", page.path, "--color=never"]
    done = subprocess.run(
        command, cwd=root, env=os.environ | {"SKIP": "pages"}, capture_output=True, text=True
    )
    if done.returncode:
        failed = done.stdout.split("\n")
        shown = (line for line in failed if not line.endswith(("Passed", "Skipped")))
        print("\n".join([*shown, done.stderr]).strip(), file=sys.stderr)
    return not done.returncode
