"""The reach of examples, by the means that this system has, and what is missing where it lacks.

Linux has three: Landlock for files, sockets and signals, namespaces for the network, processes and
what is read-only, and seccomp for the rest. Each works without the others, and without privileges.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Mapping

from . import namespaces, seccomp
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
    """Return the means that this build is to do without: "landlock", "namespaces", "seccomp"."""
    return set(os.environ.get(WITHOUT, "").split())


def landlock_works() -> bool:
    """Whether this build confines what examples read and write."""
    return "landlock" not in without() and version() > 0


def reachable(root: str) -> Mapping[str, int]:
    """Return the rights that all examples of the project in `root` have, by paths.

    What they import is below the prefixes; of the project itself they can list folders, as Python
    does before it imports from one.
    """
    python = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix}
    packages = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    libraries = os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)
    readable = [*SYSTEM, *(f"/etc/{name}" for name in CONFIGURATION)]
    readable += [*python, *packages, *filter(os.path.isabs, libraries)]
    rights = {os.path.abspath(root): LIST} | dict.fromkeys(readable, READ)
    return rights | dict.fromkeys(DEVICES, WRITE_DEVICE) | {namespaces.SHARED: ALL}


def tell_missing(entered: int, without: Collection[str] = ()) -> None:
    """Say on stderr, in one line, what examples can do here and are not to; nothing is fine.

    `without`: see `worker.Plan`.
    """
    alone = entered == namespaces.ALL
    landlock = 0 if "landlock" in without else version()
    filtered = "seccomp" not in without and seccomp.available()
    can = {
        "read your files": alone and not landlock,
        "read and write your files": not alone and not landlock,
        "empty your files": not alone and 0 < landlock < TRUNCATION,
        "change modes and times of your files": not alone and landlock,
        "reach the network": not entered,
        "signal your processes": not alone and landlock < SIGNALS,
        "leave processes behind": not alone,
        "use the kernel's keys": sys.platform == "linux" and not filtered,
    }
    if lacks := ", ".join(what for what, possible in can.items() if possible):
        print(f"note: on this system examples can {lacks}", file=sys.stderr, flush=True)
