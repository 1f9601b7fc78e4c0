"""Style sheets for where the site's own does not reach: flash cards and the book."""

from __future__ import annotations

from pygments.formatters import HtmlFormatter

# The two of Pygments' styles whose every colour has a contrast of 4.5 on their ground.
LIGHT, DARK = "xcode", "monokai"

TEXT = """
h1 { font-size: 1.3em; line-height: 1.3; }
a[href] { color: #9b2d12; }
code { font-size: 0.88em; overflow-wrap: anywhere; }
pre { margin: 0; padding: 0.6em 0.8em; overflow-x: auto; font-size: 0.78em; line-height: 1.45; text-align: left; }
pre code { font-size: 1em; white-space: pre; overflow-wrap: normal; }
.highlight { margin: 0.8em 0; border-radius: 0.2em; }
.highlight:has(+ .result) { margin-bottom: 0; }
.result { margin: 0 0 0.8em; }
.result .highlight { margin: 0; border-left: 0.25em solid #b8431f; }
.result .highlight::before { content: "Output"; display: block; padding: 0.4em 1em 0; font-size: 0.75em; opacity: 0.75; }
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
    rules = HtmlFormatter(style=style, nobackground=True, linenos=False).get_style_defs(f"{within} .highlight".strip())
    return f"{within} .highlight {{ background: {ground}; }}\n".lstrip() + "\n".join(
        line for line in rules.split("\n") if "linenos" not in line and not line.startswith("pre {")
    )
