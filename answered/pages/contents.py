"""The table of contents: topics, the order of their questions, levels, tags, listed myths."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..engine.problems import FaultyFileError, Problem
from .data_file import CLOSED, line_in, load_data

CONTENTS = "docs/questions/contents.yml"
# The kinds of questions that have a form of their own.
KINDS = EXERCISE, PREDICT, DEBUG = ("exercise", "predict", "debug")


@dataclass(frozen=True)
class Topic:
    """A folder of docs/questions/ with its title and the order of its questions."""

    __pydantic_config__ = CLOSED

    id: str
    title: str
    summary: str
    questions: tuple[str, ...] = ()


@dataclass(frozen=True)
class ErrorGroup:
    """What some error messages of docs/errors/ are about."""

    __pydantic_config__ = CLOSED

    id: str
    title: str


@dataclass(frozen=True)
class Contents:
    """Topics in reading order, the values that front matter may take, and the listed myths."""

    __pydantic_config__ = CLOSED

    topics: tuple[Topic, ...]
    tags: tuple[str, ...]
    levels: tuple[str, ...]
    myths: tuple[str, ...] = ()
    errors: tuple[ErrorGroup, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The values of the front matter's `kind`."""
        return KINDS

    @property
    def error_groups(self) -> tuple[str, ...]:
        """The ids of the groups of errors, in reading order."""
        return tuple(group.id for group in self.errors)


def load_contents(root: Path) -> Contents:
    """Read contents.yml below the folder `root`.

    Raises:
        FaultyFileError: it is missing, not YAML, or holds other values than it should.
    """
    holds = "topics (id, title, summary, questions), tags, levels and myths"
    contents = load_data(root, CONTENTS, Contents, holds)
    if not (contents.topics and contents.tags and contents.levels):
        what = "topics, tags or levels is an empty list"
        raise FaultyFileError([Problem(CONTENTS, 1, what, "list what there is")])
    return contents


def line_in_contents(root: Path, *place: int | str) -> int:
    """Return the line of contents.yml where the value at `place` stands."""
    return line_in(root, CONTENTS, *place)
