"""The configuration of the site, read from mkdocs.yml without any generator."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import yaml
import yaml_env_tag

from ..engine.problems import FaultyFileError, Problem
from ..pages.versions import Versions
from ..pages.yaml_lines import fault_of_yaml

FILE = "mkdocs.yml"
EARLIEST = 315_619_200  # 1980-01-02: an entry of a zip archive cannot be older
LATEST = 2**32 - 1  # in 2106: gzip has 32 bits for the seconds


@dataclass(frozen=True)
class Config:
    """The site, its pages aside, as mkdocs.yml describes it.

    Attributes:
        root: the project's folder.
        name, description: of the site.
        url: where it is published, with a slash at the end; empty where that is not configured.
        repository: address of the sources' repository; empty where that is not configured.
        colab: address at which a notebook opens in Colab, with {path}; empty if not configured.
        versions: that examples run with.
        time: of the build, in seconds since the epoch, from 1980 to 2106.
        data: the whole file, variables of the environment in their places.
    """

    root: Path
    name: str
    description: str
    url: str
    repository: str
    colab: str
    versions: Versions
    time: int
    data: dict = field(repr=False)

    @classmethod
    def load(cls, root: Path) -> Config:
        """Read mkdocs.yml in the folder `root`.

        Raises:
            FaultyFileError: it is not YAML, has no name of the site, or `extra.colab` is no address
                of a notebook.
            SystemExit: SOURCE_DATE_EPOCH is no time.
        """
        try:
            data = yaml.load((root / FILE).read_bytes(), Loader)
        except (yaml.YAMLError, ValueError) as error:
            line, what = fault_of_yaml(error)
            raise fault(line, f"not YAML: {what}", "correct the line") from None
        if not isinstance(data, dict) or "site_name" not in data:
            raise fault(1, "no site_name", "give the site a name")
        extra = data.get("extra") or {}
        colab = extra.get("colab") or ""
        if colab and not (re.match(r"https?://", colab) and "{path}" in colab):
            fix = "write an address with {path} where topic/slug.ipynb belongs"
            raise fault(1, f"extra.colab is {colab!r}", fix)
        return cls(
            root,
            data["site_name"],
            data.get("site_description") or "",
            data.get("site_url") or "",
            extra.get("repository") or "",
            colab,
            Versions.find(root),
            min(max(build_time(root), EARLIEST), LATEST),
            data,
        )


def fault(line: int, what: str, fix: str) -> FaultyFileError:
    return FaultyFileError([Problem(FILE, line, what, fix)])


class Loader(yaml.SafeLoader):
    """Reads `!ENV`, and names of Python objects as text."""


Loader.add_constructor("!ENV", yaml_env_tag.construct_env_tag)
Loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda loader, suffix, node: suffix)


def build_time(root: Path) -> int:
    """Return SOURCE_DATE_EPOCH, or the time of the last commit, so that one commit is one site.

    Raises:
        SystemExit: the variable has no such time.
    """
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        if not re.fullmatch("[0-9]{1,10}", given) or int(given) > LATEST:
            what = f"SOURCE_DATE_EPOCH is {given!a}, not a number of seconds up to {LATEST}"
            sys.exit(f"{what}\n    fix: unset it, or give it the time of the last commit")
        return int(given)
    command = ["git", "log", "-1", "--format=%ct"]
    try:
        return int(subprocess.run(command, cwd=root, capture_output=True, text=True).stdout)
    except (OSError, ValueError):  # no git, or no commit
        return 0
