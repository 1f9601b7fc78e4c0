"""The page "What is verified": what was executed and checked, page by page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import astuple

from ..check.outcome import Outcome
from ..gpu.dry.out_of_reach import why_out_of_reach
from ..pages.book import Book
from ..pages.notebook import Notebook
from ..pages.page import Page
from ..pages.versions import Versions
from .markup import count, front_matter, plain
from .tally import Tally

COLUMNS = (
    "Examples | Executed | Output checked | Asserts alone"
    " | GPU, run here | GPU, recorded | GPU, not yet | Seconds"
)


def verified(book: Book, outcomes: Mapping[str, Sequence[Outcome]], versions: Versions) -> str:
    """Return the page, from the outcomes of every page by its path."""
    tallies = [(page, Tally.of(outcomes[page.path])) for page in book.questions]
    total = sum((tally for _, tally in tallies), Tally())
    rows = [f"| {link(page)} | {' | '.join(map(str, astuple(tally)))} |" for page, tally in tallies]
    shown = [outcome for page in book.questions for outcome in outcomes[page.path]]
    recorded = recorded_on(shown)
    waiting = [outcome.block for outcome in shown if outcome.waiting]
    unreached = sum(bool(why_out_of_reach(block)) for block in waiting)
    notebooks = "\n".join(f"- {link(notebook)}" for notebook in book.notebooks)
    return f"""{front_matter(hide=["toc"])}# What is verified

Every example that needs no GPU was run in a process of its own, with the versions below, and what
it printed was compared with the output committed in the page's source; a difference stops the
build. An example without output has asserts instead. An example that needs a GPU shows what a GPU
has printed, with the device and the versions, or says that it has not been recorded yet.

- torch {versions.torch}, Python {versions.python}, {versions.system} on {versions.machine}
- All dependencies as locked on {versions.locked}
- {total.blocks} examples: {total.executed} executed here, {total.checked} of them with checked
  output and {total.asserts} with asserts alone
- Of them, {total.device} need a GPU: {total.here} run at this build, {total.recorded} recorded,
  {total.waiting} not recorded yet. Nothing else is ever skipped.
- The tests run those not recorded dry, on a stand-in for the driver whose kernels are empty:
  {total.waiting - unreached} reach their last line, {unreached} need a GPU for it
{recorded}

| Page | {COLUMNS} |
|---|{"--:|" * len(astuple(total))}
{chr(10).join(rows)}
| **All** | {" | ".join(f"**{value}**" for value in astuple(total))} |

{not_recorded(tallies)}Notebooks, executed from the first cell to the last, with outputs held
against those in their sources; a cell that raises stops the build:

{notebooks}
"""


def link(page: Page | Notebook) -> str:
    return f"[{plain(page.title)}]({page.uri})"


def recorded_on(outcomes) -> str:
    """Return a list entry for every device and setting that a shown recording comes from."""
    shown = [o.recording for o in outcomes if not o.ran and o.recording is not None]
    entries = Counter(f"{plain(str(made))}, {made.date}" for made in shown)
    return "".join(
        f"    - {count(number, 'example')} recorded on {entry}\n"
        for entry, number in sorted(entries.items())
    )


def not_recorded(tallies: list[tuple[Page, Tally]]) -> str:
    """Return the pages with an example that has run nowhere yet, as a list; "" for none."""
    entries = [f"- {link(page)}: {tally.waiting}\n" for page, tally in tallies if tally.waiting]
    head = "Examples that need a GPU and have not been recorded yet:\n\n"
    return f"{head}{''.join(entries)}\n" if entries else ""
