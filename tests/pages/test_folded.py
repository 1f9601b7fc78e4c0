"""Which blocks draw, so that their code is folded away, and which run anywhere."""

import pytest

from answered.check.outcome import Outcome
from answered.engine.block import Block
from answered.pages.folded import draws, runs_anywhere
from answered.pages.settings import GPU
from answered.site.question import body
from tests.check.books import ONE, book, page

CODE = {
    "from snippets.figures import canvas": True,
    "from snippets import figures": True,
    "import snippets.figures as f": True,
    "from snippets.layers import double": False,
    "import figures": False,
    "print(1)": False,
}


@pytest.mark.parametrize("code", CODE)
def test_a_block_draws_if_it_imports_what_draws(code):
    block = Block(ONE, 1, code)
    assert draws(block) == CODE[code] and runs_anywhere(block) == (not CODE[code])


def test_a_block_that_needs_a_device_does_not_run_anywhere():
    assert not runs_anywhere(Block(ONE, 1, "print(1)", marks=(GPU,)))


def test_the_site_folds_the_code_of_a_figure(tmp_path):
    """Run or not: a figure that fails is none to look at, and its code is no longer for readers."""
    made = book(tmp_path, {ONE: page(here="```python\nimport snippets.figures\n```")})
    question = made.by_uri["questions/tensors/one.md"]
    shown = body(question, [Outcome(block, "") for block in question.blocks], made.root)
    assert shown.count("\n??? ") == 1
    assert "\n    import snippets.figures\n" in shown and '\nprint("one")\n' in shown
