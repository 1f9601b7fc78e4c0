"""Zensical as the generator: a command in an environment of its own, made by `make zensical`."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from .stage import Stage

PYTHON = ".cache/zensical/bin/python"


def build(stage: Stage, site: Path, finish: Callable[[str, str], str]) -> bool:
    """Build the stage into the folder `site`; return whether Zensical found nothing wrong."""
    root = stage.config.root
    stage.wait_for_all()
    command = [root / PYTHON, "-m", "zensical", "build", "--clean", "--strict"]
    environment = dict(os.environ, PYTHONPATH=root, SOURCE_DATE_EPOCH=str(stage.config.time))
    done = subprocess.run([*command, "-f", stage.config_file], cwd=root, env=environment)
    if done.returncode:
        return False
    shutil.move(stage.folder / "site", site)
    for file in site.rglob("*.html"):
        page = finish(source_of(file.relative_to(site)), file.read_text(encoding="utf-8"))
        file.write_text(page, encoding="utf-8")
    return True


def source_of(file: Path) -> str:
    """Return the uri of the page that an HTML file was built from."""
    folder = file.parent.as_posix()
    return "index.md" if folder == "." else f"{folder}.md"
