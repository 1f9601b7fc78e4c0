"""The reach of examples, by the means that this system has, and what is missing where it lacks.

Linux has two: Landlock for files, sockets and signals, namespaces for the network and processes.
Each works without the other, and without privileges.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping

from . import namespaces
from .landlock import ALL, LIST, READ, WRITE_DEVICE, version

WITHOUT = "ANSWERED_WITHOUT"  # environment variable: means to do without, for tests and measurement
SYSTEM = """/bin /sbin /lib /lib32 /lib64 /usr /nix /proc /sys/bus /sys/class/net /sys/devices
    /sys/fs/cgroup /sys/kernel/mm""".split()
CONFIGURATION = """alternatives fonts gai.conf group host.conf hostname hosts ld.so.cache ld.so.conf
    ld.so.conf.d localtime mime.types nsswitch.conf os-release passwd protocols resolv.conf services
    ssl/certs ssl/openssl.cnf timezone""".split()
DEVICES = [f"/dev/{name}" for name in "full null random tty urandom zero".split()]
TRUNCATION, SIGNALS = 3, 6  # the versions of Landlock that confine them


def without() -> set[str]:
    """Return the means that this build is to do without: "landlock", "namespaces"."""
    return set(os.environ.get(WITHOUT, "").split())


def landlock_works() -> bool:
    """Whether this build confines what examples read and write."""
    return "landlock" not in without() and version() > 0


def reachable(root: str, more: Iterable[str]) -> Mapping[str, int]:
    """Return the rights that all examples of the project in `root` have, by paths.

    What they import is below the prefixes; of the project itself they can list folders, as Python
    does before it imports from one. `more`: paths besides that they may read.
    """
    python = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix}
    packages = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    libraries = os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)
    readable = [*SYSTEM, *(f"/etc/{name}" for name in CONFIGURATION)]
    readable += [*python, *packages, *filter(os.path.isabs, libraries), *more]
    rights = {os.path.abspath(root): LIST} | dict.fromkeys(readable, READ)
    return rights | dict.fromkeys(DEVICES, WRITE_DEVICE) | {namespaces.SHARED: ALL}


def tell_missing(entered: int, with_landlock: bool) -> None:
    """Say on stderr, in one line, what examples can do here and are not to; nothing is fine."""
    alone = entered == namespaces.ALL
    landlock = version() if with_landlock else 0
    can = {
        "read and write your files": not landlock,
        "empty your files": 0 < landlock < TRUNCATION,
        "reach the network": not entered,
        "signal your processes": not alone and landlock < SIGNALS,
        "leave processes behind": not alone,
    }
    if lacks := ", ".join(what for what, possible in can.items() if possible):
        print(f"note: on this system examples can {lacks}", file=sys.stderr, flush=True)
