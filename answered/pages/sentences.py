"""Sentences of Markdown text."""

from __future__ import annotations

import re

from ..engine.block import INLINE_CODE

CODE_OR_TARGET = re.compile(rf"{INLINE_CODE.pattern}|\]\([^)]*\)")  # stops in there end no sentence
ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|cf|vs|approx|et al|Fig)\.", re.I)
END = re.compile(r"[.!?](?=\s+[A-Z`(\"x\[*])")


def sentences(text: str) -> list[str]:
    """Return the sentences of a paragraph, the last one whether or not it ends with a stop."""
    text = " ".join(text.split())
    masked = CODE_OR_TARGET.sub(lambda match: "x" * len(match[0]), text)
    masked = ABBREVIATION.sub(lambda match: "-" * len(match[0]), masked)
    starts = [0, *(match.end() for match in END.finditer(masked))]
    parts = zip(starts, [*starts[1:], len(text)], strict=True)
    return [part for start, end in parts if (part := text[start:end].strip())]
