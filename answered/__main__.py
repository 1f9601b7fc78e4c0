"""The command line of the build: `python -m answered COMMAND`."""

from __future__ import annotations

import argparse
import errno
import os
import re
import signal
import sys
from pathlib import Path

from .engine.problems import FaultyFileError

ROOT = Path.cwd()
# What is no fault of this program, by the error that says so, and what to do about it.
FIXES = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room in your quota",
    errno.EROFS: "have the folder writable, or work in a copy of it",
    errno.EACCES: "have it readable and writable for you; what is in .cache may be deleted",
    errno.EPERM: "have it readable and writable for you; what is in .cache may be deleted",
    errno.EXDEV: "have it and .cache on one file system",
    errno.EBUSY: "have it and .cache on one file system",
    errno.EMFILE: "allow more open files: ulimit -n 4096",
}
IN_THE_WAY = (errno.EEXIST, errno.ENOTDIR, errno.EISDIR)  # a file for a folder, or a folder for one


def build(given: argparse.Namespace) -> int:
    from . import exports
    from .site.build import build_site

    if (ROOT / given.site_dir).is_symlink():
        sys.exit(f"{given.site_dir}: a link; what it leads to is not replaced\n    fix: delete it")
    target = (ROOT / given.site_dir).resolve()
    if target != ROOT / "site" and ROOT / ".cache" not in target.parents:  # it is replaced
        sys.exit(f"--site-dir {given.site_dir}: name site, or a folder below .cache")
    if given.generator == "zensical":
        from .site.zensical import build as generator
    else:
        from .site.mkdocs import build as generator
    return build_site(ROOT, target, generator, exports)


def serve(given: argparse.Namespace) -> int:
    from . import exports
    from .site.serve import serve_site

    return serve_site(ROOT, given.port, exports)


def page(given: argparse.Namespace) -> int:
    from .site.preview import preview

    return preview(ROOT, given.page)


def check(given: argparse.Namespace) -> int:
    from .check.command import check_pages

    return check_pages(ROOT, given.pages)


def update(given: argparse.Namespace) -> int:
    from .check.command import update_pages

    return update_pages(ROOT, given.pages)


def gpu(given: argparse.Namespace) -> int:
    from .gpu.record import run_pages
    from .pages.book import load_pages, selected
    from .pages.settings import settings

    made = settings(ROOT)
    pages = selected(load_pages(made), given.pages)
    return run_pages(pages, made, given.record, given.missing)


def dry(given: argparse.Namespace) -> int:
    from .gpu.dry.run import run_pages
    from .pages.book import load_pages, selected
    from .pages.settings import settings

    made = settings(ROOT)
    return run_pages(selected(load_pages(made), given.pages), made)


def new(given: argparse.Namespace) -> int:
    from .contribute.new import new

    return new(ROOT, given.topic, given.slug, given.question, given.level, given.kind)


def solve(given: argparse.Namespace) -> int:
    from .contribute.solve import solve

    return solve(ROOT, given.page, given.file)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; each command imports only what it needs."""
    made = argparse.ArgumentParser(prog="python -m answered", description=__doc__)
    commands = made.add_subparsers(dest="command", required=True)

    def command(run, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(run.__name__, help=text, description=text)
        added.set_defaults(run=run)
        return added

    added = command(build, "build the site")
    added.add_argument("--site-dir", default="site")
    added.add_argument("--generator", choices=("mkdocs", "zensical"), default="mkdocs")
    added = command(serve, "build the site, serve it, and rebuild what changes")
    added.add_argument("--port", type=port, default=8000)
    added = command(page, "check and render one page or notebook")
    added.add_argument("page", help="path or slug")
    added = command(solve, "judge your own solution of an exercise")
    added.add_argument("page", help="path or slug")
    added.add_argument("file", help="the Python file with the solution")
    added = command(new, "write a new page from the template; asks for what is not given")
    for name in ("topic", "slug", "question", "level", "kind"):
        added.add_argument(f"--{name}")
    added = command(gpu, "run the blocks that need a GPU, and compare with the recordings")
    added.add_argument("--record", action="store_true", help="rewrite outputs and recordings")
    added.add_argument("--missing", action="store_true", help="only blocks not recorded yet")
    of_pages = (
        added,
        command(dry, "run the blocks that need a GPU on a stand-in for one, for errors alone"),
        command(check, "check pages"),
        command(update, "rewrite expected outputs"),
    )
    for added in of_pages:
        added.add_argument("pages", nargs="*", help="paths or slugs; all by default")
    return made


def port(text: str) -> int:
    """Return the number of a port.

    Raises:
        ValueError: it is none.
    """
    if 0 < (number := int(text)) < 2**16:
        return number
    raise ValueError(text)


class Interrupted(KeyboardInterrupt):
    """The process is to end: by Ctrl-C, or by SIGTERM; its argument is the signal's number.

    Of a KeyboardInterrupt itself that has passed a call of `exec` or `eval`, as libraries have
    while they are imported, Python makes an end by SIGINT, whatever becomes of it afterwards.
    """


def interrupt(number: int, frame: object) -> None:
    raise Interrupted(number)


def main() -> int:
    """Run the command line; return its exit code."""
    given = parser().parse_args()
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, interrupt)
        return given.run(given)
    except FaultyFileError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        if not (told := lacking(error)):
            raise
        print(told, file=sys.stderr)
        return 1
    except KeyboardInterrupt as error:
        print("interrupted", file=sys.stderr)
        return 128 + (error.args[0] if error.args else signal.SIGINT)


def lacking(error: OSError) -> str:
    """Return what this machine lacks, and how to fix it; "" where the fault may be the program's."""
    numbers = re.findall(r"\[Errno (\d+)\]", str(error))  # shutil has those of many files as text
    number = int(numbers[0]) if numbers else None
    fix = FIXES.get(number, "")
    file = os.fsdecode(error.filename) if error.filename else ""  # there is none for a full disk
    if number in IN_THE_WAY and Path(file).is_relative_to(ROOT / ".cache"):
        fix = "delete it; everything in .cache is made anew"
    place = file.removeprefix(f"{ROOT}/") or f"in {ROOT} or in the folder for temporary files"
    return f"{place}: {error.strerror or os.strerror(number)}\n    fix: {fix}" if fix else ""


if __name__ == "__main__":
    sys.exit(main())
