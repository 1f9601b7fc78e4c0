"""A Python-Markdown extension that has markdown-exec show each example with its live output.

The bare fence of a page becomes a fence that markdown-exec executes; what it calls is not its own Python runner
but a look-up of the result computed by `answered.runner`. The committed expected output
is dropped from the page: it has been checked against the live one.
"""

from __future__ import annotations

import re
from functools import partial

import markdown_exec
from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown_exec import base_format

from .check import judge
from .form import MARK
from .inclusions import SNIPPET, snippet_fault
from .page import EXPECTED, Example, extract
from .provenance import below, seen
from .store import Store
from .update import closing

# pymdownx.snippets runs at 32 and superfences at 25: examples are rewritten before either reads the page.
# Figures are put in after 30, where Python-Markdown removes the characters that mark stashed HTML.
PRIORITY, FIGURES_PRIORITY = 40, 28
FIGURE = "answered-figure-of-example-"


class Examples(Preprocessor):
    """Rewrites a page's examples into markdown-exec fences, snippet lines into shown code."""

    def __init__(self, md: Markdown, store: Store, path: str, shown: dict[str, str], figures: dict[str, str]) -> None:
        """`path` is that of the page at hand. `shown` takes the output of each example of the page at hand by its fence's id, `figures` SVG by its line."""
        super().__init__(md)
        self.store = store
        self.path = path
        self.shown = shown
        self.figures = figures

    def run(self, lines: list[str]) -> list[str]:
        if hasattr(self.md, "_original_md"):  # markdown-exec's inner conversion of what it shows
            return lines
        text = "\n".join(lines)
        try:
            examples = {example.line: example for example in extract(text, self.path)}
        except RuntimeError:  # reported by answered.form
            return [line for line in lines if not (SNIPPET.match(line) and snippet_fault(line))]
        self.shown.clear()
        self.figures.clear()
        out: list[str] = []
        number = index = 0
        while number < len(lines):
            number += 1
            line = lines[number - 1]
            if number in examples:
                index += 1
                number = self.example(out, lines, examples[number], index)
            elif MARK.match(line.strip()):
                continue
            elif SNIPPET.match(line) and snippet_fault(line):  # reported by answered.form
                continue
            elif SNIPPET.match(line):
                file = SNIPPET.match(line)["file"]
                out += ["", f'```python title="{file}"', line, "```", ""]
            else:
                out.append(line)
        return out

    def example(self, out: list[str], lines: list[str], example: Example, index: int) -> int:
        """Append one example, rewritten; return the last line of it and of its expected output."""
        opening = example.line - 1
        indent, fence = re.match(r"( *)(`+)", lines[opening]).groups()
        end = closing(lines, opening + 1, fence)
        result = self.store.get(example)
        wrong = judge(example, result) if result else None
        name = f"example-{index}"
        output = self.shown[name] = seen(example, self.store)
        layout = f'source="block" result="{language(example)}"' if output else 'source="above"'
        body = [f'{indent}{fence}python exec="on" id="{name}" {layout}', *lines[opening + 1 : end], indent + fence]
        figures = result.figures if result else []
        for number, (_, svg) in enumerate(figures):
            line = f"{FIGURE}{index}-{number}"
            self.figures[line] = f'<figure class="drawn">{svg}</figure>'
            out += ["", indent + line, ""]
        if figures:
            body = [f'{indent}??? example "Source of the figure"', "", *(f"    {line}" for line in body)]
        out += ["", *body, ""]
        if "gpu" in example.marks:
            out += [indent + line if line else "" for line in below(example, self.store)]
        if wrong:
            headline = wrong.what.splitlines()[0].replace('"', "'")
            out += [f'{indent}!!! failure "This example fails: {headline}"', ""]
        return after_expected(lines, end, example) + 1


class Figures(Preprocessor):
    """Replaces the lines that `Examples` left for figures by the figures."""

    def __init__(self, md: Markdown, figures: dict[str, str]) -> None:
        super().__init__(md)
        self.figures = figures

    def run(self, lines: list[str]) -> list[str]:
        return [self.placed(line) if FIGURE in line else line for line in lines]

    def placed(self, line: str) -> str:
        figure = self.figures.get(line.strip())
        return line.replace(line.strip(), self.md.htmlStash.store(figure)) if figure else line


class ExamplesExtension(Extension):
    """Registers `Examples`, and its look-up as markdown-exec's runner for Python.

    Attributes:
        path: of the page that is rendered next, as `Page.path`.
    """

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.path = ""
        self.shown: dict[str, str] = {}
        self.figures: dict[str, str] = {}

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.register(Examples(md, self.store, self.path, self.shown, self.figures), "answered-examples", PRIORITY)
        md.preprocessors.register(Figures(md, self.figures), "answered-figures", FIGURES_PRIORITY)
        markdown_exec.formatters["python"] = partial(base_format, language="python", run=self.live_output)

    def live_output(self, code: str, id: str, **_: object) -> str:
        """What markdown-exec shows below the source: the output of the example just rewritten."""
        return self.shown[id]


def language(example: Example) -> str:
    return "pytb" if "raises" in example.marks else "text"


def after_expected(lines: list[str], end: int, example: Example) -> int:
    """Index of the last line of the example, its expected output included."""
    if example.expected is None:
        return end
    comment = next(i for i in range(end + 1, len(lines)) if lines[i].strip() == EXPECTED)
    start = next(i for i in range(comment + 1, len(lines)) if lines[i].lstrip().startswith("```"))
    return closing(lines, start + 1, re.match(r"`+", lines[start].lstrip())[0])
