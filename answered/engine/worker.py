"""The processes that fork blocks: some that have imported much and run nothing, and workers.

Importing large libraries takes seconds, a fork takes milliseconds, the more the more is imported:
so there are tiers, of what all blocks need and of what some do. A tier's process forks a worker
for each socket that it is given; a worker reads a job from its socket, forks a child for the
block, waits for its end, kills what is left of it, and answers. None outlives the build: the
processes end with their control sockets, a worker with its parent, a block with its worker.

Where the system has PID namespaces, each worker is the first process in one of its own: blocks see
it and themselves, and cannot signal it; one signal of the worker's ends all that a block left.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import sys
import tempfile
import time
from dataclasses import dataclass

from . import limits, namespaces, script, seccomp
from .confine import reachable, tell_missing
from .landlock import ALL, READ, Landlock

# <asm-generic/mman-common.h>
MADV_HUGEPAGE, MADV_COLLAPSE = 14, 25
HUGE = 2 * 1024 * 1024


@dataclass(frozen=True)
class Plan:
    """What the processes are started with.

    Attributes:
        controls: file descriptors of a socket for each tier.
        tiers: modules for the first tier, and those that each further one has besides.
        reseed: as in `Settings`.
        root: the project's folder.
        folder: that in which blocks have theirs.
        without: means of `confine` to do without.
        keep_bytecode: whether imports write what they compile; those of blocks never do.
        tell: whether to say what is missing on this system.
    """

    controls: list[int]
    tiers: list[list[str]]
    reseed: list[str]
    root: str
    folder: str
    without: list[str]
    keep_bytecode: bool
    tell: bool


def main(arguments: str) -> None:
    """Import the modules of each tier, and serve its socket, in a process for each tier.

    A tier's process is forked from that of the tier before, so that nothing is imported twice.
    The arguments are the attributes of `Plan`, as JSON.
    """
    plan = Plan(**json.loads(arguments))
    seen = [plan.folder, *reachable(plan.root)]
    entered = 0 if "namespaces" in plan.without else namespaces.available(seen)
    if plan.tell:
        tell_missing(entered, plan.without)
    namespaces.enter(entered, seen)
    sockets = [socket.socket(fileno=number) for number in plan.controls]
    for modules in plan.tiers:
        sys.dont_write_bytecode = not plan.keep_bytecode
        for name in modules:
            with contextlib.suppress(ModuleNotFoundError):  # a block may show just that
                importlib.import_module(name)
        sys.dont_write_bytecode = True
        prepare()
        control, *sockets = sockets
        parent = os.getpid()
        following = os.fork() if sockets else 0
        if following or not sockets:
            break
        limits.die_with(parent)
        control.close()
    for other in sockets:
        other.close()
    serve(control, {following} if following else set(), plan, entered == namespaces.ALL)


def serve(control: socket.socket, children: set[int], plan: Plan, alone: bool) -> None:
    """Fork a worker for each message, until there are no more; then end all `children`.

    A message is the pid of the worker that the new one replaces, or 0, and the new one's socket,
    which gets the pid of the new one. `alone`: workers have PID namespaces of their own.
    """
    own = os.open("/proc/self/ns/pid", os.O_RDONLY) if alone else -1
    control.send(b"ready")
    while True:
        message, descriptors = b"", []
        with contextlib.suppress(ConnectionError):
            message, descriptors, *_ = socket.recv_fds(control, 64, 1)
        if not message:
            break
        replaced = int(message)
        if replaced in children:
            children.remove(replaced)
            os.kill(replaced, signal.SIGKILL)
            os.waitpid(replaced, 0)
            kill_children(children)
        connection = socket.socket(fileno=descriptors[0])
        parent = os.getpid()
        pid = namespaces.fork_alone(own) if alone else os.fork()
        if not pid:
            control.close()
            work(connection, parent, plan, alone)
        children.add(pid)
        connection.send(str(pid).encode())
        connection.close()
    kill_children(set())
    os._exit(0)  # what was imported has nothing to say at exit, and some of it says it all the same


def prepare() -> None:
    """Leave this process as blocks are to find theirs, and cheap to fork."""
    atexit._clear()  # handlers of imported libraries tidy up what ends with the process anyway
    if "multiprocessing.util" in sys.modules:  # joins the processes that a block has started
        atexit.register(sys.modules["multiprocessing.util"]._exit_function)
    tempfile.tempdir = None  # each block has its own
    limits.limit()
    limits.keep_orphans()
    gc.collect()
    gc.freeze()  # keeps collections in children from touching, and so copying, what is here
    huge_pages()


def huge_pages() -> None:
    """Ask Linux (6.1 or newer) to put this process's memory into huge pages.

    A fork copies the page table, and an exit takes it apart: with 400 MB in small pages that is
    most of the cost of a small block. Where the kernel declines, nothing is lost but that time.
    """
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    with open("/proc/self/maps") as file:
        regions = [line.split() for line in file]
    for addresses, access, *_, name in (r if len(r) > 5 else [*r, ""] for r in regions):
        start, end = (int(address, 16) for address in addresses.split("-"))
        start, end = -(-start // HUGE) * HUGE, end // HUGE * HUGE
        if access.startswith("rw") and name in ("", "[heap]") and end > start:
            madvise(start, end - start, MADV_HUGEPAGE)
            madvise(start, end - start, MADV_COLLAPSE)


def work(connection: socket.socket, parent: int, plan: Plan, alone: bool) -> None:
    """Answer jobs, {"folder", "language", "environment", "readable", "timeout"}, while there are.

    An answer: {"code" (as of os.waitstatus_to_exitcode), "stopped" (why, if it was), "seconds"}.
    """
    limits.die_with(parent)
    limits.keep_orphans()
    me = os.getpid()
    allowed = dict(reachable(plan.root))
    del allowed[namespaces.SHARED]  # each block has its own, which is not to be held open here
    landlock = None if "landlock" in plan.without else Landlock(allowed)
    while message := connection.recv(65536):
        job = json.loads(message)
        start = time.perf_counter()
        pid = os.fork()
        if not pid:
            try:
                connection.close()
                become_block(job, me, plan, landlock, alone)
            except OSError as error:
                os.write(2, f"{error}\n".encode())
            finally:
                os._exit(1)
        stopped = watch(pid, job["timeout"])
        if alone:
            namespaces.kill_all()
        else:  # before it is reaped: its pid, and so the group's, is not reused
            limits.kill_group(pid)
        _, status = os.waitpid(pid, 0)
        seconds = time.perf_counter() - start
        kill_children(set())
        if alone:
            namespaces.renew_shared()
        code = os.waitstatus_to_exitcode(status)
        answer = {"code": code, "stopped": stopped, "seconds": seconds}
        connection.send(json.dumps(answer).encode())
    os._exit(0)


def become_block(
    job: dict, worker: int, plan: Plan, landlock: Landlock | None, alone: bool
) -> None:
    """Turn this process, just forked, into one that runs the block alone, and run it."""
    os.setsid()
    limits.die_with(worker)
    folder = job["folder"]
    if alone:
        namespaces.make_writable(folder)
    append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    for target, path in enumerate((os.devnull, f"{folder}/stdout", f"{folder}/stderr")):
        source = os.open(path, append if target else os.O_RDONLY, 0o600)
        os.dup2(source, target)
        os.close(source)
    os.chdir(f"{folder}/cwd")
    os.environ.update(job["environment"])
    for name in plan.reseed:
        if name.split(":")[0] in sys.modules:
            pkgutil.resolve_name(name)()
    namespaces.drop_privileges()
    if landlock:
        landlock.restrict(
            {folder: ALL, namespaces.SHARED: ALL} | dict.fromkeys(job["readable"], READ)
        )
    if "seccomp" not in plan.without:
        seccomp.restrict()
    script.execute(folder, job["language"])


def watch(pid: int, timeout: float) -> str:
    """Wait until the child has ended; return why it has to be stopped, if it has not."""
    deadline = time.monotonic() + timeout
    descriptor = os.pidfd_open(pid)
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        while (left := deadline - time.monotonic()) > 0:
            if poll.poll(1000 * min(limits.LOOK, left)):
                return ""
            if reason := limits.excess(os.getpid(), itself=False):
                return reason
        return "timeout"
    finally:
        os.close(descriptor)


def kill_children(spared: set[int]) -> None:
    """Kill and reap all children but `spared`: descendants of blocks whose parents have ended."""
    while True:
        try:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            with open(f"/proc/self/task/{os.getpid()}/children") as file:
                found = set(map(int, file.read().split())) - spared
        except (ChildProcessError, FileNotFoundError):
            return
        if not found:
            return
        for pid in found:
            os.kill(pid, signal.SIGKILL)
        for pid in found:
            os.waitpid(pid, 0)
