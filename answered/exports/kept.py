"""Files that take long to make and seldom change, kept in the cache by what determines them."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from pathlib import Path

from ..engine.update import replace_file


class Kept:
    """The files of one kind, one for each key; a key is known by its `repr`."""

    def __init__(self, root: Path, name: str, suffix: str, whole: re.Pattern[bytes]) -> None:
        """`whole`: a pattern of contents that are not cut off."""
        self.folder = root / ".cache" / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.suffix = suffix
        self.whole = whole
        self.used: set[Path] = set()

    def file(self, key: object) -> Path:
        """Return the file of a key, which is then in use."""
        name = hashlib.sha256(repr(key).encode()).hexdigest()[:20]
        self.used.add(self.folder / f"{name}{self.suffix}")
        return self.folder / f"{name}{self.suffix}"

    def get(self, key: object) -> bytes:
        """Return what is kept; nothing where that is missing or not whole."""
        with suppress(OSError):
            content = self.file(key).read_bytes()
            return content if self.whole.fullmatch(content) else b""
        return b""

    def put(self, key: object, content: bytes) -> bytes:
        """Keep `content`, and return it."""
        replace_file(self.file(key), content)
        return content

    def prune(self) -> None:
        """Remove the files that are not in use."""
        for file in set(self.folder.glob(f"*{self.suffix}")) - self.used:
            file.unlink(missing_ok=True)  # another build may have been faster
