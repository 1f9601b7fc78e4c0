"""Related questions, and error messages: those that a page does not link itself."""

from __future__ import annotations

import math
import posixpath
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
    """Return for each question, by uri, the error messages whose pages lead to it, in order.

    Those that the question links itself are left out.
    """
    to = {error.uri: links(error) for error in errors}
    return {
        page.uri: [
            error for error in errors if page.uri in to[error.uri] and error.uri not in links(page)
        ]
        for page in questions
    }
