"""The page Downloads, and where the notebook of a question is.

The room `exports` makes the files, and nothing here imports it: the build hands its `Listing` to
the stage as data, and `exports` fills in facts and sizes once the page is built and they are known.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from html import escape

from ..engine.problems import FaultyFileError, Problem
from ..pages.addresses import DOWNLOADS
from ..pages.page import Page
from .article import Edition

FOLDER = DOWNLOADS.removesuffix(".md")
PRINTED = f"{FOLDER}/cheat-sheets.pdf"  # of all topics
OLD_FOLDER = "take-away"  # the address of the page until 2026
REDIRECT = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">\
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; base-uri 'none'">\
<meta name="viewport" content="width=device-width, initial-scale=1">\
<meta name="robots" content="noindex"><meta http-equiv="refresh" content="0; url=../{FOLDER}/">\
<title>Downloads</title></head>
<body><main><h1>Downloads</h1>\
<p>This page is now at <a href="../{FOLDER}/">{FOLDER}/</a>.</p></main></body></html>
"""


@dataclass(frozen=True)
class Listing:
    """The exports, as the page Downloads lists them.

    Attributes:
        files: path from the site's root, and title, of each file.
        fields: Markdown tables of the fields of questions.json.
    """

    files: tuple[tuple[str, str], ...] = ()
    fields: str = ""

    @property
    def printed(self) -> bool:
        """Whether there are cheat sheets as PDF."""
        return PRINTED in dict(self.files)


def with_table(markdown: str, listing: Listing) -> str:
    """Put the table of files before the page's first section, and the fields at its end."""
    rows = "".join(
        f'| <a href="{posixpath.relpath(file, FOLDER)}" download>{posixpath.basename(file)}</a>'
        f" | {title} | {place(file)} |\n"
        for file, title in listing.files
    )
    intro, heading, sections = markdown.partition("\n## ")
    table = f"\n| File | What it is | Size |\n|---|---|---|\n{rows}"
    return f"{intro}{table}{heading}{sections.rstrip()}\n\n{listing.fields}"


def place(file: str, content: str = "") -> str:
    """Return the element of the page that holds fact and size of `file`."""
    return f'<span data-download="{file}">{content}</span>'


def fill(edition: Edition, file: str, fact: str) -> None:
    """Write fact and size of the finished `file` into the built page.

    Raises:
        FaultyFileError: the page has not exactly one place for them.
    """
    if DOWNLOADS not in edition.book.by_uri:
        return
    page = edition.folder / FOLDER / "index.html"
    text = page.read_text(encoding="utf-8")
    if (found := text.count(place(file))) != 1:
        what = f"the built page has {found} elements {place(file)}, and needs 1"
        fix = "leave the table of files as the build makes it, before the page's first section"
        raise FaultyFileError([Problem(f"docs/{DOWNLOADS}", 1, what, fix)])
    said = f"{escape(fact)}, {readable((edition.folder / file).stat().st_size)}"
    page.write_text(text.replace(place(file), place(file, said)), encoding="utf-8")


def readable(size: int) -> str:
    """Return a number of bytes as a reader would say it."""
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.0f} KB"


def write_redirect(edition: Edition) -> None:
    """Write a page at the old address of the downloads that leads to the new one."""
    if DOWNLOADS in edition.book.by_uri:
        edition.write(f"{OLD_FOLDER}/index.html", REDIRECT)


def printed_sheet(topic: str) -> str:
    """Return where the cheat sheet of a topic is as PDF, from the site's root."""
    return f"{FOLDER}/cheat-sheets/{topic}.pdf"


def notebook_path(page: Page) -> str:
    """Return where the notebook of a question is, from the site's root."""
    return f"{FOLDER}/notebooks/{page.id}.ipynb"
