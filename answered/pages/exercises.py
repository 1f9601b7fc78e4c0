"""Exercises: what the reader is to write, and the judge of it, a file that the page shows whole."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cache

from ..engine.block import Block
from .page import JUDGE, SOLUTION, TASK, WRONG, Page
from .snippets import SNIPPET

FOLDER = "snippets/judges"
CONTEXT = 2  # lines of a difference above and below what differs
CALL = re.compile(r"^judge\((\w+)\)$", re.M)
COMMENT = re.compile(r"""\s*#[^"']*$""")
DOCSTRING = re.compile(r'\s*""".*"""')
SAME = 0.5  # of a wrong solution's lines, at least, for a difference to say more than the whole


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


def asked_names(page: Page) -> list[str]:
    """Return the names of the functions and classes that the task defines, in order."""
    return [name for block in page.blocks_of(TASK) for name in definitions(block.code)]


def judged_names(page: Page) -> list[str]:
    """Return those of the asked names that a solution of the page has the judge judge."""
    solutions = "\n".join(block.code for block in page.blocks_of(SOLUTION))
    called = {call[1] for call in CALL.finditer(solutions)}
    return [name for name in asked_names(page) if name in called]


def differences(page: Page) -> dict[Block, list[str]]:
    """Return how wrong solutions differ from the one that is shown, as lines of a diff.

    Definitions are compared. What a wrong solution goes without is no difference: definitions,
    comments, docstrings of one line. One that shares too little with the right one is left out.
    """
    if not page.is_exercise:
        return {}
    solutions = (block.code for block in page.blocks_of(SOLUTION))
    right = next(filter(definitions, solutions), "")
    found = {block: difference(right, block.code) for block in page.blocks_of(WRONG)}
    return {block: list(lines) for block, lines in found.items() if lines}


def definitions(code: str) -> dict[str, list[str]]:
    """Return the lines of the functions and classes that code defines; none if it is broken."""
    try:
        nodes = ast.parse(code).body
    except SyntaxError:  # which running the block tells
        return {}
    lines, found = code.split("\n"), {}
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
            found[node.name] = lines[first - 1 : node.end_lineno]
    return found


@cache  # the checks, the notices and the page itself ask for it, and it takes milliseconds
def difference(right_code: str, wrong_code: str) -> tuple[str, ...]:
    """Return the lines of a diff between what both define; none if they share too little."""
    solution, other = definitions(right_code), definitions(wrong_code)
    both = [solution[name] for name in solution if name in other]
    right, wrong = together(both), together(other.values())
    bare = [[COMMENT.sub("", line) for line in lines] for lines in (right, wrong)]
    matcher = SequenceMatcher(None, *bare, autojunk=False)
    same = sum(block.size for block in matcher.get_matching_blocks())
    if not other or bare[0] == bare[1] or same < SAME * len(wrong):
        return ()
    shown: list[str] = []
    for group in matcher.get_grouped_opcodes(CONTEXT):
        shown += ["@@"] if shown else []
        for kind, first, last, begin, end in group:
            if kind == "equal":
                shown += [f" {line}" for line in right[first:last]]
            else:
                shown += [f"-{line}" for line in right[first:last]]
                shown += [f"+{line}" for line in wrong[begin:end]]
    return tuple(line.rstrip() for line in shown)


def together(pieces: Iterable[list[str]]) -> list[str]:
    """Return the lines of definitions one below the other, without docstrings of one line."""
    text = "\n\n".join("\n".join(lines) for lines in pieces)
    return [line for line in text.split("\n") if not DOCSTRING.fullmatch(line)]
