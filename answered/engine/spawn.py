"""A fresh interpreter for each block, without what `worker` needs Linux for.

For blocks that need a device, which could not be used where others are confined to, and for all
blocks on other systems.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

from . import limits, script
from .environment import command


def spawn(folder: Path, job: dict, confined: bool, closing: threading.Event) -> dict:
    """Run a job, whose environment is all the block gets; return the answer, as `worker.work` does.

    The seconds include starting the interpreter and all imports. Where `closing` is set, the block
    is stopped.
    """
    start = time.perf_counter()
    arguments = str(os.getpid()), job["folder"], job["language"], "confined" if confined else ""
    stopped = ""
    with open(folder / "stdout", "wb") as out, open(folder / "stderr", "wb") as errors:
        process = subprocess.Popen(
            command("spawn", *arguments),
            cwd=folder / "cwd",
            env=job["environment"],
            stdout=out,
            stderr=errors,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            while not stopped:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(limits.LOOK)
                    break
                if closing.is_set():
                    stopped = "closing"
                elif time.perf_counter() - start > job["timeout"]:
                    stopped = "timeout"
                elif confined:
                    stopped = limits.excess(process.pid)
        finally:
            limits.kill_group(process.pid)
            process.kill()
            process.wait()
    seconds = time.perf_counter() - start
    return {"code": process.returncode, "stopped": stopped, "seconds": seconds}


def main(parent: str, folder: str, language: str, confined: str) -> None:
    """Run the block in `folder` in this process."""
    limits.die_with(int(parent))
    if confined:
        limits.limit()
    script.execute(folder, language)
