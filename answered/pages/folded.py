"""Blocks that readers see at once, and those that are folded away."""

from __future__ import annotations

import re

from ..engine.block import Block

DRAWS = re.compile(r"\bsnippets(\.| import )figures\b")


def draws(block: Block) -> bool:
    """Whether a block draws a figure, for which people look at the page and not at the code."""
    return bool(DRAWS.search(block.code))


def is_visible(block: Block) -> bool:
    """Whether readers see a block at once: it draws nothing, and runs on their machine too."""
    return not (draws(block) or block.needs_device)
