"""Rules about docs/ as a whole: places of files, and the table of contents."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..engine.problems import Problem
from ..pages.addresses import WRITTEN
from ..pages.book import Book
from ..pages.contents import CONTENTS, line_in_contents
from ..pages.gate import IS_SLUG, is_slug
from ..pages.page import Page
from .figures import sound_svg
from .nearest import did_you_mean
from .text import spoiled

MARKUP = re.compile(r"[<>&`*_\[\]{}|\\\n]")  # what Markdown or HTML would not show as it stands
TRUTH = (20, 400)  # fewest and most characters of a truth on the page of myths


def check_place(book: Book) -> Iterator[Problem]:
    """Every page stands where the navigation finds it, under a name that no other question has."""
    topics = [topic.id for topic in book.contents.topics]
    first: dict[str, Page] = {}
    for page in book.pages:
        if page.uri in WRITTEN:
            continue
        if page.is_error and page.uri == f"errors/{page.slug}.md" and is_slug(page.slug):
            continue
        if page.uri != f"questions/{page.topic}/{page.slug}.md" or page.topic not in topics:
            fix = f"move it to docs/questions/<topic>/; the topics, of {CONTENTS}, are "
            fix += ", ".join(topics)
            yield Problem(page.path, 1, "the page is outside the navigation", fix)
        elif not is_slug(page.slug):
            what = "the file's name is not a slug"
            yield Problem(page.path, 1, what, f"name it in {IS_SLUG}; 'index' is generated")
        elif first.setdefault(page.slug, page) is not page:
            what = f"{first[page.slug].path} has the name '{page.slug}' already"
            yield Problem(page.path, 1, what, "give this file another name")


def check_pictures(book: Book) -> Iterator[Problem]:
    """A picture of docs/assets/ holds what a figure may: a browser opens it as a page."""
    for file in sorted((book.root / "docs" / "assets").rglob("*.svg")):
        try:
            sound_svg(file.read_text(encoding="utf-8"))
        except ValueError as error:
            path = file.relative_to(book.root).as_posix()
            yield Problem(path, 1, f"the picture holds {error}", "leave shapes and text alone")


def check_topics(book: Book) -> Iterator[Problem]:
    """Topics, levels and tags name addresses, each once; titles and summaries are plain text."""
    contents = book.contents
    topics = [topic.id for topic in contents.topics]
    for number, group in enumerate(contents.errors):
        if not is_slug(group.id) or MARKUP.search(group.title):
            line = line_in_contents(book.root, "errors", number, "id")
            fix = f"write the id in {IS_SLUG}, and the title as plain text"
            yield Problem(CONTENTS, line, f"the group of errors '{group.id}'", fix)
    for number, name in enumerate(topics):
        found = None
        if not is_slug(name):
            fix = f"write it, and name its folder, in {IS_SLUG}"
            found = f"the topic's id '{name}' is not a slug", fix
        elif name in topics[:number]:
            found = f"the topic '{name}' is listed twice", "delete one"
        if found:
            line = line_in_contents(book.root, "topics", number, "id")
            yield Problem(CONTENTS, line, *found)
        for key in ("title", "summary"):
            markup = MARKUP.search(getattr(contents.topics[number], key))
            if markup:
                line = line_in_contents(book.root, "topics", number, key)
                what = f"{markup[0]!r} in the topic's {key}, which is plain text"
                yield Problem(CONTENTS, line, what, "write it in words")
    for key, names in (("levels", contents.levels), ("tags", contents.tags)):
        for number, name in enumerate(names):
            found = None
            if not is_slug(name):
                found = f"'{name}' in {key} is not a slug", f"write it in {IS_SLUG}"
            elif name in names[:number]:
                found = f"'{name}' is listed twice in {key}", "delete one"
            if found:
                yield Problem(CONTENTS, line_in_contents(book.root, key, number), *found)


def check_listed(book: Book) -> Iterator[Problem]:
    """Every listed question has its page, in its topic, and is listed once."""
    topic_of: dict[str, str] = {}  # by the slug of each question that is listed so far
    slugs = {page.slug: page for page in book.pages if page.is_question}
    for index, topic in enumerate(book.contents.topics):
        for number, slug in enumerate(topic.questions):
            page = book.by_uri.get(f"questions/{topic.id}/{slug}.md")
            found = None
            if slug in topic_of:
                where = "here" if topic_of[slug] == topic.id else f"under {topic_of[slug]}"
                found = f"the question '{slug}' is listed {where} already", "delete one"
            elif page is None and slug in slugs:
                fix = f"list it there, or move the page to docs/questions/{topic.id}/"
                found = f"the question '{slug}' is a page of the topic {slugs[slug].topic}", fix
            elif page is None:
                fix = "name a file of that folder, without .md, or delete the line"
                fix += did_you_mean(slug, slugs)
                found = f"there is no page docs/questions/{topic.id}/{slug}.md", fix
            if found:
                line = line_in_contents(book.root, "topics", index, "questions", number)
                yield Problem(CONTENTS, line, *found)
            topic_of[slug] = topic.id


def check_myths(book: Book) -> Iterator[Problem]:
    """Every claim that contents.yml lists stands on its page, and its truth is a short sentence."""
    known, listed = book.claims, book.contents.myths
    for number, name in enumerate(listed):
        claim = known.get(name)
        found = None
        if name in listed[:number]:
            found = f"the claim '{name}' is listed twice under myths", "delete one"
        elif claim is None:
            page = book.by_uri.get(f"questions/{name.partition('#')[0]}.md")
            if page and spoiled(page):
                continue
            fix = "write topic/slug#anchor of a heading under 'What people get wrong'"
            fix += did_you_mean(name, known)
            found = f"no page refutes the claim '{name}' listed under myths", fix
        if found:
            yield Problem(CONTENTS, line_in_contents(book.root, "myths", number), *found)
        elif claim and not TRUTH[0] <= len(claim.truth) <= TRUTH[1]:
            what = f"the first sentence below a claim listed under myths has {len(claim.truth)}"
            fix = f"write a sentence of {TRUTH[0]} to {TRUTH[1]}, or do not list the claim"
            path = book.by_uri[claim.page].path
            yield Problem(path, claim.line, f"{what} characters", f"{fix} in {CONTENTS}")
