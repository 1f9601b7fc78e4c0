"""A notebook as a page of Markdown: its prose as it stands, its cells as blocks of any page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..check.outcome import Outcome
from ..pages.notebook import MARKDOWN, Notebook
from .question import drawn, shown_block, with_snippet


def markdown_of(notebook: Notebook, outcomes: Sequence[Outcome]) -> str:
    """Return the page; `outcomes` are those of the code cells, in order."""
    left = iter(outcomes)
    lines: list[str] = []
    for cell in notebook.cells:
        if cell.kind == MARKDOWN:
            for line in cell.source.split("\n"):
                lines += with_snippet(line, notebook.settings.root)
            lines.append("")
        else:
            outcome = next(left)
            lines += shown_block(replace(outcome, figures=()))  # figures below code, not above
            lines += drawn(svg for _, svg in outcome.figures)
    return "\n".join(lines)
