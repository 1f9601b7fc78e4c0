"""Write the real outputs of examples into their pages as expected outputs, and nothing else."""

from __future__ import annotations

import os
import re

from . import ROOT
from .check import compare, judge, shown_output
from .form import EXPECTED
from .page import Example, Page
from .problems import Problem
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
        file = ROOT / page.path
        part = file.with_suffix(f".{os.getpid()}.part")
        part.write_text("\n".join(lines), encoding="utf-8")
        part.replace(file)
    return changed, failed


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
