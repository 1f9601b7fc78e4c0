"""Files made from finished questions: search index, practice data, and all downloads.

In: `Article`s and their `Edition`. Out: files in the edition's folder, each made by one module.
"""

from __future__ import annotations

from types import ModuleType

from ..pages.book import Book
from ..site.article import Article, Edition
from ..site.downloads import Listing, fill, write_redirect
from . import (
    anki_predictions,
    anki_questions,
    app,
    catalog,
    epub,
    llms,
    notebooks,
    offline,
    practice,
    printed,
    search,
    social,
)

# A module states FILE, its path from the site's root; TITLE, one line for the page Downloads, or ""
# for what the site's own scripts read; and write(), which returns a fact such as "107 questions".
EXPORTS = (
    search,
    practice,
    anki_questions,
    anki_predictions,
    notebooks,
    epub,
    printed,
    offline,
    catalog,
    llms,
    social,
    app,
)


def made() -> list[ModuleType]:
    """Return the exports that this machine makes: printing takes a browser."""
    return [export for export in EXPORTS if export is not printed or printed.browser()]


def write_all(articles: list[Article], edition: Edition) -> None:
    """Write everything that is made from `articles`, which are in reading order.

    Raises:
        FaultyFileError: the page Downloads has no place for the size of a file.
    """
    write_redirect(edition)
    for export in sorted(made(), key=lambda export: export is offline):  # it copies the others
        fact = export.write(articles, edition)
        if export.TITLE:
            fill(edition, export.FILE, fact)


def listing(book: Book) -> Listing:
    """Return what the stage puts into the page Downloads."""
    files = tuple((export.FILE, export.TITLE) for export in made() if export.TITLE)
    return Listing(files, catalog.fields(book))
