"""The home page: its text, the topics, what is verified, and what else there is."""

from __future__ import annotations

import html
from collections.abc import Iterable

from ..check.outcome import Outcome
from ..pages.addresses import (
    DOWNLOADS,
    ERRORS,
    LEVELS,
    MYTHS,
    PRACTICE,
    PREPARE,
    VERIFIED,
    path_page,
    topic_index,
)
from ..pages.book import Book
from ..pages.versions import Versions
from .frame import of_the_site
from .markup import count
from .tally import Tally

BY_DATE = f"An interview tonight, in a week or in a month? [Prepare]({PREPARE}) has a path for it."
ALL_QUESTIONS = f"[All questions]({LEVELS}) in one list, to be filtered by level, topic and kind."
ELSEWHERE = (
    (
        PREPARE,
        "Prepare",
        "Paths through the questions: for an evening, a week, a month, or a role.",
    ),
    (
        ERRORS,
        "What does this error mean?",
        "Error messages, the smallest program that raises each, and its fix. Paste one into the"
        " search box.",
    ),
    (
        PRACTICE,
        "Practice",
        "Questions without their answers, repeated when you are about to forget them; "
        "or predict what a block prints.",
    ),
    (DOWNLOADS, "Downloads", "Flashcards, notebooks and the whole site, to use offline."),
    (
        MYTHS,
        "What popular answers get wrong",
        "The worst claims, each with what is true instead and the evidence.",
    ),
)


def home(text: str, book: Book, outcomes: Iterable[Outcome], versions: Versions) -> str:
    """Return the text of the home page with topics, counts, and links to what else there is."""
    topics = []
    for topic in book.topics:
        number = count(len(book.in_topic(topic)), "question").replace(" ", "&nbsp;")
        topics.append(card(topic.title, topic_index(topic.id), f"{topic.summary} *{number}*"))
    generated = {ERRORS: book.errors, PREPARE: book.paths.paths}
    here = {*book.by_uri, *(uri for uri, there in generated.items() if there)}
    elsewhere = [card(title, uri, text) for uri, title, text in ELSEWHERE if uri in here]
    about, _, sample = text.rstrip().partition("\n\n## ")
    sections = [
        about,
        *of_the_site(actions(book)),
        *([BY_DATE] if PREPARE in here else []),
        *([f"## {sample}"] if sample else []),
        f"## {count(len(book.questions), 'question')} by topic",
        ALL_QUESTIONS,
        grid(topics),
        "## What is verified, and with what",
        verified(Tally.of(outcomes), versions),
    ]
    if elsewhere:
        sections += ["## More than reading", grid(elsewhere)]
    return "\n\n".join(sections) + "\n"


def actions(book: Book) -> str:
    """Return the two things to do first: to read what is asked most, and to practice."""
    row = [
        f'<a href="{PRACTICE.removesuffix(".md")}/">Practice</a>',
        '<span class="due" hidden></span>',
    ]
    if book.paths.paths:
        first = book.paths.paths[0]
        start = f'<a href="{path_page(first.id).removesuffix(".md")}/">Start with {{}}</a>'
        row.insert(0, start.format(html.escape(first.title[0].lower() + first.title[1:])))
    return f'<p class="actions home-actions">{" ".join(row)}</p>'


def grid(cards: list[str]) -> str:
    return "\n".join(['<div class="grid cards" markdown>', "", *cards, "", "</div>"])


def card(title: str, uri: str, text: str) -> str:
    return f"- **[{title}]({uri})**\n\n    {text}\n"


def verified(tally: Tally, versions: Versions) -> str:
    """Return how many examples ran with what, and how many outputs were checked."""
    ran = count(tally.executed, "example")
    checked = count(tally.checked, "output")
    states = ((tally.recorded, "recorded on one"), (tally.waiting, "not recorded yet"))
    rest = [f"{number} {state}" for number, state in states if number]
    waiting = tally.recorded + tally.waiting
    gpu = f" {count(waiting, 'more example')} for a GPU: {', '.join(rest)}." if rest else ""
    return (
        f"**{ran}** run when this site was built, **{checked}** compared with what is shown, "
        f"with {versions}.{gpu} [What is verified]({VERIFIED}) says it page by page."
    )
