"""The table of contents: topics, the order of their questions, and the tags in use."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from . import DOCS
from .page import Page
from .problems import FaultyFileError, Problem

CONTENTS = "docs/questions/contents.yml"


@dataclass(frozen=True)
class Topic:
    """A folder of docs/questions/ with its title and the order of its questions."""

    id: str
    title: str
    summary: str
    questions: tuple[str, ...] = ()

    def order(self, page: Page) -> tuple[int, str]:
        """Sort key: listed questions in the order of the list, others after them by name."""
        listed = self.questions.index(page.slug) if page.slug in self.questions else len(self.questions)
        return listed, page.slug


@dataclass(frozen=True)
class Contents:
    """Topics in reading order, the values that front matter may take, and the claims listed on the myths page."""

    topics: tuple[Topic, ...]
    tags: tuple[str, ...]
    levels: tuple[str, ...]
    myths: tuple[str, ...] = ()

    def questions(self, topic: Topic, pages: list[Page]) -> list[Page]:
        """Return the question pages of `topic`, in reading order."""
        return sorted((p for p in pages if p.is_question and p.topic == topic.id), key=topic.order)

    def in_order(self, pages: list[Page]) -> list[Page]:
        """Return all question pages in reading order."""
        return [page for topic in self.topics for page in self.questions(topic, pages)]


def load_contents(docs: Path = DOCS) -> Contents:
    """Read contents.yml.

    Raises:
        FaultyFileError: it is missing, not YAML, or holds other values than it should.
    """
    from pydantic import TypeAdapter, ValidationError  # not above: `gpu` does without it

    def fault(line: int, what: str, mend: str) -> FaultyFileError:
        return FaultyFileError([Problem(CONTENTS, line, what, mend)])

    try:
        text = (docs.parent / CONTENTS).read_bytes()
        root, data = yaml.compose(text), yaml.safe_load(text)
    except OSError as error:
        raise fault(1, f"cannot be read: {error.strerror}", "restore it; it lists topics, tags and levels") from None
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        raise fault(mark.line + 1 if mark else 1, f"not YAML: {getattr(error, 'problem', str(error).splitlines()[0])}", "correct the line") from None
    try:
        contents = TypeAdapter(Contents).validate_python(without_nothing(data))
    except ValidationError as error:
        wrong = [(detail["loc"], detail["msg"]) for detail in error.errors()]
        mend = "have topics (id, title, summary, questions), tags, levels and myths as in the repository's own file"
        problems = [Problem(CONTENTS, line_of(root, loc), f"'{'.'.join(map(str, loc))}': {what}" if loc else what, mend) for loc, what in wrong]
        raise FaultyFileError(problems) from None
    if not (contents.topics and contents.tags and contents.levels):
        raise fault(1, "topics, tags or levels is an empty list", "list what there is")
    return contents


def without_nothing(data: object) -> object:
    """Return data without the keys that have no value, which then count as not there."""
    if isinstance(data, dict):
        return {key: without_nothing(value) for key, value in data.items() if value is not None}
    return [without_nothing(value) for value in data] if isinstance(data, list) else data


def line_of(node: yaml.Node | None, place: tuple[int | str, ...]) -> int:
    """Return the line of the value at `place`, keys and indexes from the top, or of the last that is there on the way."""
    line = 1
    for part in place:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == part), None)
        elif isinstance(node, yaml.SequenceNode):
            node = node.value[part]
        if node is None:
            break
        line = node.start_mark.line + 1
    return line
