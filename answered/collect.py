"""What an example left behind when its process had ended."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path

from .process import SCRIPT_LABEL
from .results import Result

ENDS = ("completed", "raised", "exited")  # that `process.execute` reports
MAX_OUTPUT = 10_000  # characters of stdout or stderr that are kept
MAX_FIGURE = 60_000  # characters of an SVG file that a page shows; of a longer one some more are kept, and it is refused


def collect(folder: Path, code: int | str, seconds: float, timeout: float) -> Result:
    """Read what an example left in `folder` and say how it ended."""
    report = read_json(folder / "report")
    if code == "timeout":
        ended = {"ended": "timeout", "detail": f"{timeout:g} s"}
    elif isinstance(code, str):
        ended = {"ended": "stopped", "detail": code}
    elif code < 0:
        ended = {"ended": "killed", "detail": signal_name(-code)}
    elif report is None or not sound(report):
        ended = {"ended": "left", "detail": f"exit code {code}"}
    else:
        ended = report
    figures = [(file.name, text(file, 4 * MAX_FIGURE)) for file in sorted((folder / "cwd").glob("*.svg")) if plain(file)]
    return Result(
        output=head(folder / "stdout"),
        errors=without_log_lines(head(folder / "stderr")).replace(str(folder / "example.py"), SCRIPT_LABEL),
        seconds=round(seconds, 3),
        figures=figures,
        measured=read_json(folder / "measured"),
        **ended,
    )


def sound(report: dict) -> bool:
    """Whether a report is one that `process.execute` writes; an example can write another."""
    known = report.keys() <= {"ended", "exception", "traceback"} and report.get("ended") in ENDS
    return known and all(isinstance(value, str) for value in report.values())


def signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # real-time signals have none
        return f"signal {number}"


def read_json(file: Path) -> dict | None:
    """Return the mapping that an example wrote into `file`, or None where it did not, or not to its end."""
    try:
        found = json.loads(file.read_text(encoding="utf-8")) if plain(file) else None
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def plain(file: Path) -> bool:
    """Whether this is a file of its own: an example may also leave a folder, a pipe, or a link that leads elsewhere."""
    return file.is_file() and not file.is_symlink()


def text(file: Path, most: int) -> str:
    """Return the first `most` bytes of `file` as text."""
    with file.open("rb") as stream:
        return stream.read(most).decode("utf-8", "backslashreplace")


def head(file: Path) -> str:
    """Return the text of `file`, cut after MAX_OUTPUT characters at the end of a line, with a notice."""
    if not plain(file):
        return ""
    size = file.stat().st_size
    whole = text(file, 4 * MAX_OUTPUT + 4)
    if len(whole) <= MAX_OUTPUT:
        return whole
    kept = whole[:MAX_OUTPUT]
    kept = kept[: kept.rfind("\n") + 1] or kept + "\n"
    return f"{kept}[output cut here: {size:,} bytes in all]\n"


def without_log_lines(errors: str) -> str:
    """Drop torch's own log lines ("[W1121 10:00:00.1 file.cpp:1] ...", in C++, "W1121 10:00:00.1 ...", in Python),
    which depend on the machine."""
    return re.sub(r"^\[?[IWE]\d{4} [\d:.]+ .*\n?", "", errors, flags=re.M)
