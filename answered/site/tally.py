"""Counts of blocks, by what came of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass

from ..check.outcome import Outcome


@dataclass(frozen=True)
class Tally:
    """Numbers of blocks by what came of them; the fields' order is that of the table.

    Attributes:
        blocks: all of them.
        executed: that ran in this build.
        checked: of those, with an output that was compared.
        asserts: of those, with asserts alone.
        here: that need a GPU, and ran on one in this build.
        recorded: that need a GPU, and show what a GPU gave.
        waiting: that need a GPU, and have run nowhere yet.
        seconds: that the executed ones took.
    """

    blocks: int = 0
    executed: int = 0
    checked: int = 0
    asserts: int = 0
    here: int = 0
    recorded: int = 0
    waiting: int = 0
    seconds: float = 0.0

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> Tally:
        """Count `outcomes`."""
        outcomes = list(outcomes)
        ran = [outcome for outcome in outcomes if outcome.ran]
        silent = [outcome for outcome in ran if outcome.block.expected is None]
        return cls(
            len(outcomes),
            len(ran),
            len(ran) - len(silent),
            sum(outcome.block.has_assert for outcome in silent),
            sum(outcome.block.needs_device for outcome in ran),
            sum(not outcome.ran and outcome.recording is not None for outcome in outcomes),
            sum(outcome.waiting for outcome in outcomes),
            round(sum(outcome.result.seconds for outcome in ran), 1),
        )

    def __add__(self, other: Tally) -> Tally:
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Tally(*(round(one + two, 1) for one, two in pairs))

    @property
    def device(self) -> int:
        """Blocks that need a GPU."""
        return self.here + self.recorded + self.waiting
