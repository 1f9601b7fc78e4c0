"""The closed list of what finished HTML may hold: no script, no style, nothing from elsewhere.

The rules about the source say more exactly what to fix, but they read line by line, and Markdown
does not: this is the last check behind them. What passes goes into pages, decks, notebooks and the book.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from ..engine.block import FRONT_MATTER
from ..engine.problems import Problem

ELEMENTS = frozenset(
    """a blockquote br code del details div em figure h1 h2 h3 h4 h5 h6 hr img li ol p pre span
    strong sub summary sup table tbody td th thead tr ul
    clippath defs g image path rect svg text tspan use circle line polygon polyline
    math mfrac mi mn mo mover mrow mspace msqrt mroot mstyle msub msubsup msup mtable mtd mtext mtr
    munder munderover""".split()
)
ATTRIBUTES = frozenset(
    """alt align aria-label class data-download download id open role start tabindex
    title
    clip-path d fill fill-opacity font-family font-size font-weight height image-rendering opacity
    points preserveaspectratio r rx ry cx cy stroke stroke-dasharray stroke-linecap stroke-linejoin
    stroke-opacity stroke-width text-anchor transform version viewbox width x x1 x2 xmlns
    xmlns:xlink y y1 y2
    accent columnalign columnspacing display fence form linethickness lspace mathvariant maxsize
    minsize rowspacing rspace scriptlevel separator stretchy displaystyle""".split()
)
HERE = r"(?!//)[^\s:\\]*"
ADDRESSES = {
    "href": re.compile(rf"https?://\S+|mailto:\S+|{HERE}"),
    "src": re.compile(HERE),
    "xlink:href": re.compile(r"#[\w-]+|data:image/png;base64,[\w+/=\s]+"),
}
SHOWN = 5  # of many, in one message
MIN_TRACE = 4  # characters, of which the source has not some everywhere
FIX = "a page has no scripts, styles, event handlers, comments, or images from elsewhere"


class Refused(HTMLParser):
    """Collects what stands in a piece of HTML and may not.

    Attributes:
        found: what, as a message shows it.
        traces: texts by which each of it can be found in the source, best first.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.traces: list[list[str]] = []
        self.refused = False  # whether the text that comes next is in what was refused
        self.feed(html)
        self.close()

    def refuse(self, what: str, *traces: str) -> None:
        self.found.append(what)
        self.traces.append([trace for trace in traces if len(trace) >= MIN_TRACE])
        self.refused = True

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        source = self.get_starttag_text() or ""
        if tag not in ELEMENTS:
            self.refuse(f"<{tag}>", source, f"<{tag}")
        for name, value in attributes:
            pattern = ADDRESSES.get(name)
            if not (pattern.fullmatch(value or "") if pattern else name in ATTRIBUTES):
                self.refuse(f'<{tag} {name}="{(value or "")[:60]}">', source, value or "", name)

    def handle_data(self, data: str) -> None:
        text = data.strip().split("\n")[0]
        if self.refused and len(text) >= MIN_TRACE:
            self.traces[-1].append(text)
            self.refused = False

    def handle_comment(self, data: str) -> None:
        self.refuse("<!-- -->", f"<!--{data}", "<!--")

    def handle_decl(self, decl: str) -> None:
        self.refuse(f"<!{decl[:20]}>", f"<!{decl}")

    def handle_pi(self, data: str) -> None:
        self.refuse(f"<?{data[:20]}>", f"<?{data}")


def html_problem(path: str, html: str, source: str) -> Problem | None:
    """Return what the HTML made from the file `path`, which has `source`, may not hold, or None.

    Its line is that of the first of it in the source; 1 where it cannot be found there.
    """
    refused = Refused(html)
    if not refused.found:
        return None
    what = f"the finished page holds {', '.join(refused.found[:SHOWN])}"
    return Problem(path, line_of(refused.traces[0], source), what, FIX)


def line_of(traces: list[str], source: str) -> int:
    """Return the line of the first of `traces` in `source`, below its front matter, or 1."""
    front = FRONT_MATTER.match(source)
    body = front.end() if front else 0
    places = (source.find(trace, body) for trace in traces)
    return source.count("\n", 0, next((place for place in places if place >= 0), 0)) + 1
