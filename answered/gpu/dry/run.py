"""Dry runs of `gpu` blocks: in forks, confined and kept as other blocks are, but on the stand-in.

A block has to reach its last line without a word on stderr. What it asserts of measured numbers is
evaluated and not held, and what it prints is dropped: no dry run writes a page or a recording. Then
some run in other ways too. A kernel in Triton, unless its block measures, is interpreted on the CPU
with real values; blocks with streams are watched for races; programs that a block holds as text, to
start them, run as blocks do.
"""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from ...engine.block import Block
from ...engine.cache import digest
from ...engine.judge import judge
from ...engine.problems import Problem, report
from ...engine.result import Result
from ...engine.script import LABEL
from ...engine.session import Session
from ...engine.settings import Settings
from ...pages.page import Page
from ..recordings import gpu_blocks
from .out_of_reach import OUT_OF_REACH, Place, is_in, why_out_of_reach
from .stand_in import build, lacking

HERE = "answered/gpu/dry/out_of_reach.py"
TRITON = "@triton.jit"
INTERPRETED = 'import os; os.environ["TRITON_INTERPRET"] = "1"; '  # before the first line of code
STREAM, GRAPH = "Stream(", "CUDAGraph"
WATCHED = "import torch.cuda._sanitizer as _watch; _watch.enable_cuda_sanitizer(); "
PROGRAM = re.compile(r"^(import|from) torch\b", re.M)
PLACE = re.compile(rf'File "{re.escape(LABEL)}", line (\d+)')


class DryRun:
    """Dry runs of blocks, in the background."""

    def __init__(self, settings: Settings, listed: Mapping[Place, str] = OUT_OF_REACH) -> None:
        """`listed`: the blocks that are out of reach, and why."""
        self.listed = listed
        made = on_stand_in(settings, build(settings.cache))
        # Names all that differs from other runs, so that no result is taken for one of theirs.
        self.name = f"dry-{digest(*made.environment, *made.environment.values())[:16]}"
        self.session = Session(made)

    def prepared(self, block: Block) -> Block:
        """Return the block as it is run: it needs no device, and no number that it measures holds.

        Its mark names the stand-in, so that its result is kept under another key than any other.
        """
        marks = [
            replace(mark, name=self.name, device=False) if mark.device else mark
            for mark in block.marks
        ]
        code = without_asserts(block.code) if block.measures else block.code
        return replace(block, code=code, marks=tuple(marks))

    def prefetch(self, blocks: Iterable[Block]) -> None:
        """Start running blocks."""
        prepared = [self.prepared(block) for block in blocks]
        self.session.prefetch([made for block in prepared for made in ways_to_run(block)])

    def result(self, block: Block) -> Result:
        """Return what came of a block; its output means nothing."""
        result = self.session.get(self.prepared(block))
        assert result  # nothing needs a device here
        return result

    def why_not(self, block: Block) -> str:
        """Return why the block is out of reach, as the list says; "" where it is not listed."""
        return why_out_of_reach(block, self.listed)

    def problem(self, block: Block) -> Problem | None:
        """Return why a block does not reach its last line, unless it stops where the list says."""
        for made in ways_to_run(self.prepared(block)):
            result = self.session.get(made)
            if found := judge(made, result, self.session.settings):
                break
        if not found and not self.result(block).output and re.search(r"\bprint\(", block.code):
            found = block.problem("the block prints nothing", "let it get to what it prints")
        lines = [place[1] for place in self.listed if is_in(place, block)]
        if not found and lines:
            return block.problem(f"a dry run gets past {lines[0]!r}", f"take it out of {HERE}")
        if not found or stopped_at(made, result) in lines:
            return None
        fix = f"{found.fix}; if only a GPU can get past it, list the line in {HERE}"
        return block.problem(f"on a stand-in for a GPU, {found.what}", fix)

    def close(self) -> None:
        self.session.close()


def on_stand_in(settings: Settings, library: Path) -> Settings:
    """Return settings with which the forks that run blocks find the stand-in.

    What is on LD_LIBRARY_PATH can be read by what blocks start.
    """
    folder = str(library.parent)
    paths = [folder, os.environ.get("LD_LIBRARY_PATH")]
    variables = {
        "LD_PRELOAD": str(library),
        "LD_LIBRARY_PATH": os.pathsep.join(filter(None, paths)),
        "TRITON_LIBCUDA_PATH": folder,
        "CUDA_HOME": folder,  # a toolkit is not to decide which blocks get through
        "TORCHINDUCTOR_COMPILE_THREADS": "1",  # starting processes takes longer than one kernel
        "TORCHINDUCTOR_VEC_ISA_OK": "1",  # compiling C++ to find out takes as long as a block
    }
    return replace(
        settings,
        environment={**settings.environment, **variables},
        passed_on=tuple(set(settings.passed_on) - {*variables, "CUDA_VISIBLE_DEVICES"}),
        # Compilers note folders when they are imported, which have to be the block's own.
        preload=(),
        implied={},
    )


def interpreted(block: Block) -> list[Block]:
    """Return what Triton's interpreter runs of a block, on the CPU; nothing if there is no kernel.

    Nor is there anything of a block that measures: it has too much data for that.
    """
    if TRITON not in block.code or block.measures:
        return []
    code = re.sub(r'(["\'])cuda(:0)?\1', '"cpu"', block.code).replace(".cuda()", ".cpu()")
    return [replace(block, code=INTERPRETED + code)]


def watched(block: Block) -> list[Block]:
    """Return what torch's sanitizer watches: a block with streams, of which one may not wait.

    Of a graph it sees the capture as a run, and no replay.
    """
    if STREAM not in block.code or GRAPH in block.code:
        return []
    return [replace(block, code=WATCHED + block.code)]


def programs(block: Block) -> list[Block]:
    """Return the programs that a block holds as text: what they write to stderr it may catch."""
    try:
        nodes = list(ast.walk(ast.parse(block.code)))
    except SyntaxError:
        return []
    parts = [id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values]
    marks = tuple(mark for mark in block.marks if not (mark.measures or mark.must_raise))
    return [
        # Its lines are to have the numbers that they have in the block.
        replace(block, code="\n" * (node.lineno - 1) + node.value, marks=marks)
        for node in nodes
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in parts
        and PROGRAM.search(node.value)
    ]


def ways_to_run(block: Block) -> list[Block]:
    """Return a block, and what else is run of it."""
    return [block, *interpreted(block), *watched(block), *programs(block)]


def without_asserts(code: str) -> str:
    """Return code that evaluates what it asserts, and goes on whatever comes of it."""
    try:
        found = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Assert)]
    except SyntaxError:
        return code
    lines = [line.encode() for line in code.split("\n")]
    for node in found:
        line, start = lines[node.lineno - 1], node.col_offset
        lines[node.lineno - 1] = line[:start] + b"_ =" + line[start + len("assert") :]
    return b"\n".join(lines).decode()


def stopped_at(block: Block, result: Result) -> str:
    """Return the line of the block that raised, the innermost; its last line if none did."""
    lines = block.code.rstrip().split("\n")
    numbers = [int(number) for number in PLACE.findall(result.traceback)]
    return lines[numbers[-1] - 1 if numbers and numbers[-1] <= len(lines) else -1].strip()


def outdated(blocks: Iterable[Block], listed: Mapping[Place, str] = OUT_OF_REACH) -> list[Place]:
    """Return the entries of the list that are not of exactly one of all blocks."""
    blocks = list(blocks)
    return [place for place in listed if sum(is_in(place, block) for block in blocks) != 1]


def run_pages(pages: Iterable[Page], settings: Settings) -> int:
    """Run the `gpu` blocks of pages dry, and say what came of each.

    Returns:
        0 if nothing is wrong, 2 where there can be no stand-in, otherwise 1.
    """
    if reason := lacking():
        print(f"nothing was run: {reason}", file=sys.stderr)
        return 2
    blocks = [block for page in pages for block in gpu_blocks(page)]
    found: list[Problem] = []
    run = DryRun(settings)
    try:
        run.prefetch(blocks)
        for block in blocks:
            problem, why_not = run.problem(block), run.why_not(block)
            told = f"out of reach: {why_not}" if why_not else "reaches its last line"
            seconds = run.result(block).seconds
            print(f"{block.path}:{block.line}  {'fails' if problem else told}  {seconds:.1f} s")
            found += [problem] if problem else []
    finally:
        run.close()
    if found:
        print(report(found), file=sys.stderr)
    unreached = sum(bool(run.why_not(block)) for block in blocks)
    print(f"{len(blocks)} gpu blocks, {unreached} out of reach, {len(found)} problems")
    return int(bool(found))
