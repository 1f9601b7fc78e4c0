"""The outcome of a block: everything a reader is told of it, computed once."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..engine.block import Block
from ..engine.judge import compare, judge, shown_output, unsteady
from ..engine.problems import Problem
from ..engine.result import Result
from ..engine.session import Session
from ..gpu.dry.out_of_reach import why_out_of_reach
from ..gpu.recordings import RECORD, Recording, find_recording, read_recordings
from ..pages.page import Page
from .figures import sound_figures


@dataclass(frozen=True)
class Outcome:
    """The outcome of one block, on this machine or in a recording.

    Attributes:
        block: as it stands in its page.
        output: what a reader sees below the source, without a newline at its end; "" for nothing.
        result: of running it in this build; None where it needs a device that is not there.
        recording: of a block that needs a device, if there is one of it as it stands.
        problem: what is wrong with the result.
        device: name of the device that the output comes from; "" where none was needed.
        changed: whether nothing is wrong but that the output is not the expected one.
        figures: file name and SVG text of the figures that the block left.
    """

    block: Block
    output: str
    result: Result | None = field(default=None, repr=False)
    recording: Recording | None = None
    problem: Problem | None = None
    device: str = ""
    changed: bool = False
    figures: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def ran(self) -> bool:
        """Whether the block ran in this build."""
        return self.result is not None

    @property
    def waiting(self) -> bool:
        """Whether the block needs a device, did not run, and has not been recorded."""
        return self.result is None and self.recording is None

    @property
    def provenance(self) -> str:
        """One sentence on where a block that needs a device ran; "" for any other."""
        if not self.block.needs_device:
            return ""
        if self.ran:
            return f"Run on {self.device} at this build."
        if self.recording is None:
            if why := why_out_of_reach(self.block):
                return f"Needs a CUDA device. Not recorded yet, nor run dry to its end: {why}."
            return "Needs a CUDA device. Reaches its last line in a dry run; not recorded yet."
        made, here = self.recording, release(importlib.metadata.version("torch"))
        other = "" if release(made.torch) == here else f"; examples without a GPU use torch {here}"
        said = f"Recorded on {made.device}, torch {made.torch}, CUDA {made.cuda}, {made.date}"
        return f"{said}{other}."


def release(version: str) -> str:
    """Return the release that a version belongs to: 2.15 of 2.15.0+cu132."""
    return ".".join(version.split(".")[:2])


def outcomes_of(pages: Iterable[Page], session: Session) -> dict[str, tuple[Outcome, ...]]:
    """Run the blocks of `pages`, and return their outcomes in order by the pages' paths."""
    pages = list(pages)
    session.prefetch([block for page in pages for block in page.blocks])
    return {page.path: outcomes_of_page(page, session) for page in pages}


def outcomes_of_page(page: Page, session: Session) -> tuple[Outcome, ...]:
    """Wait for the results of a page's blocks, and return their outcomes."""
    recordings, _ = read_recordings(session.settings.root, page.path)
    return tuple(
        outcome_of(block, session, find_recording(session.settings, block, recordings))
        for block in page.blocks
    )


def outcome_of(block: Block, session: Session, recording: Recording | None) -> Outcome:
    """Wait for the result of one block, judge it, and return its outcome."""
    result = session.get(block)
    if result is None:
        if recording is None:
            return Outcome(block, "")
        output = (block.expected or "").rstrip("\n")
        return Outcome(block, output, recording=recording, device=recording.device)
    shown = shown_output(block, result)
    figures, unsound = sound_figures(block, result.figures)
    problem = problem_of(block, result, session) or unsound
    changed = problem is not None and problem == compare(block, shown)
    device = session.device if block.needs_device else ""
    output = shown.rstrip("\n")
    return Outcome(block, output, result, recording, problem, device, changed, figures)


def problem_of(block: Block, result: Result, session: Session) -> Problem | None:
    """Return what is wrong with a result: how it ended, what it left, or its output.

    A block whose output is not the committed one runs a second time, so that an output that
    differs from run to run is never committed.
    """
    problem = judge(block, result, session.settings)
    if problem or (block.needs_device and block.expected is None):
        return problem  # `check.recordings` holds outputs of a device against recordings
    shown = shown_output(block, result)
    changed = compare(block, shown, RECORD if block.needs_device else "make update")
    if changed and not block.needs_device:
        return unsteady(block, shown, shown_output(block, session.run_again(block))) or changed
    return changed
