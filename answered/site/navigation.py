"""The navigation: a tab for each thing to do here, and below "Questions" every topic."""

from __future__ import annotations

import html

from ..pages.addresses import (
    DOWNLOADS,
    ERRORS,
    HOME,
    LEVELS,
    MYTHS,
    PRACTICE,
    PREPARE,
    SHEETS,
    TAGS,
    VERIFIED,
    path_page,
    sheet_page,
    topic_index,
)
from ..pages.book import Book

Entry = dict[str, "str | list"] | str


def navigation(book: Book) -> list[Entry]:
    """Return the value of `nav` in the generator's configuration.

    Every page stands there with its name, which a generator then need not read from the page;
    themes take a name for HTML. Home is the page of the tab "Questions".
    """
    topics = []
    for topic in book.topics:
        pages = [{escaped(page.short_title): page.uri} for page in book.in_topic(topic)]
        title = escaped(topic.title)
        topics.append({title: [{title: topic_index(topic.id)}, *pages]})
    lists = [{"All questions": LEVELS}, {"By tag": TAGS}, {"What is verified": VERIFIED}]
    notebooks = [{escaped(notebook.title): notebook.uri} for notebook in book.notebooks]
    groups = [
        {escaped(group.title): [{escaped(page.short_title): page.uri} for page in mine]}
        for group in book.contents.errors
        if (mine := book.in_group(group))
    ]
    paths = [{escaped(path.title): path_page(path.id)} for path in book.paths.paths]
    sheets = [{escaped(topic.title): sheet_page(topic.id)} for topic in book.topics]
    sheets.insert(0, {"Cheat sheets": SHEETS})
    return [
        {"Questions": [{"Questions": HOME}, *topics, *lists]},
        {"Prepare": [*([{"Prepare": PREPARE}] if paths else []), *paths, {"Cheat sheets": sheets}]},
        *([{"Errors": [{"Errors": ERRORS}, *groups]}] if groups else []),
        {"Practice": PRACTICE},
        {"Myths": MYTHS},
        *([{"Notebooks": notebooks}] if notebooks else []),
        *([{"Downloads": DOWNLOADS}] if DOWNLOADS in book.by_uri else []),
    ]


def escaped(title: str) -> str:
    return html.escape(title, quote=False)
