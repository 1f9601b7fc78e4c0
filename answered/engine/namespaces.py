"""Namespaces of Linux: a network, processes and mounts of one's own, entered without privileges.

A user namespace gives a process the privileges to make the others, and none outside. Some systems
refuse it, some refuse part of what it is for: what is wanted is tried in a child first.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import struct
import sys
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from .landlock import c_library
from .limits import SHARED_MEMORY

# <linux/sched.h>, <linux/mount.h>, <linux/fcntl.h>, <linux/prctl.h>, <linux/capability.h>,
# <linux/sockios.h>, <linux/if.h>
NEW_MOUNTS, NEW_IPC, NEW_USER, NEW_PIDS, NEW_NETWORK = (
    0x00020000,
    0x08000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 8, 0x1000, 0x4000, 0x40000
MOUNT_SETATTR = 442  # <asm/unistd.h>, on all machines; glibc has a function for it since 2.36
AT_FDCWD, AT_RECURSIVE = -100, 0x8000
MOUNT_ATTR_RDONLY = 1
MNT_DETACH = 2
PR_SET_NO_NEW_PRIVS = 38
CAPABILITY_VERSION_3 = 0x20080522
SIOCSIFFLAGS = 0x8914
IFF_UP, IFF_RUNNING = 0x1, 0x40

NETWORK = NEW_USER | NEW_NETWORK
ALL = NETWORK | NEW_PIDS | NEW_MOUNTS | NEW_IPC
SHARED = "/dev/shm"


def call(name: str, *arguments: object) -> None:
    """Call a function of C.

    Raises:
        OSError: it fails.
    """
    if getattr(c_library(), name)(*arguments):
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")


def available(seen: Collection[str] = ()) -> int:
    """Return the most namespaces that this system lets its users have: ALL, NETWORK or 0.

    `seen`: see `enter`.
    """
    if sys.platform != "linux":
        return 0
    return next((wanted for wanted in (ALL, NETWORK) if succeeds(wanted, seen)), 0)


def succeeds(wanted: int, seen: Collection[str]) -> bool:
    """Whether a child can enter these namespaces, fork, and do what is done there."""
    pid = os.fork()
    if not pid:
        code = 1
        try:
            enter(wanted, seen)
            if wanted & NEW_PIDS:
                isolate()
            code = 0
        finally:
            os._exit(code)  # without a word: `missing` says what this comes to
    return os.waitpid(pid, 0)[1] == 0


def enter(wanted: int, seen: Collection[str] = ()) -> None:
    """Move this process, which has to have one thread, into namespaces of its own.

    With NEW_PIDS a child goes on as the first process there, whose end ends all others; the caller
    waits for it and ends as it does. In a new network there is a loopback device, nothing else. Of
    the folders of `hidden` only the paths `seen` are left.

    Raises:
        OSError: the system refuses.
    """
    if not wanted:
        return
    user, group = os.getuid(), os.getgid()
    call("unshare", wanted)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    if wanted & NEW_PIDS:
        follow(os.fork())
        mount_own()
        if seen:
            hide(hidden(), seen)
    loopback()
    # No namespaces inside, in which a block would have privileges again; else Landlock keeps it
    # from using them.
    with suppress(OSError):
        Path("/proc/sys/user/max_user_namespaces").write_text("0")


def follow(child: int) -> None:
    """Return in the child; in its parent wait for its end, and end in the same way."""
    if not child:
        die_with_parent()
        return
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code < 0:
        os.kill(os.getpid(), -code)
    os._exit(abs(code))


def die_with_parent() -> None:
    pr_set_pdeathsig = 1
    call("prctl", pr_set_pdeathsig, signal.SIGKILL, 0, 0, 0)


def fork_alone(own: int) -> int:
    """Fork a process that is the first in a PID namespace of its own; return as `os.fork` does.

    See `isolate`. `own` is a file descriptor of the PID namespace of this process, which has
    entered ALL.
    """
    call("unshare", NEW_PIDS)  # holds for children
    pid = os.fork()
    if pid:
        call("setns", own, NEW_PIDS)
    else:
        os.close(own)
        isolate()
    return pid


def isolate() -> None:
    """Share nothing with what runs beside this process, the first in its PID namespace.

    It has a network, memory of System V and mounts of its own, which are read-only (see `freeze`).
    """
    call("unshare", NEW_MOUNTS | NEW_IPC | NEW_NETWORK)
    mount_own()
    freeze()
    loopback()


def freeze() -> None:
    """Make everything read-only for this mount namespace, but for its shared memory.

    Then nobody here changes modes, times and attributes of files either, which Landlock leaves to
    everybody.
    """
    set_read_only("/", True)
    set_read_only(SHARED, False)


def set_read_only(path: str, wanted: bool) -> None:
    """Make what is mounted at a path and below it read-only, or not; Linux can since 5.12."""
    attributes = [MOUNT_ATTR_RDONLY, 0] if wanted else [0, MOUNT_ATTR_RDONLY]
    packed = struct.pack("4Q", *attributes, 0, 0)
    at, flags, size = map(ctypes.c_long, (AT_FDCWD, AT_RECURSIVE, len(packed)))
    call("syscall", ctypes.c_long(MOUNT_SETATTR), at, path.encode(), flags, packed, size)


def make_writable(folder: str) -> None:
    """Let a folder in what is read-only be written, until it is removed."""
    call("mount", folder.encode(), folder.encode(), None, MS_BIND, None)
    set_read_only(folder, False)


def mount_own() -> None:
    """Give this process, the first in its PID namespace, a /proc and shared memory of its own."""
    call("mount", None, b"/", None, MS_REC | MS_PRIVATE, None)
    call("mount", b"proc", b"/proc", b"proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, None)
    mount_shared()


def mount_shared() -> None:
    """Mount empty shared memory."""
    call(
        "mount",
        b"tmpfs",
        SHARED.encode(),
        b"tmpfs",
        MS_NOSUID | MS_NODEV,
        f"size={SHARED_MEMORY}".encode(),
    )


def hidden() -> list[str]:
    """Return the folders in which programs have the sockets that they listen to, as a rule."""
    import pwd

    with suppress(KeyError):
        return ["/run", "/tmp", pwd.getpwuid(os.getuid()).pw_dir]
    return ["/run", "/tmp"]


def hide(folders: Collection[str], seen: Collection[str]) -> None:
    """Cover folders with empty ones, in which the folders `seen` are where they were.

    Landlock leaves sockets that have a path to everybody before Linux 7.1. A folder that is in one
    that is to be seen stays as it is.
    """
    paths = {way for path in seen if os.path.isdir(path) for way in (path, os.path.realpath(path))}
    outer = {path for path in paths if not any(is_in(path, other) for other in paths - {path})}
    opened = {path: os.open(path, os.O_PATH) for path in outer}
    for folder in map(os.path.realpath, folders):
        if folder == "/" or not os.path.isdir(folder) or any(is_in(folder, path) for path in outer):
            continue
        call("mount", b"tmpfs", folder.encode(), b"tmpfs", MS_NOSUID | MS_NODEV, b"mode=755")
        for path, descriptor in opened.items():
            if is_in(path, folder):
                os.makedirs(path, exist_ok=True)
                source = f"/proc/self/fd/{descriptor}".encode()
                call("mount", source, path.encode(), None, MS_BIND | MS_REC, None)
    for descriptor in opened.values():
        os.close(descriptor)
    os.chdir(os.getcwd())  # from where ".." would still lead to what is covered


def is_in(path: str, folder: str) -> bool:
    return os.path.commonpath([path, folder]) == folder


def kill_all() -> None:
    """Kill all processes in the PID namespace of which this is the first, at one stroke.

    One that is just forking is not missed: the kernel lets no process with such a signal fork.
    """
    if os.getpid() == 1:  # anywhere else this would end the user's session
        with suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)


def renew_shared() -> None:
    """Mount new shared memory in the place of that which `mount_own` has mounted.

    A block can also have changed the mode and the attributes of its folder.
    """
    call("umount2", SHARED.encode(), MNT_DETACH)
    mount_shared()


def loopback() -> None:
    """Set up the loopback device."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        up = struct.pack("16sh14x", b"lo", IFF_UP | IFF_RUNNING)
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, up)


def drop_privileges() -> None:
    """Give up all capabilities, and every way to gain any."""
    call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    call("capset", struct.pack("Ii", CAPABILITY_VERSION_3, 0), bytes(24))
