"""The runner of blocks, each in a process of its own, several at a time; results are kept.

The promise: a block behaves as if it were saved in a file and run with `python file.py` in a folder
that is empty, but for files that the page shows and the block names. On Linux its process is forked
from one that has imported what blocks need (see `worker`), and with ANSWERED_FORK=0, or where a
block asks for it, from a fresh interpreter that has imported nothing; elsewhere a fresh interpreter
is started for each (see `spawn`), as it is anywhere for a block that needs a device, which it has
to itself.
"""

from __future__ import annotations

import itertools
import os
import queue
import re
import shutil
import sys
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

from .block import Block
from .collect import collect
from .confine import tell_missing
from .environment import device_environment, environment, folders, own_caches
from .result import Result
from .script import FOLDER, NAME
from .server import Server, Worker
from .settings import Settings
from .spawn import spawn
from .temporary import OwnFolder, remove

NO_FORK = "ANSWERED_FORK"  # environment variable: "0" starts a fresh interpreter for each block
LINUX = sys.platform == "linux"
IMPORT = re.compile(r"^\s*(?:from|import) ([\w.]+)", re.M)


def wanted(settings: Settings, block: Block) -> set[str]:
    """Return the modules to import before the block is forked; results do not depend on them."""
    found = IMPORT.findall(block.code)
    names = {name for name in found if name.split(".")[0] in settings.preload}
    for pattern, modules in settings.implied.items():
        if re.search(pattern, block.code):
            names.update(modules)
    return names


def preload(settings: Settings, blocks: Iterable[Block]) -> list[list[str]]:
    """Return the modules for each tier of processes that fork.

    The first has the packages of `settings.always`; the second, if any block wants it, the rest.
    """
    names = set(settings.always).union(*(wanted(settings, block) for block in blocks))
    packages = {name.split(".")[0] for name in settings.always}
    rest = {name for name in names if name.split(".")[0] not in packages}
    return [sorted(names - rest), *([sorted(rest)] if rest else [])]


def timeout(settings: Settings, block: Block) -> float:
    """Return the seconds that a block may take."""
    return max((mark.timeout for mark in block.marks), default=0) or settings.timeout


class Runner:
    """Runs blocks on several workers; starts nothing before the first ones are submitted."""

    def __init__(
        self, settings: Settings, workers: int | None = None, fork: bool | None = None
    ) -> None:
        """`workers`: one a core if None. `fork`: where the system can, if None."""
        self.settings = settings
        can = LINUX and os.environ.get(NO_FORK) != "0"
        self.fork = can if fork is None else fork
        self.jobs: queue.SimpleQueue = queue.SimpleQueue()
        self.device_jobs: queue.SimpleQueue = queue.SimpleQueue()  # one at a time
        shared = [self.jobs] * (workers or os.cpu_count() or 1)
        self.queues = [*shared, self.device_jobs]  # a thread's each
        self.threads: list[threading.Thread] = []
        self.server: Server | None = None
        self.fresh: set[Server] = set()  # each for one block
        self.told = False  # whether what this system lacks has been said
        self.starting = threading.Lock()
        self.tiers: list[list[str]] = []
        self.closing = threading.Event()
        self.folder = OwnFolder(FOLDER)
        self.numbers = itertools.count()

    def submit(self, blocks: Iterable[Block]) -> list[Future[Result]]:
        """Run `blocks` in the background, in their order."""
        blocks = list(blocks)
        forked = [block for block in blocks if self.fork and not block.fresh]
        if forked and not self.tiers:
            self.tiers = preload(self.settings, forked)
        if blocks and not self.threads:
            for jobs in self.queues:
                # A daemon: a build that ends without `close` waits for no block.
                self.threads.append(threading.Thread(target=self.work, args=[jobs], daemon=True))
                self.threads[-1].start()
        futures: list[Future[Result]] = [Future() for _ in blocks]
        with self.starting:
            for block, future in zip(blocks, futures, strict=True):
                if self.closing.is_set():
                    future.cancel()  # nobody would take it
                else:
                    (self.device_jobs if block.needs_device else self.jobs).put((block, future))
        return futures

    def run(self, block: Block) -> Result:
        """Run one block."""
        return self.submit([block])[0].result()

    def work(self, jobs: queue.SimpleQueue) -> None:
        """Run jobs until there is None; a thread's main function."""
        workers: dict[int, Worker] = {}
        while job := jobs.get():
            block, future = job
            if self.closing.is_set() or not future.set_running_or_notify_cancel():
                future.cancel()
                continue
            try:
                future.set_result(self.run_with(workers, block))
            except BaseException as error:
                future.set_exception(error)

    def run_with(self, workers: dict[int, Worker], block: Block) -> Result:
        """Run one block; `workers`, by tier, are this thread's.

        What it asserts of times may be false by accident, so on a device it is tried once more.
        """
        result = self.run_once(workers, block)
        failed = result.exception.startswith("AssertionError")
        tried_again = failed and block.measures and block.needs_device
        return self.run_once(workers, block) if tried_again else result

    def run_once(self, workers: dict[int, Worker], block: Block) -> Result:
        """Run one block in a folder of its own."""
        folder = Path(self.folder.name, str(next(self.numbers)))
        try:
            for name in ("", "cwd", "home", "tmp"):
                (folder / name).mkdir()
            (folder / NAME).write_text(block.code, encoding="utf-8")
            for file in block.files_below(self.settings.root):
                shutil.copyfile(file, folder / "cwd" / file.name)
            job = {
                "folder": str(folder),
                "language": block.language,
                "environment": folders(folder) | own_caches(self.settings, folder, block.code),
                "readable": self.settings.helpers_in(block.code),
                "timeout": timeout(self.settings, block),
            }
            if self.fork and not block.fresh:
                return collect(folder, job, self.forked(workers, self.tier(block), job))
            if LINUX and not block.needs_device:
                return collect(folder, job, self.afresh(job))
            if not block.needs_device and not self.told:
                self.told = True
                tell_missing(0)
            if block.needs_device:
                job["environment"] |= device_environment(self.settings, folder)
            job["environment"] = environment(self.settings) | job["environment"]
            return collect(folder, job, spawn(folder, job, not block.needs_device, self.closing))
        finally:
            remove(folder)

    def tier(self, block: Block) -> int:
        """Return the tier that has imported what the block wants, and no more."""
        rest = set().union(*self.tiers[1:])
        return int(not rest.isdisjoint(wanted(self.settings, block)))

    def forked(self, workers: dict[int, Worker], tier: int, job: dict) -> dict:
        """Run a job on the thread's worker of a tier; return the answer, as `worker.work` does."""
        if tier not in workers:
            workers[tier] = self.worker(tier)
        try:
            return workers[tier].run(job)
        except (ConnectionError, TimeoutError):
            ended = workers.pop(tier)
            # Where it does not start, the next block starts another.
            with suppress(ConnectionError, TimeoutError, RuntimeError):
                workers[tier] = self.worker(tier, instead_of=ended)
            return {"code": None, "stopped": "", "seconds": 0.0}

    def afresh(self, job: dict) -> dict:
        """Run a job in a fresh interpreter; the seconds include starting it and all imports."""
        start = time.perf_counter()
        server = None
        try:
            with self.starting:
                server = self.start([[]])
                self.fresh.add(server)
            answer = server.worker(0).run(job)
        except (ConnectionError, TimeoutError):
            return {"code": None, "stopped": "", "seconds": 0.0}
        finally:
            if server:
                with self.starting:
                    self.fresh.remove(server)
                server.close()
        return answer | {"seconds": time.perf_counter() - start}

    def start(self, tiers: list[list[str]]) -> Server:
        """Return the started processes; the first say what this system lacks.

        Raises:
            ConnectionError: this runner is being closed.
        """
        if self.closing.is_set():
            raise ConnectionResetError("closing")
        tell, self.told = not self.told, True
        return Server(self.settings, tiers, self.folder.name, tell)

    def worker(self, tier: int, instead_of: Worker | None = None) -> Worker:
        """Return a new worker, starting the processes that fork workers if need be.

        Raises:
            RuntimeError: they do not start.
            ConnectionError: they have ended, or this runner is being closed.
            TimeoutError: they were stopped.
        """
        with self.starting:
            if self.server and self.server.lost:
                self.server.close()
                self.server, instead_of = None, None
            server = self.server = self.server or self.start(self.tiers)
        return server.worker(tier, instead_of)

    def close(self) -> None:
        """End everything; a block that still runs is killed, as nobody waits for its result."""
        with self.starting:
            self.closing.set()
            if self.server:
                self.server.close()
            self.server = None
            for server in self.fresh:
                server.process.kill()  # the thread that waits for it closes it
        for jobs in self.queues:
            jobs.put(None)
        for thread in self.threads:
            thread.join()
        self.folder.cleanup()
