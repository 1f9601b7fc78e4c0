"""Rules about links: each leads to a page and a heading, to an image, or to another site."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from ..engine.problems import Problem
from ..pages.addresses import (
    ALSO_ASKED,
    ERRORS,
    GENERATED,
    PREPARE,
    RELATED,
    SHEETS,
    path_page,
    sheet_page,
    topic_index,
)
from ..pages.book import Book
from ..pages.page import Page, without_code
from .front_matter import line_of_field
from .nearest import did_you_mean
from .text import SCHEMES, spoiled

SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
WHOLE = re.compile(r"https?://[^\s/]+\S*|mailto:\S+@\S+", re.I)
BLANK = re.compile(r"(?<!\\)\]\(\s*([^\s()<>\"']+\s+[^\s()<>\"'][^()<>\"']*)\)")
IMAGES = (".png", ".svg", ".jpg", ".jpeg", ".gif", ".webp")


def check_links(page: Page, book: Book) -> Iterator[Problem]:
    """Every link leads somewhere."""
    for number, line in enumerate(map(without_code, page.document.prose), 1):
        for target in BLANK.findall(line):
            what, fix = f"link '{target}' holds a blank", "write %20 for it, or rename the file"
            yield Problem(page.path, number, what, fix)
    for link in page.links:
        found = fault(link.target, page, book)
        if found:
            yield Problem(page.path, link.line, *found)


def fault(target: str, page: Page, book: Book) -> tuple[str, str] | None:
    """Return what is wrong with a link of `page` and how to fix it, or None."""
    scheme = SCHEME.match(target)
    if scheme:
        if scheme[1].lower() not in SCHEMES or WHOLE.fullmatch(target):
            return None  # `text.check_prose` tells of other schemes
        return f"link '{target}' is no address", "write https:// and the host, or mailto: and who"
    if target.startswith("//"):
        return f"link '{target}' has no scheme", f"write https:{target}"
    if target.startswith("/"):
        relative = posixpath.relpath(target, f"/{posixpath.dirname(page.uri)}")
        what = f"link '{target}' begins at the root of the server, where the site may not be"
        return what, f"write it from this page's folder, such as {relative}"
    path, _, anchor = target.partition("#")
    uri = page.uri
    if path:
        uri = posixpath.normpath(posixpath.join(posixpath.dirname(uri), unquote(path)))
    if uri in book.texts:
        return fault_of_anchor(target, unquote(anchor), book.texts[uri]) if anchor else None
    if uri in others(book) or (uri.startswith("assets/") and (book.root / "docs" / uri).is_file()):
        return None
    if uri.endswith(IMAGES):
        what = f"image '{target}': there is no docs/{uri}"
        return what, "put the file below docs/assets/, or let a block draw the figure"
    return f"link '{target}' leads to no page", advice(path, uri, page, book)


def check_asked(page: Page, book: Book) -> Iterator[Problem]:
    """What answers another wording is a place of the page."""
    for number, asked in enumerate(page.asked):
        if asked.anchor and asked.anchor not in page.anchors:
            line = line_of_field(page, "also_asked", number)
            what = f"front matter 'also_asked.{number}': the page has no anchor '{asked.anchor}'"
            fix = f"name a heading or a follow-up question{nearest(asked.anchor, page.anchors)}"
            yield Problem(page.path, line, what, f"{fix} Quote a wording that holds a colon.")


def others(book: Book) -> set[str]:
    """Return what can be linked to besides the files of docs/."""
    errors = (ERRORS,) if book.errors else ()
    paths = [path_page(path.id) for path in book.paths.paths]
    prepare = (PREPARE,) if paths else ()
    topics = [page(topic.id) for topic in book.topics for page in (topic_index, sheet_page)]
    return {*GENERATED, SHEETS, *errors, *prepare, *paths, *topics}


def advice(path: str, uri: str, page: Page, book: Book) -> str:
    """Return how to fix a link to `path`, which stands for `uri`, where there is nothing."""
    known = [*book.texts, *sorted(others(book))]
    without = uri.removesuffix("/index.html").removesuffix(".html").removesuffix("/")
    for guess in (f"{without}.md", f"{without}/index.md", f"{without}.py"):
        if guess in known:
            return f"did you mean '{relative(guess, page)}'? A link names the file, .md included"
    if re.match(r"www\.|[\w-]+\.(?:org|com|io|net)\b", path):
        return f"write https://{path}"
    names = {posixpath.basename(other): other for other in reversed(known)}
    near = did_you_mean(posixpath.basename(uri), names, lambda n: f"'{relative(names[n], page)}'")
    return f"point it at a file below docs/, from this page's folder{near}"


def relative(uri: str, page: Page) -> str:
    return posixpath.relpath(uri, posixpath.dirname(page.uri) or ".")


def fault_of_anchor(target: str, anchor: str, page: Page) -> tuple[str, str] | None:
    """Return that `page` has no such anchor, with those that it has, or None."""
    known = list(page.anchors)
    if page.is_question:
        known += [RELATED, *([ALSO_ASKED] if page.asked else [])]
    if anchor in known or spoiled(page):
        return None
    what = f"link '{target}': {page.path} has no anchor '#{anchor}'"
    return what, f"name a heading{nearest(anchor, known)}"


def nearest(anchor: str, known: Sequence[str]) -> str:
    """Return the anchor that may be meant, or all that there are, as the end of a fix."""
    return did_you_mean(anchor, known, "'#{}'".format) or f"; it has #{', #'.join(known)}"
