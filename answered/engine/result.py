"""The result of a block: how its process ended, and everything it left behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self


@dataclass
class Result:
    """The result of running one block.

    Attributes:
        ended: "completed", "raised", "exited" (sys.exit), "left" (os._exit), "killed", "timeout",
            "stopped" (it took too much) or "orphaned" (it ended the process that had forked it).
        output: its stdout, cut after `limits.MAX_OUTPUT` characters with a notice.
        errors: its stderr, likewise.
        exception: last line of the traceback, for a block that raised.
        traceback: with `script.LABEL` for the block's file.
        detail: for "killed", by which signal; for "left", with which exit code; for "timeout",
            after how long; for "stopped", what it took.
        seconds: that it ran, imports of preloaded modules aside.
        figures: file name and SVG text of every figure it left.
    """

    ended: str
    output: str = ""
    errors: str = ""
    exception: str = ""
    traceback: str = ""
    detail: str = ""
    seconds: float = 0.0
    figures: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def load(cls, kept: dict) -> Self:
        """Return the result that was kept as JSON.

        Raises:
            TypeError, KeyError: it is none, or a broken one.
        """
        made = cls(**kept)
        for name, default in vars(cls("")).items():
            if type(kept[name]) is not type(default):
                raise TypeError(f"{name}: {kept[name]!r}")
        made.figures = [pair(figure) for figure in made.figures]
        return made


def pair(kept: object) -> tuple[str, str]:
    match kept:
        case [str(name), str(text)]:
            return name, text
    raise TypeError(f"no pair of texts: {kept!r}")
