"""The Anki deck of questions: the short answer and the first example on the back.

The source of a question about a program stands on the front.
"""

from __future__ import annotations

import re
from html import escape

from ..site.article import Article, Edition
from .anki import model, result, write_package
from .links import outside, relink_html
from .parts import exported
from .style import HEADER_LINK, with_colors

FILE = "downloads/pytorch-answered.apkg"
ABOUT = "Front: the question. Back: the short answer, and the page's first example with its output."
TITLE = "Anki deck: every question, its short answer and an example"


def write(articles: list[Article], edition: Edition) -> str:
    """Write the deck, one subdeck a topic."""
    kind = model(
        "question",
        ("Question", "Answer", "Example", "Program"),
        "<h1>{{Question}}</h1>{{Program}}",
        "{{FrontSide}}<hr id=answer>{{Answer}}{{Example}}",
    )
    cards = [
        (article, [escape(article.page.title), answer(article, edition), *example(article)])
        for article in articles
    ]
    return write_package(edition, FILE, edition.config.name, ABOUT, kind, cards)


def answer(article: Article, edition: Edition) -> str:
    """Return the HTML of the short answer, which needs nothing of the site."""
    content = re.sub(HEADER_LINK, "", article.short_answer, flags=re.S)
    relinked = relink_html(content, lambda target: outside(article.url, target, edition.config.url))
    return with_colors(relinked)


def example(article: Article) -> tuple[str, str]:
    """Return the first block with an output of this build, below the first block's figures.

    The source of a block that the question is about is the second text, for the front.
    """
    ran = [shown for shown in article.blocks if shown.outcome.ran]
    figures = ran[0].outcome.figures if ran else []
    drawn = "".join(f'<figure class="drawn">{svg}</figure>' for _, svg in figures)
    shown = (shown for shown in exported(article) if shown.outcome.ran and shown.output)
    first = next(shown, None)
    source, output = (first.source_html, result(first)) if first else ("", "")
    if article.page.program:
        return output, source
    return with_colors(drawn) + source + output, ""
