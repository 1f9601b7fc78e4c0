"""A notebook as a page of Markdown."""

from pathlib import Path

from answered.check.outcome import Outcome
from answered.engine.result import Result
from answered.pages.notebook import Notebook
from answered.pages.settings import settings
from answered.site.notebooks import markdown_of

ROOT = Path(__file__).resolve().parents[2]
TEXT = '''# %% [markdown]
# # Title
#
# $x$ and [a page](../index.md).

# %%
print("`" * 3)
s = """
```
"""
# > old

# %%
draw()

# %% [markdown]
# The end.
'''


def test_prose_stands_as_it_is_and_cells_are_blocks_with_figures_below():
    book = Notebook("docs/notebooks/book.py", TEXT, settings(ROOT))
    shown = [("```", ()), ("", (("a.svg", "<svg/>"),))]
    outcomes = [
        Outcome(cell.block, output, Result("completed"), figures=figures)
        for cell, (output, figures) in zip(book.code, shown, strict=True)
    ]
    lines = [line for line in markdown_of(book, outcomes).split("\n") if line]
    assert lines[:2] == ["# Title", "$x$ and [a page](../index.md)."]
    fence = '````python exec="on" id="docs/notebooks/book.py:6" source="block" result="text"'
    start = lines.index(fence)
    assert lines[start + 1 : start + 6] == ['print("`" * 3)', 's = """', "```", '"""', "````"]
    start = lines.index('```python exec="on" id="docs/notebooks/book.py:13" source="above"')
    assert lines[start + 1 : start + 3] == ["draw()", "```"]
    assert lines[-2:] == ['<figure class="drawn"><svg/></figure>', "The end."]
    assert "old" not in "".join(lines)
