"""Figures in the site's style: SVG that follows the reader's light or dark palette.

    fig, ax = canvas()
    ax.plot([1, 2, 3])
    save(fig, "line.svg", alt="A straight line from 1 to 3.")

The build shows every SVG file that an example leaves in its working directory.
"""

import io
import re
from html import escape
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt
from scour import scour

# The site's style sheet defines --figure-1 ... --figure-6 and --figure-grid for each palette; the
# values here are what shows where there is no such style sheet (a notebook, a flash card).
SERIES = ("#1b6fbf", "#c2571a", "#2e7d4f", "#8a4fbf", "#b3365b", "#6b6b1f")
INK = "#010203"
GRID = "#b9bec4"

# For matrices: from nothing to the first series' color, so that text in the page's ink is readable
# on all of it.
HEAT = matplotlib.colors.LinearSegmentedColormap.from_list(
    "heat",
    [(*matplotlib.colors.to_rgb(SERIES[0]), opacity) for opacity in (0.0, 0.6)],
)

# Numbers to four digits: a tenth of a point is less than a pixel.
SCOUR = scour.parse_args(
    [
        "--quiet",
        "--enable-id-stripping",
        "--shorten-ids",
        "--create-groups",
        "--strip-xml-prolog",
        "--enable-comment-stripping",
    ]
    + [
        "--indent=none",
        "--no-line-breaks",
        "--set-precision=4",
        "--set-c-precision=4",
    ]
)

STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "figures",
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "axes.prop_cycle": matplotlib.cycler(color=SERIES),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "font.size": 10,
    "axes.titlesize": 10,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "image.interpolation": "none",  # pixels as they are; the style sheet has them drawn as squares
    **{
        key: INK
        for key in (
            "text.color",
            "axes.labelcolor",
            "axes.edgecolor",
            "xtick.color",
            "ytick.color",
        )
    },
}


def canvas(
    columns: int = 1,
    rows: int = 1,
    width: float = 6.4,
    height: float = 3.2,
    **kwargs,
):
    """Return ``(figure, axes)`` in the site's style, like `matplotlib.pyplot.subplots`.

    Args:
        columns, rows: the grid of axes; one axes is returned as such, several as an array.
        width, height: of the whole figure, in inches.
        kwargs: passed on to ``subplots``.
    """
    plt.rcParams.update(STYLE)
    return plt.subplots(
        rows, columns, figsize=(width, height), layout="constrained", **kwargs
    )


def save(fig, name: str, alt: str) -> None:
    """Write `fig` as the SVG file `name` into the working directory.

    Args:
        name: a plain file name that ends in ``.svg``; it also keeps ids apart on a page.
        alt: what the figure shows, for readers who cannot see it.

    Raises:
        ValueError: the name is not a plain ``.svg`` file name, or `alt` is empty.
    """
    if not re.fullmatch(r"[a-z0-9-]+\.svg", name):
        raise ValueError(
            f"{name!r}: a figure's name is lower-case letters, digits, hyphens and '.svg'"
        )
    Path(name).write_text(
        drawn(fig, name.removesuffix(".svg"), alt), encoding="utf-8"
    )


class shown:
    """A figure as the result of a notebook's cell; otherwise like `save`."""

    def __init__(self, fig, name: str, alt: str) -> None:
        self.svg = drawn(fig, name, alt)

    def _repr_html_(self) -> str:
        return f'<figure class="drawn">{self.svg}</figure>'


def drawn(fig, prefix: str, alt: str) -> str:
    """Return `fig` as themed SVG text, and close it."""
    if not alt.strip():
        raise ValueError(f"{prefix}: say in alt= what the figure shows")
    file = io.StringIO()
    fig.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(fig)
    return themed(file.getvalue(), prefix, alt)


def themed(svg: str, prefix: str, alt: str) -> str:
    """Return matplotlib's SVG reduced to what a page needs, its colors left to the style sheet."""
    svg = re.sub(
        r"<metadata>.*?</metadata>|<style.*?</style>", "", svg, flags=re.S
    )
    svg = re.sub(
        r"font(-family)?: ([\d.]+px )?[^;\"]*(; )?",
        lambda font: f"font-size: {font[2]}; " if font[2] else "",
        svg,
    )
    svg = re.sub(r' transform="rotate\(-?0 [^"]*"', "", svg)
    svg = scour.scourString(svg, SCOUR)
    svg = re.sub(r'(\b[xy]="-?\d+\.\d)\d+', r"\1", svg[svg.index("<svg") :])
    svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{prefix}-", svg)
    svg = svg.replace(INK, "currentColor").replace(
        GRID, f"var(--figure-grid, {GRID})"
    )
    for number, color in enumerate(SERIES, start=1):
        svg = svg.replace(color, f"var(--figure-{number}, {color})")
    style = 'font-family="sans-serif" stroke-linejoin="round" '
    head = f'<svg role="img" aria-label="{escape(alt)}" {style}'
    return svg.replace("<svg ", head, 1)
