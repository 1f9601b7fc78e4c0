"""A page: its front matter, its title, its examples."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import yaml
from pytest_codeblocks.main import extract_from_buffer

from . import DOCS, ROOT

MARKS = {
    "gpu": "needs a CUDA device; elsewhere its recorded output is shown",
    "raises": "must raise; the last line of the traceback ends its output",
    "slow": "may take minutes",
}
EXPECTED = "<!--pytest-codeblocks:expected-output-->"
NOT_UTF8 = "\ufffd"
FRONT_MATTER = re.compile(r"\A---\n(.*?)^---\n", re.S | re.M)


@dataclass(frozen=True)
class Example:
    """One executable block of a page.

    Attributes:
        path: the page, relative to the project's root.
        line: of the opening fence, counted from 1.
        code: the source as it stands between the fences, without their indentation.
        expected: the committed output, or None where there is none.
        marks: those of `MARKS` that stand above the block.
    """

    path: str
    line: int
    code: str
    expected: str | None = None
    marks: frozenset[str] = field(default_factory=frozenset)


def extract(text: str, path: str = "") -> list[Example]:
    """Return the examples in `text`, found by pytest-codeblocks.

    Raises:
        RuntimeError: pytest-codeblocks cannot read the text; `answered.form` says why, with a line.
    """
    return [
        Example(
            path=path,
            line=block.lineno,
            code=block.code,
            expected=block.expected_output,
            marks=frozenset(mark.strip().removeprefix("pytest.mark.") for mark in block.marks),
        )
        for block in extract_from_buffer(io.StringIO(text), max_num_lines=100_000)
        if block.syntax == "python"
    ]


@dataclass(frozen=True)
class Page:
    """A Markdown page under docs/.

    Attributes:
        path: relative to the project's root, with forward slashes.
        text: the whole file.
    """

    path: str
    text: str

    @classmethod
    def load(cls, file: Path, root: Path = ROOT) -> Page:
        """Read a page; bytes that are not UTF-8 become `NOT_UTF8`, which `answered.rules` reports."""
        return cls(file.relative_to(root).as_posix(), file.read_text(encoding="utf-8-sig", errors="replace"))

    @property
    def uri(self) -> str:
        """Its path below docs/, as MkDocs names it."""
        return self.path.removeprefix("docs/")

    @property
    def slug(self) -> str:
        return Path(self.path).stem

    @property
    def is_question(self) -> bool:
        return self.uri.startswith("questions/") and self.slug != "index"

    @property
    def topic(self) -> str:
        return Path(self.path).parent.name

    def front_matter(self) -> object:
        """Return the front matter as it stands; an empty mapping where there is none.

        Raises:
            yaml.YAMLError: it is not YAML.
            ValueError: it has a date that does not exist.
        """
        match = FRONT_MATTER.match(self.text)
        return (yaml.safe_load(match[1]) or {}) if match else {}

    @cached_property
    def meta(self) -> dict:
        """The front matter; empty where it is of no use, which `answered.rules` reports."""
        try:
            found = self.front_matter()
        except (yaml.YAMLError, ValueError):
            return {}
        return found if has_kinds(found) else {}

    @cached_property
    def title(self) -> str:
        """The text of the first level-1 heading, without Markdown's backticks; empty where there is none."""
        match = re.search(r"^# (.+)$", self.text, re.M)
        return match[1].strip().replace("`", "") if match else ""

    @property
    def readable_examples(self) -> list[Example]:
        """Its examples; none where its fences are so broken that there is no telling (`answered.form` reports that)."""
        try:
            return self.examples
        except RuntimeError:
            return []

    @cached_property
    def examples(self) -> list[Example]:
        return extract(self.text, self.path)


def has_kinds(meta: object) -> bool:
    """Whether front matter is a mapping, and what the build reads of it is text or lists of text."""
    if not isinstance(meta, dict):
        return False
    lists = [meta.get(key, []) for key in ("tags", "also_asked")]
    texts = [meta.get(key, "") for key in ("description", "level")] + [text for values in lists if isinstance(values, list) for text in values]
    return all(isinstance(values, list) for values in lists) and all(isinstance(text, str) for text in texts)


def load_pages(docs: Path = DOCS) -> list[Page]:
    """Return every Markdown page below `docs`, sorted by path."""
    return [Page.load(file, docs.parent) for file in sorted(docs.rglob("*.md")) if file.is_file()]
