"""The cache of results on disk, by everything that determines them."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import stat
import sys
import threading
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from .block import Block
from .confine import landlock_works
from .result import Result
from .settings import Settings
from .update import replace_file

# What reading and taking apart an entry raises that is broken, in whatever way.
BROKEN = (OSError, ValueError, TypeError, KeyError, RecursionError)
MAX_ENTRY = 32 * 1024**2  # bytes of a file; results are bounded, and a notebook has many
CLEAN = ("completed", "raised")  # ends that can be as a block's marks promise
# Modules of this package that have no part in running a block; all others are part of every key.
NOT_RUN = {"__init__", "block", "judge", "parser", "pytest_plugin", "problems", "session", "update"}


def versions(settings: Settings) -> dict[str, str]:
    """Return what blocks run with, without importing any of it."""
    return {
        **{name: importlib.metadata.version(name) for name in settings.depends_on},
        "python": platform.python_version(),
        "machine": platform.machine(),
        "system": platform.system(),
    }


def digest(*parts: str | bytes) -> str:
    """Return a digest that differs when any part differs, or is divided in another way."""
    total = hashlib.sha256()
    for part in parts:
        whole = part.encode() if isinstance(part, str) else part
        total.update(len(whole).to_bytes(8, "big") + whole)
    return total.hexdigest()


def files_digest(folder: Path, files: Collection[Path]) -> str:
    """Return a digest of the names, relative to `folder`, and contents of files."""
    named = sorted((file.relative_to(folder).as_posix(), file) for file in files)
    return digest(*(part for name, file in named for part in (name, file.read_bytes())))


def read(file: Path) -> object:
    """Return what an entry holds.

    Raises:
        OSError, ValueError, RecursionError: it is none, or a broken one.
    """
    status = file.lstat()
    if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_ENTRY:  # a pipe has no end
        raise ValueError(f"{file}: no file, or a long one")
    return json.loads(file.read_text("utf-8"))


class Cache:
    """Results, one JSON file each, keyed by code, marks, versions, engine, and helpers in reach.

    Only clean ends are kept (completed, or raised as marked): what failed is run again.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = settings.cache / "results"
        self.untold = threading.Lock()  # taken by the thread that says that nothing can be kept
        self.refresh()

    def refresh(self) -> None:
        """Read again the files that results depend on."""
        root, here = self.settings.root, Path(__file__).parent
        locked = root / self.settings.locked
        self.surroundings = digest(
            json.dumps(versions(self.settings), sort_keys=True),
            locked.read_bytes() if locked.is_file() else b"",
            files_digest(here, [file for file in here.glob("*.py") if file.stem not in NOT_RUN]),
        )
        helpers = (root / self.settings.helpers).rglob("*")
        self.helpers = files_digest(
            root, [file for file in helpers if file.is_file() and "__pycache__" not in file.parts]
        )

    def key(self, block: Block, device: str = "") -> str:
        """Return the name under which the block's result is kept; `device` is a device's name."""
        root = self.settings.root
        uses_helpers = self.settings.helpers_in(block.code) or not landlock_works()
        return digest(
            block.language,
            block.code,
            ",".join(block.mark_names),
            self.surroundings,
            self.helpers if uses_helpers else "",
            files_digest(root, files) if (files := block.files_below(root)) else "",
            device if block.needs_device else "",
        )

    def load(self, key: str) -> Result | None:
        """Return the result that is kept under `key`; None if there is none, or a broken one."""
        try:
            kept = Result.load(read(self.folder / f"{key}.json"))
        except BROKEN:
            return None
        return kept if kept.ended in CLEAN else None

    def store(self, key: str, block: Block, result: Result) -> None:
        """Keep a result, if it is a clean end."""
        if result.ended != ("raised" if block.must_raise else "completed"):
            return
        self.keep(self.folder / f"{key}.json", asdict(result))

    def keep(self, file: Path, data: dict) -> None:
        """Write `data` into a file of the cache; where that cannot be, say so once, and go on."""
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            replace_file(file, json.dumps(data))
        except OSError as error:
            if self.untold.acquire(blocking=False):
                note = "note: results are not kept, and are computed again by the next command"
                print(f"{note}: {error}", file=sys.stderr)

    def prune(self, keep: Collection[str], older_than: float = 0.0) -> None:
        """Delete every result that is not in `keep` and older than so many seconds."""
        before = time.time() - older_than
        for file in self.folder.glob("*"):  # what a killed process has left as well
            with suppress(OSError):  # another build may be as far
                if file.stem not in keep and file.stat().st_mtime <= before:
                    file.unlink()
