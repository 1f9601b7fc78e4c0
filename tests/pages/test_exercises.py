"""How wrong solutions of an exercise differ from the one that its page shows."""

import pytest

from answered.pages.exercises import differences
from answered.pages.page import Page
from answered.pages.settings import settings
from tests.conftest import ROOT

RIGHT = """import torch
from snippets.judges.mean import judge


def mean(x, dim):
    total = x.sum(dim)  # (N,)
    count = x.shape[dim]
    return total / count


print(mean(torch.ones(2, 3), 1))
judge(mean)
"""


def shown(wrong: str, kind: str = "kind: exercise\n", right: str = RIGHT) -> list[list[str]]:
    """Return the differences that a page with one wrong solution shows."""
    text = f"---\n{kind}---\n# T?\n\n## A solution\n\n```python\n{right}```\n\n"
    text += f"## Wrong in an instructive way\n\n### One\n\n```python\n{wrong}```\n"
    page = Page.parse(text, "docs/questions/numerics/mean.md", settings(ROOT))
    assert not page.faults and len(page.blocks) == 2
    return list(differences(page).values())


def test_definitions_are_compared_and_nothing_below_them():
    wrong = RIGHT.replace("x.shape[dim]", "x.numel()").replace("print(mean", "print(1, mean")
    assert shown(wrong) == [
        [
            " def mean(x, dim):",
            "     total = x.sum(dim)  # (N,)",
            "-    count = x.shape[dim]",
            "+    count = x.numel()",
            "     return total / count",
        ]
    ]


def test_between_changes_that_are_far_apart_lines_are_left_out():
    between = "".join(f"    x = x * {number}\n" for number in range(9))
    right = RIGHT.replace("    return", f"{between}    return")
    (lines,) = shown(right.replace("x, dim)", "x, d)").replace("/ count", "* count"), right=right)
    assert lines.count("@@") == 1 and "     x = x * 4" not in lines


def test_what_a_wrong_solution_goes_without_is_no_difference():
    right = RIGHT.replace("print(", "def whole(x):\n    return mean(x, 0)\n\n\nprint(", 1)
    right = right.replace("dim):", 'dim):\n    """Return a mean."""')
    wrong = RIGHT.replace("  # (N,)", "").replace("x.shape[dim]", "x.numel()")
    (lines,) = shown(wrong, right=right)
    assert "     total = x.sum(dim)  # (N,)" in lines
    assert [line for line in lines if line[0] in "+-"] == [
        "-    count = x.shape[dim]",
        "+    count = x.numel()",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        "from snippets.judges.mean import judge\n\n\ndef mean(y, d):\n    return 3\n\n\njudge(mean)\n",
        RIGHT,
        "def mean(:\n",
        "judge = print\njudge(1)\n",
    ],
    ids=["another program", "the same", "no Python", "nothing defined"],
)
def test_what_shares_too_little_or_all_is_shown_whole(wrong):
    assert shown(wrong) == []


def test_other_questions_have_no_differences():
    assert shown(RIGHT.replace("total / count", "total"), kind="level: mid\n") == []
