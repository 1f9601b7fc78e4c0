"""A folder put in the place of another: on Linux in one step, so that there always is a whole one."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
import tempfile
from pathlib import Path

RENAME_EXCHANGE = 2  # <linux/fs.h>
AT_FDCWD = -100  # <fcntl.h>
# What is met where another build is faster: since the last look its folder has come or gone.
MEANWHILE = (errno.ENOENT, errno.EEXIST, errno.ENOTEMPTY)


def replace_folder(new: Path, old: Path) -> None:
    """Put the folder `new` in the place of `old`, which goes into the folder around `new`.

    Of two builds that do so at once, the one that comes last wins.

    Raises:
        OSError: nothing has changed.
    """
    old.parent.mkdir(parents=True, exist_ok=True)
    while True:
        try:
            if not old.exists():
                new.rename(old)
            elif not exchange(new, old):
                rename_twice(new, old)
            return
        except OSError as error:
            if error.errno not in MEANWHILE or not new.exists():
                raise


def exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; return False where the system has no such step.

    Raises:
        OSError: it has, and it failed.
    """
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    if not hasattr(libc, "renameat2"):
        return False
    paths = os.fsencode(one), os.fsencode(other)
    if not libc.renameat2(AT_FDCWD, paths[0], AT_FDCWD, paths[1], RENAME_EXCHANGE):
        return True
    number = ctypes.get_errno()
    if number in (errno.EINVAL, errno.ENOSYS):  # this file system or this kernel has none
        return False
    raise OSError(number, os.strerror(number), str(other))


def rename_twice(new: Path, old: Path) -> None:
    """Move `old` away and `new` to its place; where that fails, move `old` back."""
    away = Path(tempfile.mkdtemp(dir=new.parent), old.name)
    old.rename(away)
    try:
        new.rename(old)
    except BaseException:
        if not old.exists():
            away.rename(old)
        raise
