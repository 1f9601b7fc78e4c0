"""Where the build gets results from: the cache, or else the runner; for a GPU's, where there is none, the recordings."""

from __future__ import annotations

import sys
import time
from concurrent.futures import Future
from functools import partial

from .gpu import device_name
from .page import Example
from .recordings import Recording, read_recordings, recorded
from .results import Cache, Result
from .runner import Runner


class Store:
    """Results of examples, computed in the background and kept on disk.

    Attributes:
        executed: how many examples this store has run, rather than found in the cache.
    """

    def __init__(self, cache: Cache | None = None, fresh: bool = False) -> None:
        """`fresh` runs every example, whatever the cache holds."""
        self.cache = cache or Cache()
        self.fresh = fresh
        self.runner = Runner()
        self.pending: dict[str, Future[Result]] = {}
        self.recordings: dict[str, dict[str, Recording]] = {}
        self.executed = 0
        self.progress = Progress()

    def runs(self, example: Example) -> bool:
        """Whether the example is run on this machine at all."""
        return "gpu" not in example.marks or bool(device_name())

    def prefetch(self, examples: list[Example]) -> None:
        """Start computing the results of `examples`; those already known cost a file read."""
        new: dict[str, Example] = {}
        for example in examples:
            if not self.runs(example):
                continue
            key = self.key(example)
            if key in self.pending or key in new:
                continue
            cached = None if self.fresh else self.cache.load(key)
            if cached is None:
                new[key] = example
                self.progress.expect(example)
            else:
                self.pending[key] = Future()
                self.pending[key].set_result(cached)
        self.executed += len(new)
        for (key, example), future in zip(new.items(), self.runner.submit(list(new.values())), strict=True):
            self.pending[key] = future
            future.add_done_callback(partial(self.keep, key, example))

    def keep(self, key: str, example: Example, done: Future[Result]) -> None:
        if self.runner.closing.is_set():
            return
        if not done.cancelled() and done.exception() is None:
            self.cache.store(key, example, done.result())
        self.progress.tick(example)

    def get(self, example: Example) -> Result | None:
        """Return the example's result, waiting for it if need be; None if it does not run on this machine."""
        if not self.runs(example):
            return None
        self.prefetch([example])
        return self.pending[self.key(example)].result()

    def recorded(self, example: Example) -> Recording | None:
        """Return the recording of a `gpu` example, if there is one of its code and its output as they are."""
        if example.path not in self.recordings:
            self.recordings[example.path] = read_recordings(example.path)[0]
        return recorded(example, self.recordings[example.path])

    def key(self, example: Example) -> str:
        return self.cache.key(example, device_name() if "gpu" in example.marks else "")

    def forget(self) -> None:
        """Let the next `get` look again; for a server that lives through many builds."""
        self.pending = {key: future for key, future in self.pending.items() if not future.done()}
        self.recordings = {}
        self.executed = 0

    def close(self) -> None:
        self.runner.close()


class Progress:
    """Says on stderr how many examples have run, of how many, and which page is at work."""

    def __init__(self, every: float = 2.0) -> None:
        self.every = every
        self.total = self.done = 0
        self.last = time.monotonic()

    def expect(self, example: Example) -> None:
        if self.done == self.total:
            self.done = self.total = 0
            self.last = time.monotonic()
        self.total += 1

    def tick(self, example: Example) -> None:
        self.done += 1
        now = time.monotonic()
        if now - self.last >= self.every or (self.done == self.total and self.total > 1):
            self.last = now
            print(f"examples run: {self.done} of {self.total}  {example.path}", file=sys.stderr, flush=True)
