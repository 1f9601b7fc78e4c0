"""The Anki deck of short blocks: what do they print?"""

from __future__ import annotations

import hashlib
from html import escape

from ..site.article import Article, Edition, ShownBlock
from .anki import model, result, write_package
from .parts import decidable, exported

FILE = "downloads/pytorch-answered-predict.apkg"
TITLE = "Anki deck: predict the output of an example"


def write(articles: list[Article], edition: Edition) -> str:
    """Write the deck, one subdeck a topic."""
    kind = model(
        "predict the output",
        ("Code", "Output", "Question"),
        "<p>What is the output?</p>{{Code}}",
        "{{FrontSide}}<hr id=answer>{{Output}}<p>{{Question}}</p>",
    )
    cards = [
        (article, [shown.source_html, result(shown), escape(article.page.title)], digest)
        for article in articles
        for digest, shown in predictable(article).items()
    ]
    about = "Front: an example. Back: what it printed when it was run."
    name = f"{edition.config.name}: predict the output"
    return write_package(edition, FILE, name, about, kind, cards)


def predictable(article: Article) -> dict[str, ShownBlock]:
    """Return the blocks that make a card, by the hash of their code."""
    return {
        hashlib.sha256(shown.code.encode()).hexdigest(): shown
        for shown in exported(article)
        if decidable(shown)
    }
