"""Rules about the text of a page: encoding, hidden characters, HTML, code that is not run, size."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from ..engine.block import INLINE_CODE, Block
from ..engine.problems import Problem
from ..pages.book import Book
from ..pages.exercises import differences
from ..pages.folded import runs_anywhere
from ..pages.gate import NOT_UTF8, hidden
from ..pages.page import Page, without_code

RAW_HTML = re.compile(r"<(?!https?://|mailto:|!--)[A-Za-z/!?][^>]*>?")
# The extension attr_list would set any of them, event handlers and addresses included.
ATTRIBUTES = re.compile(r"\{:?[^{}\n]*\w\s*=[^{}\n]*\}|\{:?\s*[#.][^{}\n]*\}")
MAYBE_HTML = re.compile(r"<[A-Za-z/!?]")
MATH = re.compile(r"\$[^$\n]+\$")
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", re.S)
# Of inline links, of definitions of links, and of automatic links.
SCHEME = re.compile(r"(?:\]\(\s*<?|^\s*\[[^\]]+\]:\s*<?|<)([A-Za-z][A-Za-z0-9+.-]*):")
SCHEMES = ("http", "https", "mailto")
# Bytes of Markdown above which an author has a notice, and at most. They are a page's own, so that
# no other page can push it over.
SIZES = (17_000, 20_000)
QUESTION_SIZES = (8_000, 9_000)  # without front matter, figures' code and GPU blocks


def spoiled(page: Page) -> bool:
    """Whether a page cannot be read, or a fence that is not closed hides what follows it."""
    return NOT_UTF8 in page.text or is_utf16(page.text) or not page.document.closed


def is_utf16(text: str) -> bool:
    """Whether `text` looks like UTF-16 that was read as UTF-8."""
    return 4 * text.count("\0") > len(text) > 0


def check_form(book: Book) -> Iterator[Problem]:
    """Pages are UTF-8, and their fences, marks and comments sound, as are the cells of notebooks."""
    for page in book.pages:
        if is_utf16(page.text):
            yield Problem(page.path, 1, "the page is UTF-16 and not UTF-8", "save it as UTF-8")
        elif NOT_UTF8 in page.text:
            line = page.text.count("\n", 0, page.text.index(NOT_UTF8)) + 1
            fix = "save it as UTF-8, and see that this line reads as it should"
            yield Problem(page.path, line, "the page is not UTF-8", fix)
        else:
            yield from page.faults
    for notebook in book.notebooks:
        yield from notebook.faults


def check_hidden(page: Page, book: Book) -> Iterator[Problem]:
    """No line holds a character that cannot be seen."""
    for number, line in enumerate(page.document.lines, 1):
        if character := hidden(line):
            what = f"an invisible character, U+{ord(character):04X}"
            yield Problem(page.path, number, what, "delete it; in code, write it as an escape")


def check_prose(page: Page, book: Book) -> Iterator[Problem]:
    """Prose holds no raw HTML, no attributes, and no addresses but those of pages and mail."""
    for number, line in enumerate(map(without_code, page.document.prose), 1):
        scheme = SCHEME.search(line)
        if scheme and scheme[1].lower() not in SCHEMES:
            what, fix = f"a link to {scheme[1]}:", "link to a page of this site or to https://"
            yield Problem(page.path, number, what, fix)
        attributes = ATTRIBUTES.search(MATH.sub("", line))
        if attributes:
            fix = "take them out, or put code between backticks and a formula between $"
            yield Problem(page.path, number, f"attributes: {attributes[0][:40]}", fix)
        tag = RAW_HTML.search(line)
        if tag and "<!--" not in line:  # a comment, of which the parser tells
            fix = "use Markdown, or put code between backticks"
            yield Problem(page.path, number, f"raw HTML: {tag[0][:40]}", fix)


def check_commonmark(page: Page, book: Book) -> Iterator[Problem]:
    """Where CommonMark, which Jupyter shows, sees other code than the site does, it sees no HTML."""
    from markdown_it import MarkdownIt

    text = "\n".join(page.document.prose)
    told = page.faults or any(RAW_HTML.search(without_code(line)) for line in text.split("\n"))
    if told or not MAYBE_HTML.search(text):
        return
    for token in MarkdownIt("commonmark").parse(text):
        children = [child.type for child in token.children or ()]
        if token.map and ("html_inline" in children or token.type == "html_block"):
            what = "raw HTML, as notebooks would read these backticks"
            fix = "put each piece of code between one pair of backticks that it does not hold"
            yield Problem(page.path, token.map[0] + 1, what, fix)


def check_formulas(page: Page, book: Book) -> Iterator[Problem]:
    """Every formula can be written as MathML."""
    from latex2mathml.converter import convert

    text = "\n".join(map(without_code, page.document.prose))
    for match in FORMULA.finditer(text):
        formula = (match[1] or match[2]).strip()
        try:
            convert(formula)
        except Exception as error:  # of many kinds, for what it does not expect
            line = text.count("\n", 0, match.start()) + 1
            what = f"a formula that cannot be read: {formula[:40]} ({type(error).__name__})"
            yield Problem(page.path, line, what, "correct its TeX, or put code between backticks")


def check_indented_code(page: Page, book: Book) -> Iterator[Problem]:
    """Nothing is indented so that Markdown shows it as code, which nothing would run."""
    lines = list(page.document.prose)
    indented = [i for i, line in enumerate(lines, 1) if line.startswith(("    ", "\t"))]
    if not indented or page.document.faults:
        return
    for fence in page.document.fences:
        lines[fence.line - 1] = "A fence."
    for code in indented_blocks("\n".join(lines)):
        first = code.strip().split("\n")[0].strip()
        number = next((i for i in indented if lines[i - 1].strip() == first), indented[0])
        fix = "put it in a ```python fence at the margin, or indent it less"
        yield Problem(page.path, number, "an indented code block is never run", fix)


def indented_blocks(text: str) -> list[str]:
    """Return the text of every indented code block that Markdown sees in `text`."""
    from markdown import Markdown

    converter = Markdown(extensions=["admonition", "pymdownx.details"])
    lines = text.split("\n")
    for preprocessor in converter.preprocessors:
        lines = preprocessor.run(lines)
    root = converter.parser.parseDocument(lines).getroot()
    return [html.unescape(code.text).rstrip() for code in root.iter("code")]


def check_todos(page: Page, book: Book) -> Iterator[Problem]:
    """Nothing is left to fill in, neither in the text nor in the front matter nor in the code."""
    for number, line in enumerate(page.document.lines, 1):
        todo = re.search(r"\bTODO\b:?(.*)", INLINE_CODE.sub("", line))
        if todo:
            fix = todo[1].strip(" \"'*") or "fill it in"
            yield Problem(page.path, number, "a TODO is left", fix)


def check_weight(page: Page, book: Book) -> Iterator[Problem]:
    """A page is no longer than a reader has patience for."""
    size, most = weight(page), sizes(page)[1]
    if size > most:
        fix = "leave out what no interviewer asks, or link a page of its own"
        what = f"the page has {size:,} bytes of Markdown; at most {most:,}"
        yield Problem(page.path, 1, what, fix)


def notices(page: Page) -> list[str]:
    """Return what is no problem yet, for the author of the page."""
    size, (long, most) = weight(page), sizes(page)
    if long < size <= most:
        return [f"{page.path}: {size:,} of at most {most:,} bytes of Markdown"]
    return []


def sizes(page: Page) -> tuple[int, int]:
    """Return the bytes from which on a page becomes long, and those that it has at most."""
    return QUESTION_SIZES if page.is_question else SIZES


def weight(page: Page) -> int:
    """Return the bytes of a page; of a question, of what readers meet.

    That is without front matter, figures' code and GPU blocks, and of a wrong solution what differs.
    """
    if not page.is_question:
        return len(page.text.encode())
    lines: list[str] = []
    different = differences(page)
    for piece in page.document.pieces():
        if not isinstance(piece, Block):
            lines += [line for _, line in piece]
        elif piece in different:
            lines += different[piece]
        elif runs_anywhere(piece):
            lines += page.document.lines[piece.line - 1 : piece.last]
    return len("\n".join(lines).encode())
