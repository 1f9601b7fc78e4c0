"""A small site as it is published, with real pages, and the few functions that are tested directly.

This is the one module that imports the build's code for the tests of the site and of the exports.
"""

from __future__ import annotations

import os
import re
import shutil
from functools import partial
from pathlib import Path

from answered.exports.links import inside, page_address, relink_html, relink_markdown
from answered.exports.practice import moved
from answered.exports.search import names

from .conftest import ROOT, Project
from .sources import Question, questions

__all__ = [
    "inside",
    "moved",
    "names",
    "page_address",
    "relink_html",
    "relink_markdown",
]

URL = "https://example.org/answered/"
COLAB = "https://colab.example/{path}"
TIME = 1_700_000_000
DAY = 86_400
# Figures and snippets, an error that is the point, mathematics, and blocks for a GPU.
PAGES = (
    "tensors/torch-cat",
    "tensors/torch-stack",
    "autograd/autograd",
    "optimization/gradient-descent",
    "optimization/zero-grad",
    "gpu/torch-cuda",
)
EDITED = "tensors/torch-cat"
BLOCK = re.compile(
    r"```python\n.*?^```\n<!--pytest-codeblocks:expected-output-->\n```text\n.*?^```\n", re.S | re.M
)
LINK = re.compile(r"\[((?:[^\[\]`]|`[^`]*`)+)\]\((?!https?:|#)([^()\s#]+)(#[^()\s]*)?\)")


class Published:
    """A project of some real pages, built as it is published: with its address and Colab's.

    Attributes:
        site: the built folder.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.site = project.root / "site"

    def fill(self) -> None:
        """Put the real pages in the place of those that the project has."""
        docs = self.project.root / "docs"
        results = ROOT / ".cache" / "results"  # of `make site`: the same blocks are not run again
        if results.is_dir():
            shutil.copytree(results, self.project.root / ".cache" / "results", dirs_exist_ok=True)
        for page in (docs / "questions").rglob("*.md"):
            page.unlink()
        for name in PAGES:
            source = ROOT / "docs" / "questions" / f"{name}.md"
            target = docs / "questions" / f"{name}.md"
            target.parent.mkdir(exist_ok=True)
            text = LINK.sub(partial(self.link, name), source.read_text())
            kept, _, _ = text.rstrip().rpartition("\n")  # without its last neighbor
            target.write_text(f"{kept}\n- [Claims](../../myths.md), which is no question\n")
            recordings = source.parent / "recordings" / f"{source.stem}.yml"
            if recordings.is_file():
                (target.parent / "recordings").mkdir(exist_ok=True)
                shutil.copy(recordings, target.parent / "recordings")

    def edit(self) -> None:
        """Change a page's short answer, take its second block out, have its last one twice."""
        page = self.project.page(f"{EDITED}.md")
        text = page.read_text().replace("\n## Short answer\n\n", "\n## Short answer\n\nNew: ")
        _, second, *_, last = BLOCK.finditer(text)
        twice = f"{last[0]}\nAgain:\n\n{last[0]}"
        page.write_text(
            text[: second.start()] + text[second.end() : last.start()] + twice + text[last.end() :]
        )

    @staticmethod
    def link(name: str, match: re.Match) -> str:
        """Return a link to one of the pages as it is, to any other as its text."""
        target = os.path.normpath(os.path.join(os.path.dirname(name), match[2]))
        return match[0] if target.removesuffix(".md") in PAGES else match[1]

    def build(self, time: int = TIME, **env: str) -> Path:
        env = {"SITE_URL": URL, "COLAB": COLAB, "SOURCE_DATE_EPOCH": str(time)} | env
        done = self.project.build(**env)
        assert done.returncode == 0, done.stdout
        return self.site

    @property
    def questions(self) -> list[Question]:
        return questions(self.project.root)
