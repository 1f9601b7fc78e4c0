"""The inside of a block's own process: it behaves as `python file.py` does.

`execute` is called in a process that nothing else uses, either forked by `worker` or started
afresh by `spawn`.
"""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import signal
import sys
import threading
import traceback
import types
from collections.abc import Callable
from contextlib import suppress

from .limits import MAX_OUTPUT

LABEL = "<example>"  # stands for the block's file in tracebacks and messages
FOLDER = "example-"  # begins the name of the temporary folder in which blocks run
NAME = "example.py"  # of the block's file; what the block leaves stands beside it


def execute(folder: str, language: str) -> None:
    """Run the block in `folder` as a program in `language`, and end the process.

    When the program has ended by itself, `folder` holds the JSON file "report":
    {"ended": "completed" | "raised" | "exited", "exception": ..., "traceback": ...}.
    A process that is killed, or leaves by os._exit, leaves no such file.
    """
    path = os.path.join(folder, NAME)
    standard_streams()
    # A shell has its commands in the background ignore it, and what they start inherits that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    status, report = 0, {"ended": "completed"}
    try:
        LANGUAGES[language](path)
    except SystemExit as error:
        said = f"SystemExit: {error.code}"[:MAX_OUTPUT]
        status, report = 1, {"ended": "exited", "exception": said}
    except BaseException as error:
        status, report = 1, {"ended": "raised", **describe(error, path)}
    finish(status, report, os.path.join(folder, "report"))


def python(path: str) -> None:
    """Run the file as `__main__`; its folder comes first on `sys.path`, as Python does it."""
    main = types.ModuleType("__main__")
    main.__file__ = path
    main.__builtins__ = __builtins__
    sys.modules["__main__"] = main
    sys.argv = [path]
    sys.path.insert(0, os.path.dirname(path))
    with open(path, encoding="utf-8") as file:
        source = file.read()
    exec(compile(source, path, "exec", dont_inherit=True), main.__dict__)


# The languages that can be run, by the word behind a block's opening fence: each runs a file in
# this process, which nothing uses afterwards, and raises what the block is to have raised.
LANGUAGES: dict[str, Callable[[str], None]] = {"python": python}


def finish(status: int, report: dict, file: str) -> None:
    """End as the interpreter does: join threads, run exit handlers, flush; then write `report`."""
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    if os.name == "posix":
        ctypes.CDLL(None).fflush(None)
    with open(file, "w", encoding="utf-8") as stream:
        json.dump(report, stream)
    os._exit(status)


def standard_streams() -> None:
    """Open text streams on file descriptors 0 to 2, buffered by line as in a terminal, C's too."""
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)
    for number, name in ((1, "stdout"), (2, "stderr")):
        stream = open(
            number, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        line_buffered = 1  # _IOLBF
        libc.setvbuf(ctypes.c_void_p.in_dll(libc, "stdout"), None, line_buffered, 0)


def describe(error: BaseException, path: str) -> dict[str, str]:
    """Return the exception's last line, and its traceback from the first frame in `path` on."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != path:
        trace = trace.tb_next
    lines = traceback.format_exception(type(error), error, trace)
    only = traceback.format_exception_only(type(error), error)
    headline = only[-1] if isinstance(error, SyntaxError) else only[0]
    return {
        "exception": headline.strip().split("\n")[0].rstrip()[:MAX_OUTPUT],
        "traceback": "".join(lines).replace(f'"{path}"', f'"{LABEL}"')[-MAX_OUTPUT:],
    }
