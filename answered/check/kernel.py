"""The kernel in which a notebook runs: ipykernel within the limits of a block."""

from __future__ import annotations

import json
import os
import sys
import traceback

from ..engine import limits, namespaces, seccomp
from ..engine.confine import reachable
from ..engine.landlock import ALL, READ, Landlock

CELL = "<cell-{}>"  # stands for the file of a cell, counted from 1, in tracebacks and warnings


def main(parent: str, reach: str, connection_file: str) -> None:
    """Become the kernel that talks to the process `parent` through `connection_file`.

    `reach`: "root" and "without" of `worker.Plan`, and the paths "readable" besides, as JSON.
    """
    limits.die_with(int(parent))
    if sys.platform == "linux":
        confine(**json.loads(reach))
    limits.limit()
    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance()
    app.initialize(["-f", connection_file])
    shell = app.shell
    shell.compile.get_code_name = lambda raw_code, code, number: CELL.format(number)
    show = shell._showtraceback
    shell._showtraceback = lambda kind, error, _: show(kind, error, describe(error))
    app.start()


def confine(root: str, readable: list[str], without: list[str]) -> None:
    """Confine this process as a block's is; its folder is the one above the working directory."""
    os.environ.pop("JPY_PARENT_PID", None)  # ipykernel takes a parent with the pid 1 for none
    folder = os.path.dirname(os.getcwd())
    allowed = reachable(root) | dict.fromkeys(readable, READ)
    seen = [folder, *allowed]
    entered = 0 if "namespaces" in without else namespaces.available(seen)
    namespaces.enter(entered, seen)
    if entered == namespaces.ALL:
        namespaces.freeze()
        namespaces.make_writable(folder)
        os.chdir(os.getcwd())
    if os.getpid() == 1 and (kernel := os.fork()):
        while os.wait()[0] != kernel:  # others are orphans
            pass
        os._exit(0)
    namespaces.drop_privileges()
    if "landlock" not in without:
        Landlock(allowed).restrict({folder: ALL})
    if "seccomp" not in without:
        seccomp.restrict()


def describe(error: BaseException) -> list[str]:
    """Return the exception's last line, and its traceback from the first frame in a cell on."""
    trace = error.__traceback__
    while trace and not trace.tb_frame.f_code.co_filename.startswith(CELL.partition("{")[0]):
        trace = trace.tb_next
    only = traceback.format_exception_only(error)
    headline = only[-1] if isinstance(error, SyntaxError) else only[0]
    lines = traceback.format_exception(type(error), error, trace)
    return [headline.strip().split("\n")[0].rstrip(), "".join(lines)]
