"""Rules about the parts of a page: its title, its sections, and what each of them holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..engine.problems import Problem
from ..pages.book import Book
from ..pages.folded import runs_anywhere
from ..pages.page import (
    CLAIMS,
    FOLLOW_UPS,
    IN_CODE,
    IN_ONE_LINE,
    SEE_ALSO,
    SHORT_ANSWER,
    Heading,
    Page,
)
from ..pages.sentences import sentences
from .front_matter import line_of_field

TODO = "TODO"  # where it is left, `text.check_todos` says so
# Fewest and most: words of a short answer, without tables and code, and points if it is a list;
# claims with a heading; questions that are asked next; links at the end.
WORDS, POINTS, REFUTED, ASKED_NEXT, LINKED = (85, 160), (4, 6), (2, 4), (5, 7), (2, 5)
CODE_LINES = 25  # of the first block of "In code"
QUOTED = re.compile(r'".+"')
ONE_LINE = 'write - **"The claim."** The truth.'


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
    """A question has the fixed sections in their order; what they hold is for other rules."""
    if not in_order(page):
        titles = [heading for heading in page.headings if heading.level == 1]
        if len(titles) < 2:  # a second title may be one of the sections
            yield other_sections(page, fixed(page))
        return
    first = next(heading for heading in page.headings if heading.level == 2)
    if first.text != page.sections[0]:
        what = f"a section above '{page.sections[0]}', with which the page begins"
        yield Problem(page.path, first.line, what, "move it below the short answer")


def other_sections(page: Page, found: Sequence[str]) -> Problem:
    """Return that a page has the sections `found`, and not those of its kind in their order."""
    what = f"sections are {', '.join(found) or 'missing'}"
    fix = f"have these, in this order: {', '.join('## ' + name for name in page.sections)}"
    return Problem(page.path, line_of_title(page), what, fix)


def line_of_title(page: Page) -> int:
    """Return the line of the title; where there is none, that where it belongs."""
    titles = (heading.line for heading in page.headings if heading.level == 1)
    return next(titles, page.document.body + 1)


def line_of_section(page: Page, name: str) -> int:
    """Return the line of the heading of a section that the page has."""
    return page.section(name)[0] - 1


def in_order(page: Page) -> bool:
    """Whether each fixed section is there once, in its place."""
    return fixed(page) == list(page.sections)


def fixed(page: Page) -> list[str]:
    """Return the sections of a page that every question has, as they come."""
    found = [heading.text for heading in page.headings if heading.level == 2]
    return [name for name in found if name in page.sections]


def check_description(page: Page, book: Book) -> Iterator[Problem]:
    """The description is one sentence."""
    text = page.meta.get("description", "").strip()
    first, *rest = sentences(text) or [TODO]
    if first.startswith(TODO):
        return
    if rest:
        what = f"the description has {1 + len(rest)} sentences, and search results show one"
        fix = f"join or shorten them; the second begins: {rest[0][:40]}"
    elif not first.endswith((".", "!", "?")):
        what, fix = "the description is no whole sentence", "end it with a full stop"
    else:
        return
    yield Problem(page.path, line_of_field(page, "description"), what, fix)


def check_short_answer(page: Page, book: Book) -> Iterator[Problem]:
    """The short answer can be said aloud, in prose or in points."""
    first, last = page.section(SHORT_ANSWER)
    lines = page.document.prose[first - 1 : last]
    if any(TODO in line for line in lines):
        return
    number = sum(len(line.split()) for line in lines if not line.startswith("|"))
    if not WORDS[0] <= number <= WORDS[1]:
        fix = f"write {WORDS[0]} to {WORDS[1]}, which one says in a minute; the rest goes below"
        yield Problem(page.path, first - 1, f"the short answer has {number} words", fix)
    if points := page.items(first, last):
        yield from number_of(points, "point", SHORT_ANSWER, POINTS, page)


def check_in_code(page: Page, book: Book) -> Iterator[Problem]:
    """The section "In code" begins with a block that can be typed in an interview."""
    first, _ = page.section(IN_CODE)
    blocks = [block for block in page.blocks_of(IN_CODE) if runs_anywhere(block)]
    if not blocks:
        what = "no block that prints, and that needs no GPU"
        fix = "write the code that an interviewer would ask for"
        yield Problem(page.path, first - 1, what, fix)
    elif (lines := blocks[0].code.count("\n")) > CODE_LINES:
        what = f"the first block of '{IN_CODE}' has {lines} lines; at most {CODE_LINES}"
        yield blocks[0].problem(what, "leave the simplest case, and that whole")


def check_claims(page: Page, book: Book) -> Iterator[Problem]:
    """Every claim is quoted, and the first thing below it is what is true instead."""
    subsections = page.subsections(CLAIMS)
    with_heading = [heading for heading, _ in subsections if heading.text != IN_ONE_LINE]
    yield from number_of(with_heading, "claim", CLAIMS, REFUTED, page)
    refuted = {claim.line for claim in page.claims}
    for heading, last in subsections:
        if heading.text == IN_ONE_LINE:
            yield from check_in_one_line(heading, last, page)
            continue
        if not QUOTED.fullmatch(heading.text):
            what = "a claim that is not between quotation marks"
            yield Problem(page.path, heading.line, what, f'write ### "{heading.text}"')
        if heading.line not in refuted:
            what = "a claim without a sentence below it that says what is true"
            fix = "begin with that sentence; the block below it is the evidence"
            yield Problem(page.path, heading.line, what, fix)


def check_in_one_line(heading: Heading, last: int, page: Page) -> Iterator[Problem]:
    """Claims that need no section of their own end the section, each with what is true."""
    items = page.items(heading.line + 1, last)
    if heading != page.subsections(CLAIMS)[-1][0]:
        what = f"'### {IN_ONE_LINE}' is not the last of '{CLAIMS}'"
        yield Problem(page.path, heading.line, what, "move it below the claims with a heading")
    if not items:
        what = f"'### {IN_ONE_LINE}' without a list"
        yield Problem(page.path, heading.line, what, f"{ONE_LINE}, or delete the heading")
    for item in items:
        if not (QUOTED.fullmatch(item.bold) and item.text):
            what = "an item that is not a claim between quotation marks and what is true"
            yield Problem(page.path, item.first, what, ONE_LINE)


def check_follow_ups(page: Page, book: Book) -> Iterator[Problem]:
    """What is asked next is answered in place."""
    items = page.items(*page.section(FOLLOW_UPS))
    yield from number_of(items, "item", FOLLOW_UPS, ASKED_NEXT, page)
    for item in items:
        if not (item.bold.endswith("?") and item.text):
            what = "an item that is not a question in bold and its answer"
            fix = "write - **Question?** Answer in one to three sentences, before any link."
            yield Problem(page.path, item.first, what, fix)


def check_see_also(page: Page, book: Book) -> Iterator[Problem]:
    """The primary source comes first, then a few neighbors."""
    items = page.items(*page.section(SEE_ALSO))
    yield from number_of(items, "item", SEE_ALSO, LINKED, page)
    for item in items[:1]:
        targets = [link.target for link in page.links if item.first <= link.line <= item.last]
        if not any(target.startswith("https://") for target in targets):
            what = f"the first item of '{SEE_ALSO}' links no primary source"
            fix = "begin with a link to the documentation or the source, at https://"
            yield Problem(page.path, item.first, what, fix)


def number_of(
    found: Sequence, noun: str, section: str, allowed: tuple[int, int], page: Page
) -> Iterator[Problem]:
    """Yield that a section holds more or fewer of these than allowed."""
    number, (least, most) = len(found), allowed
    if not least <= number <= most:
        what = f"'{section}' has {number} {noun}{'s' * (number != 1)}"
        yield Problem(page.path, line_of_section(page, section), what, f"write {least} to {most}")
