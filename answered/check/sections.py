"""Rules about the parts of a page: its title, its sections, and what each of them holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..engine.problems import Problem
from ..pages.book import Book
from ..pages.page import CLAIMS, SECTIONS, SHORT_ANSWER, Page
from ..pages.sentences import sentences
from .front_matter import line_of_field

SENTENCES = (2, 5)  # fewest and most of a short answer; a point of a list counts as one
TODO = "TODO"  # where it is left, `text.check_todos` says so
POINT = re.compile(r"(?:[-*+]|\d+[.)])\s")
PARTS = re.compile(rf"\n\s*\n|\n(?={POINT.pattern})")  # what stands between them
NO_SENTENCE = re.compile(r"\s*(?:\||#|-8<-|\$\$)")  # tables, headings, snippets, formulas


def check_title(page: Page, book: Book) -> Iterator[Problem]:
    """A page has one level-1 heading; that of a question ends with a question mark."""
    titles = [heading for heading in page.headings if heading.level == 1]
    if len(titles) != 1:
        line = titles[1].line if titles else page.document.body + 1
        fix = "write one, which is the title; sections have ##"
        yield Problem(page.path, line, f"{len(titles)} level-1 headings", fix)
    elif page.is_question and not page.title.endswith("?"):
        what = "the title is not a question"
        yield Problem(page.path, titles[0].line, what, "end it with a question mark")


def check_sections(page: Page, book: Book) -> Iterator[Problem]:
    """A question has the fixed sections in their order."""
    titles = [heading.line for heading in page.headings if heading.level == 1]
    found = [heading.text for heading in page.headings if heading.level == 2]
    order = [name for name in found if name in SECTIONS]
    if order != list(SECTIONS) and len(titles) < 2:  # a second title may be one of the sections
        line = titles[0] if titles else page.document.body + 1
        what = f"sections are {', '.join(order) or 'missing'}"
        fix = f"have these, in this order: {', '.join('## ' + name for name in SECTIONS)}"
        yield Problem(page.path, line, what, fix)


def check_description(page: Page, book: Book) -> Iterator[Problem]:
    """The description is one sentence."""
    text = page.meta.get("description", "").strip()
    first, *rest = sentences(text) or [TODO]
    if first.startswith(TODO):
        return
    line = line_of_field(page, "description")
    if rest:
        what = f"the description has {1 + len(rest)} sentences, and search results show one"
        fix = f"join or shorten them; the second begins: {rest[0][:40]}"
        yield Problem(page.path, line, what, fix)
    elif not first.endswith((".", "!", "?")):
        what = "the description is no whole sentence"
        yield Problem(page.path, line, what, "end it with a full stop")


def check_short_answer(page: Page, book: Book) -> Iterator[Problem]:
    """The short answer can be said aloud."""
    first, last = page.section(SHORT_ANSWER) or (1, 0)
    lines = page.document.prose[first - 1 : last]
    number, (least, most) = points(lines), SENTENCES
    left = any(line.startswith(TODO) for line in lines)
    if last and not left and not least <= number <= most:
        plural = "s" * (number != 1)
        what = f"the short answer has {number} sentence{plural} or point{plural}"
        fix = f"write {least} to {most}; the rest has its place below"
        yield Problem(page.path, first - 1, what, fix)


def points(lines: Iterable[str]) -> int:
    """Return the number of sentences in lines of prose, a point of a list counting as one."""
    text = "\n".join(line for line in lines if not NO_SENTENCE.match(line))
    number, in_list = 0, False
    for part in PARTS.split(text):
        if POINT.match(part):
            number, in_list = number + 1, True
        elif not (in_list and part.startswith(" ")):
            number, in_list = number + len(sentences(part)), False
    return number


def check_claims(page: Page, book: Book) -> Iterator[Problem]:
    """Every claim is quoted, and the first thing below it is what is true instead."""
    first, last = page.section(CLAIMS) or (0, -1)
    refuted = {claim.line for claim in page.claims}
    for heading in page.headings:
        if heading.level != 3 or not first <= heading.line <= last:
            continue
        if not re.fullmatch(r'".+"', heading.text):
            what = "a claim that is not between quotation marks"
            yield Problem(page.path, heading.line, what, f'write ### "{heading.text}"')
        if heading.line not in refuted:
            what = "a claim without a sentence below it that says what is true"
            fix = "begin with that sentence; the block below it is the evidence"
            yield Problem(page.path, heading.line, what, fix)
