"""Blocks that no dry run brings to their last line, and why: a closed list.

An entry is the name of a page and the line, without its indentation, at which the block on it stops
in a dry run. It is refused where the block stops elsewhere or gets through, or where there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ...engine.block import Block

Place = tuple[str, str]

OUT_OF_REACH: dict[Place, str] = {
    (
        "profiler",
        'wait = rows["cudaDeviceSynchronize"].cpu_time_total / 1000',
    ): "a stand-in keeps no records for the profiler",
}


def is_in(place: Place, block: Block) -> bool:
    """Whether a block is on the page of that name and has that line."""
    slug, line = place
    return Path(block.path).stem == slug and line in map(str.strip, block.code.split("\n"))


def why_out_of_reach(block: Block, listed: Mapping[Place, str] = OUT_OF_REACH) -> str:
    """Return why no dry run gets past a line of the block; "" where it is not listed."""
    return next((why for place, why in listed.items() if is_in(place, block)), "")
