"""The paths: which questions to prepare, in which order and why, for an aim or in a given time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .data_file import CLOSED, load_data

PATHS = "docs/questions/paths.yml"


@dataclass(frozen=True)
class Part:
    """A part of a path, such as a day: its title, and the slugs of its questions in order."""

    __pydantic_config__ = CLOSED

    title: str
    questions: tuple[str, ...]


@dataclass(frozen=True)
class PreparationPath:
    """A way through the questions. Its `id` is the name of its page."""

    __pydantic_config__ = CLOSED

    id: str
    title: str
    summary: str
    parts: tuple[Part, ...]

    @property
    def questions(self) -> tuple[str, ...]:
        """The slugs of all parts, in order."""
        return tuple(slug for part in self.parts for slug in part.questions)


@dataclass(frozen=True)
class Paths:
    """What paths.yml holds.

    Attributes:
        asked: for each question, by its slug, why it is asked; those asked most come first.
        paths: in the order in which they are listed.
    """

    __pydantic_config__ = CLOSED

    asked: tuple[dict[str, str], ...] = ()
    paths: tuple[PreparationPath, ...] = ()

    @cached_property
    def why(self) -> dict[str, str]:
        """Why each question is asked, by its slug, most asked first."""
        return {slug: why for entry in self.asked for slug, why in entry.items()}

    def with_question(self, slug: str) -> list[PreparationPath]:
        """Return the paths that a question is on."""
        return [path for path in self.paths if slug in path.questions]


def load_paths(root: Path) -> Paths:
    """Read paths.yml below the folder `root`; without the file there are no paths.

    Raises:
        FaultyFileError: it is not YAML, or holds other values than it should.
    """
    if not (root / PATHS).exists():
        return Paths()
    return load_data(root, PATHS, Paths, "asked (slug: why) and paths (id, title, summary, parts)")
