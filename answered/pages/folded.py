"""Blocks whose code is folded away, and those that run anywhere."""

from __future__ import annotations

import re

from ..engine.block import Block

DRAWS = re.compile(r"\bsnippets(\.| import )figures\b")


def draws(block: Block) -> bool:
    """Whether a block draws a figure, for which people look at the page and not at the code."""
    return bool(DRAWS.search(block.code))


def runs_anywhere(block: Block) -> bool:
    """Whether a block runs and prints on any machine: it draws nothing, and needs no GPU."""
    return not (draws(block) or block.needs_device)
