"""One question, one page: titles and other wordings, compared across all pages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..engine.problems import Problem
from ..pages.book import Book
from ..pages.page import Page
from .front_matter import line_of_field

# Words that make no other question of a question. What, how and why do, and so does the order of
# words.
FILLERS = frozenset(
    """a an the is are was were do does did can could should you i we it its in of and
    pytorch""".split()
)


def wording(question: str) -> tuple[str, ...]:
    """Return the words that tell one question from another, without case, plurals and fillers."""
    words = re.findall(r"\w+", re.sub(r"['’]\w\b", "", question.casefold()))
    return tuple(
        word.removesuffix("s") if len(word) > 3 else word for word in words if word not in FILLERS
    )


def wordings(page: Page) -> list[str]:
    """Return the page's title and its other wordings."""
    return [page.title, *(asked.text for asked in page.asked)]


def check_duplicates(book: Book) -> Iterator[Problem]:
    """Yield every question that is asked twice, in these words or nearly so."""
    first: dict[tuple[str, ...], tuple[Page, int, str]] = {}
    asked = [
        (page, number, text)
        for page in (*book.questions, *book.errors)
        for number, text in enumerate(wordings(page))
    ]
    # All titles come first: another wording gives way to a title, whatever the order of pages.
    for page, number, text in sorted(asked, key=lambda each: (each[1] > 0, each[0].path)):
        words = wording(text)
        other, same, as_asked = first.setdefault(words, (page, number, text))
        if not words or (other, same) == (page, number):
            continue
        where, fix = "on this page", "delete this wording"
        if other is not page:
            where = f"by {other.path}:{line_of(other, same)}"
            fix = "ask another question, or leave this one to that page"
        what = f"'{text}' is asked {where} already, as '{as_asked}'"
        yield Problem(page.path, line_of(page, number), what, fix)


def line_of(page: Page, number: int) -> int:
    """Return the line of the title (0) or of the other wording with that number."""
    if number:
        return line_of_field(page, "also_asked", number - 1)
    return next((heading.line for heading in page.headings if heading.level == 1), 1)
