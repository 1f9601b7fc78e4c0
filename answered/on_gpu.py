"""Run the `gpu` blocks of pages on a GPU: hold them against what is recorded, or record them anew.

Needs torch, pytest-codeblocks and PyYAML, and nothing else of requirements.txt. Pages are finished one after the
other, so that what was recorded before an interruption stays.
"""

from __future__ import annotations

import datetime
import sys

from .check import judge, shown_output
from .gpu import Device, NoDeviceError, find_device
from .page import Example, Page
from .problems import Problem, report
from .recordings import Recording, check_page, code_hash, gpu_examples, output_hash, read_recordings, recorded, write_recordings
from .results import Result
from .runner import Runner
from .update import update_page


def run_pages(pages: list[Page], record: bool, missing: bool) -> int:
    """Run the blocks of `pages`, one at a time; return 0 if at least one ran and nothing is wrong, 2 without a GPU."""
    try:
        device = find_device()
    except NoDeviceError as reason:
        print(f"no CUDA device, so nothing was run: {reason}", file=sys.stderr)
        return 2
    print(f"{device}", flush=True)
    pages = [page for page in pages if gpu_examples(page) and not (missing and all_recorded(page))]
    problems, ran = [], 0
    runner = Runner(workers=1)
    try:
        for page in pages:
            results = {example: run_block(runner, example) for example in gpu_examples(page)}
            ran += len(results)
            problems += record_page(page, results, device) if record else compare_page(page, results)
    finally:
        runner.close()
    if problems:
        print(report(problems), file=sys.stderr)
    print(f"{ran} gpu blocks of {len(pages)} pages run on {device.device}, {len(problems)} problems")
    if not ran:
        print("no gpu block was run, so nothing is verified" + (": none is missing" if missing else ""), file=sys.stderr)
    return int(bool(problems) or not ran)


def all_recorded(page: Page) -> bool:
    recordings, _ = read_recordings(page.path)
    return all(recorded(example, recordings) for example in gpu_examples(page))


def run_block(runner: Runner, example: Example) -> Result:
    """Run one block and say so, with its seconds, which are mostly those of importing torch and starting CUDA."""
    [future] = runner.submit([example])
    result = future.result()
    print(f"{example.path}:{example.line}  {result.ended}  {result.seconds:.1f} s", flush=True)
    return result


def compare_page(page: Page, results: dict[Example, Result]) -> list[Problem]:
    """Return what differs from the page and its recordings; claims were evaluated anew by the blocks themselves."""
    recordings, _ = read_recordings(page.path)
    for example in results:
        if recorded(example, recordings) is None:
            print(f"{page.path}:{example.line}  not recorded yet: `make gpu RECORD=1 PAGE={page.path}` does it")
    return check_page(page) + [p for example, result in results.items() if (p := judge(example, result))]


def record_page(page: Page, results: dict[Example, Result], device: Device) -> list[Problem]:
    """Write outputs into the page and what they come from into its recordings; return what could not be recorded."""
    recordings, _ = read_recordings(page.path)
    changed, failed = update_page(page, results)
    broken = {problem.line for problem in failed}
    date = datetime.datetime.now(datetime.UTC).date().isoformat()
    for example, result in results.items():
        if example.line not in broken:
            output = output_hash(shown_output(example, result))
            recordings[code_hash(example)] = Recording(**vars(device), date=date, output=output, measured=result.measured)
    write_recordings(page, recordings)
    for difference in sorted(changed):
        print(f"{difference.path}:{difference.line}  output rewritten")
        print("".join(f"      {line}\n" for line in difference.what.split("\n")[1:]), end="")
    print(f"{page.path}  {len(results) - len(failed)} of {len(results)} blocks recorded", flush=True)
    return failed
