"""The build's end of `worker`: starts its processes, and asks them for workers."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading

from .confine import without
from .environment import command, environment
from .limits import GRACE, START
from .settings import Settings


class Worker:
    """A connection to one worker, which runs one job at a time."""

    def __init__(self, connection: socket.socket) -> None:
        """Wait until the worker is ready.

        Raises:
            ConnectionError: it has ended.
            TimeoutError: nothing forks it, for its parent was stopped.
        """
        self.connection = connection
        self.connection.settimeout(START)
        self.pid = int(self.receive())

    def run(self, job: dict) -> dict:
        """Run a job to its end, and return the answer (see `worker.work`).

        Raises:
            ConnectionError: the worker has ended.
            TimeoutError: it does not answer, for it was stopped.
        """
        self.connection.send(json.dumps(job).encode())
        self.connection.settimeout(job["timeout"] + GRACE)
        return json.loads(self.receive())

    def receive(self) -> bytes:
        message = self.connection.recv(65536)
        if not message:
            raise ConnectionResetError("the worker has ended")
        return message


class Server:
    """The processes that import modules once, tier by tier, and fork workers."""

    def __init__(self, settings: Settings, tiers: list[list[str]], folder: str, tell: bool) -> None:
        """For `tiers`, `folder` and `tell`, see `worker.Plan`."""
        pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in tiers]
        self.controls = [mine for mine, _ in pairs]
        numbers = [theirs.fileno() for _, theirs in pairs]
        plan = {
            "controls": numbers,
            "tiers": tiers,
            "reseed": settings.reseed,
            "root": str(settings.root),
            "folder": folder,
            "without": sorted(without()),
            "keep_bytecode": not sys.dont_write_bytecode,
            "tell": tell,
        }
        self.process = subprocess.Popen(
            command("worker", json.dumps(plan)),
            cwd=settings.root,
            env=environment(settings),
            pass_fds=numbers,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
        )
        for _, theirs in pairs:
            theirs.close()
        self.ready = [False] * len(tiers)
        self.asking = [threading.Lock() for _ in tiers]
        self.lost = False  # whether a process that had been ready has ended or stopped

    def worker(self, tier: int, instead_of: Worker | None = None) -> Worker:
        """Return a new worker; the one that it replaces is killed, with all that it had forked.

        Raises:
            ConnectionError: the process has ended.
            TimeoutError: it was stopped.
            RuntimeError: it never was ready.
        """
        control = self.controls[tier]
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with self.asking[tier], theirs:
            if not self.ready[tier] and not control.recv(64):
                code = self.process.wait()
                what = f"the process that forks blocks ended with code {code}"
                raise RuntimeError(f"{what}; its messages stand above")
            self.ready[tier] = True
            replaced = str(instead_of.pid if instead_of else 0).encode()
            try:
                socket.send_fds(control, [replaced], [theirs.fileno()])
                theirs.close()
                return Worker(mine)
            except (ConnectionError, TimeoutError):
                self.lost = True
                raise

    def close(self) -> None:
        """End the processes, their workers and their blocks."""
        if not self.ready[0]:
            self.process.kill()  # it is still importing, and has forked nothing
        for control in self.controls:
            control.shutdown(socket.SHUT_RDWR)
        try:
            self.process.wait(GRACE)
        except subprocess.TimeoutExpired:  # a block may have stopped it
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        for control in self.controls:
            control.close()
