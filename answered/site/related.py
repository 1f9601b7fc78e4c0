"""Related questions, and error messages: those that a page does not link itself."""

from __future__ import annotations

import math
import posixpath
import re
from collections import Counter
from collections.abc import Sequence

from ..pages.page import Page

RELATED = 3


def links(page: Page) -> set[str]:
    """Return the uris of the pages that `page` links to."""
    folder = posixpath.dirname(page.uri)
    targets = (link.target.partition("#")[0] for link in page.links)
    return {posixpath.normpath(posixpath.join(folder, name)) for name in targets if name}


def related(questions: Sequence[Page]) -> dict[str, list[Page]]:
    """Return for each question, by uri, those that belong to it and that it does not link.

    A question that links here counts most, then rare tags in common, then the same topic.
    """
    linked = {page.uri: links(page) for page in questions}
    tags = {page.uri: set(page.meta.get("tags", [])) for page in questions}
    frequency = Counter(tag for page in questions for tag in tags[page.uri])

    def closeness(page: Page, other: Page) -> float:
        shared = sorted(tags[page.uri] & tags[other.uri])
        weight = sum(math.log(len(questions) / frequency[tag]) for tag in shared)
        return 3 * (page.uri in linked[other.uri]) + weight + (page.topic == other.topic)

    found = {}
    for page in questions:
        others = [
            other for other in questions if other is not page and other.uri not in linked[page.uri]
        ]
        others.sort(key=lambda other: (-closeness(page, other), other.uri))
        found[page.uri] = others[:RELATED]
    return found


def explained(questions: Sequence[Page], errors: Sequence[Page]) -> dict[str, list[Page]]:
    """Return for each question, by uri, the error messages that belong to it, in order.

    It quotes them, whatever the numbers in them, or their pages lead to it. Those that the question
    links itself are left out.
    """
    to = {error.uri: links(error) for error in errors}
    messages = {error.uri: bare(error.title) for error in errors}
    found = {}
    for page in questions:
        linked = links(page)
        text = bare("\n".join(page.document.lines[page.document.body :]))
        found[page.uri] = [
            error
            for error in errors
            if error.uri not in linked
            and (page.uri in to[error.uri] or messages[error.uri] in text)
        ]
    return found


def bare(text: str) -> str:
    """Return text without what differs between two quotations of a message."""
    return re.sub(r"\d+", "0", text.replace("`", "")).lower()
