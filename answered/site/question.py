"""A question page as Markdown: its blocks with their outcomes, and what the build adds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from ..check.outcome import Outcome
from ..engine.block import Block
from ..gpu.chart import chart
from ..pages.addresses import VERIFIED
from ..pages.book import NOTEBOOKS
from ..pages.exercises import differences, judge_path
from ..pages.folded import draws
from ..pages.page import SOLUTION, Page
from ..pages.snippets import SNIPPET, shown_source
from ..pages.versions import Versions
from .config import Config
from .finish import BLOCK_END, FOLD_OUTPUT, FOLD_SOURCE, block_begin
from .frame import around, fold, foot, of_the_site, where_next
from .markup import count, fence_for, front_matter, plain
from .tally import Tally

# A link to a notebook's source, which becomes a page.
NOTEBOOK = re.compile(rf"(\]\([^)\s]*\b{NOTEBOOKS}/[\w-]+)\.py")
SOURCE_OF_FIGURE = "Source of the figure"
SHOW_SOLUTION = "Show a solution"
SHOW_JUDGE = "Show the judge"


def body(
    page: Page,
    outcomes: Sequence[Outcome],
    root: Path,
    instead: Mapping[int, list[str]] = MappingProxyType({}),
) -> str:
    """Return the text of any page, with its blocks as fences that markdown-exec executes.

    `instead`: lines that stand in place of some of the source, by their numbers there.
    """
    by_block = {outcome.block: outcome for outcome in outcomes}
    solution = page.blocks_of(SOLUTION) if page.is_exercise else []
    judge, different = judge_path(page), differences(page)
    lines: list[str] = []
    for piece in page.document.pieces():
        if isinstance(piece, Block):
            folded = SOURCE_OF_FIGURE if draws(piece) else ""
            if piece in solution:
                folded = SHOW_SOLUTION
            if piece == page.predicted:
                lines += ["", FOLD_OUTPUT, ""]
            if piece in different:
                lines += shown_difference(different[piece])
            lines += shown_block(by_block[piece], folded)
        else:
            for number, line in piece:
                lines += instead[number] if number in instead else with_snippet(line, root, judge)
    return "\n".join(lines)


def with_snippet(line: str, root: Path, judge: str = "") -> list[str]:
    """Return a line of prose; in place of a snippet line, the code that it names.

    The file `judge` is folded away.
    """
    match = SNIPPET.match(line)
    source = match and shown_source(root, match["file"], match["section"])
    if not source:
        return [NOTEBOOK.sub(r"\1.md", line)]
    fence = fence_for(source)
    shown = [f'{fence}python title="{Path(match["file"]).name}"', *source.split("\n"), fence]
    if match["file"] == judge:
        shown = fold(f"{SHOW_JUDGE}, {count(len(shown) - 2, 'line')}", shown)
    return ["", *shown, ""]


def shown_block(outcome: Outcome, folded: str = "") -> list[str]:
    """Return the lines that show a block, its output, its figures and where they come from.

    The code is folded away under `folded`, if that is a title.
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
        shown = fold(folded, shown)
    if block.measures and (figure := chart(outcome.output, outcome.device)):
        shown += ["", *drawn([figure])]
    if block.needs_device:
        shown += ["", plain(outcome.provenance), "{: .provenance }"]
    lines = [
        "",
        block_begin(block.line),
        "",
        *drawn(svg for _, svg in outcome.figures),
        *shown,
        "",
        BLOCK_END,
        "",
    ]
    if outcome.problem:
        headline = outcome.problem.what.splitlines()[0].replace('"', "'")
        lines += [f'!!! failure "This example fails: {headline}"', ""]
    return lines


def shown_difference(diff: Sequence[str]) -> list[str]:
    """Return the lines that show how a block differs; the site folds the block's own source."""
    text = "\n".join(diff)
    fence = fence_for(text)
    return [*of_the_site(f"{fence}diff\n{text}\n{fence}"), FOLD_SOURCE, ""]


def drawn(figures: Iterable[str]) -> list[str]:
    """Return the lines that show figures, which are SVG."""
    return [line for svg in figures for line in (f'<figure class="drawn">{svg}</figure>', "")]


def question(
    page: Page,
    outcomes: Sequence[Outcome],
    related: Sequence[Page],
    errors: Sequence[Page],
    config: Config,
) -> str:
    """Return a question as a page of Markdown, which leads to `related` ones and to `errors`."""
    head = front_matter(
        title=page.title,
        description=page.meta.get("description", ""),
        tags=page.meta.get("tags", []),
    )
    text = body(page, outcomes, config.root, around(page, config)).strip("\n")
    last = foot(page, facts(outcomes, config.versions), config.repository)
    return head + "\n".join([text, "", *where_next(page, related, errors), *last])


def error(page: Page, outcomes: Sequence[Outcome], config: Config) -> str:
    """Return a page of an error message as a page of Markdown."""
    head = front_matter(title=page.title, description=page.meta.get("description", ""))
    text = body(page, outcomes, config.root).strip("\n")
    known = [plain(asked.text) for asked in page.asked]
    others = ["", f"Also searched as: {'; '.join(known)}", "{: .quiet }"] if known else []
    last = foot(page, facts(outcomes, config.versions, f"../{VERIFIED}"), config.repository)
    return head + "\n".join([text, *others, "", *last])


def facts(
    outcomes: Sequence[Outcome], versions: Versions, verified: str = f"../../{VERIFIED}"
) -> str:
    """Return one line: which blocks were run and checked with what."""
    parts = []
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
    return f"{' · '.join(parts)} · [what is verified]({verified})"
