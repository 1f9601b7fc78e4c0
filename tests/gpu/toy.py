"""A project with a page or two of `gpu` blocks, and a device that is none."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from pathlib import Path

from answered.engine.settings import Settings
from answered.gpu.device import Device
from answered.gpu.record import run_pages
from answered.pages.book import Book
from answered.pages.contents import Contents
from answered.pages.page import Page
from answered.pages.settings import settings

REPOSITORY = Path(__file__).resolve().parents[2]
DEVICE = Device("Toy 9000", "9.0", "580.95.05", "13.0", "13.2", "2.15.0+cu132", "3.11.9")
ONE, TWO = "docs/questions/tensors/one.md", "docs/questions/tensors/two.md"
RECORDED = "docs/questions/tensors/recordings/one.yml"
# None of the blocks here imports torch, which takes seconds and has no part in what is tested.
PRINTS = "print('from the', 'device')"
MEASURES = """eager, compiled = 3.2149, 1.07
print(f"eager: {eager:.2f} ms")
print(f"compiled: {compiled:.2f} ms")
assert compiled < eager"""
FIGURES = "eager: 3.21 ms\ncompiled: 1.07 ms"
MEASURED = "gpu-->\n<!--pytest.mark.measured"  # both marks of a block that measures


def block(code: str, mark: str = "gpu", expected: str | None = None) -> str:
    """Return the Markdown of a block."""
    head = f"<!--pytest.mark.{mark}-->\n" if mark else ""
    announced = "\n<!--pytest-codeblocks:expected-output-->\n"
    tail = "" if expected is None else f"{announced}```text\n{expected}\n```"
    return f"{head}```python\n{code}\n```{tail}\n"


@dataclass(frozen=True)
class Toy:
    """A project in the folder `root`; its helpers are the repository's own."""

    root: Path

    @classmethod
    def make(cls, root: Path) -> Toy:
        (root / "docs" / "questions" / "tensors").mkdir(parents=True)
        (root / "snippets").mkdir()
        for file in (REPOSITORY / "snippets").glob("*.py"):
            (root / "snippets" / file.name).write_bytes(file.read_bytes())
        (root / "requirements.txt").write_text("# locked on 2026-01-31\n")
        return cls(root)

    @property
    def settings(self) -> Settings:
        return settings(self.root)

    def write(self, path: str, *blocks: str) -> Page:
        (self.root / path).write_text("\n".join(["# Toy?\n", *blocks]))
        return self.page(path)

    def page(self, path: str) -> Page:
        return Page.load(self.root / path, self.settings)

    def edit(self, path: str, old: str, new: str) -> int:
        """Replace the first `old` in a file by `new`; return its line."""
        text = (self.root / path).read_text()
        assert old in text
        (self.root / path).write_text(text.replace(old, new, 1))
        return text[: text.index(old)].count("\n") + 1

    def book(self, *paths: str) -> Book:
        pages = tuple(map(self.page, paths))
        return Book(self.settings, pages, Contents((), (), ()))

    def files(self) -> dict[str, bytes]:
        """Return the content of all files of docs/ and snippets/."""
        found = [file for part in ("docs", "snippets") for file in (self.root / part).rglob("*.*")]
        return {str(file.relative_to(self.root)): file.read_bytes() for file in found}

    def run(
        self,
        *paths: str,
        record: bool = False,
        missing: bool = False,
        device: Device | None = DEVICE,
    ) -> tuple[int, str]:
        """Run the blocks of pages as `make gpu` does; return its code and what it printed."""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            pages = [self.page(path) for path in paths]
            code = run_pages(pages, self.settings, record, missing, device)
        return code, printed.getvalue()
