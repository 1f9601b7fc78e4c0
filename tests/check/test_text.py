"""Faults of form and text: each is told with its line and how to fix it, before anything runs."""

import pytest

from answered.check.text import indented_blocks, notices, weight
from tests.check.books import HERE, ONE, TWO, book, page, problems, the_problem

HOME = "docs/index.md"
NEVER = "a block in this form is never collected or checked"
PYTHON = "write ```python, with nothing after it"
LANGUAGES = "write one of python, text, console"
MARGIN = "put it at the margin, below the list or the quotation"
MARKS = "<!--pytest.mark.gpu-->, <!--pytest.mark.measured-->, <!--pytest.mark.raises-->, <!--pytest.mark.slow-->, "
MARKS += "<!--pytest.mark.fresh-->"
EXPECTED = "<!--pytest-codeblocks:expected-output-->"
NOT_A_MARK = f"the marks are {MARKS} and {EXPECTED}, written just so, alone on their line"
CODE = "assert 1"
ABOVE = "a mark that does not stand directly above a ```python fence goes to another block"
PROSE = "use Markdown, or put code between backticks"
TAKE_OUT = "take them out, or put code between backticks and a formula between $"
SCHEME = "link to a page of this site or to https://"
ESCAPE = "delete it; in code, write it as an escape"
# name: (text, line below HERE, what, fix)
FAULTS = {
    "markdown-exec attributes": (
        f'```python exec="on"\n{CODE}\n```',
        0,
        f'fence ```python exec="on": {NEVER}',
        PYTHON,
    ),
    "a title": (
        f'```python title="x"\n{CODE}\n```',
        0,
        f'fence ```python title="x": {NEVER}',
        PYTHON,
    ),
    "py": (f"```py\n{CODE}\n```", 0, f"fence ```py: {NEVER}", PYTHON),
    "Python": (f"```Python\n{CODE}\n```", 0, f"fence ```Python: {NEVER}", PYTHON),
    "py with output": (
        f"<!--pytest.mark.slow-->\n```py\n{CODE}\n```\n{EXPECTED}\n```text\n1\n```",
        1,
        f"fence ```py: {NEVER}",
        PYTHON,
    ),
    "a space before python": (f"``` python\n{CODE}\n```", 0, f"fence ``` python: {NEVER}", PYTHON),
    "pycon": (f"```pycon\n>>> {CODE}\n```", 0, f"fence ```pycon: {NEVER}", PYTHON),
    "braces": (f"``` {{.python}}\n{CODE}\n```", 0, f"fence ``` {{.python}}: {NEVER}", PYTHON),
    "braces, no space": (
        f"```{{.python}}\n{CODE}\n```",
        0,
        f"fence ```{{.python}}: {NEVER}",
        PYTHON,
    ),
    "tildes": (
        f"~~~python\n{CODE}\n~~~",
        0,
        "a tilde fence is never collected",
        "open and close it with backticks",
    ),
    "a block quote": (
        f"> ```python\n> {CODE}\n> ```",
        0,
        "an indented or quoted fence is not run as it is shown",
        MARGIN,
    ),
    "a shell block": ("```bash\nls\n```", 0, f"fence ```bash: {NEVER}", LANGUAGES),
    "no language": ("```\nls\n```", 0, f"fence ```: {NEVER}", LANGUAGES),
    "a list item": (
        f"- Item:\n\n    ```python\n    {CODE}\n    ```",
        2,
        "an indented or quoted fence is not run as it is shown",
        MARGIN,
    ),
    "a tab in a block": (
        f"```python\nif 1:\n\t{CODE}\n```",
        2,
        "a tab in a block",
        "indent with blanks; in a string write \\t",
    ),
    "an unclosed fence": (
        f"```python\n{CODE}\n",
        0,
        "unclosed fence: what follows is inside it",
        f"close the block of line {HERE} with ```; if a line of the block is to look like a fence,"
        " open and close it with a longer one",
    ),
    "a fence inside a fence": (
        f'```python\n"""\n```x\n"""\n{CODE}',
        2,
        f"a line inside the block of line {HERE} starts with its fence",
        "open and close the block with a longer fence",
    ),
    "output without a block": (
        f"{EXPECTED}\n```text\n1\n```",
        0,
        "expected output without a Python block directly above it",
        "move it below its block, or delete it",
    ),
    "output in no fence": (
        f"```python\n{CODE}\n```\n{EXPECTED}\n\n1",
        3,
        "expected output without a ```text fence directly below it",
        "run `make update`, which writes it",
    ),
    "backticks that notebooks pair in another way": (
        "Text.\n\n##a `\nx ` <img src=x> ` y",
        2,
        "raw HTML, as notebooks would read these backticks",
        "put each piece of code between one pair of backticks that it does not hold",
    ),
    "a formula that ends too soon": (
        "Text with $x^2$ and\n$x_$ in it.",
        1,
        "a formula that cannot be read: x_ (MissingSuperScriptOrSubscriptError)",
        "correct its TeX, or put code between backticks",
    ),
    "a formula with two exponents": (
        "$$\nx^2^3\n$$",
        0,
        "a formula that cannot be read: x^2^3 (DoubleSuperscriptsError)",
        "correct its TeX, or put code between backticks",
    ),
    "output in a console fence": (
        f"```python\n{CODE}\n```\n{EXPECTED}\n```console\n1\n```",
        4,
        "expected output is not in a ```text fence",
        "write ```text",
    ),
    "output that is not announced": (
        f"```python\n{CODE}\n```\n\n```text\n1\n```",
        4,
        "a ```text fence directly below a block, which nothing checks",
        f"run `make update`, which writes the output below {EXPECTED}, and delete this one",
    ),
    "unknown mark": (
        f"<!--pytest.mark.flaky-->\n```python\n{CODE}\n```",
        0,
        "unknown mark 'flaky'",
        f"the marks are {MARKS}",
    ),
    **{
        f"mark {name}": (
            f"<!--pytest.mark.{name}-->\n```python\n{CODE}\n```",
            0,
            f"mark '{name}': no example is skipped",
            f"fix or delete the block; the marks are {MARKS}",
        )
        for name in ("skip", "skipif", "xfail")
    },
    "mark with arguments": (
        f"<!--pytest.mark.skipif(True, reason='')-->\n```python\n{CODE}\n```",
        0,
        "<!--pytest.mark.skipif(True, reason='')-->: not a mark of this project",
        NOT_A_MARK,
    ),
    **{
        name: (
            f"<!--pytest-codeblocks:{name}-->\n```python\n{CODE}\n```",
            0,
            f"<!--pytest-codeblocks:{name}-->: not a mark of this project",
            NOT_A_MARK,
        )
        for name in ("skip", "skipfile", "cont", "importorskip(x)")
    },
    "mark above a text block": ("<!--pytest.mark.slow-->\n```text\nx\n```", 0, ABOVE, None),
    "mark above prose": (
        f"<!--pytest.mark.slow-->\nText.\n\n```python\n{CODE}\n```",
        0,
        ABOVE,
        "move it directly above its block",
    ),
    "hidden block": (
        f"<!--\n```python\n{CODE}\n```\n\nText -->",
        0,
        "an HTML comment can hide a block from readers or from the tests",
        "delete it",
    ),
    "an event handler": (
        "See *this*{: onclick=alert(1) }.",
        0,
        "attributes: {: onclick=alert(1) }",
        TAKE_OUT,
    ),
    "an address by attribute": (
        '[x](https://pytorch.org){ href="javascript:alert(1)" }',
        0,
        'attributes: { href="javascript:alert(1)" }',
        TAKE_OUT,
    ),
    "an id of one's own": ("Text.{#mine}", 0, "attributes: {#mine}", TAKE_OUT),
    "a class": ("Text.\n{: .facts }", 1, "attributes: {: .facts }", TAKE_OUT),
    "direction changed in the text": ("a \u202e b", 0, "an invisible character, U+202E", ESCAPE),
    "direction changed in code": (
        f"```python\n{CODE}  # \u2066 no\n```",
        1,
        "an invisible character, U+2066",
        ESCAPE,
    ),
    "a NUL": ("a\0b", 0, "an invisible character, U+0000", ESCAPE),
    "raw HTML": ("A <script>alert(1)</script>.", 0, "raw HTML: <script>", PROSE),
    "an image tag": (
        "A <img src=x onerror=alert(1)>",
        0,
        "raw HTML: <img src=x onerror=alert(1)>",
        PROSE,
    ),
    "an open tag": ("A <svg", 0, "raw HTML: <svg", PROSE),
    "HTML behind backticks that are text": (r"It \` <b>x</b> \` is.", 0, "raw HTML: <b>", PROSE),
    "a script's address": ("[x](javascript:alert(1))", 0, "a link to javascript:", SCHEME),
    "data as an address": ("[x](data:text/html,x)", 0, "a link to data:", SCHEME),
    "a scheme in a definition": ("[x]: JavaScript:alert(1)", 0, "a link to JavaScript:", SCHEME),
    "indented code": (
        f"Text.\n\n    {CODE}\n",
        2,
        "an indented code block is never run",
        "put it in a ```python fence at the margin, or indent it less",
    ),
    "todo": ("TODO: say more", 0, "a TODO is left", "say more"),
    "todo without a word": ("TODO", 0, "a TODO is left", "fill it in"),
    "todo in code": (f"```python\n{CODE}  # TODO\n```", 1, "a TODO is left", "fill it in"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault(tmp_path, name):
    text, offset, what, fix = FAULTS[name]
    path, line, told, advice = the_problem(tmp_path, {ONE: page(here=text)})
    assert (path, line, told) == (ONE, HERE + offset, what)
    assert fix is None or advice == fix


SOUND = {
    "a longer fence": f'````python\n"""\n```x\n"""\n{CODE}\n````',
    "math": "With $\\frac{a=1}{b}$ it is.",
    "code": "`<b>` and `{: onclick=x }` and ``TODO: `x` `` and `[x](javascript:x)`",
    "an automatic link": "<https://pytorch.org> and <mailto:a@example.org>",
    "less than": "1 < 2 and a < b",
    "a nested list": "- One\n\n    more of it\n\n- Two",
    "an admonition": "!!! note\n    Text.\n\n    More.",
    "blanks after the fence": f"```python  \n{CODE}\n```",
    "marks": f"<!--pytest.mark.slow-->\n<!--pytest.mark.fresh-->\n\n```python\n{CODE}\n```",
    "output after a blank line": f"```python\nprint(1)\n```\n\n{EXPECTED}\n\n```text\n1\n```",
    "a comment in code": "`<!-- x -->`",
    "a console": "```console\n$ ls\n```",
    "an emoji of several characters": "\u00e9 \u2713",
}


@pytest.mark.parametrize("name", SOUND)
def test_no_fault(tmp_path, name):
    assert problems(tmp_path, {ONE: page(here=SOUND[name])}) == []


def test_a_comment_on_the_first_line_does_not_hide_the_page(tmp_path):
    found = problems(tmp_path, {ONE: "<!--pytest-codeblocks:skipfile-->\n" + page()})
    told = [(problem.line, problem.what) for problem in found]
    assert (1, "<!--pytest-codeblocks:skipfile-->: not a mark of this project") in told
    assert (2, "front matter begins on line 2 and not on line 1, so it is text") in told


TEXT = page(here="déjà vu, [gone](gone.md) TODO")


@pytest.mark.parametrize(
    ("data", "line", "what", "fix"),
    [
        (TEXT.encode("cp1252"), HERE, "the page is not UTF-8", "this line reads as it should"),
        (TEXT.encode("utf-16"), 1, "the page is UTF-16 and not UTF-8", "save it as UTF-8"),
        (page().encode("utf-16-le"), 1, "the page is UTF-16 and not UTF-8", "save it as UTF-8"),
    ],
)
def test_a_page_in_another_encoding_is_one_problem(tmp_path, data, line, what, fix):
    found = the_problem(tmp_path, {ONE: data})
    assert found[:3] == (ONE, line, what) and found[3].endswith(fix)


def test_a_byte_order_mark_and_ends_of_lines_of_windows_do_not_matter(tmp_path):
    data = page().replace("\n", "\r\n").encode("utf-8-sig")
    assert problems(tmp_path, {ONE: data, "docs/questions/autograd/empty.md": None}) == []


def test_an_unclosed_fence_is_all_that_is_told(tmp_path):
    """Although sections are missing, links of others lead into it, and its title stands below."""
    text = page().replace("# Is this", "```python\nx = 1\n\n# Is this", 1)
    files = {ONE: text, TWO: page("two", "[one](one.md#see-also)")}
    found = the_problem(tmp_path, files)
    assert found[:3] == (ONE, 10, "unclosed fence: what follows is inside it")


def weighing(size: int) -> str:
    """Return a question of that size, with blocks and front matter that do not count."""
    figure = f'"""{"x" * 70}\n{"x" * 70}"""\nfrom snippets.figures import save\n\nassert save'
    device = (
        f"<!--pytest.mark.gpu-->\n<!--pytest.mark.slow-->\n```python\nprint(1)  # {'x' * 60}\n```\n"
    )
    left = size - len(page().split("---\n", 2)[2]) - 1
    folded = f"```python\n{figure}\n```\n{EXPECTED}\n```text\n1\n```\n{device}"
    return page(here=f"Text.{filled(left)}\n{folded}")


def filled(size: int) -> str:
    """Return text of that size, of which most characters have two bytes, in lines."""
    lines, left = divmod(size, 1_001)
    return ("é" * 500 + "\n") * lines + "é" * (left // 2) + "x" * (left % 2)


@pytest.mark.parametrize(
    ("size", "told"),
    [(8_000, None), (8_001, "notice"), (9_000, "notice"), (9_001, "problem")],
)
def test_a_question_is_as_long_as_what_readers_see_at_once(tmp_path, size, told):
    text = weighing(size)
    one = book(tmp_path, {ONE: text}).by_uri["questions/tensors/one.md"]
    assert weight(one) == size
    line = f"{ONE}: {size:,} of at most 9,000 bytes of Markdown"
    assert notices(one) == ([line] if told == "notice" else [])
    what = f"the page has {size:,} bytes of Markdown; at most 9,000"
    fix = "leave out what no interviewer asks, or link a page of its own"
    found = [(p.path, p.line, p.what, p.fix) for p in problems(tmp_path, {ONE: text})]
    assert found == ([(ONE, 1, what, fix)] if told == "problem" else [])


@pytest.mark.parametrize(
    ("size", "told"),
    [(17_000, None), (17_001, "notice"), (20_000, "notice"), (20_001, "problem")],
)
def test_the_whole_of_another_page_counts(tmp_path, size, told):
    text = "# Home\n\n```python\nfrom snippets.figures import save\n\nassert save\n```\n\n"
    text += filled(size - len(text))
    home = book(tmp_path, {HOME: text}).by_uri["index.md"]
    line = f"{HOME}: {size:,} of at most 20,000 bytes of Markdown"
    assert notices(home) == ([line] if told == "notice" else [])
    found = [(p.path, p.what) for p in problems(tmp_path, {HOME: text})]
    what = f"the page has {size:,} bytes of Markdown; at most 20,000"
    assert found == ([(HOME, what)] if told == "problem" else [])


def test_indented_blocks_are_those_of_markdown():
    text = "Text.\n\n    a = 1\n    b = 2\n\n- Item.\n\n    More.\n\n        c = 3\n"
    assert list(indented_blocks(text)) == ["a = 1\nb = 2", "c = 3"]
    assert list(indented_blocks("Text\n    that goes on.\n")) == []
