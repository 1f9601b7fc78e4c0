"""Results of blocks for a build: from the cache, or else from the runner."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future
from functools import partial

from .block import Block
from .cache import Cache
from .result import Result
from .runner import Runner
from .settings import Settings

DAY = 24 * 60 * 60.0


class Session:
    """Results of blocks, computed in the background and kept on disk, for one build or many.

    Attributes:
        executed: how many blocks were run, rather than found in the cache.
    """

    def __init__(self, settings: Settings, device: str = "", fresh: bool = False) -> None:
        """`device`: its name, if this machine has one. `fresh`: run every block, cached or not."""
        self.settings = settings
        self.device = device
        self.fresh = fresh
        self.cache = Cache(settings)
        self.runner = Runner(settings)
        self.pending: dict[str, Future[Result]] = {}
        self.executed = 0
        self.progress = Progress()

    def runs(self, block: Block) -> bool:
        """Whether the block is run on this machine at all."""
        return bool(self.device) or not block.needs_device

    def prefetch(self, blocks: Iterable[Block]) -> None:
        """Start computing the results of `blocks`; those that are known cost a file read."""
        new: dict[str, Block] = {}
        for block in filter(self.runs, blocks):
            key = self.cache.key(block, self.device)
            if key in self.pending or key in new:
                continue
            if cached := None if self.fresh else self.cache.load(key):
                self.pending[key] = Future()
                self.pending[key].set_result(cached)
            else:
                new[key] = block
        self.executed += len(new)
        self.progress.expect(len(new))
        for (key, block), future in zip(new.items(), self.runner.submit(new.values()), strict=True):
            self.pending[key] = future
            future.add_done_callback(partial(self.keep, key, block))

    def keep(self, key: str, block: Block, done: Future[Result]) -> None:
        """Store what a block has come to."""
        if done.cancelled():
            return
        if done.exception() is None:
            self.cache.store(key, block, done.result())
        self.progress.tick(block.path)

    def get(self, block: Block) -> Result | None:
        """Return the block's result, waiting for it; None if it does not run on this machine."""
        if not self.runs(block):
            return None
        key = self.cache.key(block, self.device)
        if key not in self.pending:
            self.prefetch([block])
        return self.pending[key].result()

    def run_again(self, block: Block) -> Result:
        """Return the result of running the block once more, which is not kept."""
        return self.runner.run(block)

    def refresh(self) -> None:
        """Let the next `get` look again; for a server that lives through many builds."""
        self.pending = {key: future for key, future in self.pending.items() if not future.done()}
        self.cache.refresh()
        self.executed = 0

    def prune(self) -> None:
        """Delete kept results that this session was not asked for; for the end of a full build."""
        self.cache.prune(self.pending.keys(), older_than=DAY)

    def close(self) -> None:
        self.runner.close()


class Progress:
    """Reports on stderr how many blocks have run, of how many, and of which page the last was."""

    def __init__(self, every: float = 2.0) -> None:
        """`every`: seconds between reports."""
        self.every = every
        self.total = self.done = 0
        self.last = 0.0
        self.counting = threading.Lock()

    def expect(self, count: int) -> None:
        with self.counting:
            if self.done == self.total:
                self.done = self.total = 0
                self.last = time.monotonic()
            self.total += count

    def tick(self, path: str) -> None:
        with self.counting:
            self.done += 1
            now, ended = time.monotonic(), self.done == self.total > 1
            if ended or now - self.last >= self.every:
                self.last = now
                message = f"examples run: {self.done} of {self.total}  {path}\n"
                print(message, end="", file=sys.stderr, flush=True)  # in one piece: a report waits
