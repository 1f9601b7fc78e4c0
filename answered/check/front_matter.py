"""Rules about front matter."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Iterator

import yaml

from ..engine.problems import Problem
from ..pages.addresses import WRITTEN
from ..pages.book import Book
from ..pages.contents import CONTENTS, Contents
from ..pages.front_matter import ERROR_FIELDS, FIELDS, KEYS, OTHER_FIELDS, Field, text_of
from ..pages.page import Page
from ..pages.yaml_lines import compose_yaml, fault_of_yaml, line_of

BEGIN = f"begin the page, on line 1, with a '---' block that has {KEYS}"
OPENING = re.compile(r"^---[ \t]*\n\w+[ \t]*:", re.M)
Fault = tuple[tuple[str | int, ...], str, str]  # the place of the value, what, and how to fix it
LAST = 5  # line on which `OPENING` can be meant for front matter


def check_front_matter(page: Page, book: Book) -> Iterator[Problem]:
    """A question has the fields of `FIELDS`, each with such a value; other pages have two."""
    if page.front is None:
        yield from missing(page)
        return
    try:
        tree, meta = compose_yaml(page.front), page.front_matter
    except (yaml.YAMLError, ValueError) as error:
        line, what = fault_of_yaml(error, above=1)
        fix = "quote values that hold a colon or other punctuation"
        yield Problem(page.path, line, f"front matter is not YAML: {what}", fix)
        return
    if not isinstance(meta, dict):
        fix = f"write it as 'key: value'; the keys are {KEYS}"
        yield Problem(page.path, 1, "front matter is not a mapping", fix)
        return
    fields = fields_of(page)
    known = [field.name for field in fields]
    found = [fault for field in fields for fault in faults(field, page, book.contents)]
    for key in meta:
        if key not in known:
            fix = f"the keys are {', '.join(known)}"
            found.append(((key,), f"unknown front matter '{key}'", fix))
    for place, what, fix in found:
        line = line_of(tree, place) + 1 if place[0] in meta else 1
        yield Problem(page.path, line, what, fix)


def has_form(page: Page) -> bool:
    """Whether a page's front matter has to be complete."""
    return page.is_question or page.is_error


def fields_of(page: Page) -> tuple[Field, ...]:
    """Return the fields that the front matter of a page may have."""
    if page.uri in WRITTEN:
        return OTHER_FIELDS
    return ERROR_FIELDS if page.is_error else FIELDS


def missing(page: Page) -> Iterator[Problem]:
    """Yield why a page has no front matter: it is not at the top, not closed, or not there."""
    opening = OPENING.search(page.text)
    line = page.text.count("\n", 0, opening.start()) + 1 if opening else 0
    if 1 < line <= LAST:
        what = f"front matter begins on line {line} and not on line 1, so it is text"
        yield Problem(page.path, line, what, "delete the lines above it")
    elif line == 1:
        what = "front matter that does not begin and end with a line ---"
        fix = "write --- alone on line 1, and alone on the line below the last key"
        yield Problem(page.path, 1, what, fix)
    elif has_form(page):
        yield Problem(page.path, 1, "missing front matter", BEGIN)


def faults(field: Field, page: Page, contents: Contents) -> Iterator[Fault]:
    """Yield what is wrong with the value of `field`; its kind alone if the page is no question."""
    begin = f"front matter '{field.name}"
    if field.name not in page.front_matter:
        if has_form(page) and not field.optional:
            yield (field.name,), f"missing {begin}'", f"add it: {field.meaning}"
        return
    texts = [page.front_matter[field.name]]
    if field.entries:
        texts, (least, most) = texts[0], field.entries
        if not isinstance(texts, list):
            fix = "write [one, two], or each on a line of its own after a hyphen"
            yield (field.name,), f"{begin}': not a list", fix
            return
        if has_form(page) and not least <= len(texts) <= most:
            fix = f"write {least} to {most}: {field.meaning}"
            yield (field.name,), f"{begin}': {len(texts)} entries", fix
    for index, entry in enumerate(texts):
        found, text = None, text_of(field, entry)
        if not isinstance(text, str):
            fix = "write text; put numbers, dates, yes and no in quotes"
            found = f"{reprlib.repr(text)[:60]} is not text", fix
        elif has_form(page):
            found = fault_of_text(field, text, contents)
        if found:
            place = (field.name, index) if field.entries else (field.name,)
            yield place, f"front matter '{'.'.join(map(str, place))}': {found[0]}", found[1]


def fault_of_text(field: Field, text: str, contents: Contents) -> tuple[str, str] | None:
    """Return what is wrong with a text of `field` and how to fix it, or None."""
    length, (least, most) = len(text.strip()), field.length
    if field.values and text not in (values := getattr(contents, field.values)):
        fix = f"write one of {', '.join(values)}; {CONTENTS} lists them"
        return f"'{text}' is not one of its values", fix
    if not field.values and "\n" in text:
        return "it has several lines", "write it on one line"
    if not field.values and not least <= length <= most:
        return f"{length} characters", f"write {least} to {most}: {field.meaning}"
    return None


def line_of_field(page: Page, *place: str | int) -> int:
    """Return the line of the value at `place` in the front matter of a page; 1 where it is not."""
    return line_of(compose_yaml(page.front), place) + 1 if page.front else 1
