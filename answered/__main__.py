"""The command line of the build: `python -m answered COMMAND`."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from .engine.problems import FaultyFileError

ROOT = Path.cwd()


def build(given: argparse.Namespace) -> int:
    from . import exports
    from .site.build import build_site

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


def new(given: argparse.Namespace) -> int:
    from .contribute.new import new

    return new(ROOT, given.topic, given.slug, given.question, given.level)


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
    added.add_argument("--port", type=int, default=8000)
    added = command(page, "check and render one page or notebook")
    added.add_argument("page", help="path or slug")
    added = command(solve, "judge your own solution of an exercise")
    added.add_argument("page", help="path or slug")
    added.add_argument("file", help="the Python file with the solution")
    added = command(new, "write a new page from the template; asks for what is not given")
    for name in ("topic", "slug", "question", "level"):
        added.add_argument(f"--{name}")
    added = command(gpu, "run the blocks that need a GPU, and compare with the recordings")
    added.add_argument("--record", action="store_true", help="rewrite outputs and recordings")
    added.add_argument("--missing", action="store_true", help="only blocks not recorded yet")
    of_pages = added, command(check, "check pages"), command(update, "rewrite expected outputs")
    for added in of_pages:
        added.add_argument("pages", nargs="*", help="paths or slugs; all by default")
    return made


def main() -> int:
    """Run the command line; return its exit code."""
    given = parser().parse_args()
    signal.signal(signal.SIGTERM, terminate)
    try:
        return given.run(given)
    except FaultyFileError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt as error:
        print("interrupted", file=sys.stderr)
        return 128 + (error.args[0] if error.args else signal.SIGINT)


def terminate(number: int, frame: object) -> None:
    """Have SIGTERM end everything in order, as Ctrl-C does."""
    raise KeyboardInterrupt(number)


if __name__ == "__main__":
    sys.exit(main())
