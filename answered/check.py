"""Hold results against what the pages promise."""

from __future__ import annotations

import difflib
import re
import tempfile

from . import ROOT
from .collect import MAX_FIGURE
from .page import Example
from .problems import Problem
from .process import SCRIPT_LABEL
from .results import Result

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")  # no XML has them, and a file with \r reads otherwise than it was written
ENDINGS = {
    "exited": ("the block called sys.exit ({exception})", "let the block run to its last line"),
    "left": ("the block's process left without finishing ({detail})", "remove os._exit; let the block run to its last line"),
    "killed": ("the block's process was killed ({detail})", "find out what ended it: a signal, a crash in native code, or too little memory"),
    "stopped": ("the block was stopped, as it took {detail}", "make the example smaller; answered/watch.py has the limits"),
    "orphaned": ("the block ended its parent, the process that forks examples", "let the block signal no process but its own"),
    "timeout": ("the block did not end within {detail}", "shorten it, or mark it <!--pytest.mark.slow--> if it has to be long"),
}


def shown_output(example: Example, result: Result) -> str:
    """Return the output a reader sees: stdout, and for a `raises` block the traceback's last line."""
    text = result.output
    if "raises" in example.marks and result.exception:
        text = f"{text.rstrip()}\n{result.exception}\n" if text.strip() else f"{result.exception}\n"
    return normal(text)


def normal(text: str) -> str:
    """Return `text` without blanks at the ends of lines and with one newline at its end; "" for blank text."""
    lines = [line.rstrip() for line in text.split("\n")]
    return "\n".join(lines).strip("\n") + "\n" if text.strip() else ""


def judge(example: Example, result: Result) -> Problem | None:
    """Return what is wrong with an example that was run, or None."""

    def wrong(what: str, mend: str) -> Problem:
        return Problem(example.path, example.line, what, mend)

    if result.ended in ENDINGS:
        what, mend = ENDINGS[result.ended]
        return wrong(what.format(exception=result.exception, detail=result.detail) + tail(result), mend)
    raises = "raises" in example.marks
    if result.ended == "raised" and not raises:
        return wrong(
            f"the block raised {result.exception}\n{in_page(example, result.traceback)}",
            "mend the block, or mark it <!--pytest.mark.raises--> if the error is its point",
        )
    if result.ended == "completed" and raises:
        return wrong("the block is marked 'raises' and did not raise", "remove the mark, or make the block raise")
    if result.errors.strip():
        return wrong(
            f"the block wrote to stderr\n{in_page(example, normal(result.errors))}", "mend what it warns of; if the warning is the point, catch it and print it"
        )
    machine_path = next((path for path in (tempfile.gettempdir() + "/example-", str(ROOT)) if path in result.output + result.exception), None)
    if machine_path:
        return wrong(f"the output names a path of this machine: {machine_path}", "print the part that is the same everywhere")
    control = CONTROL.search(shown_output(example, result))
    if control:
        return wrong(f"the output has the control character {control[0]!r}", "print without it: no progress bar, no colours")
    heavy = next((f"{name} has {len(svg) // 1000} KB" for name, svg in result.figures if len(svg) > MAX_FIGURE), None)
    if heavy:
        return wrong(f"the figure {heavy}", f"draw fewer points; a figure may have {MAX_FIGURE // 1000} KB")
    if "gpu" in example.marks and example.expected is None:
        return None  # it has not been recorded yet; `answered.recordings` holds outputs against recordings
    return compare(example, shown_output(example, result))


def compare(example: Example, shown: str) -> Problem | None:
    """Return a difference between committed and real output."""
    command = f"`make gpu RECORD=1 PAGE={example.path}`" if "gpu" in example.marks else f"`make update PAGE={example.path}`"
    if example.expected is None:
        if not shown:
            return None
        return Problem(example.path, example.line, f"the block prints, and its page has no expected output\n{shown}", f"run {command}, which writes it")
    expected = normal(example.expected)
    if expected == shown:
        return None
    diff = "\n".join(difflib.unified_diff(expected.splitlines(), shown.splitlines(), "expected", "real", lineterm=""))
    return Problem(
        example.path,
        example.line,
        f"the output is not the expected one\n{diff}",
        f"mend the block or the text around it; if the new output is right, run {command}",
    )


def tail(result: Result) -> str:
    """The last lines of what a process wrote before it ended badly."""
    lines = (normal(result.output) + normal(result.errors)).splitlines()[-5:]
    return "".join(f"\n{line}" for line in lines)


def in_page(example: Example, text: str) -> str:
    """Put the page's name and line numbers where `text` names the example's file, and drop machine paths."""

    def place(match: re.Match) -> str:
        before, between, line = match.groups()
        return f"{before}{example.path}{between}{example.line + int(line)}"

    text = re.sub(rf'(File "|){re.escape(SCRIPT_LABEL)}(", line |:)(\d+)', place, text)
    return re.sub(r'File "[^"]*/site-packages/', 'File "', text).rstrip()
