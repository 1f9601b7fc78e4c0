"""A process that has imported torch and run nothing, and forks one child for each example.

Importing torch takes seconds, a fork takes milliseconds. The parent talks to it over one socket for each
worker: it sends {"script", "cwd", "stdout", "stderr", "report"} (paths) and gets {"pid"} at once and
{"status"} (as of os.waitstatus_to_exitcode) when the example and every process of its group is gone.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys

from . import process, sandbox
from .watch import kill_group

# <asm-generic/mman-common.h>
MADV_HUGEPAGE, MADV_COLLAPSE = 14, 25
HUGE = 2 * 1024 * 1024


def serve(descriptors: list[int], preload: list[str]) -> None:
    """Import `preload`, say {"ready"} on each socket, then fork on request until the sockets close."""
    if not sandbox.confine():
        print("note: examples can reach the network, as this system refuses to take it from them", file=sys.stderr)
    for name in preload:
        with contextlib.suppress(ModuleNotFoundError):  # an example may show just that
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # keeps the children's collections from touching, and so copying, what was imported here
    huge_pages()
    sandbox.keep_orphans()

    woken, wake = os.pipe()
    for end in (woken, wake):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)

    selector = selectors.DefaultSelector()
    selector.register(woken, selectors.EVENT_READ)
    for descriptor in descriptors:
        connection = socket.socket(fileno=descriptor)
        selector.register(connection, selectors.EVENT_READ)
        connection.send(b'{"ready": true}')

    running: dict[int, socket.socket] = {}
    while len(selector.get_map()) > 1:
        for key, _ in selector.select():
            if key.fileobj == woken:
                os.read(woken, 4096)
                reap(running)
                continue
            try:
                request = key.fileobj.recv(65536)
            except ConnectionError:  # the parent is gone
                request = b""
            if request:
                mine = [selector, *(other.fileobj for other in selector.get_map().values()), wake]
                pid = fork(json.loads(request), mine)
                running[pid] = key.fileobj
                key.fileobj.send(json.dumps({"pid": pid}).encode())
            else:
                selector.unregister(key.fileobj)
    for pid in running:
        kill_group(pid)
    os._exit(0)  # what was imported has nothing to say at exit, and some of it says it all the same


def huge_pages() -> None:
    """Ask Linux (6.1 or newer) to put this process's memory into huge pages.

    A fork copies the page table, and an exit takes it apart: with 400 MB in small pages that is most of the cost
    of a small example. Where the kernel declines, nothing is lost but that time.
    """
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    with open("/proc/self/maps") as file:
        regions = [line.split() for line in file]
    for addresses, access, *_, name in (region if len(region) > 5 else [*region, ""] for region in regions):
        start, end = (int(address, 16) for address in addresses.split("-"))
        start, end = -(-start // HUGE) * HUGE, end // HUGE * HUGE
        if access.startswith("rw") and name in ("", "[heap]") and end > start:
            madvise(start, end - start, MADV_HUGEPAGE)
            madvise(start, end - start, MADV_COLLAPSE)


def fork(request: dict, mine: list) -> int:
    """Fork a child that runs the request's script and has none of `mine` open; return its pid."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        streams = (
            os.open(os.devnull, os.O_RDONLY),
            os.open(request["stdout"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            os.open(request["stderr"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
        )
        for target, source in enumerate(streams):
            os.dup2(source, target)
        for source in streams:
            os.close(source)
        for resource_ in mine:
            os.close(resource_) if isinstance(resource_, int) else resource_.close()
        sandbox.limit()
        sandbox.keep_orphans()
        os.chdir(request["cwd"])
        os.environ.update(request["env"])
        start_anew()
        process.execute(request["script"], request["report"])
    finally:
        os._exit(1)


def start_anew() -> None:
    """Undo in the child what a fresh process would not have inherited: generators' states and exit handlers."""
    if "torch" in sys.modules:
        sys.modules["torch"].default_generator.seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    atexit._clear()  # those of imported libraries tidy up what ends with the process anyway, at 35 ms of CPU each
    if "multiprocessing.util" in sys.modules:  # joins the processes that the example has started
        atexit.register(sys.modules["multiprocessing.util"]._exit_function)


def reap(running: dict[int, socket.socket]) -> None:
    """Collect every child that has ended; tell the one who asked, after killing what is left of its group."""
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if ended is None:
            return
        if ended.si_pid in running:
            kill_group(ended.si_pid)  # before it is reaped: its pid, and so the group's, is not reused yet
        _, status = os.waitpid(ended.si_pid, 0)
        connection = running.pop(ended.si_pid, None)
        if connection is not None:
            kill_orphans(running)
            with contextlib.suppress(ConnectionError):
                connection.send(json.dumps({"status": os.waitstatus_to_exitcode(status)}).encode())


def kill_orphans(running: dict[int, socket.socket]) -> None:
    """Kill what an example that has ended leaves in other groups than its own; it has become this process's child."""
    with contextlib.suppress(FileNotFoundError), open(f"/proc/self/task/{os.getpid()}/children") as file:
        for pid in map(int, file.read().split()):
            if pid not in running:
                os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    serve([int(number) for number in sys.argv[1].split(",")], sys.argv[2].split(","))
