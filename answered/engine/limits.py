"""The limits of blocks: memory, processes, files and output.

An accident must not hurt the machine of a contributor, and a hostile block must find nothing worth
having: what it can reach at all is in `confine`. It is not a wall against an attacker who holds an
exploit for the kernel: SECURITY.md says what is defended. The seconds that a block may take are in
`Settings`.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress

from .landlock import c_library

MEMORY = 6 * 1024**3  # bytes, of one process as of all processes of a block together
PROCESSES = 100
THREADS = 2000  # of all processes of a block
DESCRIPTORS = 4096  # of one process: a look goes over those of all
SHARED_MEMORY = 1024**3  # bytes of files in /dev/shm
FILE = 512 * 1024**2  # bytes of one file
MAX_OUTPUT = 10_000  # characters of stdout or stderr that are kept
MAX_FIGURE = 60_000  # characters of an SVG file that a page shows
MAX_REPORT = 25 * MAX_OUTPUT  # bytes in which a block says how it ended
MAX_FIGURES = 5  # that a block may draw
KEPT_FIGURE = 4 * MAX_FIGURE  # bytes that are kept of a longer one, which is refused
START = 60.0  # seconds that a worker may take to be forked
LOOK = 0.5  # seconds between looks at a running block
GRACE = 5.0  # seconds after which a process that has not answered in time is killed

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # <linux/prctl.h>


def limit() -> None:
    """Limit what this process and each of its children may take; POSIX alone has such limits."""
    if os.name != "posix":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE, FILE))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    most = [
        DESCRIPTORS if has == resource.RLIM_INFINITY else min(has, DESCRIPTORS)
        for has in resource.getrlimit(resource.RLIMIT_NOFILE)
    ]
    resource.setrlimit(resource.RLIMIT_NOFILE, most)


def die_with(parent: int) -> None:
    """Have the kernel kill this process when `parent`, its parent, ends; Linux alone has this."""
    if sys.platform == "linux":
        c_library().prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() not in (parent, 0):  # it had ended before; 0 is one outside a namespace
            os._exit(1)


def keep_orphans() -> None:
    """Become the parent of descendants whose own parent ends; Linux alone has this."""
    if sys.platform == "linux":
        c_library().prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def excess(pid: int, memory: int = MEMORY, processes: int = PROCESSES, itself: bool = True) -> str:
    """Return what a process, if `itself`, and its descendants have too much of; "" for nothing.

    Those that end meanwhile have nothing. One that hides what it holds has too much.
    """
    import psutil  # here: blocks on a device run where it may not be installed, and are not watched

    def resident(member: psutil.Process) -> int:
        with suppress(psutil.Error):
            return member.memory_info().rss
        return 0

    def threads(member: psutil.Process) -> int:
        with suppress(psutil.Error):
            return member.num_threads()
        return 0

    def proportional(member: psutil.Process) -> int:
        """Return the same with pages that are shared counted once, which takes longer."""
        with suppress(psutil.Error):
            info = member.memory_full_info()
            return getattr(info, "pss", info.rss)
        return resident(member)

    try:
        process = psutil.Process(pid)
        family = [process] * itself + process.children(recursive=True)
    except psutil.Error:
        return ""
    if len(family) > processes:
        return f"more than {processes} processes"
    if sum(map(threads, family)) > THREADS:
        return f"more than {THREADS} threads"
    files: dict[tuple[int, int], int] = {}
    for member in family:
        try:
            files |= memory_files(member.pid)
        except PermissionError:  # or it has ended, and its parent does not know yet
            if resident(member):
                return "a process whose memory cannot be counted"
    held = sum(files.values())
    if (
        held + sum(map(resident, family)) <= memory
        or held + sum(map(proportional, family)) <= memory
    ):
        return ""
    return f"more than {memory / 1024**3:g} GB of memory"


def memory_files(pid: int) -> dict[tuple[int, int], int]:
    """Return the bytes of files in memory that a process holds open, which none need map.

    They are by device and inode, as several processes may hold one.

    Raises:
        PermissionError: they are hidden, as those of a process are that has ended or wants it so.
    """
    found = {}
    with suppress(FileNotFoundError, ProcessLookupError):  # it is gone, or there is no such folder
        for number in os.listdir(f"/proc/{pid}/fd"):
            link = f"/proc/{pid}/fd/{number}"
            with suppress(FileNotFoundError):
                if os.readlink(link).startswith(("/memfd:", "/dev/shm/")):
                    status = os.stat(link)
                    found[status.st_dev, status.st_ino] = 512 * status.st_blocks
    return found


def kill_group(pid: int) -> None:
    """Kill the process group that `pid` leads; without groups, or where it is gone, do nothing."""
    with suppress(AttributeError, ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
