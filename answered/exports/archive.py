"""Zip archives whose bytes depend on their content and on the time of the build alone."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Iterable
from typing import IO

from ..site.article import Edition


def pack(edition: Edition, name: str, entries: Iterable[tuple[str, bytes]]) -> None:
    """Write the zip archive `name`, a path from the root of the site, of `entries` in order.

    An entry `mimetype` is not compressed, as EPUB has it.
    """
    path = edition.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    date = time.gmtime(edition.config.time)[:6]
    with zipfile.ZipFile(path, "w") as archive:
        for file, content in entries:
            entry = zipfile.ZipInfo(file, date)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            if file != "mimetype":
                entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)


def repack(edition: Edition, name: str, made: IO[bytes]) -> None:
    """Write what the archive `made` holds as `pack` does."""
    with zipfile.ZipFile(made) as archive:
        pack(edition, name, [(file, archive.read(file)) for file in archive.namelist()])
