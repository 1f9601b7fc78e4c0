"""The Anki deck of short blocks: what do they print?"""

from __future__ import annotations

import hashlib
from html import escape

from ..pages.folded import runs_anywhere
from ..site.article import Article, Edition, ShownBlock
from .anki import model, result, write_package
from .parts import exported

FILE = "downloads/pytorch-answered-predict.apkg"
TITLE = "Anki deck: predict the output of an example"
MAX_CODE, MAX_OUTPUT = 25, 10  # lines that fit on a phone beside each other


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
    """Return the blocks that make a card, by the hash of their code.

    They are short, ran in this build without a device, and have an output and no figure.
    """
    return {
        hashlib.sha256(shown.code.encode()).hexdigest(): shown
        for shown in exported(article)
        if shown.output
        and shown.outcome.ran
        and runs_anywhere(shown.outcome.block)
        and shown.code.count("\n") <= MAX_CODE
        and shown.output.count("\n") < MAX_OUTPUT
    }
