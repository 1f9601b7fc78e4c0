"""Zip archives whose bytes depend on their content and on the time of the build alone."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Iterable
from pathlib import Path

from mkdocs.utils import get_build_timestamp

EARLIEST = 315_619_200  # 1980-01-02: a zip entry cannot be older than 1980


def build_time() -> int:
    """Seconds since the epoch: SOURCE_DATE_EPOCH where it is set, as MkDocs has it, and never before 1980."""
    return max(get_build_timestamp(), EARLIEST)


def pack(file: Path, seconds: int, entries: Iterable[tuple[str, bytes]], stored: tuple[str, ...] = ()) -> None:
    """Write `entries`, in their order and dated `seconds` after the epoch, into the zip archive `file`; those named in `stored` uncompressed."""
    date = time.gmtime(seconds)[:6]
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries:
            entry = zipfile.ZipInfo(name, date)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            entry.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
