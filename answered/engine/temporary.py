"""Temporary folders that are removed even if their process is killed: then by a later one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: there a folder of a killed process stays
    fcntl = None

LOCK = ".in-use"  # in each folder; the process that the folder belongs to holds a lock on it


class OwnFolder(tempfile.TemporaryDirectory):
    """A temporary folder of this process; its name begins with `prefix`.

    Those beside it that nobody uses any more are removed first. The kernel knows who does: a lock
    ends with its process, however that ends, and in whatever container it ran.
    """

    def __init__(self, prefix: str, parent: Path | None = None) -> None:
        """`parent`: the system's folder for temporary files if None."""
        if parent:
            parent.mkdir(parents=True, exist_ok=True)
        for folder in Path(parent or tempfile.gettempdir()).glob(f"{prefix}*"):
            remove_if_unused(folder)
        super().__init__(prefix=prefix, dir=parent, ignore_cleanup_errors=True)
        new = Path(self.name, f"{LOCK}~")  # under its name it is never seen without its lock
        self.lock = new.open("w")
        if fcntl:
            fcntl.flock(self.lock, fcntl.LOCK_EX)
        new.rename(Path(self.name, LOCK))

    def cleanup(self) -> None:
        super().cleanup()
        self.lock.close()


def remove_if_unused(folder: Path) -> None:
    """Remove an `OwnFolder` of a process that has ended; leave any other file or folder alone."""
    with suppress(OSError), open(folder / LOCK, "r+") as lock:
        if fcntl and not folder.is_symlink():
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            remove(folder)


def remove(folder: Path) -> None:
    """Delete a folder with all below it, deep or closed even to its owner as it may be."""
    with suppress(OSError, RecursionError):
        folder.chmod(0o700)
        for path, names, _ in os.walk(folder):
            for inner in (os.path.join(path, name) for name in names):
                if not os.path.islink(inner):
                    os.chmod(inner, 0o700)
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except RecursionError:
        subprocess.run(["rm", "-rf", "--", folder], stderr=subprocess.DEVNULL, check=False)
