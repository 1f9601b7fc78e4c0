"""The home page: its text, the topics, what is verified, and what else there is."""

from __future__ import annotations

from collections.abc import Iterable

from ..check.outcome import Outcome
from ..pages.addresses import DOWNLOADS, ERRORS, MYTHS, PRACTICE, VERIFIED, topic_index
from ..pages.book import Book
from ..pages.versions import Versions
from .markup import count
from .tally import Tally

ELSEWHERE = (
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
    here = {*book.by_uri, *((ERRORS,) if book.errors else ())}
    elsewhere = [card(title, uri, text) for uri, title, text in ELSEWHERE if uri in here]
    sections = [
        text.rstrip(),
        f"## {count(len(book.questions), 'question')} by topic",
        grid(topics),
        "## What is verified, and with what",
        verified(Tally.of(outcomes), versions),
    ]
    if elsewhere:
        sections += ["## More than reading", grid(elsewhere)]
    return "\n\n".join(sections) + "\n"


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
