"""The table of contents: topics, the order of their questions, levels, tags, listed myths."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from ..engine.problems import FaultyFileError, Problem
from .yaml_lines import compose_yaml, fault_of_yaml, line_of, load_yaml

CONTENTS = "docs/questions/contents.yml"
CLOSED = {"extra": "forbid"}  # for pydantic: no keys but the fields
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
    from pydantic import TypeAdapter, ValidationError  # which recording on a GPU does without

    try:
        text = (root / CONTENTS).read_bytes()
        data = load_yaml(text)
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        raise fault(1, what, "restore it; it lists topics, tags and levels") from None
    except (yaml.YAMLError, ValueError) as error:
        line, what = fault_of_yaml(error)
        raise fault(line, f"not YAML: {what}", "correct the line") from None
    try:
        contents = TypeAdapter(Contents).validate_python(without_empty(data))
    except ValidationError as error:
        fix = "have topics (id, title, summary, questions), tags, levels and myths as in the"
        fix += " repository's own file"
        tree, problems = compose_yaml(text), []
        for detail in error.errors():
            key = ".".join(map(str, detail["loc"]))
            what = f"'{key}': {detail['msg']}" if key else detail["msg"]
            problems.append(Problem(CONTENTS, line_of(tree, detail["loc"]), what, fix))
        raise FaultyFileError(problems) from None
    if not (contents.topics and contents.tags and contents.levels):
        raise fault(1, "topics, tags or levels is an empty list", "list what there is")
    return contents


def line_in_contents(root: Path, *place: int | str) -> int:
    """Return the line of contents.yml where the value at `place` stands; see `line_of`."""
    return line_of(compose_yaml((root / CONTENTS).read_bytes()), place)


def fault(line: int, what: str, fix: str) -> FaultyFileError:
    return FaultyFileError([Problem(CONTENTS, line, what, fix)])


def without_empty(data: object) -> object:
    """Return data without the keys that have no value, which then count as missing."""
    if isinstance(data, dict):
        return {key: without_empty(value) for key, value in data.items() if value is not None}
    return [without_empty(value) for value in data] if isinstance(data, list) else data
