"""A pytest plugin that collects the blocks of Markdown files and judges their results.

Its files and items are those of pytest-codeblocks; parsing and running are the engine's. The plugin
of pytest-codeblocks itself stays off (no `--codeblocks`): it would evaluate what stands in a mark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_codeblocks.plugin import MarkdownFile, TestBlock

from .block import Block
from .parser import parse
from .problems import Problem, report
from .session import Session


class BlockFile(MarkdownFile):
    """A Markdown file, whose items are its blocks."""

    plugin: BlockPlugin
    blocks: tuple[Block, ...] = ()

    def collect(self) -> Iterator[BlockItem]:
        """Yield an item for each block.

        Raises:
            CollectError: the form of the file has faults.
        """
        session = self.plugin.session
        path = self.path.relative_to(session.settings.root).as_posix()
        document = parse(self.path.read_text("utf-8-sig", "replace"), path, session.settings)
        if document.faults:
            raise self.CollectError(report(document.faults))
        self.blocks = document.blocks
        for block in self.blocks:
            item = BlockItem.from_parent(self, name=f"line {block.line}", obj=block)
            for name in block.mark_names:
                item.add_marker(name)
            if not session.runs(block):
                item.add_marker(pytest.mark.skip(reason=self.plugin.missing(block)))
            yield item


class BlockItem(TestBlock):
    """A block, whose test is the judgment of its result."""

    def setup(self) -> None:
        self.parent.plugin.session.prefetch(self.parent.blocks)  # of the whole page, side by side

    def runtest(self) -> None:
        if problem := self.parent.plugin.problem(self.obj):
            pytest.fail(str(problem), pytrace=False)

    def repr_failure(self, excinfo: pytest.ExceptionInfo) -> str:
        return str(super(TestBlock, self).repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.obj.line - 1, self.name


class BlockPlugin:
    """Collects the Markdown files below a folder, and runs their blocks in one session."""

    def __init__(
        self,
        session: Session,
        folder: Path,
        problem: Callable[[Block], Problem | None],
        missing: Callable[[Block], str],
    ) -> None:
        """`missing` returns why a block, which this machine has no device for, is skipped."""
        self.session, self.folder = session, folder
        self.problem, self.missing = problem, missing

    def pytest_configure(self, config: pytest.Config) -> None:
        for mark in self.session.settings.marks:
            config.addinivalue_line("markers", f"{mark.name}: {mark.meaning}")

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> BlockFile | None:
        if file_path.suffix != ".md" or self.folder not in file_path.parents:
            return None
        file = BlockFile.from_parent(parent, path=file_path)
        file.plugin = self
        return file

    def pytest_unconfigure(self) -> None:
        self.session.close()
