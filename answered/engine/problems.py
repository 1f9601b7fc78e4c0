"""A problem in a file, and how to fix it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        path: the file, relative to the project's root.
        line: its line, counted from 1.
        what: what is wrong; further lines (a diff, a traceback) may follow the first.
        fix: how to fix it.
    """

    path: str
    line: int
    what: str
    fix: str

    def __str__(self) -> str:
        first, *rest = self.what.rstrip().split("\n")
        detail = "".join("\n" + f"      {line}".rstrip() for line in rest)
        return f"{self.path}:{self.line}: {first}{detail}\n    fix: {self.fix}"


class FaultyFileError(Exception):
    """A file without which nothing can be checked is faulty; the message reports its problems."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(report(self.problems))


def report(problems: Iterable[Problem]) -> str:
    """Return all problems in the order of files and lines, with their number."""
    lines = [str(problem) for problem in sorted(problems)]
    return "\n".join([*lines, f"{len(lines)} problem{'s' * (len(lines) != 1)}"])
