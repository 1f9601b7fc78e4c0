"""Write the real outputs of examples into their pages as expected outputs, and nothing else."""

from __future__ import annotations

import os
import re

from . import ROOT
from .check import compare, judge, shown_output
from .page import EXPECTED, Example, Page
from .problems import Problem
from .recordings import code_hash, gpu_examples, read_recordings, recorded, write_recordings
from .results import Result


def update_page(page: Page, results: dict[Example, Result]) -> tuple[list[Problem], list[Problem]]:
    """Rewrite the expected outputs of a page from `results`.

    Returns:
        (what was changed, what is wrong and was left alone). The file is replaced in one step, or not at all.
    """
    lines = page.text.split("\n")
    changed, failed = [], []
    for example in reversed(page.examples):
        if example not in results:
            continue
        shown = shown_output(example, results[example])
        difference = compare(example, shown)
        problem = judge(example, results[example])
        if problem is not None and problem != difference:
            failed.append(problem)
        elif difference is not None:
            replace_output(lines, example, shown)
            changed.append(difference)
    if changed:
        replace_page(page, lines)
    return changed, failed


def drop_unrecorded(page: Page) -> tuple[list[str], list[Problem]]:
    """Take away outputs of `gpu` blocks that no recording bears out, and recordings of blocks that have changed.

    Returns:
        (what was taken away, one line each, what is wrong with the recordings and has to be mended first).
    """
    recordings, problems = read_recordings(page.path)
    if problems:
        return [], problems
    lines = page.text.split("\n")
    examples = gpu_examples(page)
    bare = [example for example in examples if example.expected is not None and not recorded(example, recordings)]
    for example in reversed(bare):
        replace_output(lines, example, "")
    sound = {code_hash(example): recordings[code_hash(example)] for example in examples if recorded(example, recordings)}
    if bare:
        replace_page(page, lines)
    if len(sound) < len(recordings):
        write_recordings(page, sound)
    return [
        *(f'{page.path}:{example.line}: GPU output without a recording removed; the page says "not recorded yet"' for example in bare),
        *(f"{page.path}: recording of a changed block removed" for _ in range(len(recordings) - len(sound))),
    ], []


def replace_page(page: Page, lines: list[str]) -> None:
    file = ROOT / page.path
    part = file.with_suffix(f".{os.getpid()}.part")
    part.write_text("\n".join(lines), encoding="utf-8")
    part.replace(file)


def replace_output(lines: list[str], example: Example, shown: str) -> None:
    """Put `shown` below the example in `lines`, in place of the output that stands there, if any."""
    opening = example.line - 1
    indent, fence = re.match(r"( *)(`+)", lines[opening]).groups()
    end = closing(lines, opening + 1, fence)
    last = end
    if example.expected is not None:
        start = next(i for i in range(end + 1, len(lines)) if lines[i].lstrip().startswith("```"))
        last = closing(lines, start + 1, re.match(r"`+", lines[start].lstrip())[0])
    block = []
    if shown:
        longest = max((len(run) for run in re.findall(r"`{3,}", shown)), default=2)
        wall = "`" * max(3, longest + 1)
        block = [indent + text for text in (EXPECTED, f"{wall}text", *shown.rstrip("\n").split("\n"), wall)]
    lines[end + 1 : last + 1] = [line.rstrip() for line in block]


def closing(lines: list[str], start: int, fence: str) -> int:
    return next(i for i in range(start, len(lines)) if lines[i].strip() == fence)
