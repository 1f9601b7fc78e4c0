"""The sources of the site, read without the build's own code, to hold built files against."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(
    r"(?P<marks>(?:^ *<!--pytest\.mark\.\w+-->\n)*)"
    r"^(?P<indent> *)```python\n(?P<code>.*?)^(?P=indent)```\n"
    r"(?:^ *<!--pytest-codeblocks:expected-output-->\n^ *```\w+\n(?P<expected>.*?)^ *```$)?",
    re.S | re.M,
)


@dataclass(frozen=True)
class Block:
    """A Python block of a page.

    Attributes:
        line: of the opening fence, counted from 1.
        output: the committed output without its last newline; None where there is none.
        marks: `gpu`, `raises` and such.
    """

    line: int
    code: str
    output: str | None
    marks: frozenset[str]

    @property
    def draws(self) -> bool:
        """Whether the block draws a figure."""
        return bool(re.search(r"\bsnippets(\.| import )figures\b", self.code))

    @property
    def exported(self) -> bool:
        """Whether the block leaves the site: it needs neither snippets nor a script of its page."""
        return not re.search(r"^\s*(from|import) snippets\b|^torchrun\(", self.code, re.M)


@dataclass(frozen=True)
class Question:
    """A page with a question: `id` is topic/slug, `url` its address from the site's root."""

    id: str
    text: str
    meta: dict

    @property
    def topic(self) -> str:
        return self.id.split("/")[0]

    @property
    def slug(self) -> str:
        return self.id.split("/")[1]

    @property
    def asked(self) -> list[str]:
        """The other wordings, without the anchors of what answers them."""
        return [next(iter(e)) if isinstance(e, dict) else e for e in self.meta["also_asked"]]

    @property
    def url(self) -> str:
        return f"questions/{self.id}/"

    @property
    def title(self) -> str:
        return re.search(r"^# (.+)$", self.text, re.M)[1].replace("`", "")

    @cached_property
    def blocks(self) -> list[Block]:
        return [
            Block(
                self.text[: match.start("code") - 1].count("\n") + 1,
                re.sub(f"^{match['indent']}", "", match["code"], flags=re.M),
                match["expected"] and match["expected"].rstrip("\n"),
                frozenset(re.findall(r"mark\.(\w+)", match["marks"])),
            )
            for match in BLOCK.finditer(self.text)
        ]

    def html(self, site: Path) -> str:
        """Return the built page."""
        return (site / self.url / "index.html").read_text(encoding="utf-8")


def contents(root: Path = ROOT) -> dict:
    """Return docs/questions/contents.yml."""
    return yaml.safe_load((root / "docs" / "questions" / "contents.yml").read_text())


@cache
def paths(root: Path = ROOT) -> dict:
    """Return docs/questions/paths.yml."""
    return yaml.safe_load((root / "docs" / "questions" / "paths.yml").read_text(encoding="utf-8"))


@cache
def questions(root: Path = ROOT) -> list[Question]:
    """Return all questions in reading order: as contents.yml lists them, others after by name."""
    found = []
    for topic in contents(root)["topics"]:
        folder = root / "docs" / "questions" / topic["id"]
        listed = {slug: number for number, slug in enumerate(topic.get("questions", []))}
        files = sorted(folder.glob("*.md"), key=lambda f: (listed.get(f.stem, len(listed)), f.stem))
        for file in files:
            text = file.read_text(encoding="utf-8")
            meta = yaml.safe_load(text.split("---\n")[1])
            found.append(Question(f"{topic['id']}/{file.stem}", text, meta))
    return found
