"""The kernel that executes the site's notebooks: with the environment and the limits of an example, in a folder of its own.

Jupyter talks to it over TCP, so unlike an example it keeps the network.
"""

from __future__ import annotations

import os
import runpy
import sys
import tempfile

from .environment import environment


def main() -> None:
    """Become ipykernel, whose arguments these are; the environment variable KERNELS says where the folder is made."""
    folder = tempfile.mkdtemp(dir=os.environ["KERNELS"])
    own = environment() | {"HOME": folder, "TMPDIR": folder, "JPY_PARENT_PID": os.environ.get("JPY_PARENT_PID", "1")}
    os.chdir(tempfile.mkdtemp(dir=folder))
    if os.name == "posix":
        from . import sandbox

        sandbox.limit()
        os.execve(sys.executable, [sys.executable, "-P", "-m", "ipykernel_launcher", *sys.argv[1:]], own)
    os.environ.clear()
    os.environ.update(own)
    runpy.run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
