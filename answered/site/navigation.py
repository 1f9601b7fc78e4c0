"""The navigation: home, practice, every topic with its questions, and all other pages."""

from __future__ import annotations

import html

from ..pages.addresses import DOWNLOADS, HOME, LEVELS, MYTHS, PRACTICE, TAGS, VERIFIED, topic_index
from ..pages.book import Book

Entry = dict[str, "str | list"] | str


def navigation(book: Book) -> list[Entry]:
    """Return the value of `nav` in the generator's configuration.

    Every page stands there with its title, which a generator then need not read from the page;
    themes take a title for HTML.
    """
    topics = []
    for topic in book.topics:
        pages = [{escaped(page.title): page.uri} for page in book.in_topic(topic)]
        title = escaped(topic.title)
        topics.append({title: [{title: topic_index(topic.id)}, *pages]})
    notebooks = [{notebook.title: notebook.uri} for notebook in book.notebooks]
    downloads = [{"Downloads": DOWNLOADS}] if DOWNLOADS in book.by_uri else []
    return [
        {"Home": HOME},
        {"Practice": PRACTICE},
        {"Questions": topics},
        {"Notebooks": notebooks},
        {"By level": LEVELS},
        {"By tag": TAGS},
        {"Myths": MYTHS},
        *downloads,
        {"What is verified": VERIFIED},
    ]


def escaped(title: str) -> str:
    return html.escape(title, quote=False)
