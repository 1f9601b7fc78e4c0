"""Run examples, each in a process of its own, several at a time.

The promise: an example behaves as if it were saved in a file and run with `python file.py` in an empty
folder. On Linux its process is forked from one that has imported torch (see `answered.forkserver`);
elsewhere, or with ANSWERED_FORK=0, a fresh interpreter is started for each.
"""

from __future__ import annotations

import json
import os
import queue
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from . import CACHE, ROOT
from .page import Example
from .process import SCRIPT_LABEL
from .results import Result

MAX_OUTPUT = 10_000  # characters of stdout or stderr that are kept
TIMEOUT = float(os.environ.get("ANSWERED_TIMEOUT", 60))
SLOW_TIMEOUT = 10 * TIMEOUT
WORKERS = os.cpu_count() or 1
# Packages whose modules are imported once, before the first fork, if an example imports them.
PRELOADED = ("torch", "torchvision", "numpy", "sklearn", "matplotlib", "scipy")
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "CUDA_HOME", "SYSTEMROOT")


def environment() -> dict[str, str]:
    """Return the environment that examples start with: nothing of the build's own but `PASSED_ON`."""
    fixed = {
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONPATH": str(ROOT),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MPLCONFIGDIR": str(CACHE / "matplotlib"),
        **{f"{library}_NUM_THREADS": "1" for library in ("OMP", "MKL", "OPENBLAS")},
    }
    return fixed | {name: os.environ[name] for name in PASSED_ON if name in os.environ}


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
            cwd=ROOT, env=environment(), pass_fds=theirs, start_new_session=True, stdin=subprocess.DEVNULL,
        )
        self.idle: queue.Queue[socket.socket] = queue.Queue()
        for mine, other in pairs:
            other.close()
            self.idle.put(mine)
        self.greeted: set[socket.socket] = set()

    def run(self, job: dict, timeout: float) -> tuple[int | None, float]:
        """Run a job to its end; return its exit code as of subprocess (None after a timeout) and its seconds."""
        connection = self.idle.get()
        try:
            connection.settimeout(None)
            if connection not in self.greeted:
                self.receive(connection)
                self.greeted.add(connection)
            connection.send(json.dumps(job).encode())
            pid = self.receive(connection)["pid"]
            start = time.perf_counter()
            connection.settimeout(timeout)
            try:
                return self.receive(connection)["status"], time.perf_counter() - start
            except TimeoutError:
                kill_group(pid)
                connection.settimeout(None)
                self.receive(connection)
                return None, timeout
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
    """The slower way, for systems without fork: a fresh interpreter for each example."""

    def run(self, job: dict, timeout: float) -> tuple[int | None, float]:
        """As `ForkServer.run`; the seconds include starting the interpreter and importing torch."""
        start = time.perf_counter()
        command = [sys.executable, "-P", "-m", "answered.process", job["script"], job["report"]]
        with open(job["stdout"], "wb") as out, open(job["stderr"], "wb") as err:
            process = subprocess.Popen(
                command, cwd=job["cwd"], env=environment() | job["env"], stdout=out, stderr=err,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )
            try:
                return process.wait(timeout), time.perf_counter() - start
            except subprocess.TimeoutExpired:
                return None, timeout
            finally:
                kill_group(process.pid)
                process.kill()
                process.wait()

    def close(self) -> None:
        pass


def kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (AttributeError, ProcessLookupError, PermissionError):
        pass


class Runner:
    """Runs examples on several workers; starts nothing before the first ones are submitted."""

    def __init__(self, workers: int = WORKERS) -> None:
        self.workers = workers
        self.pool = ThreadPoolExecutor(workers, thread_name_prefix="example")
        self.server: ForkServer | Spawner | None = None

    def submit(self, examples: list[Example]) -> list[Future[Result]]:
        """Run `examples` in the background, in their order."""
        if self.server is None and examples:
            forks = sys.platform == "linux" and os.environ.get("ANSWERED_FORK") != "0"
            self.server = ForkServer(self.workers, preload(examples)) if forks else Spawner()
        return [self.pool.submit(self.run, example) for example in examples]

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
            timeout = SLOW_TIMEOUT if "slow" in example.marks else TIMEOUT
            return collect(folder, *self.server.run(job, timeout), timeout)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        self.pool.shutdown(cancel_futures=True)
        if self.server is not None:
            self.server.close()
            self.server = None


def collect(folder: Path, code: int | None, seconds: float, timeout: float) -> Result:
    """Read what an example left in `folder` and say how it ended."""
    try:
        report = json.loads((folder / "report").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        report = None
    if code is None:
        ended = {"ended": "timeout", "detail": f"{timeout:g} s"}
    elif code < 0:
        ended = {"ended": "killed", "detail": signal.Signals(-code).name}
    elif report is None:
        ended = {"ended": "left", "detail": f"exit code {code}"}
    else:
        ended = report
    figures = [(file.name, file.read_text(encoding="utf-8")) for file in sorted((folder / "cwd").glob("*.svg"))]
    return Result(
        output=head(folder / "stdout"),
        errors=without_log_lines(head(folder / "stderr")).replace(str(folder / "example.py"), SCRIPT_LABEL),
        seconds=round(seconds, 3), figures=figures, **ended,
    )


def head(file: Path) -> str:
    """Return the text of `file`, cut after MAX_OUTPUT characters at the end of a line, with a notice."""
    if not file.exists():
        return ""
    size = file.stat().st_size
    with file.open("rb") as stream:
        text = stream.read(4 * MAX_OUTPUT + 4).decode("utf-8", "backslashreplace")
    if len(text) <= MAX_OUTPUT:
        return text
    kept = text[:MAX_OUTPUT]
    kept = kept[: kept.rfind("\n") + 1] or kept + "\n"
    return f"{kept}[output cut here: {size:,} bytes in all]\n"


def without_log_lines(errors: str) -> str:
    """Drop the C++ library's own log lines ("[W1121 10:00:00.1 file.cpp:1] ..."), which depend on the machine."""
    return re.sub(r"^\[[IWE]\d{4} [\d:.]+ .*\n?", "", errors, flags=re.M)
