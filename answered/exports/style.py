"""Style for where the site's style sheet does not reach: flash cards, notebooks and the book."""

from __future__ import annotations

import re

from pygments.formatters import HtmlFormatter

# The two of Pygments' styles whose every color has a contrast of 4.5 on their ground.
LIGHT, DARK = "xcode", "monokai"
INK = "#1f2328"  # of text in figures, which on the site is that of the page
VARIABLE = re.compile(r"var\((--[\w-]+)(?:, *([^()]*))?\)")
HEADER_LINK = r'<a class="headerlink".*?</a>'  # a pattern, across lines

TEXT = """
h1 { font-size: 1.3em; line-height: 1.3; }
a[href] { color: #9b2d12; }
code { font-size: 0.88em; overflow-wrap: anywhere; }
pre { margin: 0; padding: 0.6em 0.8em; overflow-x: auto; font-size: 0.78em; line-height: 1.45; \
text-align: left; }
pre code { font-size: 1em; white-space: pre; overflow-wrap: normal; }
.highlight { margin: 0.8em 0; border-radius: 0.2em; }
.highlight:has(+ .result) { margin-bottom: 0; }
.result { margin: 0 0 0.8em; }
.result .highlight { margin: 0; border-left: 0.25em solid #b8431f; }
.result .highlight::before { content: "Output"; display: block; padding: 0.4em 1em 0; \
font-size: 0.75em; opacity: 0.75; }
.result .language-pytb::before { content: "Raises"; }
table { display: block; overflow-x: auto; border-collapse: collapse; }
th, td { padding: 0.25em 0.6em; border: 1px solid #b9bec4; text-align: left; }
figure.drawn { margin: 0.8em 0; padding: 0.5em; background: #ffffff; }
figure.drawn svg { display: block; max-width: 100%; height: auto; }
"""
NIGHT = """
.nightMode a[href] { color: #ff9d7a; }
.nightMode .result .highlight { border-left-color: #ff9d7a; }
"""


def code(style: str, within: str) -> str:
    """Return the rules of a Pygments style for highlighted code inside `within`."""
    ground = "#f6f6f6" if style == LIGHT else "#272822"
    place = f"{within} .highlight".strip()
    formatter = HtmlFormatter(style=style, nobackground=True, linenos=False)
    rules = formatter.get_style_defs(place).split("\n")
    kept = [rule for rule in rules if "linenos" not in rule and not rule.startswith("pre {")]
    return "\n".join([f"{place} {{ background: {ground}; }}", *kept])


def with_colors(content: str) -> str:
    """Return HTML whose figures have their light colors, each on one line.

    A figure has them beside the names of the site's variables: `var(--figure-1, #1b6fbf)`.

    Raises:
        ValueError: a figure uses a variable without a color.
    """

    def color(match: re.Match) -> str:
        if not match[2]:
            raise ValueError(f"a figure uses {match[0]}: write var({match[1]}, #rrggbb)")
        return match[2]

    def figure(match: re.Match) -> str:
        svg = VARIABLE.sub(color, match[0]).replace("currentColor", INK)
        return " ".join(svg.split("\n"))

    return re.sub(r"<svg\b.*?</svg>", figure, content, flags=re.S)
