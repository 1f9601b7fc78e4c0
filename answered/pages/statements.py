"""Sentences of a page that are true by themselves: what practice asks beside refuted claims."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..engine.block import INLINE_CODE
from .page import (
    CLAIMS,
    FOLLOW_UPS,
    JUDGE,
    SEE_ALSO,
    SHORT_ANSWER,
    SOLUTION,
    TASK,
    WRONG,
    Page,
)
from .sentences import sentences

WITHOUT = (CLAIMS, FOLLOW_UPS, SEE_ALSO, TASK, JUDGE, SOLUTION, WRONG)
WORDS = range(5, 27)
MARKER = re.compile(r"(?:-|\d+\.) +")  # of an item of a list
NO_PROSE = ("|", "    ", "<", "--8<--", "!!!")
BOLD_SENTENCE = re.compile(r"\*\*((?:[^*`]|`[^`]*`)+\.)\*\*")
LABEL = re.compile(r"\*\*[^*]*(?:[:.]\*\*|\*\*:)")  # that a point begins with
# A sentence that begins so leans on the one before it, or tells the reader to do something.
LEANING = re.compile(
    r"(?:add|again|also|and|another|as many|ask|both|build|but|call|check|choose|compare|count|"
    r"do|don't|each|either|else|for it|give|half|hence|here|if so|in each step|instead|it|its|keep|look|"
    r"goal|measure|most|move|my|name|neither|never|no|not|now|on average|one|only|or|others?|otherwise|"
    r"pass|print|put|quantize|quote|read|recipe|record|restart|right|rule|run|same|save|say|see|set|so|some|start|store|"
    r"such|take|test|that|the (?:cure|first|former|last|latter|others?|rest|same|second|third|two)|"
    r"their|them|then|there|therefore|these|they|this|those|thus|to|too|train|typical|use|"
    r"what is|with it|without it|write)\b",
    re.I,
)
POINTING = re.compile(
    r"\b(?:above|below|former|here|her|him|latter|our|ours|respectively|see|these|this|those|us|we|"
    r"the (?:block|bug|column|cure|example|judge|page|program|question|table))\b|[?:;]\.?$",
    re.I,
)


@dataclass(frozen=True)
class Statement:
    """A true sentence of a page.

    Attributes:
        anchor: of the section in which it stands.
        text: the sentence, Markdown without emphasis.
        around: the paragraph or the item of a list that it stands in, Markdown.
    """

    anchor: str
    text: str
    around: str


def statements(page: Page) -> list[Statement]:
    """Return what a page states in one sentence that can be understood without its neighbors.

    It is the first sentence of a point of the short answer, or a sentence in bold further down.
    """
    found = {}
    for section, anchor, paragraph in paragraphs(page):
        if section == SHORT_ANSWER:
            told = [] if LABEL.match(paragraph) else sentences(paragraph)[:1]
        else:
            told = BOLD_SENTENCE.findall(paragraph)
        for sentence in told:
            if stands_alone(text := plain(sentence)):
                found.setdefault(text, Statement(anchor, text, paragraph))
    return list(found.values())


def paragraphs(page: Page) -> Iterator[tuple[str, str, str]]:
    """Yield section, anchor and text of each paragraph and item that may hold statements."""
    headings = {heading.line: heading for heading in page.headings}
    section = anchor = ""
    found: list[str] = []
    for number, line in enumerate([*page.document.prose, ""], 1):
        heading = headings.get(number)
        if found and (heading or not line.strip() or MARKER.match(line)):
            yield section, anchor, "\n".join(found)
            found = []
        if heading:
            section = heading.text if heading.level == 2 else section
            anchor = heading.anchor
        elif section and section not in WITHOUT and line.strip() and not line.startswith(NO_PROSE):
            found.append(MARKER.sub("", line, count=1))


def plain(sentence: str) -> str:
    """Return a sentence on one line, without emphasis."""
    return " ".join(sentence.replace("**", "").split())


def stands_alone(sentence: str) -> bool:
    """Whether a sentence is a short statement that points at nothing around it."""
    prose = INLINE_CODE.sub("x", sentence)
    return (
        sentence.endswith(".")
        and (sentence[0] == "`" or sentence[0].isupper())
        and len(prose.split()) in WORDS
        and not LEANING.match(sentence)
        and not POINTING.search(prose)
        and not any(mark in prose for mark in ('"', "](", "*"))
        and prose.count("(") == prose.count(")")
    )
