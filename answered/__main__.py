"""Command line of the build: `python -m answered COMMAND`."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from . import CACHE, ROOT
from .check import judge
from .contents import load_contents
from .lint import lint, tidy
from .new import new
from .page import Page, load_pages
from .problems import report
from .rules import check_pages
from .store import Store
from .summary import summary
from .update import update_page


def selected(pages: list[Page], names: list[str]) -> list[Page]:
    """Return the pages named by path or slug; all of them where no name is given."""
    if not names:
        return pages
    chosen = []
    for name in names:
        slug = Path(name).stem
        found = [page for page in pages if page.path == name.removeprefix("./") or page.slug == slug]
        if not found:
            sys.exit(f"{name}: no such page; name a file under docs/ or a slug")
        chosen += found
    return chosen


def build(destination: str) -> int:
    """Build the site in strict mode; replace the old one only if nothing is wrong."""
    site, new = ROOT / destination, CACHE / "site"
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    os.environ.setdefault("SOURCE_DATE_EPOCH", str(source_date()))
    done = subprocess.run([sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(new)], cwd=ROOT)
    if done.returncode == 0 and not (new / "index.html").is_file():
        print("mkdocs ended with code 0 and built no site", file=sys.stderr)
        return 1
    if done.returncode == 0:
        shutil.rmtree(site, ignore_errors=True)
        shutil.move(new, site)
        print(f"built {site.relative_to(ROOT)}/")
    return done.returncode


def source_date() -> int:
    """Seconds since the epoch of the last commit, so that one commit gives one site; 0 outside a repository."""
    done = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True)
    return int(done.stdout.strip() or 0)


def check(names: list[str]) -> int:
    """Check form, front matter, examples and outputs of pages; print all problems."""
    everything = load_pages()
    pages = selected(everything, names)
    paths = {page.path for page in pages}
    problems = [p for p in check_pages(everything, load_contents()) if p.path in paths]
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
    if problems:
        print(report(problems), file=sys.stderr)
    print(f"{len(pages)} pages, {ran} examples checked, {len(results) - ran} need a GPU, {store.executed} run anew")
    return bool(problems)


def update(names: list[str]) -> int:
    """Rewrite expected outputs; say what changed and what could not be."""
    pages = selected(load_pages(), names)
    store = Store()
    changed, failed = [], []
    try:
        readable = []
        for page in pages:
            try:
                readable.append((page, page.examples))
            except RuntimeError as error:
                sys.exit(f"{page.path}: {error}; `make check` says more")
        store.prefetch([e for _, examples in readable for e in examples])
        for page, examples in readable:
            results = {e: result for e in examples if (result := store.get(e)) is not None}
            now, wrong = update_page(page, results)
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


def page(name: str) -> int:
    """Check one page, in every way that takes seconds, and render it."""
    from .preview import preview  # MkDocs, which no other command needs in its own process

    start = time.monotonic()
    (chosen,) = selected(load_pages(), [name])
    wrong = check([chosen.path]) + lint([chosen.path])
    file, faults = preview(chosen)
    print(*faults, f"{file.relative_to(ROOT)} shows the page; {time.monotonic() - start:.1f} s", sep="\n")
    return int(wrong > 0 or bool(faults))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m answered", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name: str, text: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    command("build", "build the site", lambda given: build(given.site_dir)).add_argument("--site-dir", default="site")
    for name, text, run in (("check", "check pages", check), ("update", "rewrite expected outputs", update), ("lint", "check spelling and form", lint)):
        command(name, text, lambda given, run=run: run(given.pages)).add_argument("pages", nargs="*", help="paths or slugs; all by default")
    command("tidy", "format what can be", lambda given: tidy())
    command("page", "check and render one page", lambda given: page(given.page)).add_argument("page", help="path or slug")
    fresh = command(
        "new", "write a new page from the template; asks for what is not given", lambda given: new(given.topic, given.slug, given.question, given.level)
    )
    for name in ("topic", "slug", "question", "level"):
        fresh.add_argument(f"--{name}")
    command("summary", "print a table of the pages that differ from a commit", lambda given: summary(given.base)).add_argument("--base", required=True)
    given = parser.parse_args()
    return given.run(given)


if __name__ == "__main__":
    sys.exit(main())
