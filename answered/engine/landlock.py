"""Landlock: what a process and its children can do with files, sockets and signals outside.

Linux has it since 5.19, and more of it since; it needs no privileges. What is allowed is a list of
paths; everything else that the kernel knows to refuse is refused, for good.
"""

from __future__ import annotations

import ctypes
import os
import stat
import sys
from collections.abc import Mapping
from functools import cache

# <asm/unistd.h>, the same numbers on all machines; <linux/landlock.h>
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
CREATE_RULESET_VERSION = 1
RULE_PATH_BENEATH = 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
TRUNCATE, IOCTL_DEV = 1 << 14, 1 << 15
OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV  # the rest is of folders
# How many of the rights, which are bits in a row, each version (ABI) knows; the last of the newest
# is to connect to sockets that have a path.
RIGHTS = {2: 14, 3: 15, 4: 15, 5: 16, 6: 16, 7: 16, 8: 16, 9: 17}
SCOPED = {6: 0b11}  # from this version on: abstract sockets and signals stay inside

LIST = READ_DIR
READ = READ_DIR | READ_FILE | EXECUTE
WRITE_DEVICE = READ_FILE | WRITE_FILE | TRUNCATE | IOCTL_DEV
ALL = ~0


def version() -> int:
    """Return the version of Landlock that this system has; 0 for none.

    The first, which lets nobody move a file from one folder to another, is taken for none.
    """
    found = 0
    if sys.platform == "linux":
        found = syscall(CREATE_RULESET, None, 0, CREATE_RULESET_VERSION)
    return found if found > 1 else 0


def syscall(number: int, *arguments: object) -> int:
    """Make a system call; return what it does, -1 for an error."""
    whole = (ctypes.c_long(a) if isinstance(a, int) else a for a in (number, *arguments))
    return c_library().syscall(*whole)


@cache
def c_library() -> ctypes.CDLL:
    """Return the C library, found once, as a block's process has no time for it."""
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    return library


class Ruleset(ctypes.Structure):
    """struct landlock_ruleset_attr"""

    _fields_ = [(name, ctypes.c_uint64) for name in ("files", "network", "scoped")]


class Rule(ctypes.Structure):
    """struct landlock_path_beneath_attr"""

    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("beneath", ctypes.c_int32)]


class Landlock:
    """Paths with the rights to them, opened once, so that restricting a process costs little."""

    def __init__(self, allowed: Mapping[str, int]) -> None:
        """`allowed`: rights by paths, which hold for all that is below them; missing ones count
        for nothing.
        """
        self.version = version()
        self.files = (1 << RIGHTS.get(self.version, max(RIGHTS.values()))) - 1
        self.opened = self.open(allowed) if self.version else []

    def open(self, allowed: Mapping[str, int]) -> list[tuple[int, int]]:
        """Return file descriptors of paths that exist, with the rights that they can have."""
        opened = []
        for path, rights in allowed.items():
            try:
                descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except OSError:
                continue
            folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
            opened.append((descriptor, rights & self.files & (ALL if folder else OF_FILES)))
        return opened

    def restrict(self, more: Mapping[str, int]) -> None:
        """Allow this process and its children those paths and `more`; close the opened ones.

        It has to have one thread, and no way to gain privileges. Without Landlock, do nothing.

        Raises:
            OSError: the kernel refuses.
        """
        if not self.version:
            return
        opened = self.opened + self.open(more)
        scoped = SCOPED[6] if self.version >= 6 else 0
        # An older kernel takes a shorter structure.
        known = ctypes.sizeof(Ruleset) if scoped else Ruleset.network.offset
        made = syscall(CREATE_RULESET, ctypes.byref(Ruleset(self.files, 0, scoped)), known, 0)
        failed = made < 0
        for descriptor, rights in opened:
            rule = ctypes.byref(Rule(rights, descriptor))
            failed = failed or syscall(ADD_RULE, made, RULE_PATH_BENEATH, rule, 0)
            os.close(descriptor)
        if failed or syscall(RESTRICT_SELF, made, 0):
            code = ctypes.get_errno()
            raise OSError(code, f"Landlock: {os.strerror(code)}")
        os.close(made)
