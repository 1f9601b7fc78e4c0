"""The data of the page Practice: questions, blocks with output, and claims, refuted or true.

They are scripts, which unlike JSON load from file://, for docs/assets/practice/deck.js.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from ..pages.page import Page
from ..pages.statements import statements
from ..site.article import Article, Edition, ShownBlock
from ..site.downloads import notebook_path
from ..site.finish import text
from ..site.policy import check_part
from .links import inside, page_address, relative, relink_html, relink_markdown
from .parts import by_topic, decidable, exported, html_of

FOLDER = "practice/"
FILE, TITLE = f"{FOLDER}index.js", ""


def write(articles: list[Article], edition: Edition) -> str:
    """Write an index of all cards, and for each topic a script with what is on them."""
    topics = []
    for topic, mine in by_topic(articles):
        questions = [question(article) for article in mine]
        edition.write(f"{FOLDER}{topic.id}.js", script("setTopic", topic.id, questions))
        entries = [index_entry(data) for data in questions]
        topics.append({"id": topic.id, "title": topic.title, "questions": entries})
    book = edition.book
    used = {data["level"] for topic in topics for data in topic["questions"]}
    index = {
        "levels": [level for level in book.contents.levels if level in used],
        "topics": topics,
        "order": [page.id for page in book.by_importance],
        "paths": [
            {
                "id": path.id,
                "title": path.title,
                "questions": [book.by_slug[slug].id for slug in path.questions],
            }
            for path in book.paths.paths
        ],
    }
    edition.write(FILE, script("setIndex", index))
    return f"{len(articles)} questions"


def script(function: str, *arguments: object) -> str:
    """Return a classic script that hands `arguments` to a function of the page."""
    texts = [json.dumps(a, ensure_ascii=False, separators=(",", ":")) for a in arguments]
    return f"Deck.{function}({','.join(texts)});\n"


def index_entry(data: dict) -> dict:
    """Return what the index has of a question: enough to know its cards and to schedule them."""
    cards = {
        "blocks": [block["id"] for block in data["blocks"] if block["decidable"]],
        "claims": [claim["id"] for claim in data["claims"]],
    }
    return {**{key: data[key] for key in ("id", "level", "kind")}, **cards}


def question(article: Article) -> dict:
    """Return what the cards of a question show, and where on its page that stands."""
    page, shown_blocks = article.page, with_output(exported(article))
    example = next(iter(shown_blocks), None)
    blocks = {k: shown for k, shown in shown_blocks.items() if k == example or decidable(shown)}
    return {
        "id": article.id,
        "url": relative(article.url, FOLDER),
        "title": page.title,
        "level": page.meta["level"],
        "kind": page.kind,  # of which the first block is "example", where it asks about a program
        "notebook": relative(notebook_path(page), FOLDER),
        "tags": page.meta["tags"],
        "answer": moved(article.short_answer, article.url, FOLDER),
        "example": example,
        "blocks": [
            {
                "id": key,
                "source": block.source_html,
                "output": block.output,
                "raises": block.outcome.block.must_raise,
                "decidable": decidable(block),
            }
            for key, block in blocks.items()
        ],
        "claims": claims(page),
        "followUps": [
            {
                "anchor": each.anchor,
                "question": text(html_of(each.question)),
                "answer": shown(each.answer, page),
            }
            for each in page.follow_ups
        ],
    }


def claims(page: Page) -> list[dict]:
    """Return what a page refutes and what it states, mixed, in an order that gives nothing away."""
    refuted = [(claim.anchor, claim.claim, claim.truth, False) for claim in page.claims]
    stated = [(each.anchor, each.text, each.around, True) for each in statements(page)]
    found = [
        {
            "id": short_hash(claim),
            "anchor": anchor,
            "claim": text(html_of(claim)).strip('"'),
            "truth": shown(truth, page),
            "holds": holds,
        }
        for anchor, claim, truth, holds in (*refuted, *stated)
    ]
    return sorted(found, key=lambda claim: claim["id"])


def with_output(blocks: Iterable[ShownBlock]) -> dict[str, ShownBlock]:
    """Return the blocks with an output to predict, the first of those with the same code.

    Their ids depend on their code: edits elsewhere on the page keep a reader's progress.
    """
    found: dict[str, ShownBlock] = {}
    for shown in blocks:
        if shown.output:
            found.setdefault(short_hash(shown.code), shown)
    return found


def short_hash(text: str) -> str:
    """Return eight hexadecimal digits that name a block or a claim of a page."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:8]


def shown(markdown: str, page: Page) -> str:
    """Return a part of a page's prose as HTML for the page Practice.

    Raises:
        FaultyFileError: by itself it is more than text.
    """
    return check_part(page, html_of(with_links(markdown, page)))


def with_links(markdown: str, page: Page) -> str:
    """Return prose of a page with its links made to work from the page Practice."""

    def resolve(label: str, target: str) -> str:
        path = inside(page.uri, target)
        return f"[{label}]({target if path is None else relative(page_address(path), FOLDER)})"

    return relink_markdown(markdown, resolve)


def moved(content: str, source: str, target: str) -> str:
    """Return HTML of the page at `source` with its links made to work from that at `target`."""

    def resolve(link: str) -> str:
        path = inside(source, link)
        return link if path is None else relative(path, target)

    return relink_html(content, resolve)
