"""Faults of blocks: what is not collected, too long, or held against nothing; and of snippets."""

from dataclasses import replace

import pytest

from answered.check.blocks import check_collection
from answered.engine.block import Block
from answered.pages.page import Page
from tests.check.books import HERE, ONE, book, page, problems, the_problem

EXPECTED = "<!--pytest-codeblocks:expected-output-->"
UPDATE = f"run `make update PAGE={ONE}`, which writes it"
CANNOT = "a snippet line that cannot be read"
FORM = 'write --8<-- "snippets/<file>.py:<section>" alone on its line'
FILES = "name one of tools.py in snippets/"
INSIDE = "a snippet line inside a fence is not run as what it shows"
OUTSIDE = "put it on its own, outside any fence"
FAULTS = {
    "nothing is checked": (
        "```python\nx = 1\n```",
        0,
        "the block has neither expected output nor an assert: nothing is checked",
        "print or assert the point it makes, then run `make update`",
    ),
    "prints": (
        "```python\nprint(1)\n```",
        0,
        "the block prints, and its page has no expected output",
        UPDATE,
    ),
    "raises without output": (
        "<!--pytest.mark.raises-->\n```python\n1 / 0\n```",
        1,
        "a block marked 'raises' without expected output",
        UPDATE,
    ),
    "raises without output, with an assert": (
        "<!--pytest.mark.raises-->\n```python\nassert 0\n```",
        1,
        "a block marked 'raises' without expected output",
        UPDATE,
    ),
    "long": (
        "```python\n" + "x = 1\n\n" * 40 + "assert x\n```",
        0,
        "the block has 41 lines; at most 40, blank ones aside",
        "move the long part to snippets/, show it by section and import it",
    ),
    "unknown snippet file": (
        '--8<-- "snippets/nothing.py:part"',
        0,
        "unknown snippet file snippets/nothing.py",
        FILES,
    ),
    "unknown snippet section": (
        'Text.\n\n--8<-- "snippets/tools.py:nothing"',
        2,
        "unknown snippet section 'nothing' of snippets/tools.py",
        "put '# --8<-- [start:nothing]' and '[end:nothing]' around it there",
    ),
    "snippet outside snippets": ('--8<-- "answered/page.py"', 0, CANNOT, FORM),
    "snippet climbing out": ('--8<-- "snippets/../docs/index.md"', 0, CANNOT, FORM),
    "snippet with fewer dashes": ('-8<- "snippets/tools.py"', 0, CANNOT, FORM),
    "snippet that goes on": ('--8<-- "snippets/tools.py" and', 0, CANNOT, FORM),
    "snippet inside a fence": (
        '```python\n--8<-- "snippets/tools.py"\nassert 1\n```',
        1,
        INSIDE,
        OUTSIDE,
    ),
    "snippet inside a text fence": ('```text\n-8<- "answered/page.py"\n```', 1, INSIDE, OUTSIDE),
    "snippet that no block uses": (
        '--8<-- "snippets/tools.py:double"\n\n```python\nimport snippets.tools2\n\nassert 1\n```',
        0,
        "snippets/tools.py is shown but no block of the page uses it",
        "import from snippets.tools in a block",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault(tmp_path, name):
    text, offset, *told = FAULTS[name]
    assert the_problem(tmp_path, {ONE: page(here=text)}) == (ONE, HERE + offset, *told)


USE = "\n\n```python\nfrom snippets.tools import double\n\nassert double(1) == 2\n```"
SOUND = {
    "assert": "```python\nassert 1\n```",
    "assert and print": "```python\nprint(1)\nassert 1\n```",
    "printed": f"```python\nprint(1)\n```\n{EXPECTED}\n```text\n1\n```",
    "does not parse, which running it tells": "```python\nx = = 1\n```",
    "waits for a GPU": "<!--pytest.mark.gpu-->\n```python\nprint(1)\n```",
    "as long as may be": "```python\n" + "x = 1\n\n" * 39 + "assert x\n```",
    "a snippet's section": f'--8<-- "snippets/tools.py:double"{USE}',
    "a snippet's file": f'--8<-- "snippets/tools.py"{USE}',
}


@pytest.mark.parametrize("name", SOUND)
def test_no_fault(tmp_path, name):
    assert problems(tmp_path, {ONE: page(here=SOUND[name])}) == []


def test_front_matter_holds_no_snippet(tmp_path):
    """Which nothing would read there: it is text, as the key's own rules say."""
    text = page().replace("Is the page called one?", "What is -8<- here?")
    assert problems(tmp_path, {ONE: text}) == []


OTHER = "pytest-codeblocks reads another block here than the build does"


def told_of(tmp_path, text: str, *, drop: int = 0, **changes) -> list[tuple[int, str]]:
    """Return what the comparison tells of a page whose parsed blocks are changed or dropped."""
    made = book(tmp_path)
    parsed = Page.parse(text, ONE, made.settings)
    blocks = tuple(replace(block, **changes) for block in parsed.blocks[drop:])
    other = replace(parsed, document=replace(parsed.document, blocks=blocks))
    return [(problem.line, problem.what) for problem in check_collection(other, made)]


def test_the_parser_and_pytest_codeblocks_see_the_same_blocks(tmp_path):
    text = page()
    line = text[: text.index("```python")].count("\n") + 1
    assert told_of(tmp_path, text) == []
    for wrong in ({"code": "print(1)\n"}, {"expected": None}, {"expected": "two\n"}):
        assert told_of(tmp_path, text, **wrong) == [(line, OTHER)]
    assert told_of(tmp_path, text, drop=1) == [(line, OTHER)]
    assert told_of(tmp_path, text, line=3) == [(3, OTHER), (line, OTHER)]


def test_what_pytest_codeblocks_cannot_read_is_told(tmp_path):
    (problem,) = check_collection(
        Page.parse("---\n<!--pytest-codeblocks:x-->\n---\n", ONE, book(tmp_path).settings),
        book(tmp_path),
    )
    assert (problem.line, problem.what, problem.fix) == (
        1,
        'pytest-codeblocks cannot read the page: Unknown pytest-codeblocks keyword "x"',
        "correct the fences and comments of the page",
    )


def test_a_block_in_front_matter_is_told(tmp_path):
    text = page().replace("junior", "junior # x\n#\n```python\nx\n```")
    assert (5, OTHER) in [
        (problem.line, problem.what) for problem in problems(tmp_path, {ONE: text})
    ]


def test_a_block_has_the_marks_of_its_settings():
    assert Block("a.md", 1, "x").mark_names == ()
