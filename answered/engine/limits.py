"""The limits of blocks: the network, privileges, memory, processes, files and output.

An accident must not hurt the machine of a contributor, and a hostile block must find nothing worth
having. It is not a wall against an attacker who holds an exploit for the kernel: SECURITY.md says
what is defended. The seconds that a block may take are in `Settings`.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path

MEMORY = 6 * 1024**3  # bytes, of one process as of all processes of a block together
PROCESSES = 100
FILE = 512 * 1024**2  # bytes of one file
MAX_OUTPUT = 10_000  # characters of stdout or stderr that are kept
MAX_FIGURE = 60_000  # characters of an SVG file that a page shows
MAX_FIGURES = 3 * MAX_FIGURE  # of all of a block together
KEPT_FIGURE = 4 * MAX_FIGURE  # bytes that are kept of a longer one, which is refused
START = 60.0  # seconds that a worker may take to be forked
LOOK = 0.5  # seconds between looks at a running block
GRACE = 5.0  # seconds after which a process that has not answered in time is killed

# <linux/sched.h>, <linux/prctl.h>, <linux/capability.h>, <linux/sockios.h>, <linux/if.h>
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 36, 38
CAPABILITY_VERSION_3 = 0x20080522
SIOCSIFFLAGS = 0x8914
IFF_UP, IFF_RUNNING = 0x1, 0x40


def confine() -> bool:
    """Take the network and all privileges from this process and its children.

    On Linux the process moves into a user and a network namespace of its own, where there is a
    loopback device and nothing else. It has to have one thread. Returns whether the network is
    gone: where the kernel refuses, or on another system, it stays.
    """
    if sys.platform != "linux":
        return False
    import fcntl

    libc = ctypes.CDLL(None)
    user, group = os.getuid(), os.getgid()
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET):
        return False
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        up = struct.pack("16sh14x", b"lo", IFF_UP | IFF_RUNNING)
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, up)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.capset(struct.pack("Ii", CAPABILITY_VERSION_3, 0), bytes(24))
    return True


def limit() -> None:
    """Limit what this process and each of its children may take; POSIX alone has such limits."""
    if os.name != "posix":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE, FILE))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


def die_with(parent: int) -> None:
    """Have the kernel kill this process when `parent`, its parent, ends; Linux alone has this."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it had ended before
            os._exit(1)


def keep_orphans() -> None:
    """Become the parent of descendants whose own parent ends; Linux alone has this."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def excess(pid: int, memory: int = MEMORY, processes: int = PROCESSES) -> str:
    """Return what a process and its descendants have too much of; "" where that is nothing."""
    import psutil  # here: blocks on a device run where it may not be installed, and are not watched

    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
        if len(family) > processes:
            return f"more than {processes} processes"
        if sum(member.memory_info().rss for member in family) <= memory:
            return ""
        # Slower; counts pages that are shared once.
        used = [member.memory_full_info() for member in family]
    except psutil.Error:
        return ""
    own = sum(getattr(info, "pss", info.rss) for info in used)
    return f"more than {memory / 1024**3:g} GB of memory" if own > memory else ""


def kill_group(pid: int) -> None:
    """Kill the process group that `pid` leads; without groups, or where it is gone, do nothing."""
    with suppress(AttributeError, ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
