"""Command line of the build: `python -m answered COMMAND`."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from . import ROOT
from .build import build
from .check import judge
from .contents import load_contents
from .lint import lint, tidy
from .page import NOT_UTF8, Page, load_pages
from .problems import FaultyFileError, report
from .recordings import recordings_file
from .store import Store
from .summary import summary
from .update import drop_unrecorded, update_page


def selected(pages: list[Page], names: list[str]) -> list[Page]:
    """Return the pages named by path or slug; all of them where no name is given."""
    if not names:
        return pages
    chosen = []
    for name in names:
        slug = Path(name).stem
        found = [page for page in pages if page.path == name.removeprefix("./")] or [page for page in pages if page.slug == slug]
        if not found:
            sys.exit(f"{name}: no such page; name a file under docs/ or a slug")
        chosen += found
    return chosen


def check(names: list[str]) -> int:
    """Check form, front matter, examples and outputs of pages; print all problems."""
    from .rules import check_pages  # not above: `gpu` does without what it imports

    everything = load_pages()
    pages = selected(everything, names)
    paths = {page.path for page in pages}
    paths |= {recordings_file(page.path).relative_to(ROOT).as_posix() for page in pages}
    problems = [p for p in check_pages(everything, load_contents()) if p.path in paths or not names]
    broken = {problem.path for problem in problems}
    examples = [e for page in pages if page.path not in broken for e in page.examples]
    store = Store()
    try:
        store.prefetch(examples)
        results = [(example, store.get(example)) for example in examples]
    finally:
        store.close()
    problems += [p for example, result in results if result for p in [judge(example, result)] if p]
    ran = sum(result is not None for _, result in results)
    recorded = sum(result is None and store.recorded(example) is not None for example, result in results)
    if problems:
        print(report(problems), file=sys.stderr)
    print(f"{len(pages)} pages, {ran} examples checked, {len(results) - ran} need a GPU ({recorded} recorded), {store.executed} run anew")
    return bool(problems)


def readable(pages: list[Page]) -> list[Page]:
    """Return `pages`, all of whose examples can be found; end with a message where they cannot."""
    for page in pages:
        try:
            page.examples  # noqa: B018 (computed here, kept by the page)
        except RuntimeError as error:
            sys.exit(f"{page.path}: {error}; `make check` says more")
        if NOT_UTF8 in page.text:  # written again it would have lost what could not be read
            sys.exit(f"{page.path}: the page is not UTF-8; save it as UTF-8")
    return pages


def update(names: list[str]) -> int:
    """Rewrite expected outputs; say what changed and what could not be. A GPU's are written by `gpu` alone."""
    store = Store()
    changed, failed = [], []
    for page in readable(selected(load_pages(), names)):
        dropped, wrong = drop_unrecorded(page)
        failed += wrong
        print("".join(f"{line}\n" for line in dropped), end="")
    pages = readable(selected(load_pages(), names))
    try:
        store.prefetch([e for page in pages for e in page.examples if "gpu" not in e.marks])
        for page in pages:
            now, wrong = update_page(page, {e: store.get(e) for e in page.examples if "gpu" not in e.marks})
            changed += now
            failed += wrong
    finally:
        store.close()
    for difference in sorted(changed):
        print(f"{difference.path}:{difference.line}: expected output rewritten")
        print("".join(f"      {line}\n" for line in difference.what.split("\n")[1:]), end="")
    print(f"{len(changed)} expected outputs rewritten")
    if failed:
        print(report(failed), file=sys.stderr)
    return bool(failed)


def gpu(names: list[str], record: bool, missing: bool) -> int:
    """Run the blocks that need a GPU, on one."""
    from .on_gpu import run_pages

    return run_pages(readable(selected(load_pages(), names)), record, missing)


def page(name: str) -> int:
    """Check one page, in every way that takes seconds, and render it."""
    from .preview import preview  # MkDocs, which few commands need

    start = time.monotonic()
    chosen, *others = selected(load_pages(), [name])
    if others:
        sys.exit(f"{name}: {chosen.path} or {others[0].path}? Give the path")
    wrong = check([chosen.path]) + lint([chosen.path])
    file, faults = preview(chosen)
    print(*faults, f"{file.relative_to(ROOT)} shows the page; {time.monotonic() - start:.1f} s", sep="\n")
    return int(wrong > 0 or bool(faults))


def begin(given: argparse.Namespace) -> int:
    """Write a new page."""
    from .new import new

    return new(given.topic, given.slug, given.question, given.level)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m answered", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name: str, text: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    command("build", "build the site", lambda given: build(given.site_dir)).add_argument("--site-dir", default="site")
    command("page", "check and render one page", lambda given: page(given.page)).add_argument("page", help="path or slug")
    command("tidy", "format what can be", lambda given: tidy())
    command("summary", "print a table of the pages that differ from a commit", lambda given: summary(given.base)).add_argument("--base", required=True)
    fresh = command("new", "write a new page from the template; asks for what is not given", begin)
    for name in ("topic", "slug", "question", "level"):
        fresh.add_argument(f"--{name}")
    on_gpu = command("gpu", "run the blocks that need a GPU, and compare with what is recorded", lambda given: gpu(given.pages, given.record, given.missing))
    on_gpu.add_argument("--record", action="store_true", help="rewrite outputs and recordings instead")
    on_gpu.add_argument("--missing", action="store_true", help="only pages with a block that is not recorded yet")
    many = [
        command("check", "check pages", lambda given: check(given.pages)),
        command("update", "rewrite expected outputs", lambda given: update(given.pages)),
        command(
            "lint", "check spelling, form and workflows", lambda given: lint([page.path for page in selected(load_pages(), given.pages)] if given.pages else [])
        ),
        on_gpu,
    ]
    for added in many:
        added.add_argument("pages", nargs="*", help="paths or slugs; all by default")
    given = parser.parse_args()
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
