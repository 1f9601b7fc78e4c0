"""The result of a block: how its process ended, and everything it left behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from .limits import KEPT_FIGURE, MAX_FIGURES, MAX_REPORT


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

    def __post_init__(self) -> None:
        """Write halves of characters, which no file can hold, as escapes."""
        for name, value in vars(self).items():
            if isinstance(value, str):
                setattr(self, name, encodable(value))
        self.figures = [(encodable(name), encodable(text)) for name, text in self.figures]

    @classmethod
    def load(cls, kept: dict) -> Self:
        """Return the result that was kept as JSON.

        Raises:
            TypeError, KeyError, ValueError: it is none, a broken one, or longer than any.
        """
        for name, default in vars(cls("")).items():
            if type(kept[name]) is not type(default):
                raise TypeError(f"{name}: a {type(kept[name])}")
            if isinstance(default, str) and len(kept[name]) > MAX_REPORT:
                raise ValueError(f"{name}: {len(kept[name])} characters")
        if len(kept["figures"]) > MAX_FIGURES + 1:
            raise ValueError(f"{len(kept['figures'])} figures")
        return cls(**kept | {"figures": [pair(figure) for figure in kept["figures"]]})


def pair(kept: object) -> tuple[str, str]:
    match kept:
        case [str(name), str(text)] if len(text) <= KEPT_FIGURE:
            return name, text
    raise TypeError("no pair of texts, or a long one")


def encodable(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()
