"""Run examples, each in a process of its own, several at a time.

The promise: an example behaves as if it were saved in a file and run with `python file.py` in an empty
folder. On Linux its process is forked from one that has imported torch (see `answered.forkserver`);
elsewhere, or with ANSWERED_FORK=0, a fresh interpreter is started for each. One that sets environment variables
gets a fresh one anywhere, as torch reads some while it is imported. So does one that is marked `gpu`, as CUDA
does not survive a fork; it has the GPU to itself.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from .collect import collect
from .environment import changes_environment, gpu_environment
from .page import Example
from .results import Result
from .servers import ForkServer, Spawner

TIMEOUT = float(os.environ.get("ANSWERED_TIMEOUT", 60))
GPU_TIMEOUT = 4 * TIMEOUT  # compilers may be at work
SLOW_TIMEOUT = 10 * TIMEOUT
WORKERS = os.cpu_count() or 1
# Packages whose modules are imported once, before the first fork, if an example imports them.
PRELOADED = ("torch", "torchvision", "numpy", "sklearn", "matplotlib", "scipy")


def preload(examples: Iterable[Example]) -> list[str]:
    """Return the modules that are worth importing before the first fork; results do not depend on it."""
    names = {"torch"}
    for example in examples:
        found = re.findall(r"^\s*(?:from|import) ([\w.]+)", example.code, re.M)
        names |= {name for name in found if name.split(".")[0] in PRELOADED}
        if re.search(r"\b(optim|compile)\b", example.code):
            names.add("torch._dynamo")  # which the first optimizer imports
        if "snippets.figures" in found:
            names |= {"matplotlib.pyplot", "matplotlib.backends.backend_svg"}
    return sorted(names)


class Runner:
    """Runs examples on several workers; starts nothing before the first ones are submitted."""

    def __init__(self, workers: int = WORKERS) -> None:
        self.workers = workers
        self.pool = ThreadPoolExecutor(workers, thread_name_prefix="example")
        self.gpu_pool = ThreadPoolExecutor(1, thread_name_prefix="gpu-example")
        self.server: ForkServer | Spawner | None = None
        self.modules: list[str] = []
        self.renewing = threading.Lock()
        self.closing = threading.Event()

    def submit(self, examples: list[Example]) -> list[Future[Result]]:
        """Run `examples` in the background, in their order."""
        forked = [example for example in examples if "gpu" not in example.marks]
        if self.server is None and forked:
            forks = sys.platform == "linux" and os.environ.get("ANSWERED_FORK") != "0"
            self.modules = preload(forked)
            self.server = ForkServer(self.workers, self.modules) if forks else Spawner()
        return [(self.gpu_pool if "gpu" in example.marks else self.pool).submit(self.run, example) for example in examples]

    def run(self, example: Example) -> Result:
        """Run one example and return its result.

        Where the server ends meanwhile, the example may have ended it, or another that ran beside it: with a server
        of its own it is seen which.
        """
        server = self.server
        try:
            return self.run_on(server, example)
        except ConnectionError:
            if self.closing.is_set():
                raise
            self.renew(server)
        alone = ForkServer(1, preload([example]))
        try:
            return self.run_on(alone, example)
        except ConnectionError:
            return Result("orphaned")
        finally:
            alone.close()

    def renew(self, ended: ForkServer) -> None:
        """Start another server in place of one that has ended, unless that has been done."""
        with self.renewing:
            if self.server is ended:
                self.server = ForkServer(self.workers, self.modules)
                ended.close()

    def run_on(self, server: ForkServer | Spawner, example: Example) -> Result:
        """Run one example in a folder of its own and return its result."""
        folder = Path(tempfile.mkdtemp(prefix="example-"))
        try:
            for name in ("cwd", "home", "tmp"):
                (folder / name).mkdir()
            script = folder / "example.py"
            script.write_text(example.code, encoding="utf-8")
            job = {
                "script": str(script),
                "cwd": str(folder / "cwd"),
                "env": {"HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp")},
                **{name: str(folder / name) for name in ("stdout", "stderr", "report")},
            }
            timeout = TIMEOUT
            if "gpu" in example.marks:
                server, timeout = Spawner(confined=False), GPU_TIMEOUT
                job["env"] |= gpu_environment(folder)
            elif changes_environment(example.code):
                server = Spawner()
            if "slow" in example.marks:
                timeout = SLOW_TIMEOUT
            return collect(folder, *server.run(job, timeout, self.closing), timeout)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """End everything; an example that still runs is killed, as nobody waits for its result."""
        self.closing.set()
        self.gpu_pool.shutdown(cancel_futures=True)
        self.pool.shutdown(cancel_futures=True)
        if self.server is not None:
            self.server.close()
            self.server = None
