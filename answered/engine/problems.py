"""A problem in a file, and how to fix it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

# What a terminal obeys or shows out of order, and what GitHub takes for a command in a log: "::" at
# the beginning of a line, "##[" anywhere.
COMMAND = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
    r"|^(?P<blanks>\s*):(?=:)|#(?=#\[)",
    re.M,
)


def printable(text: str) -> str:
    """Return text with escapes for what would do more in a terminal or a log than be read."""

    def escape(match: re.Match) -> str:
        return (match["blanks"] or "") + f"\\{escaped(match[0][-1])}"

    return COMMAND.sub(escape, text)


def escaped(character: str) -> str:
    return f"x{ord(character):02x}" if ord(character) < 256 else f"u{ord(character):04x}"


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
        return printable(f"{self.path}:{self.line}: {first}{detail}\n    fix: {self.fix}")


class FaultyFileError(Exception):
    """A file without which nothing can be checked is faulty; the message reports its problems."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(report(self.problems))


def report(problems: Iterable[Problem]) -> str:
    """Return all problems in the order of files and lines, with their number."""
    lines = [str(problem) for problem in sorted(problems)]
    return "\n".join([*lines, f"{len(lines)} problem{'s' * (len(lines) != 1)}"])
