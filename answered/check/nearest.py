"""The known name that somebody may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable


def did_you_mean(
    name: str, known: Iterable[str], shown: Callable[[str], str] = "'{}'".format
) -> str:
    """Return the end of a fix, with the known name nearest to `name`; "" where none is near."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.7)
    return f"; did you mean {shown(near[0])}?" if near else ""
