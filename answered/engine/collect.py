"""The collection of what a block left behind when its process had ended."""

from __future__ import annotations

import json
import os
import re
import signal
from itertools import islice
from pathlib import Path

from .limits import KEPT_FIGURE, MAX_FIGURES, MAX_OUTPUT, MAX_REPORT
from .result import Result
from .script import LABEL, NAME

ENDS = ("completed", "raised", "exited")  # that `script.execute` reports
# Lines of logs in glog's format ("[W1121 10:00:00.1 file.cpp:1] ..."; Python's have no bracket;
# "[rank0]:" stands before those of one process of several), which depend on the machine.
LOG_LINE = re.compile(r"^(\[rank\d+\]: ?)?\[?[IWE]\d{4} [\d:.]+ .*\n?", re.M)


def collect(folder: Path, job: dict, answer: dict) -> Result:
    """Return the result of the job that ran in `folder` and ended as `answer` says."""
    code, stopped = answer["code"], answer["stopped"]
    report = read_json(folder / "report")
    if stopped == "timeout":
        ended = {"ended": "timeout", "detail": f"{job['timeout']:g} s"}
    elif stopped:
        ended = {"ended": "stopped", "detail": stopped}
    elif code is None:
        ended = {"ended": "orphaned"}
    elif code < 0:
        ended = {"ended": "killed", "detail": signal_name(-code)}
    elif report is None or not sound(report):
        ended = {"ended": "left", "detail": f"exit code {code}"}
    else:
        ended = report
    drawn = folder / "cwd"  # a block may have put a link to another folder in its place
    found = () if os.path.islink(drawn) else drawn.glob("*.svg")
    figures = sorted(islice(found, MAX_FIGURES + 1))
    errors = LOG_LINE.sub("", head(folder / "stderr"))
    return Result(
        output=head(folder / "stdout"),
        errors=errors.replace(str(folder / NAME), LABEL),
        seconds=round(answer["seconds"], 3),
        figures=[(file.name, text(file, KEPT_FIGURE)) for file in figures if plain(file)],
        **ended,
    )


def sound(report: dict) -> bool:
    """Whether a report is one that `script.execute` writes; a block can write another."""
    known = report.keys() <= {"ended", "exception", "traceback"} and report.get("ended") in ENDS
    return known and all(isinstance(value, str) for value in report.values())


def signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # real-time signals have none
        return f"signal {number}"


def read_json(file: Path) -> dict | None:
    """Return the mapping that a block wrote into `file`; None where it is none, or too long."""
    try:
        found = json.loads(text(file, MAX_REPORT)) if plain(file) else None
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def plain(file: Path) -> bool:
    """Whether this is a file; a block may leave a folder, a pipe, or a link that leads away."""
    try:
        return file.is_file() and not file.is_symlink()
    except OSError:  # or something in a folder that it has closed
        return False


def text(file: Path, most: int) -> str:
    """Return the first `most` bytes of `file` as text; "" where a block has closed it."""
    try:
        with file.open("rb") as stream:
            return stream.read(most).decode("utf-8", "backslashreplace")
    except OSError:
        return ""


def head(file: Path) -> str:
    """Return `file`'s text, cut after MAX_OUTPUT characters at the end of a line with a notice."""
    if not plain(file):
        return ""
    size = file.stat().st_size
    return cut(text(file, 4 * MAX_OUTPUT + 4), size)


def cut(whole: str, size: int) -> str:
    """Return text of `size` bytes, of which `whole` may be the beginning, as `head` cuts it."""
    if len(whole) <= MAX_OUTPUT:
        return whole
    kept = whole[:MAX_OUTPUT]
    kept = kept[: kept.rfind("\n") + 1] or kept + "\n"
    return f"{kept}[output cut here: {size:,} bytes in all]\n"
