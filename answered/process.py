"""Inside an example's own process: it behaves as `python example.py` does.

`execute` is called in a process that nothing else uses, either forked by `answered.forkserver` or, where there
is no fork, started afresh (`python -m answered.process SCRIPT REPORT [--confined]`).
"""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import sys
import threading
import traceback
import types

SCRIPT_LABEL = "<example>"


def execute(script: str, report: str) -> None:
    """Run `script` as `__main__` and end the process.

    Args:
        script: path of the source; its folder comes first on `sys.path`, as Python does it.
        report: path of a JSON file to be written when the script has ended by itself:
            {"ended": "completed" | "raised" | "exited", "exception": ..., "traceback": ...}.
            A process that is killed, or leaves by os._exit, leaves no such file.
    """
    standard_streams()
    main = types.ModuleType("__main__")
    main.__file__ = script
    main.__builtins__ = __builtins__
    sys.modules["__main__"] = main
    sys.argv = [script]
    sys.path.insert(0, os.path.dirname(script))
    status, outcome = 0, {"ended": "completed"}
    try:
        with open(script, encoding="utf-8") as file:
            exec(compile(file.read(), script, "exec", dont_inherit=True), main.__dict__)  # none of this file's __future__
    except SystemExit as error:
        status, outcome = 1, {"ended": "exited", "exception": f"SystemExit: {error.code}"}
    except BaseException as error:
        status, outcome = 1, {"ended": "raised", **describe(error, script)}
    finish(status, outcome, report)


def finish(status: int, outcome: dict, report: str) -> None:
    """End as the interpreter does (join threads, run exit handlers, flush), then write the report."""
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass
    if os.name == "posix":
        ctypes.CDLL(None).fflush(None)
    with open(report, "w", encoding="utf-8") as file:
        json.dump(outcome, file)
    os._exit(status)


def standard_streams() -> None:
    """Fresh text streams on file descriptors 0 to 2, buffered by line as in a terminal, C's stdout too."""
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)
    for number, name in ((1, "stdout"), (2, "stderr")):
        stream = open(number, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        line_buffered = 1  # _IOLBF
        libc.setvbuf(ctypes.c_void_p.in_dll(libc, "stdout"), None, line_buffered, 0)


def describe(error: BaseException, script: str) -> dict:
    """Return the exception's last line and its traceback from the script's first frame on."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != script:
        trace = trace.tb_next
    lines = traceback.format_exception(type(error), error, trace)
    only = traceback.format_exception_only(type(error), error)
    headline = only[-1] if isinstance(error, SyntaxError) else only[0]
    return {
        "exception": headline.strip().split("\n")[0].rstrip(),
        "traceback": "".join(lines).replace(f'"{script}"', f'"{SCRIPT_LABEL}"'),
    }


if __name__ == "__main__":
    if "--confined" in sys.argv and os.name == "posix":  # elsewhere there is nothing to confine it with
        from . import sandbox

        sandbox.confine()
        sandbox.limit()
    execute(*sys.argv[1:3])
