"""Faults of form: each is refused with its line and what to do, before anything runs."""

from dataclasses import replace

import pytest

from answered.contents import load_contents
from answered.form import check_form
from answered.page import Page
from answered.rules import check_pages
from tests.conftest import PAGE

GOOD = PAGE.format(title="Is this a page", text="ok")
PATH = "docs/questions/tensors/a-page.md"
CODE = "print(1)"
# Where the example of the page stands; faults are put in its place or after it.
EXAMPLE = GOOD[GOOD.index("```python") : GOOD.index("\n\n## What people")]
LINE = GOOD[: GOOD.index("```python")].count("\n") + 1
AFTER = LINE + EXAMPLE.count("\n") + 2


CONTENTS = replace(load_contents(), myths=())


def found(text: str, path: str = PATH):
    return check_pages([Page(path, text)], CONTENTS)


def test_a_good_page_has_no_problem():
    assert found(GOOD) == []


INSERTED = {
    "markdown-exec attributes": (f'```python exec="on"\n{CODE}\n```', 0, "never collected"),
    "a title": (f'```python title="x"\n{CODE}\n```', 0, "never collected"),
    "py": (f"```py\n{CODE}\n```", 0, "write ```python"),
    "a space before python": (f"``` python\n{CODE}\n```", 0, "write ```python"),
    "pycon": (f"```pycon\n>>> {CODE}\n```", 0, "write ```python"),
    "braces": (f"``` {{.python}}\n{CODE}\n```", 0, "write ```python"),
    "braces without a space": (f"```{{.python}}\n{CODE}\n```", 0, "write ```python"),
    "tildes": (f"~~~python\n{CODE}\n~~~", 0, "backticks"),
    "a block quote": (f"> ```python\n> {CODE}\n> ```", 0, "block quote"),
    "a shell block": ("```bash\nls\n```", 0, "one of python, text, console"),
    "indented code": (f"Text.\n\n    {CODE}\n", 2, "indented code block"),
    "unclosed fence": (f"```python\n{CODE}\n", 0, "unclosed fence"),
    "expected output without a block": ("<!--pytest-codeblocks:expected-output-->\n```text\n1\n```", 0, "without a Python block"),
    "expected output in no fence": (f"```python\n{CODE}\n```\n<!--pytest-codeblocks:expected-output-->\n\n1", 3, "without a ```text fence"),
    "unknown mark": (f"<!--pytest.mark.flaky-->\n```python\nassert {CODE}\n```", 0, "unknown mark 'flaky'"),
    "mark skip": (f"<!--pytest.mark.skip-->\n```python\nassert {CODE}\n```", 0, "no example is skipped"),
    "mark xfail": (f"<!--pytest.mark.xfail-->\n```python\nassert {CODE}\n```", 0, "no example is skipped"),
    "mark with arguments": (f"<!--pytest.mark.skipif(True, reason='')-->\n```python\nassert {CODE}\n```", 0, "not a mark"),
    "codeblocks skip": (f"<!--pytest-codeblocks:skip-->\n```python\nassert {CODE}\n```", 0, "not a mark"),
    "skipfile": ("<!--pytest-codeblocks:skipfile-->", 0, "not a mark"),
    "cont": (f"<!--pytest-codeblocks:cont-->\n```python\n{CODE}\n```", 0, "not a mark"),
    "importorskip": (f"<!--pytest-codeblocks:importorskip(x)-->\n```python\n{CODE}\n```", 0, "not a mark"),
    "mark above a text block": ("<!--pytest.mark.slow-->\n```text\nx\n```", 0, "directly above"),
    "mark above prose": (f"<!--pytest.mark.slow-->\nText.\n\n```python\nassert {CODE}\n```", 0, "directly above"),
    "hidden block": (f"<!--\n```python\n{CODE}\n```\n-->", 0, "hide a block"),
    "neither output nor assert": (f"```python\n{CODE}\n```", 0, "neither expected output nor an assert"),
    "raises without output": ("<!--pytest.mark.raises-->\n```python\n1 / 0\n```", 1, "without expected output"),
    "unknown snippet file": ('--8<-- "snippets/nothing.py:part"', 0, "unknown snippet file"),
    "unknown snippet section": ('--8<-- "snippets/figures.py:nothing"', 0, "unknown snippet section 'nothing'"),
    "snippet outside snippets": ('--8<-- "answered/page.py"', 0, "cannot be read"),
    "snippet climbing out": ('--8<-- "snippets/../answered/page.py"', 0, "cannot be read"),
    "snippet with fewer dashes": ('-8<- "answered/page.py"', 0, "cannot be read"),
    "snippet with fewer dashes inside a fence": ('```python\nassert """\n-8<- "answered/page.py"\n"""\n```', 2, "inside a fence"),
    "an event handler": ("See *this*{: onclick=alert(1) }.", 0, "attributes"),
    "an address by attribute": ('[x](https://pytorch.org){ href="javascript:alert(1)" }', 0, "attributes"),
    "direction changed in the text": ("Left \u202e right.", 0, "U+202E"),
    "direction changed in code": ("```python\nassert 1  # \u2066 no\n```", 1, "U+2066"),
    "snippet inside a fence": ('```python\n--8<-- "snippets/figures.py"\nassert 1\n```', 1, "inside a fence"),
    "raw HTML": ("Text <script>alert(1)</script>.", 0, "raw HTML"),
    "blank line in an indented block": ("- Item:\n\n    ```python\n    x = 1\n\n    assert x\n    ```", 4, "pytest-codeblocks drops it"),
    "long block": ("```python\n" + "x = 1\n" * 50 + "assert x\n```", 0, "longer than"),
    "todo": ("TODO: say more", 0, "say more"),
    "todo in code": ("```python\nx = 1  # TODO\nassert x\n```", 1, "a TODO is left"),
}


@pytest.mark.parametrize("name", INSERTED)
def test_inserted_fault(name):
    fault, offset, message = INSERTED[name]
    text = GOOD.replace(EXAMPLE, f"{EXAMPLE}\n\n{fault}")
    problems = [p for p in found(text) if message in f"{p.what} {p.mend}"]
    assert problems, found(text)
    assert problems[0].line == AFTER + offset
    assert problems[0].path == PATH and problems[0].mend


def test_skipfile_on_the_first_line_does_not_hide_the_page():
    problems = found("<!--pytest-codeblocks:skipfile-->\n" + GOOD)
    assert any(p.line == 1 for p in problems)


FRONT_MATTER = {
    "none": (GOOD[GOOD.index("# Is") :], 1, "missing front matter"),
    "no description": (
        GOOD.replace("description: A page for tests, whose description is long enough to be one.\n", ""),
        1,
        "missing front matter 'description'",
    ),
    "short description": (GOOD.replace("A page for tests, whose description is long enough to be one.", "Short."), 2, "'description'"),
    "unknown key": (GOOD.replace("level: junior", "level: junior\nauthor: me"), 4, "unknown front matter 'author'"),
    "unknown level": (GOOD.replace("junior", "guru"), 3, "'level'"),
    "unknown tag": (GOOD.replace("[basics]", "[basics, cooking]"), 4, "'tags"),
    "no list": (GOOD.replace("also_asked: []", "also_asked: why"), 5, "'also_asked'"),
    "todo": (GOOD.replace("also_asked: []", 'also_asked: ["TODO: other wordings"]'), 5, "a TODO is left"),
    "not YAML": (GOOD.replace("level: junior", "level: [junior"), 4, "not YAML"),
}


@pytest.mark.parametrize("name", FRONT_MATTER)
def test_front_matter(name):
    text, line, message = FRONT_MATTER[name]
    problem = next(p for p in found(text) if message in p.what)
    assert problem.line == line


def test_structure():
    assert "not a question" in found(GOOD.replace("page?", "page"))[0].what
    assert "sections" in found(GOOD.replace("## See also", "## More"))[0].what
    assert "level-1 headings" in found(GOOD.replace("## Short answer", "# Short answer"))[0].what


@pytest.mark.parametrize("path", ["docs/stray.md", "docs/questions/stray.md", "docs/questions/cooking/a.md", "docs/questions/tensors/deep/a.md"])
def test_page_outside_the_navigation(path):
    assert any("outside the navigation" in p.what for p in found(GOOD, path))


def test_file_name_is_a_slug():
    assert any("slug" in p.what for p in found(GOOD, "docs/questions/tensors/A_Page.md"))


def test_form_and_pytest_codeblocks_see_the_same_blocks():
    nested = GOOD.replace(EXAMPLE, "- An item:\n\n    " + EXAMPLE.replace("\n", "\n    "))
    page = Page(PATH, nested)
    assert check_form(page) == []
    assert [e.expected for e in page.examples] == ["ok\n"]
