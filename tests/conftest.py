"""Small projects to break, and the site that `make site` has built."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE = 600.0  # seconds in which what must happen happens, however busy the machine is
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
SOURCES = ("docs", "answered", "snippets", "mkdocs.yml", "requirements.txt")
EXPECTED = "<!--pytest-codeblocks:expected-output-->"
PAGE = """---
description: A page for tests, whose description is long enough to be one.
short_title: Page {text}
level: junior
tags: [basics]
also_asked: []
---

# {title}?

## Short answer

Because it is a test. WORDS

## In code

```python
print("{text}")
```
<!--pytest-codeblocks:expected-output-->
```text
{text}
```

## What people get wrong

### "It is long"

It is short.

### "It is wrong"

It is right.

## Follow-up questions

- **What is asked first?** This.
- **What is asked second?** That.
- **What is asked third?** This again.
- **What is asked fourth?** That again.
- **What is asked fifth?** Nothing.

## See also

- [The documentation](https://docs.pytorch.org/docs/stable/)
- [Its source](https://github.com/pytorch/pytorch)
""".replace("WORDS", ("It is as short as an answer can be. " * 10).strip())
NAMES = ("tensors/one.md", "tensors/two.md", "autograd/three.md")
OTHERS = {"index.md": "# Home\n\nWelcome.\n", "myths.md": "# Myths\n\nNone here.\n"}
COPIED = (
    "snippets",
    "docs/assets",
    "docs/.ruff.toml",
    "docs/practice.md",
    "docs/downloads.md",
    "requirements.txt",
    "pyproject.toml",
    ".pre-commit-config.yaml",
)
# Blocks start in fresh interpreters, and nothing imports torch first: what does not need it is
# quicker so.
FRESH = {"ANSWERED_FORK": "0"}
NO_DEVICE = {"ANSWERED_CUDA_DEVICE": ""}
os.environ["ANSWERED_BROWSER"] = ""  # sheets are printed where that is what is tested


def block(code: str, mark: str = "", expected: str | None = "") -> str:
    """Return the Markdown of a block, with an expected output unless that is None."""
    head = f"<!--pytest.mark.{mark}-->\n" if mark else ""
    tail = "" if expected is None else f"\n{EXPECTED}\n```text\n{expected}\n```"
    return f"{head}```python\n{code}\n```{tail}"


def copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


@dataclass(frozen=True)
class Project:
    """The sources of a small site in the folder `root`, built by the repository's code."""

    root: Path

    @classmethod
    def make(cls, root: Path) -> Project:
        """Write a project without faults: three questions, no notebook, nothing listed."""
        for part in COPIED:
            copy(ROOT / part, root / part)
        config = (ROOT / "mkdocs.yml").read_text()
        theme = "custom_dir: answered/site/theme"
        assert theme in config
        theme_here = f"custom_dir: {ROOT / 'answered/site/theme'}"
        (root / "mkdocs.yml").write_text(config.replace(theme, theme_here))
        contents = (ROOT / "docs/questions/contents.yml").read_text().partition("\nmyths:")[0]
        unlisted = re.sub(r"\n    questions:\n(?:      - .+\n)+", "\n", contents)
        assert "      - " not in unlisted
        files = {"questions/contents.yml": unlisted, **OTHERS}
        for name in NAMES:
            text = Path(name).stem
            page = PAGE.format(title=f"Is this page {text}", text=text)
            files[f"questions/{name}"] = page
        for name, text in files.items():
            file = root / "docs" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return cls(root)

    @property
    def site(self) -> Path:
        return self.root / "site"

    def page(self, name: str) -> Path:
        return self.root / "docs" / "questions" / name

    def write(self, name: str, title: str, *blocks: str) -> Path:
        """Write a question with `blocks` besides its own, and return its file."""
        self.page(name).parent.mkdir(exist_ok=True)
        self.page(name).write_text(PAGE.format(title=title, text=Path(name).stem))
        for each in blocks:
            self.append(name, each)
        return self.page(name)

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

    def environment(self, **env: str) -> dict[str, str]:
        """Return the environment of commands: the code is the repository's."""
        made = {"PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": "0", "NO_MKDOCS_2_WARNING": "1"}
        return os.environ | made | env

    def run(self, *command: str, **env: str) -> subprocess.CompletedProcess:
        """Run Python with `command`; what it writes to stderr is in stdout."""
        return subprocess.run(
            [sys.executable, *command],
            cwd=self.root,
            text=True,
            timeout=PATIENCE,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self.environment(**env),
        )

    def answered(self, *command: str, **env: str) -> subprocess.CompletedProcess:
        return self.run("-m", "answered", *command, **env)

    def start(self, *command: str, **env: str) -> subprocess.Popen:
        """Start a command in a process group of its own, as a shell does."""
        return subprocess.Popen(
            [sys.executable, "-m", "answered", *command],
            cwd=self.root,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self.environment(**env),
            process_group=0,
        )

    def build(self, **env: str) -> subprocess.CompletedProcess:
        return self.answered("build", **env)

    def check(self, *pages: str, **env: str) -> subprocess.CompletedProcess:
        return self.answered("check", *pages, **env)

    def html(self, name: str) -> str:
        """Return a page of the built site, by its address."""
        return (self.site / name / "index.html").read_text()

    def files(self, folder: str = "site") -> dict[str, bytes]:
        """Return the content of every file below `folder`, by its path from there."""
        base = self.root / folder
        files = [file for file in sorted(base.rglob("*")) if file.is_file()]
        return {file.relative_to(base).as_posix(): file.read_bytes() for file in files}

    def commit(self) -> None:
        """Make the project a git repository, and commit everything."""
        if not (self.root / ".git").is_dir():
            (self.root / ".venv").symlink_to(sys.prefix)
            (self.root / ".gitignore").write_text(".venv\n.cache\n__pycache__\n/site/\n")
            self.git("init", "--quiet")
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", "x")

    def copied(self, root: Path) -> Project:
        """Return a copy of the project in `root`, to be changed."""
        shutil.copytree(self.root, root)
        return Project(root)

    def git(self, *command: str) -> None:
        who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        subprocess.run(["git", *who, *command], cwd=self.root, check=True)


@pytest.fixture(scope="session")
def template(tmp_path_factory) -> Project:
    """A project with the results of its blocks in its cache; it is copied, never changed."""
    made = Project.make(tmp_path_factory.mktemp("template") / "project")
    done = made.check(**FRESH, **NO_DEVICE)
    assert done.returncode == 0 and "3 run anew" in done.stdout, done.stdout
    return made


@pytest.fixture
def project(template, tmp_path) -> Project:
    return template.copied(tmp_path / "project")


@pytest.fixture(scope="module")
def broken(template, tmp_path_factory) -> Project:
    """Like `project`, shared by a module's tests: faults are put in together and built once."""
    return template.copied(tmp_path_factory.mktemp("broken") / "project")


@pytest.fixture(scope="session")
def site() -> Path:
    """The folder that `make site` leaves; an older one than its sources would prove nothing."""
    folder = ROOT / "site"
    assert (folder / "index.html").is_file(), "there is no site/\n    fix: run `make site`"
    built = (folder / "index.html").stat().st_mtime
    sources = [ROOT / name for name in SOURCES]
    for file in [*sources, *(file for folder in sources for file in folder.rglob("*"))]:
        if file.is_file() and "__pycache__" not in file.parts:
            old = f"{file.relative_to(ROOT)} is newer than site/\n    fix: run `make site`"
            assert file.stat().st_mtime <= built, old
    return folder


def installed_browser() -> str | None:
    """Return the path of a browser on the PATH."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def without_browser(reason: str) -> None:
    """Skip a test that needs a browser; where the project's own machines lack one, fail."""
    end = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
    end(f"NO BROWSER FOUND, the site is not tested: {reason}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = installed_browser()
    with sync_playwright() as playwright:
        try:
            launched = playwright.chromium.launch(executable_path=path, args=QUIET)
        except Error as error:
            without_browser(error.message.splitlines()[0])
        new_context = launched.new_context

        def patient(**options: object) -> BrowserContext:
            context = new_context(**options)
            context.set_default_timeout(1000 * PATIENCE)
            return context

        launched.new_context = patient
        expect.set_options(timeout=1000 * PATIENCE)
        yield launched
        launched.close()
