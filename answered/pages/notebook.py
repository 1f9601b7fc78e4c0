"""A notebook of docs/notebooks: a percent script, its cells with their lines, and its prose.

The output that a code cell is expected to print stands at the cell's end, as comments: `# > text`,
a form that formatters leave as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile

import yaml

from ..engine.block import Block
from ..engine.problems import Problem
from ..engine.settings import Mark, Settings
from .gate import NOT_UTF8
from .page import Page, Source
from .yaml_lines import load_yaml

EXPECTED = re.compile(r"# ?>(?: (?P<text>.*))?$")
CODE, MARKDOWN = "code", "markdown"
RULE = re.compile(r"# ?---\s*")  # above and below the header
MAX_CELLS = 200


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes:
        line: of its first line of text or code, counted from 1.
        kind: `CODE` or `MARKDOWN`.
        source: Markdown without comment signs, or code without its expected output.
        block: code as the engine has it, whose line is the one above it; None for Markdown.
    """

    line: int
    kind: str
    source: str
    block: Block | None = None


@dataclass(frozen=True)
class Notebook(Source):
    """A notebook; it is parsed when its cells are asked for.

    Attributes:
        settings: of the engine.
    """

    settings: Settings = field(repr=False)

    @classmethod
    def parse(cls, text: str, path: str, settings: Settings) -> Notebook:
        """Return the notebook that has `text` at `path`."""
        return cls(path, text, settings)

    @property
    def uri(self) -> str:
        """The path below docs/ of the page that it becomes."""
        return f"{self.path.removeprefix('docs/').removesuffix('.py')}.md"

    @property
    def title(self) -> str:
        """The text of the first level-1 heading without backticks; empty where there is none."""
        return self.prose.title

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Those that are not empty, in order."""
        return self.parsed.cells

    @property
    def code(self) -> tuple[Cell, ...]:
        """The code cells, in order."""
        return tuple(cell for cell in self.cells if cell.kind == CODE)

    @cached_property
    def prose(self) -> Page:
        """Its Markdown as a page, every line where it stands in the notebook, the others empty."""
        lines = [""] * (self.text.count("\n") + 2)
        for cell in self.cells:
            if cell.kind == MARKDOWN:
                source = cell.source.split("\n")
                lines[cell.line - 1 : cell.line - 1 + len(source)] = source
        return Page.parse("\n".join(lines), self.path, self.settings)

    @cached_property
    def parsed(self) -> Parser:
        """The notebook's cells and faults."""
        return Parser(self.text, self.path, self.settings)

    @property
    def faults(self) -> tuple[Problem, ...]:
        """The faults of the form of the notebook."""
        found = [*self.parsed.faults, *self.prose.faults]
        for block in self.prose.blocks:
            what = f"a ```{block.language} fence in a Markdown cell is not run"
            fix = "make it a code cell, below a line `# %%`"
            found.append(Problem(self.path, block.line, what, fix))
        if not self.title:
            what, fix = "a notebook without a title", "begin its first Markdown cell with `# Title`"
            found.append(Problem(self.path, 1, what, fix))
        return tuple(found)


def header_of(lines: list[str]) -> str:
    """Return the YAML of a percent script that jupytext may take for its header."""
    above = list(takewhile(lambda line: line.startswith("#"), lines))
    rules = [number for number, line in enumerate(above) if RULE.fullmatch(line)]
    header = above[rules[0] + 1 : rules[1]] if len(rules) > 1 else []
    return "\n".join(re.sub("^# ?", "", line) for line in header)


class Parser:
    """One pass over a percent script: jupytext's own reader of cells, with the lines it leaves out.

    Attributes:
        cells: those that are not empty.
        faults: what is wrong with cells.
    """

    def __init__(self, text: str, path: str, settings: Settings) -> None:
        from jupytext.cell_reader import DoublePercentScriptCellReader  # half a second
        from jupytext.header import header_to_metadata_and_cell
        from nbformat import ValidationError

        self.path = path
        self.marks = {m.name: m for m in settings.marks if not (m.device or m.fresh)}
        self.faults: list[Problem] = []
        cells: list[Cell | None] = []
        lines = text.split("\n")
        if NOT_UTF8 in text:
            line = text.count("\n", 0, text.index(NOT_UTF8)) + 1
            self.refuse(line, "bytes that are not UTF-8", "save the file as UTF-8")
        number = 0  # of lines that have been read
        try:
            load_yaml(header_of(lines))  # refuses what jupytext's own reader would unfold
            number = header_to_metadata_and_cell(lines, "#", "", ".py")[-1]
        except (yaml.YAMLError, KeyError, TypeError, ValueError, RecursionError):
            self.refuse(1, "jupytext does not understand the header", "delete it: none is needed")
        while number < len(lines):
            reader = DoublePercentScriptCellReader({"extension": ".py", "format_name": "percent"})
            try:
                cell, size = reader.read(lines[number:])
            except (AttributeError, TypeError, ValidationError):
                what, fix = "jupytext does not understand the cell", "begin it with `# %%` alone"
                self.refuse(number + 1, what, fix)
                break
            marker = reader.start_code_re.match(lines[number])
            marker = marker or reader.alternative_start_code_re.match(lines[number])
            cells.append(self.cell(cell, number + 1 + bool(marker)))
            number += size
            if len(cells) > MAX_CELLS:
                self.refuse(number, f"more than {MAX_CELLS} cells", "make several notebooks of it")
                break
        self.cells = tuple(cell for cell in cells if cell)

    def refuse(self, line: int, what: str, fix: str) -> None:
        self.faults.append(Problem(self.path, line, what, fix))

    def cell(self, found: dict, line: int) -> Cell | None:
        """Return a cell that jupytext found, with text from `line` on; None for an empty one."""
        source = found.source.split("\n")
        opening = line - 1
        line += "cell_marker" in found.metadata  # a line of quotes
        while source and not source[0].strip():
            line, source = line + 1, source[1:]
        if not source:
            return None
        language = found.metadata.get("language", "python")
        if found.cell_type not in (CODE, MARKDOWN) or language != "python":
            fix = "begin it with `# %%` for Python or `# %% [markdown]` for Markdown"
            self.refuse(line, "a cell that is neither Python nor Markdown", fix)
            return None
        if found.cell_type == MARKDOWN:
            return Cell(line, MARKDOWN, "\n".join(source).rstrip())
        expected, last = self.expected(source, line)
        code = "\n".join(source).rstrip()
        marks = self.marks_of(found.metadata.get("tags", []), opening)
        end = line + code.count("\n") + 1
        block = Block(self.path, line - 1, f"{code}\n", end, last, expected, marks)
        return Cell(line, CODE, code, block) if code else None

    def expected(self, source: list[str], line: int) -> tuple[str | None, int]:
        """Take the expected output from the end of `source`; return it and its last line."""
        while source and not source[-1].strip():
            source.pop()
        last, output = line + len(source) - 1, []
        while source and (match := EXPECTED.match(source[-1])):
            output.insert(0, f"{match['text'] or ''}\n")
            source.pop()
        for number, text in enumerate(source, line):
            if EXPECTED.match(text):
                what = "expected output that is not at the end of its cell"
                fix = "delete it and run `make update`, which writes it below the code"
                self.refuse(number, what, fix)
        if output and not any(text.strip() for text in source):
            what = "expected output without code above it"
            self.refuse(line, what, "delete it, or move it below its code")
        return "".join(output) if output else None, last

    def marks_of(self, tags: list[str], line: int) -> tuple[Mark, ...]:
        """Return the marks that the tags in `line` name."""
        for tag in tags:
            if tag not in self.marks:
                known = ", ".join(f'# %% tags=["{name}"]' for name in self.marks)
                self.refuse(line, f"unknown tag '{tag}'", f"the tags are {known}")
        return tuple(self.marks[tag] for tag in tags if tag in self.marks)
