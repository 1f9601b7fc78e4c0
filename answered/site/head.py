"""Elements of a page's head that link previews and search engines read."""

from __future__ import annotations

import html
import json
import re

from ..pages.contents import Topic
from ..pages.page import SHORT_ANSWER, Page
from .config import Config
from .finish import TITLE, sections, text

CARD = "social/site.png"  # the picture of every page that is no question
WIDTH, HEIGHT = 1200, 630  # of pictures, in pixels
END = "</head>"
CANONICAL = re.compile(r'<link rel="canonical" href="([^"]+)"')
DESCRIPTION = re.compile(r'<meta name="description" content="([^"]*)"')


def card(page: Page) -> str:
    """Return where the picture of a question is, from the site's root."""
    return f"social/{page.id}.png"


def with_previews(document: str, page: Page | None, config: Config) -> str:
    """Return a finished page with what link previews show of it; `page` is a question or None.

    Addresses in there are absolute: where that of the site is not known, there are none.
    """
    title = html.unescape(found[1]) if (found := TITLE.search(document)) else config.name
    tags = {
        "og:site_name": config.name,
        "og:type": "article" if page else "website",
        "og:title": page.title if page else title.removesuffix(f" - {config.name}"),
    }
    if found := DESCRIPTION.search(document):
        tags["og:description"] = html.unescape(found[1])
    if found := CANONICAL.search(document):
        tags |= {
            "og:url": html.unescape(found[1]),
            "og:image": config.url + (card(page) if page else CARD),
            "og:image:width": str(WIDTH),
            "og:image:height": str(HEIGHT),
            "twitter:card": "summary_large_image",
        }
    elements = (
        f'<meta {"name" if name.startswith("twitter") else "property"}="{name}"'
        f' content="{html.escape(value)}">'
        for name, value in tags.items()
    )
    return document.replace(END, "".join(elements) + END, 1)


def with_data(document: str, page: Page, topic: Topic, content: str, config: Config) -> str:
    """Return the finished page of a question with question and answer as search engines read them.

    It is data in JSON-LD, which no browser executes, and which the page's policy lets be.
    """
    parts = {part.heading: text(part.html) for part in sections(content)}
    question = {
        "@type": "Question",
        "name": page.title,
        "text": page.title,
        "answerCount": 1,
        "acceptedAnswer": {"@type": "Answer", "text": parts.get(SHORT_ANSWER, "")},
    }
    graph: list[dict] = [{"@type": "QAPage", "mainEntity": question}]
    if config.url:
        question["url"] = config.url + page.url
        question["acceptedAnswer"]["url"] = f"{config.url}{page.url}#short-answer"
        trail = [
            (config.name, config.url),
            (topic.title, f"{config.url}questions/{topic.id}/"),
            (page.title, config.url + page.url),
        ]
        items = [
            {"@type": "ListItem", "position": number, "name": name, "item": address}
            for number, (name, address) in enumerate(trail, 1)
        ]
        graph.append({"@type": "BreadcrumbList", "itemListElement": items})
    data = {"@context": "https://schema.org", "@graph": graph}
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    element = f'<script type="application/ld+json">{written}</script>'
    return document.replace(END, element + END, 1)
