"""Copies of the project to break, and its built site."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("answered", "snippets", "mkdocs.yml", "requirements.txt", "pyproject.toml")


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
            [sys.executable, *command], cwd=self.root, text=True, timeout=600, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=os.environ | {"SOURCE_DATE_EPOCH": "0", **env},
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
    (root / "docs" / "index.md").write_text("# Home\n\nWelcome.\n")
    questions = root / "docs" / "questions"
    questions.mkdir()
    contents = (ROOT / "docs" / "questions" / "contents.yml").read_text()
    (questions / "contents.yml").write_text(contents[: contents.index("\nmyths:")])
    (root / "docs" / "myths.md").write_text("# Myths\n\nNone here.\n")
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
