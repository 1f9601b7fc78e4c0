"""The form of a page: everything that pytest-codeblocks or MkDocs would pass over is refused here.

pytest-codeblocks collects a fence only if its info string is exactly `python`, and drops the rest without a
word. So a page holds bare fences in a closed list of languages, marks from a closed list directly above a
Python fence, and nothing that hides a block.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from .inclusions import SNIPPET, SNIPPET_MARK, snippet_fault
from .page import EXPECTED, FRONT_MATTER, MARKS, Page
from .problems import Problem
from .prose import INLINE_CODE, indented_blocks, line_faults

LANGUAGES = ("python", "text", "console")
MAX_LINES = 40  # blank ones aside
FENCE = re.compile(r"^(?P<before>[\s>]*)(?P<fence>`{3,}|~{3,})(?P<info>[^`]*)$")
# Control characters, and those that have a line read otherwise than it runs: without width, or changing the direction.
HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
MARK = re.compile(r"^<!--pytest\.mark\.(\w+)-->$")


@dataclass(frozen=True)
class Fence:
    """A fenced block: opening and closing line (counted from 1) and language."""

    start: int
    end: int
    language: str


def check_form(page: Page) -> list[Problem]:
    """Return what is wrong with the page's fences, marks, comments, snippets, links and raw HTML."""
    scan = Scan(page)
    scan.run()
    if not scan.problems:
        scan.compare_with_extraction()
        scan.indented_code()
    scan.examples()
    return scan.problems


class Scan:
    """One pass over the lines of a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.lines = page.text.split("\n")
        self.fences: list[Fence] = []
        self.problems: list[Problem] = []
        self.snippets: set[str] = set()

    def refuse(self, line: int, what: str, mend: str) -> None:
        self.problems.append(Problem(self.page.path, line, what, mend))

    def run(self) -> None:
        front = FRONT_MATTER.match(self.page.text)
        number = front[0].count("\n") if front else 0
        after = None  # what must follow: ("mark" | "expected", line of the comment)
        while number < len(self.lines):
            number += 1
            line = self.lines[number - 1]
            if not line.strip():
                continue
            fence = FENCE.match(line)
            if fence:
                number, after = self.fence(fence, number, after), None
                continue
            hidden = HIDDEN.search(line)
            if hidden:
                self.refuse(number, f"an invisible character, U+{ord(hidden[0]):04X}", "delete it; in code, write it as an escape")
            comment = "<!--" in INLINE_CODE.sub("", line)
            if after and not (comment and after[0] == "mark"):
                self.dangling(*after)
                after = None
            if comment:
                after = self.comment(line.strip(), number) or None
            elif SNIPPET_MARK in line:
                self.snippet(line, number)
            else:
                for what, mend in line_faults(line):
                    self.refuse(number, what, mend)
        if after:
            self.dangling(*after)

    def fence(self, match: re.Match, start: int, after: tuple[str, int] | None) -> int:
        """Check one fence and return the line that closes it."""
        before, fence, info = match["before"], match["fence"], match["info"]
        looks_like_python = re.search(r"py|\bpython", info.lower()) is not None
        if ">" in before or "\t" in before:
            self.refuse(
                start,
                "a fence in a block quote or after a tab is never collected",
                "put it at the margin, or indent it with spaces under a list item or an admonition",
            )
        elif fence[0] == "~":
            self.refuse(start, "a tilde fence is never collected", "open and close it with backticks")
        elif info not in LANGUAGES:
            wanted = "```python, with nothing after it" if looks_like_python else f"one of {', '.join(LANGUAGES)}"
            self.refuse(start, f"fence ```{info}: a block in this form is never collected or checked", f"write {wanted}")
        if after and after[0] == "mark" and info != "python":
            self.dangling(*after)
        if after and after[0] == "expected" and info != "text":
            self.refuse(start, "expected output is not in a ```text fence", "write ```text")
        indent = len(before)
        for end in range(start + 1, len(self.lines) + 1):
            line = self.lines[end - 1]
            if line.lstrip().startswith(fence):
                if line.rstrip() != before + fence:
                    self.refuse(end, f"a line inside the block of line {start} starts with its fence", "open and close the block with a longer fence")
                break
            hidden = HIDDEN.search(line)
            if hidden:
                self.refuse(end, f"an invisible character, U+{ord(hidden[0]):04X}", "delete it; in code, write it as an escape")
            if SNIPPET_MARK in line:
                self.refuse(end, "a snippet line inside a fence is not run as what it shows", "put the snippet line on its own, outside any fence")
            if indent and not line.strip():
                self.refuse(end, "a blank line in an indented block: pytest-codeblocks drops it", "put the block at the margin, or take the blank line out")
            elif len(line) - len(line.lstrip()) < indent:
                self.refuse(end, f"a line of the block of line {start} is indented less than its fence", "indent it as the fence is")
        else:
            self.refuse(start, "unclosed fence: the rest of the page is inside it", "close it with the same backticks")
            return len(self.lines)
        self.fences.append(Fence(start, end, info))
        return end

    def comment(self, line: str, number: int) -> tuple[str, int] | None:
        """Check a line with an HTML comment; return what it demands of the next line, if anything."""
        mark = MARK.match(line)
        if mark and mark[1] in MARKS:
            return "mark", number
        if line == EXPECTED:
            previous = self.fences[-1] if self.fences else None
            between = self.lines[previous.end : number - 1] if previous else ["nothing"]
            if previous is None or previous.language != "python" or any(text.strip() for text in between):
                self.refuse(number, "expected output without a Python block directly above it", "move it below its block, or delete it")
            return "expected", number
        known = ", ".join(f"<!--pytest.mark.{name}-->" for name in MARKS)
        if mark and mark[1] in ("skip", "skipif", "xfail"):
            self.refuse(number, f"mark '{mark[1]}': no example is skipped", f"mend or delete the block; the marks are {known}")
        elif mark:
            self.refuse(number, f"unknown mark '{mark[1]}'", f"the marks are {known}")
        elif "pytest" in line:
            self.refuse(number, f"{line[:60]}: not a mark of this project", f"the marks are {known} and {EXPECTED}, written just so, alone on their line")
        else:
            self.refuse(number, "an HTML comment can hide a block from readers or from the tests", "delete it")
        return None

    def dangling(self, kind: str, line: int) -> None:
        if kind == "mark":
            self.refuse(line, "a mark that does not stand directly above a ```python fence goes to another block", "move it directly above its block")
        else:
            self.refuse(line, "expected output without a ```text fence directly below it", "run `make update`, which writes it")

    def snippet(self, line: str, number: int) -> None:
        wrong = snippet_fault(line)
        if wrong:
            self.refuse(number, *wrong)
        else:
            self.snippets.add(Path(SNIPPET.match(line)["file"]).stem)

    def compare_with_extraction(self) -> None:
        """Hold this scan against what pytest-codeblocks collects: both must see the same blocks."""
        try:
            collected = [example.line for example in self.page.examples]
        except RuntimeError as error:
            self.refuse(1, f"pytest-codeblocks cannot read the page: {error}", "mend the fences and comments of the page")
            return
        seen = [fence.start for fence in self.fences if fence.language == "python"]
        for line in sorted(set(seen) ^ set(collected)):
            self.refuse(line, "this block and pytest-codeblocks' list of blocks disagree", "write it as a plain ```python fence")

    def examples(self) -> None:
        for example in self.page.readable_examples:
            if sum(bool(line.strip()) for line in example.code.split("\n")) > MAX_LINES:
                self.refuse(example.line, f"the block is longer than {MAX_LINES} lines", "move the long part to snippets/, show it by section and import it")
            if example.expected is None and "gpu" not in example.marks:
                if "raises" in example.marks:
                    self.refuse(example.line, "a block marked 'raises' without expected output", "run `make update`, which writes it")
                elif not has_assert(example.code):
                    self.refuse(
                        example.line,
                        "the block has neither expected output nor an assert: nothing is checked",
                        "print or assert the point it makes, then run `make update`",
                    )
        for name in sorted(self.snippets):
            if not any(re.search(rf"\bsnippets\.{name}\b", example.code) for example in self.page.readable_examples):
                line = next(i for i, text in enumerate(self.lines, 1) if f"snippets/{name}.py" in text)
                self.refuse(line, f"snippets/{name}.py is shown but no block of the page uses it", f"import from snippets.{name} in a block")

    def indented_code(self) -> None:
        """Refuse what Markdown would render as an indented code block."""
        lines = list(self.lines)
        for fence in self.fences:  # stand-ins, indented alike: their content is code, and is not meant here
            indent = re.match(r" *", lines[fence.start - 1])[0]
            lines[fence.start - 1 : fence.end] = [indent + "fenced", *[""] * (fence.end - fence.start)]
        for text in indented_blocks(FRONT_MATTER.sub("", "\n".join(lines))):
            first = text.strip().split("\n")[0].strip()
            indented = [i for i, shown in enumerate(self.lines, 1) if shown.startswith(("    ", "\t"))]
            line = next((i for i in indented if self.lines[i - 1].strip() == first), indented[0])
            self.refuse(line, "an indented code block is never run", "put it in a ```python fence, or indent it less")


def has_assert(code: str) -> bool:
    """Whether the code holds an assert statement; code that does not parse fails when it is run."""
    try:
        return any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(code)))
    except SyntaxError:
        return True
