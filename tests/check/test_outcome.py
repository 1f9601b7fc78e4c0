"""The outcome of a block, from a session that answers at once."""

from pathlib import Path

import pytest

from answered.check.outcome import outcomes_of
from answered.engine.result import Result
from answered.pages.page import Page
from answered.pages.settings import settings

PATH = "docs/questions/tensors/a.md"
BLOCK = "```python\nprint({})\n```\n"
OUTPUT = "<!--pytest-codeblocks:expected-output-->\n```text\n{}\n```\n"


class Answers:
    """A session whose results are given: first runs, and second ones."""

    def __init__(self, first: Result, again: Result | None = None) -> None:
        self.settings = settings(Path("/nowhere"))
        self.device = "Toy"
        self.first, self.again = first, again
        self.asked: list = []

    def prefetch(self, blocks) -> None:
        self.asked += blocks

    def get(self, block) -> Result:
        assert block in self.asked
        return self.first

    def run_again(self, block) -> Result:
        assert block in self.asked and self.again, "the output is the expected one"
        return self.again


def outcome(text: str, first: Result, again: Result | None = None):
    session = Answers(first, again)
    page = Page.parse(f"# A\n\n{text}", PATH, session.settings)
    ((found,),) = outcomes_of([page], session).values()
    return found


def test_an_expected_output_is_run_once_and_has_no_problem():
    found = outcome(BLOCK.format(1) + OUTPUT.format(1), Result("completed", "1\n"))
    assert (found.output, found.problem, found.device, found.provenance) == ("1", None, "", "")
    assert found.ran and found.block.expected == "1\n" and not found.waiting


def test_a_new_output_that_comes_again_is_told_as_a_difference():
    found = outcome(BLOCK.format(2) + OUTPUT.format(1), *[Result("completed", "2\n  3\n")] * 2)
    assert found.output == "2\n  3" and found.problem.line == 3
    assert found.problem.what.startswith("the output is not the expected one\n--- expected")
    assert f"run `make update PAGE={PATH}`" in found.problem.fix


def test_a_new_output_that_does_not_come_again_is_told_with_its_cause():
    first, again = Result("completed", "0.25\n"), Result("completed", "0.75\n")
    found = outcome(BLOCK.format("torch.rand(1)"), first, again)
    assert found.problem.what.startswith("the output differs from run to run\n")
    assert "-0.25" in found.problem.what and "+0.75" in found.problem.what
    assert "torch.manual_seed" in found.problem.fix


def test_a_bad_end_is_told_and_not_tried_again():
    found = outcome(BLOCK.format(1), Result("exited", exception="SystemExit: 0"))
    assert found.problem.what == "the block called sys.exit (SystemExit: 0)"


@pytest.mark.parametrize("expected", ["", OUTPUT.format(1)])
def test_a_block_for_a_device_that_ran_says_where_and_is_not_run_twice(expected):
    text = f"<!--pytest.mark.gpu-->\n{BLOCK.format(2)}{expected}"
    found = outcome(text, Result("completed", "2\n"))
    assert (found.output, found.device) == ("2", "Toy")
    assert found.provenance == "Run on Toy at this build."
    assert bool(found.problem) == bool(expected)
    if expected:
        assert f"run `make gpu RECORD=1 PAGE={PATH}`" in found.problem.fix
