"""Run examples, each in a process of its own, several at a time.

The promise: an example behaves as if it were saved in a file and run with `python file.py` in an empty
folder. On Linux its process is forked from one that has imported torch (see `answered.forkserver`);
elsewhere, or with ANSWERED_FORK=0, a fresh interpreter is started for each. One that sets environment variables
gets a fresh one anywhere, as torch reads some while it is imported. So does one that is marked `gpu`, as CUDA
does not survive a fork; it has the GPU to itself.
"""

from __future__ import annotations

import json
import os
import queue
import re
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from . import CACHE, ROOT
from .collect import collect
from .environment import changes_environment, environment, gpu_environment
from .page import Example
from .results import Result
from .watch import kill_group, stop_reason

TIMEOUT = float(os.environ.get("ANSWERED_TIMEOUT", 60))
GPU_TIMEOUT = 4 * TIMEOUT  # compilers may be at work
SLOW_TIMEOUT = 10 * TIMEOUT
WATCH = 0.5  # seconds between looks at a running example
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


class ForkServer:
    """The parent's end of `answered.forkserver`: starts it, and asks it for children."""

    def __init__(self, workers: int, modules: list[str]) -> None:
        pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(workers)]
        theirs = [pair[1].fileno() for pair in pairs]
        (CACHE / "matplotlib").mkdir(parents=True, exist_ok=True)
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "answered.forkserver", ",".join(map(str, theirs)), ",".join(modules)],
            cwd=ROOT,
            env=environment(),
            pass_fds=theirs,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
        )
        self.idle: queue.Queue[socket.socket] = queue.Queue()
        for mine, other in pairs:
            other.close()
            self.idle.put(mine)
        self.greeted: set[socket.socket] = set()

    def run(self, job: dict, timeout: float) -> tuple[int | str, float]:
        """Run a job to its end; return its exit code as of subprocess, or why it was stopped, and its seconds."""
        connection = self.idle.get()
        try:
            if connection not in self.greeted:
                self.receive(connection)
                self.greeted.add(connection)
            connection.send(json.dumps(job).encode())
            pid = self.receive(connection)["pid"]
            start = time.perf_counter()
            stopped = ""
            while not stopped and not select.select([connection], [], [], WATCH)[0]:
                stopped = stop_reason(pid, start, timeout)
            if stopped:
                kill_group(pid)
            status = self.receive(connection)["status"]
            return stopped or status, time.perf_counter() - start
        finally:
            self.idle.put(connection)

    def receive(self, connection: socket.socket) -> dict:
        message = connection.recv(65536)
        if not message:
            raise RuntimeError(f"the process that forks examples ended with code {self.process.wait()}; its messages stand above")
        return json.loads(message)

    def close(self) -> None:
        while not self.idle.empty():
            self.idle.get().close()
        self.process.wait()


class Spawner:
    """The slower way, for systems without fork and for CUDA: a fresh interpreter for each example."""

    def __init__(self, confined: bool = True) -> None:
        """`confined`: with the limits of `answered.sandbox`, which CUDA does not fit into."""
        self.confined = confined

    def run(self, job: dict, timeout: float) -> tuple[int | str, float]:
        """As `ForkServer.run`; the seconds include starting the interpreter and importing torch."""
        start = time.perf_counter()
        command = [sys.executable, "-P", "-m", "answered.process", job["script"], job["report"], *(["--confined"] if self.confined else [])]
        with open(job["stdout"], "wb") as out, open(job["stderr"], "wb") as err:
            process = subprocess.Popen(
                command,
                cwd=job["cwd"],
                env=environment() | job["env"],
                stdout=out,
                stderr=err,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
            try:
                while True:
                    try:
                        return process.wait(WATCH), time.perf_counter() - start
                    except subprocess.TimeoutExpired:
                        stopped = stop_reason(process.pid, start, timeout, self.confined)
                        if stopped:
                            return stopped, time.perf_counter() - start
            finally:
                kill_group(process.pid)
                process.kill()
                process.wait()

    def close(self) -> None:
        pass


class Runner:
    """Runs examples on several workers; starts nothing before the first ones are submitted."""

    def __init__(self, workers: int = WORKERS) -> None:
        self.workers = workers
        self.pool = ThreadPoolExecutor(workers, thread_name_prefix="example")
        self.gpu_pool = ThreadPoolExecutor(1, thread_name_prefix="gpu-example")
        self.server: ForkServer | Spawner | None = None

    def submit(self, examples: list[Example]) -> list[Future[Result]]:
        """Run `examples` in the background, in their order."""
        forked = [example for example in examples if "gpu" not in example.marks]
        if self.server is None and forked:
            forks = sys.platform == "linux" and os.environ.get("ANSWERED_FORK") != "0"
            self.server = ForkServer(self.workers, preload(forked)) if forks else Spawner()
        return [(self.gpu_pool if "gpu" in example.marks else self.pool).submit(self.run, example) for example in examples]

    def run(self, example: Example) -> Result:
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
            server, timeout = self.server, TIMEOUT
            if "gpu" in example.marks:
                server, timeout = Spawner(confined=False), GPU_TIMEOUT
                job["env"] |= gpu_environment(folder)
            elif changes_environment(example.code):
                server = Spawner()
            if "slow" in example.marks:
                timeout = SLOW_TIMEOUT
            return collect(folder, *server.run(job, timeout), timeout)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        self.gpu_pool.shutdown(cancel_futures=True)
        self.pool.shutdown(cancel_futures=True)
        if self.server is not None:
            self.server.close()
            self.server = None
