"""Results of examples, kept by what determines them."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
import os
import platform
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path

from . import CACHE, ROOT
from .page import Example

# What an example's output may depend on besides its own text.
RUNNER_FILES = ("process.py", "sandbox.py", "forkserver.py", "runner.py", "servers.py", "environment.py", "watch.py", "collect.py", "results.py")


@dataclass
class Result:
    """What came of running one example.

    Attributes:
        ended: "completed", "raised", "exited" (sys.exit), "left" (os._exit), "killed", "timeout",
            "stopped" (it took too much) or "orphaned" (it ended the process that had forked it).
        output: its stdout, cut after `collect.MAX_OUTPUT` characters with a notice.
        errors: its stderr, likewise.
        exception: last line of the traceback, for an example that raised.
        traceback: with `process.SCRIPT_LABEL` for the example's file.
        detail: for "killed", by which signal; for "left", with which exit code; for "timeout", after how long.
        seconds: it ran, imports of preloaded modules aside.
        figures: file name and SVG text of every figure it left.
        measured: what it gave to `snippets.recording.measured`.
    """

    ended: str
    output: str = ""
    errors: str = ""
    exception: str = ""
    traceback: str = ""
    detail: str = ""
    seconds: float = 0.0
    figures: list[tuple[str, str]] = field(default_factory=list)
    measured: dict | None = None


def versions() -> dict[str, str]:
    """Return what examples run with, without importing any of it."""
    return {
        "torch": importlib.metadata.version("torch"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "system": platform.system(),
    }


@functools.cache
def surroundings(root: Path = ROOT) -> str:
    """Digest of the versions, the locked dependencies and the runner's own code."""
    digest = hashlib.sha256(json.dumps(versions(), sort_keys=True).encode())
    digest.update((root / "requirements.txt").read_bytes())
    for name in RUNNER_FILES:
        digest.update((root / "answered" / name).read_bytes())
    return digest.hexdigest()


def snippets_digest(root: Path = ROOT) -> str:
    digest = hashlib.sha256()
    for file in sorted((root / "snippets").rglob("*.py")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


class Cache:
    """Results on disk, one JSON file each, keyed by code, versions, runner and, where imported, snippets.

    Only clean ends are kept (completed, or raised as marked): what failed is run again at the next build.
    """

    def __init__(self, folder: Path = CACHE / "results") -> None:
        self.folder = folder

    def key(self, example: Example, device: str = "") -> str:
        parts = [example.code, ",".join(sorted(example.marks)), surroundings()]
        if re.search(r"\bsnippets\b", example.code):
            parts.append(snippets_digest())
        if "gpu" in example.marks:
            parts.append(device)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def load(self, key: str) -> Result | None:
        try:
            return Result(**json.loads((self.folder / f"{key}.json").read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def store(self, key: str, example: Example, result: Result) -> None:
        if result.ended != ("raised" if "raises" in example.marks else "completed"):
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / f"{key}.json"
        part = file.with_suffix(f".{os.getpid()}.part")
        part.write_text(json.dumps(asdict(result)), encoding="utf-8")
        part.replace(file)

    def prune(self, keep: set[str]) -> None:
        """Delete every result whose key is not in `keep`."""
        for file in self.folder.glob("*.json"):
            if file.stem not in keep:
                file.unlink()
