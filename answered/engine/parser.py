"""The parser of pages: blocks with their lines, fences, and faults of form.

pytest-codeblocks, whose syntax this is, collects a fence only if its info string is exactly
`python`, and drops the rest without a word. So a page holds bare fences in a closed list of
languages, marks from a closed list directly above a block, and nothing that hides a block.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from .block import EXPECTED, FRONT_MATTER, INLINE_CODE, Block, Document, Fence
from .problems import Problem
from .script import LANGUAGES
from .settings import Mark, Settings

FENCE = re.compile(r"^(?P<indent>[\s>]*)(?P<fence>`{3,}|~{3,})(?P<info>[^`]*?)\s*$")
MARK = re.compile(r"^<!--pytest\.mark\.(\w+)-->$")


def parse(text: str, path: str, settings: Settings) -> Document:
    """Return the document in `text`, the content of the file `path`."""
    return Parser(text, path, settings).document()


class Parser:
    """One pass over the lines of a page."""

    def __init__(self, text: str, path: str, settings: Settings) -> None:
        self.path = path
        self.lines = tuple(text.split("\n"))
        self.known = {mark.name: mark for mark in settings.marks}
        self.languages = (*LANGUAGES, *settings.languages)
        shown = re.compile(settings.shown or r"(?!)")  # or what matches nothing
        matches = (shown.match(line) for line in self.lines)
        self.shown = list(dict.fromkeys(match["file"] for match in matches if match))
        front = FRONT_MATTER.match(text)
        self.body = front[0].count("\n") if front else 0
        self.fences: list[Fence] = []
        self.blocks: list[Block] = []
        self.faults: list[Problem] = []
        self.marks: dict[int, Mark] = {}
        self.waiting: list[int] = []  # marks whose block has not come yet
        self.closed = True
        self.last = 0  # last line of the last block and its output
        self.refused = 0  # line that closes the last fence in a form that is not collected
        self.expected = 0  # line of the comment whose fence has not come yet

    def refuse(self, line: int, what: str, fix: str) -> None:
        self.faults.append(Problem(self.path, line, what, fix))

    def document(self) -> Document:
        """Parse the lines, and return what was found."""
        number = self.body
        while number < len(self.lines):
            number += 1
            line = self.lines[number - 1]
            match = FENCE.match(line)
            if match:
                number = self.fence(match, number)
            elif "<!--" in INLINE_CODE.sub("", line):
                self.comment(line.strip(), number)
            elif line.strip():
                self.dangling()
        self.dangling()
        found = tuple(self.fences), tuple(self.blocks), frozenset(self.marks), tuple(self.faults)
        return Document(self.path, self.lines, self.body, *found, self.closed)

    def fence(self, match: re.Match, start: int) -> int:
        """Parse one fence; return the line that closes it."""
        indent, fence, language = match.groups()
        sound = self.sound_opening(start, indent, fence, language)
        end, closed = self.closing(start, indent, fence)
        if not closed:
            fix = (
                f"close the block of line {start} with {fence}; if a line of the block is to look"
                " like a fence, open and close it with a longer one"
            )
            self.refuse(start, "unclosed fence: what follows is inside it", fix)
            sound = self.closed = False
        lines = self.lines[start : end - 1]
        text = "".join(f"{line}\n" for line in lines)
        if self.expected:
            self.output(start, end, language, text)
        elif sound and language in LANGUAGES:
            for number, line in enumerate(lines, start + 1):
                if "\t" in line:  # which Markdown turns into blanks
                    fix = "indent with blanks; in a string write \\t"
                    self.refuse(number, "a tab in a block", fix)
            marks = tuple(self.marks[line] for line in self.waiting)
            files = tuple(file for file in self.shown if Path(file).name in text)
            self.blocks.append(
                Block(self.path, start, text, end, end, None, marks, language, files)
            )
            self.waiting, self.last = [], end
        elif sound and language == "text" and self.follows(self.last, start):
            what = "a ```text fence directly below a block, which nothing checks"
            fix = (
                f"run `make update`, which writes the output below {EXPECTED}, and delete this one"
            )
            self.refuse(start, what, fix)
        if sound:
            self.dangling()
        else:
            self.refused, self.waiting = end, []
        self.fences.append(Fence(start, end, language))
        return end

    def sound_opening(self, line: int, indent: str, fence: str, language: str) -> bool:
        """Refuse an opening fence that the tests would never collect."""
        if indent:
            what = "an indented or quoted fence is not run as it is shown"
            fix = "put it at the margin, below the list or the quotation"
        elif fence[0] == "~":
            what, fix = "a tilde fence is never collected", "open and close it with backticks"
        elif language not in self.languages:
            what = f"fence ```{language}: a block in this form is never collected or checked"
            fix = f"write one of {', '.join(self.languages)}"
            if "py" in language.lower():
                fix = "write ```python, with nothing after it"
        else:
            return True
        self.refuse(line, what, fix)
        return False

    def closing(self, start: int, indent: str, fence: str) -> tuple[int, bool]:
        """Return the last line of the fence opened at `start`, and whether it closes the fence."""
        for end in range(start + 1, len(self.lines) + 1):
            line = self.lines[end - 1].strip().lstrip("> " if indent else "")
            if not line.startswith(fence):
                continue
            if line.removeprefix(fence) in self.languages:
                return end - 1, False  # the next block opens where this one was to be closed
            if not indent and self.lines[end - 1].rstrip() != fence:
                what = f"a line inside the block of line {start} starts with its fence"
                self.refuse(end, what, "open and close the block with a longer fence")
            return end, True
        return len(self.lines), False

    def follows(self, end: int, line: int) -> bool:
        """Whether something ends at `end`, and nothing but blank lines stands before `line`."""
        return end > 0 and not any(text.strip() for text in self.lines[end : line - 1])

    def output(self, start: int, end: int, language: str, text: str) -> None:
        """Give the last block the expected output in the fence from `start` to `end`."""
        if language != "text":
            self.refuse(start, "expected output is not in a ```text fence", "write ```text")
        elif self.expected > 0:
            self.blocks[-1] = replace(self.blocks[-1], expected=text, last=end)
            self.last = end
        self.expected = 0

    def comment(self, line: str, number: int) -> None:
        """Parse a line with an HTML comment: a mark, or the announcement of an output."""
        mark = MARK.match(line)
        if mark and mark[1] in self.known:
            if self.expected:
                self.dangling()
            self.marks[number] = self.known[mark[1]]
            self.waiting.append(number)
            return
        self.dangling()
        known = ", ".join(mark.comment for mark in self.known.values())
        if line == EXPECTED:
            sound = self.follows(self.last, number) and self.blocks[-1].expected is None
            if not sound and not self.follows(self.refused, number):
                what = "expected output without a Python block directly above it"
                self.refuse(number, what, "move it below its block, or delete it")
            self.expected = number if sound else -number
        elif mark and mark[1] in ("skip", "skipif", "xfail"):
            what = f"mark '{mark[1]}': no example is skipped"
            self.refuse(number, what, f"fix or delete the block; the marks are {known}")
        elif mark:
            self.refuse(number, f"unknown mark '{mark[1]}'", f"the marks are {known}")
        elif "pytest" in line:
            fix = f"the marks are {known} and {EXPECTED}, written just so, alone on their line"
            self.refuse(number, f"{line[:60]}: not a mark of this project", fix)
        else:
            what = "an HTML comment can hide a block from readers or from the tests"
            self.refuse(number, what, "delete it")

    def dangling(self) -> None:
        """Refuse marks and the announcement of an output that nothing has followed."""
        for line in self.waiting:
            what = (
                "a mark that does not stand directly above a ```python fence goes to another block"
            )
            self.refuse(line, what, "move it directly above its block")
        if self.expected > 0:
            what = "expected output without a ```text fence directly below it"
            self.refuse(self.expected, what, "run `make update`, which writes it")
        self.waiting, self.expected = [], 0
