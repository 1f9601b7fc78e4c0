"""Blocks of a page, its fences, and the page as a parsed document."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .problems import Problem
from .settings import Mark

EXPECTED = "<!--pytest-codeblocks:expected-output-->"
FRONT_MATTER = re.compile(r"\A---\n(.*?)^---\n", re.S | re.M)
INLINE_CODE = re.compile(r"(?<![`\\])(`+)(?!`).+?(?<!`)\1(?!`)")


@dataclass(frozen=True)
class Block:
    """One executable block of a page.

    Attributes:
        path: the page, relative to the project's root.
        line: of the opening fence, counted from 1.
        end: line of the closing fence.
        last: last line of what belongs to the block, its expected output included.
        code: the source between the fences, without their indentation.
        expected: the committed output, or None where there is none.
        marks: those that stand above the block.
        language: of the fence.
        files: paths, relative to the project's root, of the files that lie in its folder.
    """

    path: str
    line: int
    code: str
    end: int = 0
    last: int = 0
    expected: str | None = None
    marks: tuple[Mark, ...] = ()
    language: str = "python"
    files: tuple[str, ...] = ()

    def problem(self, what: str, fix: str) -> Problem:
        """Return a problem with the block, in the line of its fence."""
        return Problem(self.path, self.line, what, fix)

    def files_below(self, root: Path) -> list[Path]:
        """Return those of its files that there are below the project's folder."""
        return [file for file in (root / name for name in self.files) if file.is_file()]

    @property
    def mark_names(self) -> tuple[str, ...]:
        return tuple(sorted(mark.name for mark in self.marks))

    @property
    def must_raise(self) -> bool:
        """Whether the block has to end with an exception."""
        return any(mark.must_raise for mark in self.marks)

    @property
    def needs_device(self) -> bool:
        """Whether the block needs a device that this machine may lack."""
        return any(mark.device for mark in self.marks)

    @property
    def measures(self) -> bool:
        """Whether the numbers that the block prints are others at every run."""
        return any(mark.measures for mark in self.marks)

    @property
    def fresh(self) -> bool:
        """Whether the block starts in a fresh interpreter."""
        return any(mark.fresh or mark.device for mark in self.marks)

    @cached_property
    def has_assert(self) -> bool:
        """Whether the code asserts something; code that does not parse fails when it is run."""
        if self.language != "python":
            return False
        try:
            return any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(self.code)))
        except SyntaxError:
            return True


@dataclass(frozen=True)
class Fence:
    """A fenced block of any language: lines of its opening and closing fence, counted from 1."""

    line: int
    end: int
    language: str


@dataclass(frozen=True)
class Document:
    """A page, parsed.

    Attributes:
        path: relative to the project's root.
        lines: of the file.
        body: number of lines of the front matter, before the text begins.
        fences: all of them, in order.
        blocks: the executable ones.
        marks: the lines that hold a mark.
        faults: what is wrong with fences, marks and comments.
        closed: whether every fence is, so that the rest of the document is what it seems to be.
    """

    path: str
    lines: tuple[str, ...]
    body: int
    fences: tuple[Fence, ...]
    blocks: tuple[Block, ...]
    marks: frozenset[int]
    faults: tuple[Problem, ...]
    closed: bool = True

    @cached_property
    def prose(self) -> tuple[str, ...]:
        """The lines, with nothing in those of the front matter, fences, marks and outputs."""
        lines = list(self.lines)
        spans = [(1, self.body), *((fence.line, fence.end) for fence in self.fences)]
        spans += [(number, number) for number in self.marks]
        spans += [(block.line, block.last) for block in self.blocks]
        for start, end in spans:
            lines[start - 1 : end] = [""] * (end - start + 1)
        return tuple(lines)

    @cached_property
    def fenced(self) -> frozenset[int]:
        """The numbers of the lines of all fences."""
        return frozenset(n for fence in self.fences for n in range(fence.line, fence.end + 1))

    def pieces(self) -> Iterator[Block | list[tuple[int, str]]]:
        """Yield the blocks and the numbered lines between them, without front matter and marks."""
        lines: list[tuple[int, str]] = []
        number, blocks = self.body, {block.line: block for block in self.blocks}
        while number < len(self.lines):
            number += 1
            if number in blocks:
                yield lines
                yield blocks[number]
                lines, number = [], blocks[number].last
            elif number not in self.marks:
                lines.append((number, self.lines[number - 1]))
        yield lines
