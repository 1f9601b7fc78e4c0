"""The closed list of what finished HTML may hold: no script, no style, nothing from elsewhere.

The rules about the source say more exactly what to fix, but they read line by line, and Markdown
does not: this is the last check behind them, and reads as a browser does. What passes goes into
pages, decks, notebooks and the book.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from ..engine.block import FRONT_MATTER
from ..engine.problems import Problem
from . import figures

ELEMENTS = frozenset(
    """a blockquote br code del details div em figure h1 h2 h3 h4 h5 h6 hr img li ol p pre span
    strong sub summary sup table tbody td th thead tr ul
    math mfrac mi mn mo mover mrow mspace msqrt mroot mstyle msub msubsup msup mtable mtd mtext mtr
    munder munderover""".split()
)
ATTRIBUTES = frozenset(
    """align alt aria-label class data-download data-size download id open role start tabindex title
    accent columnalign columnspacing display fence form linethickness lspace mathvariant maxsize
    minsize rowspacing rspace scriptlevel separator stretchy displaystyle xmlns xmlns:xlink""".split()
)
HERE = r"(?!//)[^\s:\\]*"
ADDRESSES = {
    ("a", "href"): re.compile(rf"https?://[^\s\\]+|mailto:\S+|#[^\s\\]*|{HERE}"),
    ("img", "src"): re.compile(HERE),
}
OF_THE_THEME = re.compile(r"(?:^|\s)(?:__|md-(?!typeset|tag))")  # ids and classes that it acts on
SHOWN = 5  # of many, in one message
MIN_TRACE = 4  # characters, of which the source has not some everywhere
FIX = "a page has no scripts, styles, event handlers, comments, or images from elsewhere"


@dataclass(frozen=True)
class Fault:
    """What stands in HTML and may not: as a message shows it, and texts to find it by."""

    what: str
    traces: tuple[str, ...] = ()


def faults_of(node: LexborNode) -> Iterator[Fault]:
    """Yield what is wrong with a node of a page: an element, a text, or what is neither."""
    if node.is_element_node:
        yield from faults_of_element(node)
    elif node.is_comment_node:
        text = node.comment_content
        yield Fault("<!-- -->", (f"<!--{text}", text.strip(), "<!--"))
    elif not node.is_text_node:
        yield Fault("<? ?>", (node.html,))


def faults_of_element(node: LexborNode) -> Iterator[Fault]:
    """Yield what an element may not be or have."""
    tag, text = node.tag, text_at(node)
    if tag not in ELEMENTS and tag not in figures.ELEMENTS:
        yield Fault(f"<{tag}>", (f"<{tag}", text))
        return
    for name, value in node.attributes.items():
        value = value or ""
        if not allowed(tag, name, value):
            yield Fault(f'<{tag} {name}="{value[:60]}">', (value, name, text))


def text_at(node: LexborNode | None) -> str:
    """Return a line of the text in a node that is long enough to be found, or of the next one."""
    text = ""
    while node and len(text) < MIN_TRACE:
        text = (node.text(deep=True) or "").strip().split("\n")[0]
        node = node.next
    return text


def allowed(tag: str, name: str, value: str) -> bool:
    """Whether an element may have an attribute."""
    if pattern := ADDRESSES.get((tag, name)):
        return pattern.fullmatch(value) is not None
    if name in ("id", "class"):
        return not OF_THE_THEME.search(value)
    return name in ATTRIBUTES or figures.is_sound(name.removeprefix("xlink:"), value)


def html_problem(path: str, found: Iterable[Fault], source: str) -> Problem | None:
    """Return what the HTML made from the file `path`, which has `source`, may not hold, or None.

    Its line is that of the first of it in the source; 1 where it cannot be found there.
    """
    found = list(found)
    if not found:
        return None
    what = f"the finished page holds {', '.join(fault.what for fault in found[:SHOWN])}"
    return Problem(path, line_of(found[0].traces, source), what, FIX)


def line_of(traces: Iterable[str], source: str) -> int:
    """Return the line of the first of `traces` in `source`, below its front matter, or 1."""
    front = FRONT_MATTER.match(source)
    body = front.end() if front else 0
    places = (source.find(trace, body) for trace in traces if len(trace) >= MIN_TRACE)
    return source.count("\n", 0, next((place for place in places if place >= 0), 0)) + 1
