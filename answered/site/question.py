"""A question page as Markdown: its blocks with their outcomes, and what the build adds."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from ..check.outcome import Outcome
from ..engine.block import Block
from ..pages.addresses import VERIFIED
from ..pages.book import NOTEBOOKS
from ..pages.folded import draws
from ..pages.page import Page
from ..pages.snippets import SNIPPET, shown_source
from ..pages.versions import Versions
from .config import Config
from .downloads import notebook_links
from .finish import BLOCK_END, block_begin
from .markup import count, fence_for, front_matter, links, plain
from .tally import Tally

# A link to a notebook's source, which becomes a page.
NOTEBOOK = re.compile(rf"(\]\([^)\s]*\b{NOTEBOOKS}/[\w-]+)\.py")
SOURCE_OF_FIGURE = "Source of the figure"
REPORT = "1-wrong-answer.yml"


def body(page: Page, outcomes: Sequence[Outcome], root: Path) -> str:
    """Return the text of any page, with its blocks as fences that markdown-exec executes."""
    by_block = {outcome.block: outcome for outcome in outcomes}
    lines: list[str] = []
    for piece in page.document.pieces():
        if isinstance(piece, Block):
            lines += shown_block(by_block[piece], folded=draws(piece))
        else:
            lines += [shown for _, line in piece for shown in with_snippet(line, root)]
    return "\n".join(lines)


def with_snippet(line: str, root: Path) -> list[str]:
    """Return a line of prose; in place of a snippet line, the code that it names."""
    match = SNIPPET.match(line)
    source = match and shown_source(root, match["file"], match["section"])
    if not source:
        return [NOTEBOOK.sub(r"\1.md", line)]
    return ["", f'```python title="{match["file"]}"', source, "```", ""]


def shown_block(outcome: Outcome, folded: bool = False) -> list[str]:
    """Return the lines that show a block, its output, its figures and where they come from.

    The code of a figure is `folded` away.
    """
    block = outcome.block
    fence = fence_for(block.code)
    layout = 'source="above"'
    if outcome.output:
        layout = f'source="block" result="{"pytb" if block.must_raise else "text"}"'
    key = f"{block.path}:{block.line}"
    opening = f'{fence}{block.language} exec="on" id="{key}" {layout}'
    shown = [opening, *block.code.rstrip("\n").split("\n"), fence]
    if folded:
        shown = [f'??? example "{SOURCE_OF_FIGURE}"', "", *(f"    {line}" for line in shown)]
    lines = ["", block_begin(block.line), "", *drawn(outcome), *shown, ""]
    if block.needs_device:
        lines += [plain(outcome.provenance), "{: .provenance }", ""]
    lines += [BLOCK_END, ""]
    if outcome.problem:
        headline = outcome.problem.what.splitlines()[0].replace('"', "'")
        lines += [f'!!! failure "This example fails: {headline}"', ""]
    return lines


def drawn(outcome: Outcome) -> list[str]:
    """Return the lines that show a block's figures."""
    figures = (f'<figure class="drawn">{svg}</figure>' for _, svg in outcome.figures)
    return [line for figure in figures for line in (figure, "")]


def question(
    page: Page, outcomes: Sequence[Outcome], related: Sequence[Page], config: Config
) -> str:
    """Return a question as a page of Markdown."""
    head = front_matter(
        description=json.dumps(html.escape(page.meta.get("description", "")), ensure_ascii=False),
        tags=json.dumps(page.meta.get("tags", [])),
    )
    line = f"\n{facts(page, outcomes, config.versions)}\n{{: .facts }}\n"
    title = re.compile(r"^# .+\n", re.M)
    text = title.sub(lambda match: match[0] + line, body(page, outcomes, config.root), count=1)
    asked = "".join(f"- {plain(asked.text)}\n" for asked in page.asked)
    parts = [head + text.strip("\n") + "\n"]
    if asked:
        parts.append(f"## Also asked as\n\n{asked}")
    if related:
        parts.append(f"## Related questions\n\n{links(related, '../../')}")
    parts.append(notebook_links(page, config.colab))
    parts.append(source_links(page, config.repository))
    return "\n".join(part for part in parts if part)


def facts(page: Page, outcomes: Sequence[Outcome], versions: Versions) -> str:
    """Return one line: the level, and which blocks were run and checked with what."""
    parts = [f"Level: {page.meta.get('level')}"]
    plain_blocks = Tally.of(outcome for outcome in outcomes if not outcome.block.needs_device)
    device = Tally.of(outcome for outcome in outcomes if outcome.block.needs_device)
    if plain_blocks.blocks:
        ran = count(plain_blocks.blocks, "example")
        parts.append(f"{ran} run with {versions}, {count(plain_blocks.checked, 'output')} checked")
    if device.blocks:
        states = (
            (device.here, "run at this build"),
            (device.recorded, "recorded"),
            (device.waiting, "not recorded yet"),
        )
        known = [f"{number} {state}" for number, state in states if number]
        parts.append(f"{count(device.blocks, 'example')} for a GPU, {', '.join(known)}")
    if not outcomes:
        parts.append("no example: each fact carries its source")
    return f"{' · '.join(parts)} · [what is verified](../../{VERIFIED})"


def source_links(page: Page, repository: str) -> str:
    """Return links to a page's source and to the form for errors; "" without a repository."""
    if not repository:
        return ""
    home = repository.rstrip("/")
    report = urlencode({"template": REPORT, "page": page.path})
    targets = {
        "Edit this page": f"edit/main/{page.path}",
        "Report an error": f"issues/new?{report}",
        "How to contribute": "blob/main/CONTRIBUTING.md",
    }
    shown = " · ".join(
        f'<a href="{html.escape(f"{home}/{target}")}">{text}</a>'
        for text, target in targets.items()
    )
    return f'<p class="source-links">{shown}</p>\n'
