"""What starts the process of an example, and waits for its end: by a fork, or a fresh interpreter for each."""

from __future__ import annotations

import json
import queue
import select
import socket
import subprocess
import sys
import threading
import time

from . import CACHE, ROOT
from .environment import environment
from .watch import kill_group, stop_reason

WATCH = 0.5  # seconds between looks at a running example


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

    def run(self, job: dict, timeout: float, closing: threading.Event) -> tuple[int | str, float]:
        """Run a job to its end; return its exit code as of subprocess, or why it was stopped, and its seconds.

        Where `closing` is set, it is stopped.

        Raises:
            RuntimeError: the server did not start.
            ConnectionError: it has ended.
        """
        connection, pid = self.idle.get(), 0
        try:
            self.greet(connection, closing)
            connection.send(json.dumps(job).encode())
            pid = self.receive(connection)["pid"]
            start = time.perf_counter()
            stopped = ""
            while not stopped and not select.select([connection], [], [], WATCH)[0]:
                stopped = "closing" if closing.is_set() else stop_reason(pid, start, timeout)
            if stopped:
                kill_group(pid)
            status = self.receive(connection)["status"]
            return stopped or status, time.perf_counter() - start
        except ConnectionError:
            if pid:
                kill_group(pid)
            raise
        finally:
            self.idle.put(connection)

    def greet(self, connection: socket.socket, closing: threading.Event) -> None:
        """Wait until the server is ready."""
        if connection in self.greeted:
            return
        while not select.select([connection], [], [], WATCH)[0]:
            if closing.is_set():
                self.process.kill()  # it is still importing, and has forked nothing
        try:
            self.receive(connection)
        except ConnectionError:
            raise RuntimeError(f"the process that forks examples ended with code {self.process.wait()}; its messages stand above") from None
        self.greeted.add(connection)

    def receive(self, connection: socket.socket) -> dict:
        message = connection.recv(65536)
        if not message:
            raise ConnectionResetError("the process that forks examples has ended")
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

    def run(self, job: dict, timeout: float, closing: threading.Event) -> tuple[int | str, float]:
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
                        stopped = "closing" if closing.is_set() else stop_reason(process.pid, start, timeout, self.confined)
                        if stopped:
                            return stopped, time.perf_counter() - start
            finally:
                kill_group(process.pid)
                process.kill()
                process.wait()

    def close(self) -> None:
        pass
