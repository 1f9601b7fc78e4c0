"""Other ways through the questions than by topic: by level, by tag, and from one to its neighbours."""

from __future__ import annotations

import math
import posixpath
import re
from collections import Counter

from .contents import Contents
from .markup import plain
from .page import Page

LEVELS = "levels.md"
TAGS = "tags.md"
LINK = re.compile(r"\]\(([\w./-]+\.md)(?:#[\w-]+)?\)")
RELATED = 4


def levels_page(contents: Contents, pages: list[Page]) -> str:
    """Return the page that lists all questions by level."""
    parts = []
    for level in contents.levels:
        questions = [page for page in contents.in_order(pages) if page.meta.get("level") == level]
        lines = "\n".join(f"- [{plain(page.title)}]({page.uri})" for page in questions)
        parts.append(f"## {level.capitalize()}\n\n{len(questions)} questions\n\n{lines}\n")
    return "---\ndescription: All questions by the level at which they are asked.\n---\n\n# Questions by level\n\n" + "\n".join(parts)


def tags_page() -> str:
    """Return the page that Material's tags plugin fills."""
    return "---\ndescription: All questions by tag.\n---\n\n# Questions by tag\n\n<!-- material/tags -->\n"


def links(page: Page) -> set[str]:
    """Return the uris of the pages that `page` links to."""
    return {posixpath.normpath(posixpath.join(posixpath.dirname(page.uri), target)) for target in LINK.findall(page.text)}


def related(pages: list[Page]) -> dict[str, list[Page]]:
    """Return for each question, by uri, those that belong to it and that it does not link to itself.

    A question that links here counts most, then rare tags in common, then the same topic.
    """
    questions = [page for page in pages if page.is_question]
    linked = {page.uri: links(page) for page in questions}
    frequency = Counter(tag for page in questions for tag in page.meta.get("tags", []))

    def closeness(page: Page, other: Page) -> float:
        shared = set(page.meta.get("tags", [])) & set(other.meta.get("tags", []))
        weight = sum(math.log(len(questions) / frequency[tag]) for tag in shared)
        return 3 * (page.uri in linked[other.uri]) + weight + (page.topic == other.topic)

    found = {}
    for page in questions:
        others = [other for other in questions if other is not page and other.uri not in linked[page.uri]]
        others.sort(key=lambda other: (-closeness(page, other), other.uri))
        found[page.uri] = others[:RELATED]
    return found
