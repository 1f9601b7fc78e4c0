"""What the parent of an example's process looks at while it runs, and how it ends it."""

from __future__ import annotations

import os
import signal
import time

MEMORY = 6 * 1024**3  # bytes, of one process as of all processes of an example together
PROCESSES = 100


def stop_reason(pid: int, start: float, timeout: float, confined: bool = True) -> str:
    """Return why the example that runs since `start` (of time.perf_counter) has to be stopped; empty while it may go on."""
    return (excess(pid) if confined else "") or ("timeout" if time.perf_counter() - start > timeout else "")


def excess(pid: int) -> str:
    """Return what the process and its descendants have too much of; empty where that is nothing."""
    import psutil  # here, because examples on a GPU are run where it may not be installed, and are not watched

    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
        if len(family) > PROCESSES:
            return f"more than {PROCESSES} processes"
        if sum(member.memory_info().rss for member in family) <= MEMORY:
            return ""
        used = [member.memory_full_info() for member in family]  # slower; counts pages that are shared once
    except psutil.Error:
        return ""
    own = sum(getattr(memory, "pss", memory.rss) for memory in used)
    return f"more than {MEMORY / 1024**3:g} GB of memory" if own > MEMORY else ""


def kill_group(pid: int) -> None:
    """Kill the process group that `pid` leads; without process groups, or where it is gone, do nothing."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (AttributeError, ProcessLookupError, PermissionError):
        pass
