"""Notebooks as data: their cells with true lines, and what is wrong with their form."""

import subprocess
import sys
from pathlib import Path

import jupytext
import pytest

from answered.engine.settings import RAISES, SLOW, Settings
from answered.pages.notebook import Notebook
from answered.pages.settings import settings
from tests.check.books import the_problem

ROOT = Path(__file__).resolve().parents[2]
PATH = "docs/notebooks/book.py"
TEXT = '''# ---
# jupyter:
#   kernelspec: {name: python3, display_name: Python 3, language: python}
# ---

# %% [markdown]
# # The `title` of it
#
# See [one](../questions/one.md).

# %%
# a comment

x = 1
print(x)
# > 1
# >
# >   2

# %% tags=["raises", "slow"]


raise ValueError(
    "no"
)

#> ValueError: no

# %% [markdown]
"""
## Quoted

[two](two.md)
"""
# %%

# %%
y = """
# %% no cell
"""
'''


def notebook(text: str) -> Notebook:
    return Notebook(PATH, text, settings(ROOT))


def test_cells_have_their_lines_and_expected_outputs():
    cells = notebook(TEXT).cells
    assert [(cell.line, cell.kind, cell.source.split("\n")[0]) for cell in cells] == [
        (7, "markdown", "# The `title` of it"),
        (12, "code", "# a comment"),
        (23, "code", "raise ValueError("),
        (31, "markdown", "## Quoted"),
        (38, "code", 'y = """'),
    ]
    lines = TEXT.split("\n")
    for cell in cells:
        source = cell.source.split("\n")
        found = lines[cell.line - 1 :][: len(source)]
        assert all(line.endswith(text) for line, text in zip(found, source, strict=True))
    first, second, third = notebook(TEXT).code
    assert (first.block.expected, first.block.end, first.block.last) == ("1\n\n  2\n", 16, 18)
    assert (second.block.expected, second.block.end, second.block.last) == (
        "ValueError: no\n",
        26,
        27,
    )
    assert (third.block.expected, third.block.last) == (None, 40)
    assert first.block.marks == () and set(second.block.marks) == {RAISES, SLOW}
    assert "# >" not in first.source and first.source.endswith("print(x)")


def test_a_cell_is_a_block_whose_lines_count_from_the_line_above_it():
    block = notebook(TEXT).code[1].block
    assert (block.path, block.line, block.expected) == (PATH, 22, "ValueError: no\n")
    assert block.must_raise and block.code == 'raise ValueError(\n    "no"\n)\n'


def test_prose_is_a_page_with_the_lines_of_the_notebook():
    book = notebook(TEXT)
    assert book.title == "The title of it" and not book.faults
    assert [(h.line, h.anchor) for h in book.prose.headings] == [
        (7, "the-title-of-it"),
        (31, "quoted"),
    ]
    links = [(link.line, link.target) for link in book.prose.links]
    assert links == [(9, "../questions/one.md"), (33, "two.md")]
    assert (book.uri, book.url, book.slug) == ("notebooks/book.md", "notebooks/book/", "book")


@pytest.mark.parametrize("file", sorted((ROOT / "docs" / "notebooks").glob("*.py")), ids=str)
def test_notebooks_have_the_cells_that_jupytext_gives_them(file):
    book = Notebook.load(file, settings(ROOT))
    cells = [cell for cell in jupytext.read(file).cells if cell.source]
    assert [cell.kind for cell in book.cells] == [cell.cell_type for cell in cells]
    for cell, other in zip(book.cells, cells, strict=True):
        assert other.source.startswith(cell.source)
    assert not book.faults


FAULTS = {
    "no title": ("# %%\nx = 1\n", 1, "without a title", "# Title"),
    "output in the middle": (
        "# %% [markdown]\n# # T\n# %%\nprint(1)\n# > 1\nprint(2)\n# > 2\n",
        5,
        "not at the end",
        "make update",
    ),
    "output without code": (
        "# %% [markdown]\n# # T\n# %%\n# > 1\n",
        4,
        "without code",
        "delete it",
    ),
    "unknown tag": (
        '# %% [markdown]\n# # T\n\n# %% tags=["gpu"]\nx = 1\n',
        4,
        "unknown tag 'gpu'",
        'tags=["slow"]',
    ),
    "raw cell": (
        "# %% [markdown]\n# # T\n# %% [raw]\n# <b>x</b>\n",
        4,
        "neither Python nor Markdown",
        "[markdown]",
    ),
    "another language": (
        '# %% [markdown]\n# # T\n# %% language="bash"\n# ls\n',
        4,
        "neither Python nor Markdown",
        "# %%",
    ),
    "fence that does not run": (
        "# %% [markdown]\n# # T\n#\n# ```python\n# x = 1\n# ```\n",
        4,
        "is not run",
        "code cell",
    ),
    "unclosed fence": (
        "# %% [markdown]\n# # T\n#\n# ```text\n# x = 1\n",
        4,
        "unclosed fence",
        "close",
    ),
    "HTML comment": ("# %% [markdown]\n# # T\n# <!-- x -->\n", 3, "HTML comment", "delete it"),
    "broken header": (
        "# ---\n# jupyter:\n#   [\n# ---\n# %% [markdown]\n# # T\n",
        1,
        "header",
        "delete",
    ),
    "aliases in the header, which unfold without end": (
        "# ---\n# jupyter:\n#   a: &a {x: 1}\n#   b: {<<: [*a, *a]}\n# ---\n# %% [markdown]\n# # T\n",
        1,
        "header",
        "delete",
    ),
    "a header nested without end": (
        f"# ---\n# jupyter:\n#   a: {'[' * 1900}\n# ---\n# %% [markdown]\n# # T\n",
        1,
        "header",
        "delete",
    ),
    "a tag in a list": ('# %% [markdown]\n# # T\n\n# %% tags=[["raises"]]\n1\n', 4, "cell", "# %%"),
    "a number for tags": ("# %% [markdown]\n# # T\n\n# %% tags=5\n1\n", 4, "cell", "# %%"),
    "a tag twice": ('# %% [markdown]\n# # T\n\n# %% tags=["slow", "slow"]\n1\n', 4, "cell", "# %%"),
    "cells without end": (
        "# %% [markdown]\n# # T\n" + "# %%\n1\n" * 300,
        402,
        "more than 200 cells",
        "several",
    ),
    "not UTF-8": ("# %% [markdown]\n# # T\n# na\ufffd\n", 3, "not UTF-8", "save"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_of_form_is_found_at_its_line_with_a_remedy(name):
    text, line, what, fix = FAULTS[name]
    (problem,) = notebook(text).faults
    assert (problem.path, problem.line) == (PATH, line)
    assert what in problem.what and fix in problem.fix


PROSE = {
    "broken link": ("[x](../questions/tensors/no.md)", "leads to no page"),
    "broken anchor": ("[x](../questions/tensors/two.md#no)", "has no anchor '#no'"),
    "raw HTML": ("<img src=x>", "HTML"),
    "code that is not run": ("\n#     x = 1", "indented"),
    "to do": ("TODO", "TODO"),
}


@pytest.mark.parametrize("name", PROSE)
def test_prose_keeps_the_rules_of_pages(tmp_path, name):
    line, what = PROSE[name]
    text = f"# %%\nx = 1\n\n# %% [markdown]\n# # T\n#\n# Text.\n#\n# {line}\n"
    path, number, found, _ = the_problem(tmp_path, {PATH: text})
    assert (path, number) == (PATH, 9 + line.count("\n")) and what in found


def test_jupytext_is_imported_only_when_a_notebook_is_parsed():
    code = (
        "import sys; from pathlib import Path; from answered.pages.book import load_notebooks;"
        "from answered.pages.settings import settings; load_notebooks(settings(Path.cwd()));"
        "sys.exit('jupytext' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_a_project_without_such_marks_has_no_such_tags():
    book = Notebook(PATH, TEXT, Settings(ROOT, marks=(SLOW,)))
    assert [problem.line for problem in book.faults] == [20]
