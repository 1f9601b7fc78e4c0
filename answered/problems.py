"""Something wrong in a file, told so that its author can mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        path: the file, relative to the project's root.
        line: its line, counted from 1.
        what: what is wrong; further lines (a diff, a traceback) may follow the first.
        mend: what to do about it.
    """

    path: str
    line: int
    what: str
    mend: str

    def __str__(self) -> str:
        first, *rest = self.what.rstrip().split("\n")
        detail = "".join(f"\n      {line}".rstrip() for line in rest)
        return f"{self.path}:{self.line}: {first}{detail}\n    mend: {self.mend}"


class FaultyFileError(Exception):
    """A file without which nothing can be checked is faulty; the message is the report of its problems."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(report(problems))


def report(problems: list[Problem]) -> str:
    """Return all problems in the order of files and lines, with their number."""
    lines = [str(problem) for problem in sorted(problems)]
    return "\n".join([*lines, f"{len(lines)} problem{'s' * (len(lines) != 1)}"])
