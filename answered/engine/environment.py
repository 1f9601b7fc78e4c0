"""The environment variables that blocks start with, and the command line of their processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from .settings import Settings

FIXED = {"LANG": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
filling = threading.Lock()


def environment(settings: Settings) -> dict[str, str]:
    """Return what every block starts with; of the build's own variables only `passed_on`."""
    root = {"PYTHONPATH": str(settings.root)}
    return FIXED | root | dict(settings.environment) | present(settings.passed_on)


def folders(folder: Path) -> dict[str, str]:
    """Return the variables that lead a block to its own empty folders below `folder`."""
    return {"HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp")}


def device_environment(settings: Settings, folder: Path) -> dict[str, str]:
    """Return what blocks that need a device get besides."""
    paths = [str(settings.root), os.environ.get("PYTHONPATH")]
    return {
        **present(settings.device_passed_on),
        **{name: str(folder / "tmp" / name.lower()) for name in settings.device_folders},
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
    }


def own_caches(settings: Settings, folder: Path, code: str) -> dict[str, str]:
    """Return the variables that lead a block to folders of its own in place of `Settings.caches`.

    They are below `folder`: copies, if the code may import what reads them; an empty cache is
    filled first.
    """
    for variable, module in settings.caches.items():
        if module.partition(".")[0] in code or settings.helpers in code:
            cache = Path(settings.environment[variable])
            with filling, suppress(OSError):  # without it a library makes its own
                cache.mkdir(parents=True, exist_ok=True)
                if not os.listdir(cache):
                    line = [sys.executable, "-P", "-c", f"import {module}"]
                    env = environment(settings)
                    del env["PYTHONPATH"]
                    subprocess.run(line, env=env, stderr=subprocess.DEVNULL, check=False)
                shutil.copytree(cache, folder / variable)
    return {variable: str(folder / variable) for variable in settings.caches}


def present(names: tuple[str, ...]) -> dict[str, str]:
    """Return those of the named variables that the build has."""
    return {name: os.environ[name] for name in names if name in os.environ}


def command(module: str, *arguments: str, package: str = __package__) -> list[str]:
    """Return the command that calls `main` of a module of this package, or of one beside it.

    The package is found wherever it stands, and blocks do not find it by that.
    """
    home = str(Path(__file__).resolve().parents[len(__package__.split("."))])
    code = (
        f"import sys; sys.path.insert(0, {home!r}); from {package}.{module} import main;"
        " sys.path.pop(0); main(*sys.argv[1:])"
    )
    return [sys.executable, "-P", "-c", code, *arguments]
