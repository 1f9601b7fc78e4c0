"""What an example's process may not have: the network, privileges, more memory or processes than an example needs.

An accident should not hurt the machine of a contributor, and a hostile example should find nothing worth having.
It is not a wall against an attacker who holds an exploit for the kernel: SECURITY.md says what is defended.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import resource
import socket
import struct
import sys

from .watch import MEMORY

FILE = 512 * 1024**2  # bytes of one file

# <linux/sched.h>, <linux/prctl.h>, <linux/capability.h>, <linux/sockios.h>, <linux/if.h>
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38
CAPABILITY_VERSION_3 = 0x20080522
SIOCSIFFLAGS = 0x8914
IFF_UP, IFF_RUNNING = 0x1, 0x40


def confine() -> bool:
    """Take the network and all privileges from this process and its children; return whether the network is gone.

    On Linux the process moves into a user and a network namespace of its own, where there is a loopback device
    and nothing else. It has to have one thread. Where the kernel refuses, or on another system, the
    network stays.
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None)
    user, group = os.getuid(), os.getgid()
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET):
        return False
    for name, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(line)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP | IFF_RUNNING))
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.capset(struct.pack("Ii", CAPABILITY_VERSION_3, 0), bytes(24))
    return True


def keep_orphans() -> None:
    """Become the parent of descendants whose own parent ends, so that they can be found; Linux alone has this."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def limit() -> None:
    """Limit what this process and each of its children may take; POSIX alone has such limits."""
    for what, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, FILE), (resource.RLIMIT_DATA, MEMORY)):
        resource.setrlimit(what, (most, most))
