"""TeX to MathML at build time: formulas need no script and no third party."""

from __future__ import annotations

import html
import re

from latex2mathml.converter import convert

ARITHMATEX = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.S)


def to_mathml(content: str) -> str:
    """Replace the formulas that pymdownx.arithmatex marked in `content` by MathML."""
    return ARITHMATEX.sub(lambda match: formula(html.unescape(match[3]), block=match[2] == "["), content)


def formula(tex: str, block: bool = False) -> str:
    return convert(tex.strip(), display="block" if block else "inline")
