"""The cheat sheets as PDF, printed by a Chromium where the machine has one."""

from __future__ import annotations

import functools
import html
import importlib.metadata
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from ..pages.addresses import sheet_page
from ..site.article import Article, Edition
from ..site.downloads import PRINTED, printed_sheet
from ..site.listings import EVIDENCE
from .kept import Kept
from .links import outside, relink_html
from .style import HEADER_LINK

FILE, TITLE = PRINTED, "The cheat sheets of all topics, to print (PDF)"
BROWSER = "ANSWERED_BROWSER"  # the one to print with, by its path; empty for none
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
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
    """Return the path of the Chromium that prints; "" where there is none, which is told once."""
    found = os.environ.get(BROWSER)
    if found is None:
        found = next(filter(None, map(shutil.which, NAMES)), "") or own_browser()
    if not found:
        print(
            "note: no Chromium is found, so the cheat sheets are not made as PDF", file=sys.stderr
        )
    return found


def own_browser() -> str:
    """Return the path of the Chromium that Playwright has downloaded; "" where it has not."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).is_file() else ""


def write(articles: list[Article], edition: Edition) -> str:
    """Write one file for each topic, and one with all; what has not changed is in the cache.

    Raises:
        SystemExit: the browser does not print.
    """
    topics = [topic.id for topic in edition.book.topics]
    sheets = {printed_sheet(topic): sheet(topic, edition) for topic in topics}
    sheets[FILE] = "".join(sheets.values())
    documents = {file: with_style(body, edition) for file, body in sheets.items()}
    kept, program = Kept(edition.book.root, "printed", ".pdf", WHOLE), identity()
    if missing := [each for each in documents.values() if not kept.get((each, *program))]:
        with printer() as printed:
            for document in missing:
                kept.put((document, *program), printed(document))
    date = time.strftime("(D:%Y%m%d%H%M%S+00'00')", time.gmtime(edition.config.time)).encode()
    for file, document in documents.items():
        target = edition.folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        made = kept.get((document, *program))
        target.write_bytes(DATE.sub(date, made))  # as long as before: offsets stay
    kept.prune()
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


def identity() -> tuple[int, int, str]:
    """Return what tells the browser from every other that could print.

    Raises:
        SystemExit: there is no such browser.
    """
    try:
        program = Path(browser()).resolve().stat()
    except OSError as error:
        fail(str(error.strerror))
    return program.st_size, program.st_mtime_ns, importlib.metadata.version("playwright")


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
