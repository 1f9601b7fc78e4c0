"""Rules about paths.yml: why each question is asked, and the paths through the questions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..engine.problems import Problem
from ..pages.book import Book
from ..pages.data_file import line_in
from ..pages.gate import IS_SLUG, is_slug
from ..pages.paths import PATHS, Paths
from .contents import MARKUP
from .nearest import did_you_mean

WHY = (20, 160)  # fewest and most characters of a sentence on why a question is asked
CODE = re.compile(r"`[^`<>&]+`")  # may stand in such a sentence


def check_paths(book: Book) -> Iterator[Problem]:
    """Every path names questions, each once and with why; every title is plain text."""
    for place, what, fix in (*faults_of_asked(book.paths, book), *faults_of_paths(book)):
        yield Problem(PATHS, line_in(book.root, PATHS, *place), what, fix)


def faults_of_asked(paths: Paths, book: Book) -> Iterator[tuple[tuple, str, str]]:
    """Yield the place of each fault of the list `asked`, what is wrong, and a fix."""
    seen: set[str] = set()
    for number, entry in enumerate(paths.asked):
        place = ("asked", number)
        if len(entry) != 1:
            yield place, f"an entry with {len(entry)} slugs", "write one 'slug: why' an entry"
        for slug, why in entry.items():
            yield from faults_of_slugs([slug], place, seen, book)
            if not WHY[0] <= len(why) <= WHY[1] or not why.endswith("."):
                fix = f"write a sentence of {WHY[0]} to {WHY[1]} characters that ends in a period"
                yield place, f"why '{slug}' is asked has {len(why)} characters", fix
            if found := MARKUP.search(CODE.sub("", why)):
                yield place, f"{found[0]!r} in why '{slug}' is asked", "write it in words"


def faults_of_paths(book: Book) -> Iterator[tuple[tuple, str, str]]:
    """Yield the place of each fault of the paths, what is wrong, and a fix."""
    ids: set[str] = set()
    for number, path in enumerate(book.paths.paths):
        place = ("paths", number)
        if not is_slug(path.id):
            yield (
                (*place, "id"),
                f"the path's id '{path.id}' is not a slug",
                f"write it in {IS_SLUG}",
            )
        if path.id in ids:
            yield (*place, "id"), f"the path '{path.id}' is listed twice", "delete one"
        ids.add(path.id)
        texts = {(*place, key): getattr(path, key) for key in ("title", "summary")}
        seen: set[str] = set()
        for index, part in enumerate(path.parts):
            texts[(*place, "parts", index, "title")] = part.title
            here = (*place, "parts", index, "questions")
            yield from faults_of_slugs(part.questions, here, seen, book)
            for at, slug in enumerate(part.questions):
                if slug in book.by_slug and slug not in book.paths.why:
                    what = f"the question '{slug}' is not in the list 'asked'"
                    yield (*here, at), what, "say there in a sentence why it is asked"
        if not seen:
            yield place, f"the path '{path.id}' has no question", "list some, or delete it"
        for where, text in texts.items():
            if found := MARKUP.search(text):
                yield where, f"{found[0]!r} in a title or summary", "write it in words"


def faults_of_slugs(
    slugs: Iterable[str], place: tuple, seen: set[str], book: Book
) -> Iterator[tuple[tuple, str, str]]:
    """Yield what is wrong with the slugs listed at `place`; add them to those already `seen`."""
    for number, slug in enumerate(slugs):
        if slug not in book.by_slug:
            fix = "name a question's file without .md" + did_you_mean(slug, book.by_slug)
            yield (*place, number), f"there is no question '{slug}'", fix
        elif slug in seen:
            yield (*place, number), f"the question '{slug}' is listed twice", "delete one"
        seen.add(slug)
