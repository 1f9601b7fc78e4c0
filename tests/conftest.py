"""Copies of the project to break; the built site, and a browser to see it in."""

import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, sync_playwright

from answered import CACHE
from tests.exporting import built, nowhere  # noqa: F401

from .practising import START

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("answered", "snippets", "mkdocs.yml", "requirements.txt", "pyproject.toml")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]


@dataclass
class Project:
    """A copy of the project with a few pages, to be built or checked in processes of its own."""

    root: Path

    def page(self, name: str) -> Path:
        return self.root / "docs" / "questions" / name

    def edit(self, name: str, old: str, new: str) -> int:
        """Replace the first `old` in a page by `new`; return the line where it stood."""
        file = self.page(name)
        text = file.read_text()
        assert old in text, f"{old!r} is not in {name}"
        file.write_text(text.replace(old, new, 1))
        return text[: text.index(old)].count("\n") + 1

    def append(self, name: str, text: str) -> int:
        """Put `text` into a page, before its myths; return the line where it begins."""
        return self.edit(name, "## What people get wrong", f"{text}\n\n## What people get wrong")

    def run(self, *command: str, **env: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, *command],
            cwd=self.root,
            text=True,
            timeout=600,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=os.environ | {"SOURCE_DATE_EPOCH": "0", **env},
        )

    def build(self, **env: str) -> subprocess.CompletedProcess:
        return self.run("-m", "answered", "build", **env)

    def check(self, *pages: str, **env: str) -> subprocess.CompletedProcess:
        return self.run("-m", "answered", "check", *pages, **env)


PAGE = """---
description: A page for tests, whose description is long enough to be one.
level: junior
tags: [basics]
also_asked: []
---

# {title}?

## Short answer

Because it is a test.

```python
print("{text}")
```
<!--pytest-codeblocks:expected-output-->
```text
{text}
```

## What people get wrong

Nothing.

## Follow-up questions

- None.

## See also

- Nothing.
"""


@pytest.fixture(scope="session")
def template(tmp_path_factory) -> Path:
    """A small project without faults: three pages, no notebook."""
    root = tmp_path_factory.mktemp("template")
    for part in PARTS:
        copy(ROOT / part, root / part)
    copy(ROOT / "docs" / "assets", root / "docs" / "assets")
    copy(ROOT / "docs" / ".ruff.toml", root / "docs" / ".ruff.toml")
    copy(ROOT / "docs" / "practice.md", root / "docs" / "practice.md")
    (root / "docs" / "index.md").write_text("# Home\n\nWelcome.\n")
    questions = root / "docs" / "questions"
    questions.mkdir()
    contents = (ROOT / "docs" / "questions" / "contents.yml").read_text()
    (questions / "contents.yml").write_text(contents[: contents.index("\nmyths:")])
    (root / "docs" / "myths.md").write_text("# Myths\n\nNone here.\n")
    copy(ROOT / "docs" / "take-away.md", root / "docs" / "take-away.md")
    for name, title in (("tensors/one.md", "Is this page one"), ("tensors/two.md", "Is this page two"), ("autograd/three.md", "Is this page three")):
        (questions / name).parent.mkdir(exist_ok=True)
        (questions / name).write_text(PAGE.format(title=title, text=Path(name).stem))
    return root


@pytest.fixture
def project(template, tmp_path) -> Project:
    root = tmp_path / "project"
    shutil.copytree(template, root)
    return Project(root)


@pytest.fixture(scope="module")
def broken(template, tmp_path_factory) -> Project:
    """Like `project`, shared by the tests of a module: faults are put in together and built once."""
    root = tmp_path_factory.mktemp("broken") / "project"
    shutil.copytree(template, root)
    return Project(root)


def copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


@pytest.fixture(scope="session")
def site() -> Path:
    """The site, built here; results that the cache knows are not computed again."""
    folder = CACHE / "tested-site"
    done = subprocess.run(
        [sys.executable, "-m", "answered", "build", "--site-dir", str(folder.relative_to(ROOT))],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert done.returncode == 0, done.stdout
    return folder


@pytest.fixture(scope="session")
def address(site):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="session")
def browser():
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        try:
            launched = playwright.chromium.launch(executable_path=path, args=QUIET)
        except Error as error:
            pytest.skip(f"NO BROWSER FOUND, the site is not tested: {error.message.splitlines()[0]}")
        yield launched
        launched.close()


@pytest.fixture
def visit(browser, address):
    """Open a page; collect what it complains of and what it asks of other hosts. `before` is called with the empty page.

    Wait for locators, never with `wait_for_function`: it evaluates a string again and again, which the pages' own policy refuses.
    """
    contexts = []

    def open_page(path: str, width: int = 1280, scheme: str = "light", before: Callable[[Page], object] = lambda page: None):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        before(page)
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith((address, "data:", "blob:")) else page.complaints.append(request.url))
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def practise(visit):
    """Open the practice page with the clock held at `START`."""

    def opened(path: str = "practice/", before=lambda page: None, **options):
        def prepare(page):
            page.clock.set_fixed_time(START)
            before(page)

        return visit(path, before=prepare, **options)

    return opened
