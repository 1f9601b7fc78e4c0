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
UNSHOWN = (
    "the block imports code that it does not show",
    "write that code in the block, or show the file and start it by its name",
)
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
        "leave the lines that make the point, or make two blocks of it",
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
    "code of 81 columns": (
        f"```python\nassert 1\nassert {'1' * 74}\n```",
        2,
        "a line of code with 81 columns; at most 80",
        "run `make format`, or break the line",
    ),
    "code of a figure, too": (
        f"```python\nfrom snippets.figures import save\n\nassert save  # {'x' * 66}\n```",
        3,
        "a line of code with 81 columns; at most 80",
        "run `make format`, or break the line",
    ),
    "output of 81 columns": (
        f"```python\nprint(1)\n```\n\n{EXPECTED}\n\n```text\n1\n{'x' * 81}\n\n```",
        8,
        "a line of output with 81 columns; at most 80",
        "print less, or on several lines",
    ),
    "a name that looks like another": (
        "```python\nmean = 1\nm\u0435an = 2  # é\nassert mean\n```",
        2,
        "the name 'm\\u0435an' in code",
        "write it in the letters a to z; texts and comments may have others",
    ),
    "seven visible blocks more": (
        "\n\n".join(["```python\nassert 1\n```"] * 7),
        6 * 4,
        "8 blocks that run anywhere; at most 7",
        "keep those that nobody forgets",
    ),
    "four blocks for a GPU": (
        "\n\n".join(["<!--pytest.mark.gpu-->\n```python\nprint(1)\n```"] * 4),
        3 * 5 + 1,
        "4 blocks that need a GPU; at most 3",
        "keep those that nobody forgets",
    ),
    "code that is not shown": (
        "```python\nx = 1\nfrom snippets.tools import double\n\nassert double\n```",
        0,
        *UNSHOWN,
    ),
    "code that is not shown, for a GPU": (
        "<!--pytest.mark.gpu-->\n```python\nimport snippets.tools\n\nprint(1)\n```",
        1,
        *UNSHOWN,
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault(tmp_path, name):
    text, offset, *told = FAULTS[name]
    assert the_problem(tmp_path, {ONE: page(here=text)}) == (ONE, HERE + offset, *told)


USE = '\n\n```python\nimport runpy\n\nassert runpy.run_path("tools.py")["double"](1) == 2\n```'
SOUND = {
    "assert": "```python\nassert 1\n```",
    "assert and print": "```python\nprint(1)\nassert 1\n```",
    "printed": f"```python\nprint(1)\n```\n{EXPECTED}\n```text\n1\n```",
    "does not parse, which running it tells": "```python\nx = = 1\n```",
    "waits for a GPU": "<!--pytest.mark.gpu-->\n```python\nprint(1)\n```",
    "as long as may be": "```python\n" + "x = 1\n\n" * 39 + "assert x\n```",
    "a long block that draws": (
        "```python\nfrom snippets.figures import save\n\n" + "x = 1\n" * 45 + "assert save\n```"
    ),
    "code and output of 80 columns": (
        f"```python\nprint('{'x' * 71}')\n```\n{EXPECTED}\n```text\n{'x' * 80}\n```"
    ),
    "an error of many columns": (
        f"```python\nprint(1)\n```\n{EXPECTED}\n```text\nRuntimeError: {'x' * 80}\n```"
    ),
    "a warning of many columns": (
        f"```python\nprint(1)\n```\n{EXPECTED}\n```text\nUserWarning: {'x' * 80}\n```"
    ),
    "an exception of many columns": (
        f"<!--pytest.mark.raises-->\n```python\nprint(1)\n```\n{EXPECTED}\n```text\n{'x' * 90}\n```"
    ),
    "six visible blocks more, three for a GPU, and figures": "\n\n".join(
        ["```python\nassert 1\n```"] * 6
        + ["<!--pytest.mark.gpu-->\n```python\nprint(1)\n```"] * 3
        + ["```python\nfrom snippets.figures import save\n\nassert save\n```"] * 2
    ),
    "a figure that uses a snippet": (
        "```python\nfrom snippets.figures import save\nfrom snippets.tools import double\n\n"
        "assert save and double\n```"
    ),
    "a comment on snippets": "```python\n# from snippets\nassert 1  # import snippets\n```",
}


@pytest.mark.parametrize("name", SOUND)
def test_no_fault(tmp_path, name):
    assert problems(tmp_path, {ONE: page(here=SOUND[name])}) == []


@pytest.mark.parametrize("name", ["tools.py:double", "tools.py"])
def test_a_page_that_is_no_question_shows_a_snippet_and_uses_it(tmp_path, name):
    text = f'# Home\n\n--8<-- "snippets/{name}"{USE}\n'
    assert problems(tmp_path, {"docs/index.md": text}) == []
    told = the_problem(tmp_path, {"docs/index.md": text.replace('("tools', '("tools2')})
    assert told[1:] == (
        3,
        "snippets/tools.py is shown but no block of the page uses it",
        "start tools.py in a block, which finds it in its folder",
    )


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
    assert (6, OTHER) in [
        (problem.line, problem.what) for problem in problems(tmp_path, {ONE: text})
    ]


def test_a_block_has_the_marks_of_its_settings():
    assert Block("a.md", 1, "x").mark_names == ()
