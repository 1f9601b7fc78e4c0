"""What a change does to the pages: a table for the summary of a pull request, or of a run with other versions."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass

from . import ROOT
from .check import normal
from .page import Page


@dataclass(frozen=True)
class Change:
    """A page before and after; either is None where there is no such page.

    Attributes:
        code: examples that are new or whose code differs.
        outputs: examples whose code is as it was and whose expected output differs.
    """

    path: str
    before: Page | None
    after: Page | None

    @property
    def code(self) -> int:
        known = self.outputs_before
        return sum(example.code not in known for example in self.after.readable_examples) if self.after else 0

    @property
    def outputs(self) -> int:
        known = self.outputs_before
        now = self.after.readable_examples if self.after else []
        return sum(example.code in known and normal(example.expected or "") not in known[example.code] for example in now)

    @property
    def outputs_before(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for example in self.before.readable_examples if self.before else []:
            found.setdefault(example.code, set()).add(normal(example.expected or ""))
        return found


def changes(base: str) -> list[Change]:
    """Return the pages that differ between the commit `base` and the working tree, new files included.

    Raises:
        ValueError: git knows no commit `base`.
    """
    names = git("diff", "--name-only", "-z", "--no-renames", base, "--", "docs") + git("ls-files", "--others", "--exclude-standard", "-z", "docs")
    found = []
    for path in sorted(set(names.split("\0"))):
        if path.endswith(".md"):
            old = git("show", f"{base}:{path}", missing="")
            file = ROOT / path
            found.append(Change(path, Page(path, old) if old else None, Page.load(file) if file.is_file() else None))
    return found


def summary(base: str) -> int:
    """Print the table of the pages that differ from `base`."""
    try:
        print(table(changes(base)))
    except ValueError as error:
        sys.exit(f"--base {base}: {error}")
    return 0


def table(found: list[Change]) -> str:
    """Return the changes as a Markdown table."""
    rows = []
    for change in found:
        page = change.after or change.before
        state = "new" if not change.before else "deleted" if not change.after else "changed"
        blocks = len(page.readable_examples)
        rows.append(f"| {cell(page.title or 'untitled')}<br>{cell(change.path)} | {state} | {blocks} | {change.code} | {change.outputs} |")
    if not rows:
        return "No page differs."
    return "\n".join(["| Page | | Blocks | Blocks new or changed | Only the output changed |", "|---|---|--:|--:|--:|", *rows])


def cell(text: str) -> str:
    """Return text for a cell of a table in which nothing is markup: titles and names come from anyone."""
    return re.sub(r"[^\w .,:;?!()'/-]|_", lambda match: f"&#{ord(match[0])};", text)


def git(*arguments: str, missing: str | None = None) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode and missing is None:
        raise ValueError(done.stderr.strip())
    return done.stdout if not done.returncode else missing or ""
