"""Seccomp: system calls that a block is not to make, as neither Landlock nor namespaces close them.

They are few: those for the keys that the kernel keeps, for sockets of families that no network
namespace holds, such as those of virtual machines, for limits of another process, such as the one
that forks later blocks, for io_uring, which can make sockets without a system call, for memory that
no process need hold, and for looking on as others use files, which may be out of reach. A filter
sees numbers and no paths, so files are for the other means.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from dataclasses import dataclass

from .landlock import c_library

# <linux/prctl.h>, <linux/seccomp.h>, <linux/filter.h>
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
ALLOW, REFUSE = 0x7FFF0000, 0x00050000  # the latter with the number of an error
# Offsets of what a filter sees of a call.
NUMBER, ARCHITECTURE, FIRST_ARGUMENT, SECOND_ARGUMENT = 0, 4, 16, 24
LOAD, RETURN, IF_EQUAL, IF_AT_LEAST = 0x20, 0x06, 0x15, 0x35
SIZE = 8  # bytes of an instruction
X32 = 0x40000000  # with this number begin the calls of another ABI of x86-64
F_SETLEASE, F_NOTIFY = 1024, 1026  # of fcntl: to be told that others use a file or a folder
FAMILIES = (1, 2, 10, 16)  # AF_UNIX, AF_INET, AF_INET6; AF_NETLINK, which tells of network devices


@dataclass(frozen=True)
class Machine:
    """What a kind of processor is called in <linux/audit.h>, and numbers of <asm/unistd.h>.

    Attributes:
        refused: add_key, request_key, keyctl and io_uring_setup; shmget, semget, msgget,
            memfd_create and memfd_secret; fanotify_init, inotify_init1, and inotify_init, which
            not all have.
    """

    architecture: int
    socket: int
    prlimit64: int
    fcntl: int
    refused: tuple[int, ...]


MACHINES = {
    "x86_64": Machine(
        0xC000003E, 41, 302, 72, (248, 249, 250, 425, 29, 64, 68, 319, 447, 300, 294, 253)
    ),
    "aarch64": Machine(
        0xC00000B7, 198, 261, 25, (217, 218, 219, 425, 194, 190, 186, 279, 447, 262, 26)
    ),
}


def instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """Return struct sock_filter; the last two are how many instructions to skip."""
    return struct.pack("HBBI", code, if_true, if_false, value)


def refuse(error: int) -> bytes:
    return instruction(RETURN, REFUSE | error)


def case(value: int, *then: bytes) -> bytes:
    """Return instructions for one value of what was loaded."""
    whole = b"".join(then)
    return instruction(IF_EQUAL, value, if_false=len(whole) // SIZE) + whole


def program(name: str) -> bytes:
    """Return the filter for a machine; nothing for one whose numbers are not known here."""
    if name not in MACHINES or sys.maxsize < 2**32:
        return b""
    machine = MACHINES[name]
    allow, argument = instruction(RETURN, ALLOW), instruction(LOAD, FIRST_ARGUMENT)
    parts = [
        instruction(LOAD, ARCHITECTURE),
        instruction(IF_EQUAL, machine.architecture, if_true=1) + refuse(errno.ENOSYS),
        instruction(LOAD, NUMBER),
        instruction(IF_AT_LEAST, X32, if_false=1) + refuse(errno.ENOSYS),
        *(case(number, refuse(errno.EPERM)) for number in machine.refused),
        # 0 is the caller itself.
        case(machine.prlimit64, argument, case(0, allow), refuse(errno.EPERM)),
        case(
            machine.fcntl,
            instruction(LOAD, SECOND_ARGUMENT),
            *(case(command, refuse(errno.EPERM)) for command in (F_SETLEASE, F_NOTIFY)),
            allow,
        ),
        case(
            machine.socket,
            argument,
            *(case(family, allow) for family in FAMILIES),
            refuse(errno.EAFNOSUPPORT),
        ),
        allow,
    ]
    return b"".join(parts)


PROGRAM = program(platform.machine()) if sys.platform == "linux" else b""


def available() -> bool:
    """Whether this system has such filters; then it finds that what it is given is none."""
    return bool(PROGRAM) and set_filter(None) == errno.EFAULT


def restrict() -> None:
    """Refuse those calls to this process and its children, for good.

    It has to have one thread, and no way to gain privileges. Without such filters, do nothing.

    Raises:
        OSError: the kernel refuses.
    """
    if not available():
        return
    instructions = ctypes.create_string_buffer(PROGRAM)
    size = len(PROGRAM) // SIZE
    if code := set_filter(struct.pack("HP", size, ctypes.addressof(instructions))):
        raise OSError(code, f"seccomp: {os.strerror(code)}")


def set_filter(described: bytes | None) -> int:
    """Call prctl with struct sock_fprog; return the number of its error, 0 for none."""
    failed = c_library().prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, described, 0, 0)
    return ctypes.get_errno() if failed else 0
