"""One question, one page: titles and other wordings are compared across all pages."""

from __future__ import annotations

import re

from .page import Page
from .problems import Problem

# Words that make no other question of a question. What, how and why do, and so does the order of words.
FILLERS = frozenset("a an the is are was were do does did can could should you i we it its in of and pytorch".split())


def wording(question: str) -> tuple[str, ...]:
    """Return the words that tell one question from another, without case, punctuation, plurals and fillers."""
    words = re.findall(r"\w+", re.sub(r"['’]\w\b", "", question.casefold()))
    return tuple(word.removesuffix("s") if len(word) > 3 else word for word in words if word not in FILLERS)


def questions(page: Page) -> list[str]:
    """Return the page's title and its other wordings."""
    return [page.title, *page.meta.get("also_asked", [])]


def check_duplicates(pages: list[Page]) -> list[Problem]:
    """Return every question that is asked twice, in these words or nearly so: on two pages, or on one."""
    first: dict[tuple[str, ...], tuple[Page, str]] = {}
    problems = []
    # All titles come first: a page's other wording gives way to another page's title, whatever their order.
    asked = [(page, questions(page)) for page in pages if page.is_question]
    for page, text in [(page, texts[0]) for page, texts in asked] + [(page, text) for page, texts in asked for text in texts[1:]]:
        words = wording(text)
        if words not in first:
            first[words] = page, text
        elif words:
            other, same = first[words]
            where = "on this page" if other is page else f"by {other.path}:{line_of(other, same)}"
            what = f"'{text}' is asked {where} already, as '{same}'"
            mend = "delete this wording" if other is page else "ask another question, or leave this one to that page"
            problems.append(Problem(page.path, line_of(page, text), what, mend))
    return problems


def line_of(page: Page, text: str) -> int:
    """Return the line of a title or wording; 1 where it does not stand on a line of its own."""
    return next((i for i, line in enumerate(page.text.split("\n"), 1) if bare(line) == bare(text)), 1)


def bare(line: str) -> str:
    return re.sub(r"[`\"'\\]", "", line).strip(" -#")
