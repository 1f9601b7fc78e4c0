"""The parser of pages: blocks, fences and lines as they are, and faults with their lines."""

import dataclasses
from pathlib import Path

import pytest

from answered.engine.block import EXPECTED, INLINE_CODE, Block
from answered.engine.parser import parse
from answered.engine.settings import FRESH, RAISES, SLOW, Mark, Settings

SETTINGS = Settings(Path("/project"))
MARKS = f"{RAISES.comment}, {SLOW.comment}, {FRESH.comment}"


def parsed(text: str, settings: Settings = SETTINGS):
    return parse(text, "a.md", settings)


def faults(text: str) -> list[tuple[int, str]]:
    return [(fault.line, fault.what) for fault in parsed(text).faults]


TEXT = f"""---
title: A
---
# A

```python
print(1)

print(2)
```
{EXPECTED}
```text
1
2
```

<!--pytest.mark.raises-->

<!--pytest.mark.slow-->
```python
1 / 0
```
Text.

```console
$ ls
```
"""


def test_the_comment_is_the_one_of_pytest_codeblocks():
    assert EXPECTED == "<!--pytest-codeblocks:expected-output-->"


def test_blocks_with_their_lines():
    document = parsed(TEXT)
    assert document.path == "a.md" and document.lines == tuple(TEXT.split("\n"))
    assert document.body == 3 and document.faults == () and document.closed
    assert document.blocks == (
        Block("a.md", 6, "print(1)\n\nprint(2)\n", 10, 15, "1\n2\n"),
        Block("a.md", 20, "1 / 0\n", 22, 22, None, (RAISES, SLOW)),
    )
    assert [(fence.line, fence.end, fence.language) for fence in document.fences] == [
        (6, 10, "python"),
        (12, 15, "text"),
        (20, 22, "python"),
        (25, 27, "console"),
    ]
    assert document.marks == {17, 19}


def test_prose_is_what_is_left():
    prose = parsed(TEXT).prose
    assert len(prose) == len(TEXT.split("\n"))
    assert [(i, line) for i, line in enumerate(prose, 1) if line] == [(4, "# A"), (23, "Text.")]


def test_pieces_are_blocks_and_what_stands_between_them():
    document = parsed(TEXT)
    assert list(document.pieces()) == [
        [(4, "# A"), (5, "")],
        document.blocks[0],
        [(16, ""), (18, "")],
        document.blocks[1],
        [(23, "Text."), (24, ""), (25, "```console"), (26, "$ ls"), (27, "```"), (28, "")],
    ]
    assert list(parsed("Text.").pieces()) == [[(1, "Text.")]]


def test_what_a_block_says_of_itself():
    device = Mark("device", "needs one", device=True)
    plain = Block("a.md", 1, "x = 1\n")
    assert plain.mark_names == () and plain.language == "python" and plain.expected is None
    assert not (plain.must_raise or plain.needs_device or plain.fresh or plain.has_assert)
    marked = Block("a.md", 1, "def f():\n    assert 1\n", marks=(SLOW, RAISES))
    assert marked.mark_names == ("raises", "slow")
    assert marked.must_raise and marked.has_assert and not marked.needs_device and not marked.fresh
    assert Block("a.md", 1, "", marks=(FRESH,)).fresh
    needs = Block("a.md", 1, "", marks=(device,))
    assert needs.needs_device and needs.fresh and not needs.must_raise
    assert Block("a.md", 1, "x = = 1\n").has_assert  # which running it tells
    assert not Block("a.md", 1, "# assert\n").has_assert


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("---\na: b\n---\n", 3),
        ("---\n---\n", 2),
        ("\n---\na: b\n---\n", 0),
        ("---\na: b\n", 0),
        ("", 0),
    ],
)
def test_front_matter_begins_on_the_first_line(text, body):
    assert parsed(text).body == body


def test_nothing_in_front_matter_is_parsed():
    document = parsed("---\n<!-- x -->\n```python\n---\n```python\nx\n```\n")
    assert document.faults == () and [block.line for block in document.blocks] == [5]


@pytest.mark.parametrize("between", ["", "\n", "\n\n"])
def test_an_output_belongs_to_the_block_above_it(between):
    text = f"```python\nx\n```\n{between}{EXPECTED}\n{between}```text\n1\n```\nText."
    (block,) = parsed(text).blocks
    assert faults(text) == []
    assert (block.end, block.last, block.expected) == (3, 7 + 2 * len(between), "1\n")


def test_fences_longer_than_what_they_hold():
    text = f'````python\n"""\n```\n"""\n````\n{EXPECTED}\n`````text\n````\n`````\n'
    (block,) = parsed(text).blocks
    assert block.code == '"""\n```\n"""\n' and block.expected == "````\n" and faults(text) == []
    assert (block.line, block.end, block.last) == (1, 5, 9)


def test_empty_blocks_and_outputs():
    (block,) = parsed(f"```python\n```\n{EXPECTED}\n```text\n```").blocks
    assert (block.code, block.expected, block.end, block.last) == ("", "", 2, 5)


def test_blanks_after_a_fence_do_not_matter():
    (block,) = parsed("```python \nx\n``` \n").blocks
    assert (block.language, block.code) == ("python", "x\n") and faults(
        "```python \nx\n``` \n"
    ) == []


NEVER = "a block in this form is never collected or checked"
ABOVE = "a mark that does not stand directly above a ```python fence goes to another block"
BELOW = "expected output without a ```text fence directly below it"
WITHOUT = "expected output without a Python block directly above it"
HIDES = "an HTML comment can hide a block from readers or from the tests"
BLOCK = "```python\nx\n```"
OUTPUT = f"{EXPECTED}\n```text\n1\n```"
FAULTS = {
    "two marks, neither above a block": (
        f"{SLOW.comment}\n{RAISES.comment}\nx",
        [(1, ABOVE), (2, ABOVE)],
    ),
    "a mark at the end": (f"Text.\n{SLOW.comment}\n", [(2, ABOVE)]),
    "a mark above another comment": (
        f"{SLOW.comment}\n<!-- -->\n{BLOCK}",
        [(1, ABOVE), (2, HIDES)],
    ),
    "a mark above an output": (f"{BLOCK}\n{SLOW.comment}\n{OUTPUT}", [(4, ABOVE), (5, WITHOUT)]),
    "a mark between an output and its fence": (
        f"{BLOCK}\n{EXPECTED}\n{SLOW.comment}\n{BLOCK}",
        [(4, BELOW)],
    ),
    "an output at the end": (f"{BLOCK}\n{EXPECTED}", [(4, BELOW)]),
    "an output and a word": (
        f"{BLOCK}\n{EXPECTED}\nThis.\n{OUTPUT[len(EXPECTED) + 1 :]}",
        [(4, BELOW)],
    ),
    "an output twice": (f"{BLOCK}\n{OUTPUT}\n{OUTPUT}", [(8, WITHOUT)]),
    "an output of no block": (f"Text.\n{OUTPUT}", [(2, WITHOUT)]),
    "an output below a text": (f"{BLOCK}\nText.\n{OUTPUT}", [(5, WITHOUT)]),
    "an output below another fence": (
        f"{BLOCK}\n\nText.\n```console\nx\n```\n{OUTPUT}",
        [(9, WITHOUT)],
    ),
    "an output in a block's fence": (
        f"{BLOCK}\n{EXPECTED}\n{BLOCK}",
        [(5, "expected output is not in a ```text fence")],
    ),
    "an unannounced output": (
        f"{BLOCK}\n\n```text\n1\n```",
        [(5, "a ```text fence directly below a block, which nothing checks")],
    ),
    "two outputs": (
        f"{BLOCK}\n{OUTPUT}\n```text\n1\n```",
        [(8, "a ```text fence directly below a block, which nothing checks")],
    ),
    "a refused block with mark and output": (
        f"{SLOW.comment}\n```py\nx\n```\n\n{OUTPUT}",
        [(2, f"fence ```py: {NEVER}")],
    ),
    "an output below a text below a refused block": (
        f"```py\nx\n```\nText.\n{OUTPUT}",
        [(1, f"fence ```py: {NEVER}"), (5, WITHOUT)],
    ),
    "a mark above a console": (f"{SLOW.comment}\n```console\nx\n```", [(1, ABOVE)]),
    "closed by a longer fence": (
        "```python\nx\n````\nText.",
        [(3, "a line inside the block of line 1 starts with its fence")],
    ),
    "closed with an indentation": (
        "```python\nx\n  ```\nText.",
        [(3, "a line inside the block of line 1 starts with its fence")],
    ),
    "indented": (
        "1. One\n\n   ```python\n   x\n   ```\n\n2. Two",
        [(3, "an indented or quoted fence is not run as it is shown")],
    ),
    "quoted": (
        "> ```python\n> x\n> ```\n\nText.",
        [(1, "an indented or quoted fence is not run as it is shown")],
    ),
    "tildes": ("~~~~python\nx\n~~~~\nText.", [(1, "a tilde fence is never collected")]),
    "tabs": ("```python\n\tx\ny\n\tz\n```", [(2, "a tab in a block"), (4, "a tab in a block")]),
    "a comment on several lines": ("<!--\nx\n-->", [(1, HIDES)]),
    "a comment in a line": ("Text <!-- x --> text.", [(1, HIDES)]),
    "a mark in a line": (
        f"Text {SLOW.comment}",
        [(1, f"Text {SLOW.comment}: not a mark of this project")],
    ),
    "a mark with a blank": (
        "<!-- pytest.mark.slow -->",
        [(1, "<!-- pytest.mark.slow -->: not a mark of this project")],
    ),
    "a long comment": (
        f"<!--pytest {'x' * 80}-->",
        [(1, f"<!--pytest {'x' * 49}: not a mark of this project")],
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault(name):
    text, found = FAULTS[name]
    assert faults(text) == found
    assert all(fault.path == "a.md" and fault.fix for fault in parsed(text).faults)


def test_what_needs_no_fault():
    assert (
        faults(f"Text `<!-- x -->` and ``<!-- ` -->``.\n{BLOCK}\n\nText.\n\n```text\n1\n```") == []
    )
    assert faults(f"{BLOCK}\n{OUTPUT}\n{BLOCK}\n{OUTPUT}") == []
    assert faults("```text\n\tx\n```") == []


def test_a_fence_that_is_not_closed():
    """Its block ends where the next one opens, or with the page; what it held is lost."""
    text = f"Text.\n```python\nx\n\n{BLOCK}\n```text\ny\n"
    document = parsed(text)
    unclosed = "unclosed fence: what follows is inside it"
    assert faults(text) == [(2, unclosed), (8, unclosed)] and not document.closed
    assert [(fence.line, fence.end) for fence in document.fences] == [(2, 4), (5, 7), (8, 10)]
    assert [(block.line, block.code) for block in document.blocks] == [(5, "x\n")]
    assert [fault.fix.split(";")[0] for fault in document.faults] == [
        "close the block of line 2 with ```",
        "close the block of line 8 with ```",
    ]


def test_advice_names_what_the_settings_know():
    settings = Settings(Path("/"), marks=(SLOW,), languages=("text", "yaml"))
    assert parsed("```yaml\na: 1\n```", settings).faults == ()
    told = {
        fault.what: fault.fix
        for fault in parsed("```bash\n```\n<!--pytest.mark.raises-->", settings).faults
    }
    assert told == {
        f"fence ```bash: {NEVER}": "write one of python, text, yaml",
        "unknown mark 'raises'": f"the marks are {SLOW.comment}",
    }
    told = {
        fault.what: fault.fix
        for fault in parsed("<!--pytest.mark.xfail-->\n<!--pytest-x-->").faults
    }
    assert told == {
        "mark 'xfail': no example is skipped": f"fix or delete the block; the marks are {MARKS}",
        "<!--pytest-x-->: not a mark of this project": (
            f"the marks are {MARKS} and {EXPECTED}, written just so, alone on their line"
        ),
    }


FIXES = {
    "Text.\n```Python\n```": "write ```python, with nothing after it",
    " ```python\n ```": "put it at the margin, below the list or the quotation",
    "~~~\n~~~": "open and close it with backticks",
    "```python\n\tx\n```": "indent with blanks; in a string write \\t",
    "```python\n```x\n": "open and close the block with a longer fence",
    SLOW.comment: "move it directly above its block",
    f"{BLOCK}\n{EXPECTED}": "run `make update`, which writes it",
    EXPECTED: "move it below its block, or delete it",
    "<!-- x -->": "delete it",
    f"{BLOCK}\n```text\n```": (
        f"run `make update`, which writes the output below {EXPECTED}, and delete this one"
    ),
    f"{BLOCK}\n{EXPECTED}\n```console\n```": "write ```text",
    "````python\nx\n": (
        "close the block of line 1 with ````; if a line of the block is to look like a fence, open"
        " and close it with a longer one"
    ),
}


@pytest.mark.parametrize("text", FIXES)
def test_fix(text):
    assert [fault.fix for fault in parsed(text).faults] == [FIXES[text]]


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("a `b` c", "a  c"),
        ("``a ` b`` c", " c"),
        (r"\`a\` b", r"\`a\` b"),
        ("`a` b `c`", " b "),
        ("`a b", "`a b"),
        (r"`a\` b", " b"),
    ],
)
def test_code_in_a_line(line, left):
    assert INLINE_CODE.sub("", line) == left


def test_a_block_has_the_shown_files_that_it_names():
    settings = dataclasses.replace(SETTINGS, shown=r"Show (?P<file>\S+)$")
    shown = "Show lib/a.py\n\nShow lib/b.py\n\nShow lib/a.py\n"
    blocks = '```python\nrun("a.py")\n```\n\n```python\nrun("c.py")\n```\n'
    first, second = parsed(f"{blocks}\n{shown}", settings).blocks
    assert first.files == ("lib/a.py",) and second.files == ()
    assert not any(block.files for block in parsed(f"{blocks}\n{shown}").blocks)
