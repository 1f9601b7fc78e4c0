"""The judgment of a result against what its page promises."""

from __future__ import annotations

import difflib
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from .block import Block
from .limits import MAX_FIGURE, MAX_FIGURES
from .problems import Problem
from .result import Result
from .script import FOLDER, LABEL
from .settings import Settings

# No XML has these characters; \r is read otherwise than it was written.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
# A number, its sign, exponent and thousands commas, and the blanks that align it in a column; no
# digits of a name, as in float32.
NUMBER = re.compile(r" *(?<![\w.])[+-]?(\d{1,3}(,\d{3})+(?!\d)|\d+)(\.\d+)?(e[+-]?\d+)? *")
NO_NUMBER = (
    "a block marked 'measured' prints no number",
    "print what it measured, as `name: value unit`",
)
# Fixes, by a pattern in an exception, and in the code of a block whose output is not steady.
NO_NETWORK = {
    "Network is unreachable|Temporary failure in name resolution|gaierror": (
        "let the block do without the network, which examples do not have"
    )
}
UNSTEADY = {
    r"\b(rand\w*|shuffle|sample|dropout|init|Linear|Conv\w*|normal_?)\b": (
        "set a seed at the top of the block, such as torch.manual_seed(0)"
    ),
    r"\b(time|perf_counter|monotonic|now|today)\b": (
        "print no times: compare them in an assert, or print what does not depend on them"
    ),
}
ENDINGS = {
    "exited": ("the block called sys.exit ({exception})", "let the block run to its last line"),
    "left": (
        "the block's process left without finishing ({detail})",
        "remove os._exit; where there is none, make room in the folder for temporary files",
    ),
    "killed": (
        "the block's process was killed ({detail})",
        "find out what ended it: a signal, a crash in native code, or too little memory",
    ),
    "stopped": (
        "the block was stopped, as it took {detail}",
        "make the example smaller; engine/limits.py has the limits",
    ),
    "orphaned": (
        "the block ended its parent, the process that forks blocks",
        "let the block signal no process but its own",
    ),
    "timeout": (
        "the block did not end within {detail}",
        "shorten it, or mark it <!--pytest.mark.slow--> if it has to be long",
    ),
}


def normal(text: str) -> str:
    """Return `text` without blanks at the ends of lines, with one newline at its end or empty."""
    lines = [line.rstrip() for line in text.split("\n")]
    return "\n".join(lines).strip("\n") + "\n" if text.strip() else ""


def masked(text: str) -> str:
    """Return `text` with every number in it as #."""
    return NUMBER.sub("#", text)


def shown_output(block: Block, result: Result) -> str:
    """Return the output a reader sees: stdout, and the traceback's last line if it must raise."""
    text = result.output
    if block.must_raise:
        text = f"{text.rstrip()}\n{result.exception}"
    return normal(text)


def judge(block: Block, result: Result, settings: Settings) -> Problem | None:
    """Return what is wrong with a block that was run, its output aside, or None."""
    if result.ended in ENDINGS:
        what, fix = ENDINGS[result.ended]
        last_lines = (normal(result.output) + normal(result.errors)).splitlines()[-5:]
        what = what.format(exception=result.exception, detail=result.detail)
        return block.problem("\n".join([what, *last_lines]), fix)
    if result.ended == "raised" and not block.must_raise:
        what = f"the block raised {result.exception}\n{in_page(block, result.traceback)}"
        default = "fix the block, or mark it <!--pytest.mark.raises--> if the error is its point"
        return block.problem(what, advice(result.exception, NO_NETWORK | settings.advice, default))
    if result.ended == "completed" and block.must_raise:
        what = "the block is marked 'raises' and did not raise"
        return block.problem(what, "remove the mark, or make the block raise")
    if result.errors.strip():
        what = f"the block wrote to stderr\n{in_page(block, normal(result.errors))}"
        fix = "fix what it warns of; if the warning is the point, catch and print it"
        return block.problem(what, fix)
    return fault_of_output(block, result, settings)


def advice(text: str, fixes: Mapping[str, str], default: str) -> str:
    """Return the first of `fixes` whose pattern is in `text`."""
    return next((fix for pattern, fix in fixes.items() if re.search(pattern, text)), default)


def fault_of_output(block: Block, result: Result, settings: Settings) -> Problem | None:
    """Return what no output or figure may hold, or None."""
    for path in machine_paths(settings.root):
        if path in result.output + result.exception:
            what = f"the output names a path of this machine: {path}"
            return block.problem(what, "print the part that is the same everywhere")
    if block.measures and not NUMBER.search(result.output):
        return block.problem(*NO_NUMBER)
    if control := CONTROL.search(shown_output(block, result)):
        what = f"the output has the control character {control[0]!r}"
        return block.problem(what, "print without it: no progress bar, no colors")
    if len(result.figures) > MAX_FIGURES:
        what = f"the block draws more than {MAX_FIGURES} figures"
        return block.problem(what, "draw fewer, or divide the block")
    for name, svg in result.figures:
        if len(svg) > MAX_FIGURE:
            fix = f"draw fewer points; a figure may have {MAX_FIGURE // 1000} KB"
            return block.problem(f"the figure {name} has {len(svg) // 1000} KB", fix)
    return None


def machine_paths(root: Path) -> tuple[str, ...]:
    """Return the beginnings of paths that differ from machine to machine."""
    home = os.path.expanduser("~")  # "~" or "/" where there is none
    homes = (home + "/",) if len(home) > 1 else ()
    return (f"{tempfile.gettempdir()}/{FOLDER}", str(root), *homes)


def compare(
    block: Block, shown: str, command: str = "make update", exact: bool = False
) -> Problem | None:
    """Return the difference between the committed output and the real one, or None.

    Args:
        command: the one that writes the real output into the page.
        exact: whether in a block that measures the numbers count too.
    """
    expected, real = normal(block.expected or ""), shown
    if block.measures and not exact:
        expected, real = masked(expected), masked(shown)
    if expected == real:
        return None
    run = f"run `{command} PAGE={block.path}`"
    if block.expected is None:
        what = f"the block prints, and its page has no expected output\n{shown}"
        return block.problem(what, f"{run}, which writes it")
    what = f"the output is not the expected one\n{difference(expected, real)}"
    fix = f"fix the block or the text around it; if the new output is right, {run}"
    return block.problem(what, fix)


def unsteady(block: Block, first: str, second: str) -> Problem | None:
    """Return that two runs of a block gave different outputs, with the likely cause, or None."""
    if first == second:
        return None
    changed = difference(first, second)
    if re.search(r"^[+-].*0x[0-9a-f]{6,}", changed, re.M):
        fix = "print no addresses: no id(), no default repr of an object"
    else:
        default = "set a seed, and print no times, addresses or names of this machine"
        fix = advice(block.code, UNSTEADY, default)
    return block.problem(f"the output differs from run to run\n{changed}", fix)


def difference(expected: str, real: str) -> str:
    """Return a unified diff of two outputs."""
    old, new = expected.splitlines(), real.splitlines()
    return "\n".join(difflib.unified_diff(old, new, "expected", "real", lineterm=""))


def in_page(block: Block, text: str) -> str:
    """Return `text` with the page and its lines in place of the block's file."""

    def place(match: re.Match) -> str:
        before, between, line = match.groups()
        return f"{before}{block.path}{between}{block.line + int(line)}"

    text = re.sub(rf'(File "|){re.escape(LABEL)}(", line |:)(\d+)', place, text)
    return re.sub(r'File "[^"]*/site-packages/', 'File "', text).rstrip()
