"""Charts of times and rates that a GPU has shown: a dot for each number, on a log axis."""

from __future__ import annotations

import math
import re
from html import escape

LINE = re.compile(r"(?P<name>.+): (?P<number>\d+(?:\.\d+)?) (?P<unit>[^\d\s].*)")
# Colors have the names of the site's style sheet, and their values where that does not reach.
DOT, GRID = "var(--figure-1, #1b6fbf)", "var(--figure-grid, #b9bec4)"
WIDTH, MARGIN, ROW, SIZE = 640, 12, 22, 12  # pixels; the last one of the letters
LETTER = 0.6 * SIZE  # the width of one, on average and a little more
NUMBER = 110  # pixels for the largest number, right of its dot


def chart(output: str, device: str) -> str:
    """Return the figures that `output` states as "name: number unit", in SVG; "" for too few.

    Numbers of one unit share an axis. One that is alone, or zero, has nothing to be held against.
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    for line in output.splitlines():
        if (found := LINE.fullmatch(line.strip())) and float(found["number"]) > 0:
            groups.setdefault(found["unit"], []).append((found["name"], found["number"]))
    groups = {unit: rows for unit, rows in groups.items() if len(rows) > 1}
    if not groups:
        return ""
    names = [name for rows in groups.values() for name, _ in rows]
    left = 2 * MARGIN + LETTER * max(map(len, names))
    parts: list[str] = []
    top = MARGIN
    for unit, rows in groups.items():
        parts += axis(rows, unit, left, top)
        top += ROW * (len(rows) + 1) + 2 * MARGIN
    told = "; ".join(
        ", ".join(f"{name} {number} {unit}" for name, number in rows)
        for unit, rows in groups.items()
    )
    label = escape(f"Measured on {device}: {told}.")
    caption = text(WIDTH - MARGIN, top, f"{device}, log scale", "end")
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top + MARGIN}"'
    style = f'font-family="sans-serif" font-size="{SIZE}"'
    return f'{head} role="img" aria-label="{label}" {style}>{"".join(parts)}{caption}</svg>'


def axis(rows: list[tuple[str, str]], unit: str, left: float, top: float) -> list[str]:
    """Return the elements of a group: grid and its numbers, then names, dots and their numbers."""
    logs = [math.log10(float(number)) for _, number in rows]
    first = math.floor(min(logs))
    last = max(math.ceil(max(logs)), first + 1)
    scale = (WIDTH - NUMBER - left) / (last - first)
    bottom = top + ROW * len(rows)
    parts = []
    for decade in range(first, last + 1):
        x = left + scale * (decade - first)
        line = f'x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}" stroke="{GRID}"'
        parts += [f"<line {line}/>", text(x, bottom + ROW / 2 + 4, f"{10.0**decade:g}", "middle")]
    parts.append(text(WIDTH - MARGIN, bottom + ROW / 2 + 4, unit, "end"))
    for place, ((name, number), log) in enumerate(zip(rows, logs, strict=True)):
        x, y = left + scale * (log - first), top + ROW * (place + 0.5)
        parts += [
            text(left - MARGIN, y + 4, name, "end"),
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{DOT}"/>',
            text(x + MARGIN, y + 4, number, "start"),
        ]
    return parts


def text(x: float, y: float, content: str, anchor: str) -> str:
    """Return a text whose begin, middle or end, as `anchor` says, is at (x, y)."""
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} fill="currentColor">{escape(content)}</text>'
