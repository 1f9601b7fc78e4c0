"""Rules about the pages of error messages."""

from __future__ import annotations

from collections.abc import Iterator

from ..engine.problems import Problem
from ..pages.book import Book
from ..pages.page import CAUSES, FIX, MEANING, Page
from .sections import line_of_section, line_of_title, other_sections

WORDS = 250  # of prose, at most


def check_error_sections(page: Page, book: Book) -> Iterator[Problem]:
    """A page of an error message has the fixed sections in their order, and is short."""
    found = [heading.text for heading in page.headings if heading.level == 2]
    if found != list(page.sections):
        yield other_sections(page, found)
        return
    words = sum(len(line.split()) for line in page.document.prose[page.document.body :])
    if words > WORDS:
        what = f"the page has {words} words; at most {WORDS}"
        yield Problem(page.path, line_of_title(page), what, "leave what leads to the fix")
    if not page.blocks_of(FIX):
        what = f"'{FIX}' has no block that runs"
        fix = "write the mended program of the block above"
        yield Problem(page.path, line_of_section(page, FIX), what, fix)
    for item in page.items(*page.section(CAUSES)):
        if not (item.bold and item.text):
            what = "an item that is not a cause in bold and its fix"
            yield Problem(page.path, item.first, what, "write - **The cause.** The fix.")
    if not page.paragraph(page.section(MEANING)[0]):
        line = line_of_section(page, MEANING)
        yield Problem(page.path, line, f"'{MEANING}' begins with no sentence", "write one")


def check_message(page: Page, book: Book) -> Iterator[Problem]:
    """The title is what a block of the page shows, word for word, or its source is named."""
    shown = "\n".join(block.expected or "" for block in page.blocks)
    if page.title in shown.replace("`", "") or "quoted_from" in page.meta:
        return
    what = "no block of the page shows the message that is its title"
    fix = "copy the message from the output of the block that raises it; where none can, name its"
    fix += " source in the front matter, as quoted_from"
    yield Problem(page.path, line_of_title(page), what, fix)
