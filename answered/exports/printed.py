"""The cheat sheets as PDF, printed by a Chromium where the machine has one."""

from __future__ import annotations

import functools
import hashlib
import html
import importlib.metadata
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from ..engine.update import replace_file
from ..pages.addresses import sheet_page
from ..site.article import Article, Edition
from ..site.downloads import PRINTED, printed_sheet
from ..site.listings import EVIDENCE
from .links import outside, relink_html
from .style import HEADER_LINK

FILE, TITLE = PRINTED, "The cheat sheets of all topics, to print (PDF)"
BROWSER = "ANSWERED_BROWSER"  # the one to print with, by its path; empty for none
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
CACHE = ".cache/printed"
SHEET = re.compile(r"<article[^>]*>(.*)</article>", re.S)
OF_THE_SITE = re.compile(rf'{HEADER_LINK}|<p>[^<]*<a class="pdf".*?</p>', re.S)
WHOLE = re.compile(rb"%PDF-.*%%EOF\s*", re.S)
DATE = re.compile(rb"\(D:\d{14}[+-]\d\d'\d\d'\)")  # Chromium writes the time of printing
STYLE = """
@page { size: A4; margin: 11mm 12mm; }
body { margin: 0; font: 7.6pt/1.36 "DejaVu Sans", "Liberation Sans", Arial, sans-serif;
  color: #1f2328; }
article { columns: 2; column-gap: 7mm; break-after: page; }
article:last-child { break-after: auto; }
h1, footer { column-span: all; }
h1 { margin: 0 0 2mm; font-size: 14pt; color: #9b2d12; }
h2 { margin: 3mm 0 1mm; font-size: 9pt; break-after: avoid; }
h1 + h2 { margin-top: 0; }
table { width: 100%; border-collapse: collapse; }
thead { display: none; }
tr, li { break-inside: avoid; }
td { padding: 0.8mm 0; border-top: 0.2mm solid #b9bec4; vertical-align: top; }
td:first-child { width: 27%; padding-right: 2mm; font-weight: bold; }
ul { margin: 0; padding-left: 3.5mm; }
li { margin: 0.6mm 0; }
a { color: inherit; text-decoration: none; }
code { font: 0.94em "DejaVu Sans Mono", "Liberation Mono", monospace; overflow-wrap: anywhere; }
footer { margin-top: 3mm; font-size: 6.5pt; color: #5f656d; }
"""


@functools.cache
def browser() -> str:
    """Return the path of the Chromium that prints; "" where there is none."""
    if (given := os.environ.get(BROWSER)) is not None:
        return given
    if found := next(filter(None, map(shutil.which, NAMES)), ""):
        return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).is_file() else ""


def is_made() -> bool:
    """Whether this build makes the files."""
    if not browser():
        print(
            "note: no Chromium is found, so the cheat sheets are not made as PDF", file=sys.stderr
        )
    return bool(browser())


def write(articles: list[Article], edition: Edition) -> str:
    """Write one file for each topic, and one with all; what has not changed is in the cache.

    Raises:
        SystemExit: the browser does not print.
    """
    topics = [topic.id for topic in edition.book.topics]
    sheets = {printed_sheet(topic): sheet(topic, edition) for topic in topics}
    sheets[FILE] = "".join(sheets.values())
    cache, used = edition.book.root / CACHE, set()
    cache.mkdir(parents=True, exist_ok=True)
    missing = {}
    for file, body in sheets.items():
        document = with_style(body, edition)
        kept = cache / f"{digest(document)}.pdf"
        used.add(kept)
        if not WHOLE.fullmatch(content(kept)):
            missing[kept] = document
        sheets[file] = kept
    if missing:
        with printer() as printed:
            for kept, document in missing.items():
                replace_file(kept, printed(document))
    date = time.strftime("(D:%Y%m%d%H%M%S+00'00')", time.gmtime(edition.config.time)).encode()
    for file, kept in sheets.items():
        target = edition.folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(DATE.sub(date, content(kept)))  # as long as before: offsets stay
    for kept in set(cache.glob("*.pdf")) - used:
        kept.unlink(missing_ok=True)  # another build may have been faster
    return f"{len(topics)} topics"


def sheet(topic: str, edition: Edition) -> str:
    """Return the sheet of a topic as an element; links lead to the published site, or nowhere."""
    folder = sheet_page(topic).removesuffix(".md") + "/"
    page = (edition.folder / folder / "index.html").read_text(encoding="utf-8")
    (text,) = SHEET.findall(page)
    text = OF_THE_SITE.sub("", text)
    text = relink_html(text, lambda target: outside(folder, target, edition.config.url))
    text = text.replace(f" <a>{EVIDENCE}</a>", "")  # which leads nowhere
    where = edition.config.url or edition.config.name
    return (
        f"<article>{text}<footer>{html.escape(f'{where}. {edition.provenance}')}</footer></article>"
    )


def with_style(body: str, edition: Edition) -> str:
    """Return the document that is printed."""
    name = html.escape(edition.config.name)
    head = f'<meta charset="utf-8"><title>{name}: cheat sheet</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'


def digest(document: str) -> str:
    """Return what tells one print of a document from every other.

    Raises:
        SystemExit: there is no such browser.
    """
    try:
        program = Path(browser()).resolve().stat()
    except OSError as error:
        fail(str(error.strerror))
    made = (
        document,
        program.st_size,
        program.st_mtime_ns,
        importlib.metadata.version("playwright"),
    )
    return hashlib.sha256(repr(made).encode()).hexdigest()[:20]


def content(file: Path) -> bytes:
    """Return what a file holds; nothing where it cannot be read."""
    with suppress(OSError):
        return file.read_bytes()
    return b""


@contextmanager
def printer() -> Iterator:
    """A function that returns a document as PDF, as long as its browser is open.

    Raises:
        SystemExit: the browser does not start, or does not print.
    """
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        try:
            program = playwright.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
            page = program.new_context(java_script_enabled=False, offline=True).new_page()

            def printed(document: str) -> bytes:
                page.set_content(document)
                return page.pdf(prefer_css_page_size=True, tagged=True, outline=True)

            yield printed
            program.close()
        except Error as error:
            fail(error.message.splitlines()[0])


def fail(why: str) -> NoReturn:
    """End the build, as the browser does not print."""
    what = f"{browser()} does not print: {why}"
    sys.exit(f"{what}\n    fix: repair it, or build without: {BROWSER}= make site")
