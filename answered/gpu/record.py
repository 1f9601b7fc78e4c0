"""Runs of `gpu` blocks on a device: compared with what is recorded, or recorded anew.

Needs torch and PyYAML, and nothing else of requirements.txt but what the blocks import. Pages are
finished one after the other, and what ran before an interruption is kept.
"""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterable, Mapping

from ..engine.block import Block
from ..engine.judge import compare, judge, shown_output
from ..engine.problems import Problem, report
from ..engine.result import Result
from ..engine.runner import Runner
from ..engine.settings import Settings
from ..engine.update import replace_file, with_outputs
from ..pages.gate import NOT_UTF8
from ..pages.page import Page
from .device import Device, NoDeviceError, find_device
from .recordings import (
    RECORD,
    Recording,
    code_hash,
    find_recording,
    gpu_blocks,
    output_hash,
    read_recordings,
    this_run,
    write_recordings,
)


def run_pages(
    pages: Iterable[Page],
    settings: Settings,
    record: bool,
    missing: bool,
    device: Device | None = None,
) -> int:
    """Run the `gpu` blocks of `pages` one at a time, and compare or record what comes of them.

    Args:
        record: whether outputs and recordings are rewritten, and not only compared.
        missing: whether only the blocks that are not recorded yet are run.
        device: where they run; by default the one of this machine.

    Returns:
        0 if at least one block ran and nothing is wrong, 2 without a device (or with one that
        cannot be recorded on), otherwise 1.
    """
    try:
        device = device or find_device(settings.root)
    except NoDeviceError as reason:
        print(f"no CUDA device, so nothing was run: {reason}", file=sys.stderr)
        return 2
    print(device, flush=True)
    if record and device.fault:
        print(f"nothing is recorded on this device: {device.fault}", file=sys.stderr)
        return 2
    pages = list(pages)
    faults = [fault for page in pages for fault in unreadable(page)]
    if faults:
        print(report(faults), file=sys.stderr)
        return 1
    chosen = [(page, blocks) for page in pages if (blocks := choose(page, settings, missing))]
    problems: list[Problem] = []
    runner = Runner(settings, workers=1)
    try:
        for page, blocks in chosen:
            results: dict[Block, Result] = {}
            try:
                for block in blocks:
                    results[block] = run_block(runner, block)
            finally:  # an interruption loses the block that ran, and none before it
                if record:
                    problems += record_page(page, settings, results, device)
            if not record:
                problems += compare_page(page, settings, results)
    finally:
        runner.close()
    if problems:
        print(report(problems), file=sys.stderr)
    ran = sum(len(blocks) for _, blocks in chosen)
    where = f"of {len(chosen)} pages run on {device.device}"
    print(f"{ran} gpu blocks {where}, {len(problems)} problems")
    if not ran:
        none = ": none is missing" if missing else ""
        print(f"no gpu block was run, so nothing is verified{none}", file=sys.stderr)
    return int(bool(problems) or not ran)


def unreadable(page: Page) -> list[Problem]:
    """Return why a page cannot be written again without a loss, or its blocks not be found."""
    faults = list(page.document.faults)
    if NOT_UTF8 in page.text:
        faults.append(Problem(page.path, 1, "the page is not UTF-8", "save it as UTF-8"))
    return faults


def choose(page: Page, settings: Settings, missing: bool) -> list[Block]:
    """Return the `gpu` blocks of a page; only those without a recording if `missing`."""
    recordings, _ = read_recordings(settings.root, page.path) if missing else ({}, [])
    blocks = gpu_blocks(page)
    return [block for block in blocks if not find_recording(settings, block, recordings)]


def run_block(runner: Runner, block: Block) -> Result:
    """Run one block and say so, with its seconds, mostly those of importing torch."""
    result = runner.run(block)
    print(f"{block.path}:{block.line}  {result.ended}  {result.seconds:.1f} s", flush=True)
    return result


def compare_page(page: Page, settings: Settings, results: Mapping[Block, Result]) -> list[Problem]:
    """Return what differs from the page; each block has asserted its claims anew."""
    recordings, problems = read_recordings(settings.root, page.path)
    for block, result in results.items():
        if not find_recording(settings, block, recordings):
            place = f"{page.path}:{block.line}"
            print(f"{place}  not recorded yet: `{RECORD} PAGE={page.path}` does it")
        problem = judge(block, result, settings)
        if block.expected is not None:
            problem = problem or compare(block, shown_output(block, result), RECORD)
        if problem:
            problems.append(problem)
    return problems


def record_page(
    page: Page, settings: Settings, results: Mapping[Block, Result], device: Device
) -> list[Problem]:
    """Write outputs into the page, and where they come from into its recordings.

    Returns what could not be recorded.
    """
    recordings, _ = read_recordings(settings.root, page.path)
    date = datetime.datetime.now(datetime.UTC).date().isoformat()
    run = this_run()
    outputs, changed = {}, []
    for block, result in results.items():
        if judge(block, result, settings):
            continue
        shown = shown_output(block, result)
        if difference := compare(block, shown, RECORD, exact=True):
            outputs[block] = shown
            changed.append(difference)
        made = Recording(**vars(device), date=date, run=run, output=output_hash(shown))
        recordings[code_hash(settings, block)] = made
    text = with_outputs(page.document, outputs)
    if changed:
        replace_file(settings.root / page.path, text)
    write_recordings(page, settings, recordings)
    for difference in changed:
        print(f"{difference.path}:{difference.line}  output rewritten")
        print("".join(f"      {line}\n" for line in difference.what.split("\n")[1:]), end="")
    written = Page.parse(text, page.path, settings)  # problems name the lines as they are now
    moved = dict(zip(page.blocks, written.blocks, strict=True))
    judged = (judge(moved[block], result, settings) for block, result in results.items())
    problems = [problem for problem in judged if problem]
    done = len(results) - len(problems)
    print(f"{page.path}  {done} of {len(results)} blocks recorded", flush=True)
    return problems
