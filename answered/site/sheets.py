"""Cheat sheets: of each topic a page to print, made from what its questions say."""

from __future__ import annotations

import re

from ..pages.addresses import SHEETS, sheet_page
from ..pages.book import Book
from ..pages.contents import Topic
from ..pages.page import SHORT_ANSWER, Claim, Page
from .downloads import PRINTED, printed_sheet
from .listings import refuted
from .markup import count, front_matter, plain

TITLE = "Cheat sheets"
SUMMARY = (
    "A page to print for each topic: answers in a sentence, calls and formulas, claims to know."
)
FORMULAS, CLAIMS = 3, 5  # at most: of one question, and on one sheet
CODE = re.compile(r"`([^`\n]{6,70})`")
# A call with arguments, or an equation; not a shape alone.
TELLING = re.compile(r"(?!\([^()]*\)$)(?=.*(\w\([^)]|[^=!<>]= )).+")


def pages(book: Book, printed: bool) -> dict[str, str]:
    """Return the sheets by their uris, and the page that lists them.

    Args:
        printed: whether there are PDFs to link.
    """
    sheets = {sheet_page(topic.id): sheet(topic, book, printed) for topic in book.topics}
    return {SHEETS: listing(book, printed), **sheets}


def listing(book: Book, printed: bool) -> str:
    """Return the page that lists the sheets."""
    entries = []
    for topic in book.topics:
        file = f", {pdf(f'../{printed_sheet(topic.id)}')}" if printed else ""
        number = count(len(book.in_topic(topic)), "question")
        entries.append(f"- [{topic.title}]({topic.id}.md): {number}{file}\n")
    whole = f" All in one: {pdf(f'../{PRINTED}')}." if printed else ""
    return f"{front_matter(description=SUMMARY)}# {TITLE}\n\n{SUMMARY}{whole}\n\n{''.join(entries)}"


def pdf(address: str) -> str:
    """Return a link to a file that exports write, in HTML, as no generator finds it yet."""
    return f'<a class="pdf" href="{address}">PDF</a>'


def sheet(topic: Topic, book: Book, printed: bool) -> str:
    """Return the sheet of one topic; what is asked most comes first."""
    mine = [page for page in book.by_importance if page.topic == topic.id]
    rows = [
        f"| [{plain(page.short_title)}](../{page.uri}) | {plain(page.meta.get('description', ''))} |"
        for page in mine
    ]
    parts = [
        f"{front_matter(description=f'{topic.title}: a cheat sheet.')}# {topic.title}: cheat sheet",
        *([f"To print: {pdf(f'../../{printed_sheet(topic.id)}')}"] if printed else []),
        "## Answers in a sentence",
        "\n".join(["| Question | Answer |", "|---|---|", *rows]),
    ]
    told = [(page, formulas(page)) for page in mine]
    if lines := [
        f"- {plain(page.short_title)}: {' · '.join(found)}" for page, found in told if found
    ]:
        parts += ["## Calls and formulas", "\n".join(lines)]
    if claims := [refuted(claim, "../") for claim in worst(mine, book)]:
        parts += ["## Claims to know, and what is true", "\n".join(claims)]
    return "\n\n".join(parts) + "\n"


def formulas(page: Page) -> list[str]:
    """Return the calls and equations of a question's short answer, as code."""
    first, last = page.section(SHORT_ANSWER) or (1, 0)
    text = "\n".join(page.document.lines[first - 1 : last])
    found = dict.fromkeys(code for code in CODE.findall(text) if TELLING.match(code))
    return [f"`{code}`" for code in list(found)[:FORMULAS]]


def worst(mine: list[Page], book: Book) -> list[Claim]:
    """Return the claims of a topic that the page of myths lists, or else the first of each page."""
    claims = [claim for page in mine for claim in page.claims if not claim.in_one_line]
    listed = [claim for claim in book.myths if claim in claims]
    first = [page.claims[0] for page in mine if page.claims and page.claims[0] in claims]
    return list(dict.fromkeys([*listed, *first]))[:CLAIMS]
