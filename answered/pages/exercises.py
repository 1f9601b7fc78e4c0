"""Exercises: what the reader is to write, and the judge of it, a file that the page shows whole."""

from __future__ import annotations

import ast

from .page import JUDGE, TASK, Page
from .snippets import SNIPPET

FOLDER = "snippets/judges"


def judge_path(page: Page) -> str:
    """Return the path of the judge of an exercise, relative to the project's root."""
    return f"{FOLDER}/{page.slug.replace('-', '_')}.py"


def judge_module(page: Page) -> str:
    """Return the name by which blocks import the judge."""
    return judge_path(page).removesuffix(".py").replace("/", ".")


def shows_judge(page: Page) -> bool:
    """Whether the section of the judge shows its file whole."""
    first, last = page.section(JUDGE) or (1, 0)
    matches = (SNIPPET.match(line) for line in page.document.lines[first - 1 : last])
    return any(m and m["file"] == judge_path(page) and not m["section"] for m in matches)


def asked_name(page: Page) -> str:
    """Return the name of the function or the class that the task defines last; "" for none."""
    found = ""
    for block in page.blocks_of(TASK):
        try:
            nodes = ast.parse(block.code).body
        except SyntaxError:  # which running the block tells
            continue
        names = [n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)]
        found = names[-1] if names else found
    return found
