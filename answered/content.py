"""What a page's rendered content may hold, whatever it was made from: no script, no style, nothing from elsewhere.

The checks of the source (`answered.form`, `answered.prose`) say more exactly what to mend. They read line by line,
and Markdown doesn't: this is the wall behind them. What passes here goes into pages, decks, notebooks and the book.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from mkdocs.structure.files import Files

from .problems import Problem

ELEMENTS = frozenset(
    """a blockquote br code del details div em figure h1 h2 h3 h4 h5 h6 hr img li ol p pre span strong sub summary sup
    table tbody td th thead tr ul  clippath defs g image path rect svg text tspan use circle line polygon polyline
    math mfrac mi mn mo mover mrow mspace msqrt mroot mstyle msub msubsup msup mtable mtd mtext mtr munder munderover""".split()
)
ATTRIBUTES = frozenset(
    """alt align aria-label class data-take-away download id open role start tabindex title  clip-path d fill fill-opacity font-family font-size
    font-weight height image-rendering opacity points preserveaspectratio r rx ry cx cy stroke stroke-dasharray stroke-linecap
    stroke-linejoin stroke-opacity stroke-width text-anchor transform version viewbox width x x1 x2 xmlns xmlns:xlink y y1 y2
    accent columnalign columnspacing display fence form linethickness lspace mathvariant maxsize minsize rowspacing rspace
    scriptlevel separator stretchy displaystyle""".split()
)
HERE = r"(?!//)[^\s:\\]*"
ADDRESSES = {
    "href": re.compile(rf"https?://\S+|mailto:\S+|{HERE}"),
    "src": re.compile(HERE),
    "xlink:href": re.compile(r"#[\w-]+|data:image/png;base64,[\w+/=\s]+"),
}


class Wall(HTMLParser):
    """Collects what stands in a piece of HTML and may not."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in ELEMENTS:
            self.found.append(f"<{tag}>")
        for name, value in attributes:
            allowed = ADDRESSES[name].fullmatch(value or "") if name in ADDRESSES else name in ATTRIBUTES
            if not allowed:
                self.found.append(f'<{tag} {name}="{(value or "")[:60]}">')

    def handle_comment(self, data: str) -> None:
        self.found.append("<!-- -->")

    def handle_decl(self, decl: str) -> None:
        self.found.append(f"<!{decl[:20]}>")

    def handle_pi(self, data: str) -> None:
        self.found.append(f"<?{data[:20]}>")


def content_problem(path: str, html: str) -> Problem | None:
    """Return what the HTML of the page or notebook at `path` holds that none may, or None."""
    found = Wall(html).found
    if not found:
        return None
    return Problem(path, 1, f"the rendered page holds {', '.join(found[:5])}", "a page has no scripts, styles, event handlers, or images from elsewhere")


def stray_files(files: Files) -> Iterator[Problem]:
    """Yield the files of docs/ that would be published as they are and should not: outside of assets/, or a link that leads elsewhere."""
    for file in files:
        if file.abs_src_path is None or file.generated_by or file.inclusion.is_excluded():
            continue
        if Path(file.abs_src_path).is_symlink():
            yield Problem(f"docs/{file.src_uri}", 1, "a symbolic link: what it leads to would be published", "copy the file")
        elif not (file.is_documentation_page() or file.src_uri.startswith("assets/")):
            yield Problem(f"docs/{file.src_uri}", 1, "neither a page nor a notebook", "delete it, or move it to docs/assets/")
