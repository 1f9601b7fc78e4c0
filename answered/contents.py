"""The table of contents: topics, the order of their questions, and the tags in use."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from . import DOCS
from .page import Page


@dataclass(frozen=True)
class Topic:
    """A folder of docs/questions/ with its title and the order of its questions."""

    id: str
    title: str
    summary: str
    questions: tuple[str, ...]

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
    data = yaml.safe_load((docs / "questions" / "contents.yml").read_text(encoding="utf-8"))
    topics = tuple(Topic(t["id"], t["title"], t["summary"], tuple(t.get("questions") or ())) for t in data["topics"])
    return Contents(topics, tuple(data["tags"]), tuple(data["levels"]), tuple(data.get("myths") or ()))
