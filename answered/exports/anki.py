"""Anki packages: note types, decks by topic, and ids that stay from build to build."""

from __future__ import annotations

import hashlib
import itertools
import sqlite3
from contextlib import closing
from html import escape

import genanki

from ..site.article import Article, Edition, ShownBlock
from .archive import pack
from .style import DARK, LIGHT, NIGHT, TEXT, code

CARD = """
.card { max-width: 44em; margin: 0 auto; padding: 0 0.6em; font: 18px/1.5 system-ui, sans-serif; \
color: #1f2328; background: #ffffff; text-align: left; }
.card.nightMode { color: #e6e6e6; background: #202326; }
.about { font-size: 0.75em; opacity: 0.75; }
"""
ABOUT = '<p class="about">{{Topic}} · {{Level}}</p>'
LINK = '{{#Page}}<p class="about"><a href="{{Page}}">The whole answer</a></p>{{/Page}}'
# A card: its article, its fields, and what tells it from the article's other cards.
Card = tuple[Article, list[str], *tuple[str, ...]]
COMMON = ("Topic", "Level", "Page")  # fields of every note


def model(name: str, fields: tuple[str, ...], front: str, back: str) -> genanki.Model:
    """Return a note type with `fields` and `COMMON`, and one card."""
    return genanki.Model(
        stable_id("model", name),
        f"PyTorch Answered: {name}",
        fields=[{"name": field} for field in (*fields, *COMMON)],
        templates=[{"name": name.capitalize(), "qfmt": ABOUT + front, "afmt": back + LINK}],
        css=f"{CARD}{TEXT}{NIGHT}{code(LIGHT, '')}\n{code(DARK, '.nightMode')}\n",
    )


def note(kind: genanki.Model, card: Card, edition: Edition) -> genanki.Note:
    """Return a note, which Anki knows again by where its page is, not by what it says."""
    article, fields, *identity = card
    level = article.page.meta["level"]
    page = edition.config.url + article.url if edition.config.url else ""
    paths = [f"path::{path.id}" for path in edition.book.paths.with_question(article.page.slug)]
    tags = {f"topic::{article.topic.id}", f"level::{level}", *paths, *article.page.meta["tags"]}
    return genanki.Note(
        kind,
        [*fields, escape(article.topic.title), level, page],
        guid=genanki.guid_for("pytorch-answered", article.id, *identity),
        tags=sorted(tags),
    )


def write_package(
    edition: Edition, file: str, name: str, about: str, kind: genanki.Model, cards: list[Card]
) -> str:
    """Write a package, the cards of a topic in a deck below `name`; new ones in reading order."""
    about = f"{about} {escape(edition.provenance)}"
    decks = {"": genanki.Deck(stable_id("deck", name), name, about)}
    for place, card in enumerate(cards):
        topic = card[0].topic
        if topic.id not in decks:
            number, title = stable_id("deck", name, topic.id), f"{name}::{topic.title}"
            decks[topic.id] = genanki.Deck(number, title, escape(topic.summary))
        made = note(kind, card, edition)
        made.due = place
        decks[topic.id].add_note(made)
    time = edition.config.time
    with closing(sqlite3.connect(":memory:")) as database:  # `write_to_file` leaves a file behind
        package = genanki.Package(list(decks.values()))
        package.write_to_db(database.cursor(), time, itertools.count(time * 1000))
        database.commit()
        pack(edition, file, [("collection.anki2", database.serialize()), ("media", b"{}")])
    return f"{len(cards)} cards in {len(decks) - 1} decks"


def stable_id(*names: str) -> int:
    """Return a number for `names`, the same in every build, in the range of Anki's ids."""
    digest = hashlib.sha256("\0".join(("pytorch-answered", *names)).encode()).digest()
    return (1 << 30) + int.from_bytes(digest[:8], "big") % (1 << 30)


def result(shown: ShownBlock) -> str:
    """Return the HTML of a block's output; "" where there is none."""
    return f'<div class="result">{shown.output_html}</div>' if shown.output_html else ""
