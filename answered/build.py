"""The whole site, built by MkDocs and put in place only if nothing is wrong."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys

from . import CACHE, ROOT


def build(destination: str) -> int:
    """Build the site in strict mode; replace the old one only if nothing is wrong."""
    site, new = (ROOT / destination).resolve(), CACHE / f"site-{os.getpid()}"  # another build may be at work beside this one
    if site != ROOT / "site" and CACHE not in site.parents:  # what is there will be deleted
        sys.exit(f"--site-dir {destination}: name site, or a folder below .cache")
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    os.environ.setdefault("SOURCE_DATE_EPOCH", str(source_date()))
    try:
        failed = mkdocs("build", "--strict", "--site-dir", str(new))
        if not failed and not (new / "index.html").is_file():
            print("mkdocs ended without an error and built no site", file=sys.stderr)
            return 1
        if not failed:
            shutil.rmtree(site, ignore_errors=True)
            shutil.move(new, site)
            print(f"built {site.relative_to(ROOT)}/")
        return failed
    finally:
        shutil.rmtree(new, ignore_errors=True)


def mkdocs(*arguments: str) -> int:
    """Run MkDocs as its own command line does, but in this process, so that an interruption reaches it once; return its exit code."""
    from click import ClickException
    from mkdocs.__main__ import cli

    try:
        with contextlib.chdir(ROOT), cli.make_context("mkdocs", list(arguments)) as context:
            cli.invoke(context)
    except ClickException as error:
        error.show()
        return error.exit_code
    return 0


def source_date() -> int:
    """Seconds since the epoch of the last commit, so that one commit gives one site; 0 outside a repository."""
    done = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True)
    return int(done.stdout.strip() or 0)
