"""Faults of exercises: the task, the judge, a solution, and wrong ones that the judge rejects."""

import pytest

from answered.check.text import weight
from answered.pages.exercises import asked_names, judge_module, judge_path, judged_names
from tests.check.books import PAGE, book, problems

EXERCISE = "docs/questions/tensors/add-one.md"
JUDGE_FILE = "snippets/judges/add_one.py"
JUDGE = '''"""The judge of the exercise on adding."""


def judge(add):
    assert add(1) == 2, "1 and 1 is 2"
    print("accepted")
'''
IMPORT = "from snippets.judges.add_one import judge"
SOLUTION = f"```python\n{IMPORT}\n\n\ndef add(x):\n    return x + 1\n\n\njudge(add)\n```"
OUTPUT = "<!--pytest-codeblocks:expected-output-->\n```text\n{}\n```"
REJECTED = "AssertionError: 1 and 1 is 2"
WRONG = f"""<!--pytest.mark.raises-->
```python
{IMPORT}


def add(x):
    return x


judge(add)
```
{OUTPUT.format(REJECTED)}"""
BEFORE, AFTER = PAGE.split("## In code")[0], PAGE[PAGE.index("## Follow-up questions") :]
GOOD = f"""{BEFORE.replace("{title}", "add").replace("level: junior", "level: junior" + chr(10) + "kind: exercise")}## The task

Write `add(x)`.

```python
def add(x: int) -> int:
    raise NotImplementedError
```

## The judge

It adds.

--8<-- "{JUDGE_FILE}"

## A solution

{SOLUTION}
{OUTPUT.format("accepted")}

## Wrong in an instructive way

### It does nothing

{WRONG}

### It does nothing again

{WRONG}

### It does nothing at all

{WRONG}

{AFTER}"""


def line(text: str) -> int:
    return GOOD[: GOOD.index(text)].count("\n") + 1


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def files(text: str) -> dict[str, str]:
    return {EXERCISE: text, JUDGE_FILE: JUDGE}


USE = f"write `{IMPORT}`, what is judged, and `judge(add)`"
FAULTS = {
    "a section too few": (
        changed("## The task", "## Task"),
        line("# Is this"),
        "sections are Short answer, The judge, A solution, Wrong in an instructive way, Follow-up"
        " questions, See also",
        "have these, in this order: ## Short answer, ## The task, ## The judge, ## A solution, ##"
        " Wrong in an instructive way, ## Follow-up questions, ## See also",
    ),
    "no signature": (
        changed("def add(x: int) -> int:\n    raise NotImplementedError", "x = 1"),
        line("## The task"),
        "'The task' defines nothing",
        "write a block with the signature of what the reader is to write, and what it returns",
    ),
    "a solution that nothing judges": (
        changed(SOLUTION, SOLUTION.replace("judge(add)", "print(judge)")),
        line("## A solution"),
        "'A solution' has no block that the judge accepts",
        USE,
    ),
    "two wrong ones": (
        changed(f"### It does nothing\n\n{WRONG}\n", ""),
        line("## Wrong"),
        "'Wrong in an instructive way' has 2 blocks that the judge rejects; at least 3",
        f"mark it 'raises'; {USE}",
    ),
    "a wrong one that fails by itself": (
        changed(REJECTED, "TypeError: add"),
        line("### It does nothing") + 3,
        "a wrong solution that ends in another error than the judge's",
        "have it fail by what it returns",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault(tmp_path, name):
    text, number, what, fix = FAULTS[name]
    found = [p for p in problems(tmp_path, files(text)) if p.what == what]
    assert [(p.path, p.line, p.fix) for p in found] == [(EXERCISE, number, fix)]


def test_no_fault(tmp_path):
    """The task alone needs no output; a block may import what the page shows."""
    assert problems(tmp_path, files(GOOD)) == []
    page = book(tmp_path, files(GOOD)).by_uri["questions/tensors/add-one.md"]
    assert page.is_exercise and asked_names(page) == judged_names(page) == ["add"]
    assert judge_path(page) == JUDGE_FILE and judge_module(page) == "snippets.judges.add_one"


def test_the_judge_is_shown_whole(tmp_path):
    text = changed(f'--8<-- "{JUDGE_FILE}"\n\n', "")
    found = [p.what for p in problems(tmp_path, files(text))]
    assert "'The judge' does not show its file" in found
    assert found.count("the block imports code that it does not show") == 4


def test_what_a_page_does_not_show_is_not_imported(tmp_path):
    other = changed(IMPORT, IMPORT.replace("add_one", "other"))
    found = problems(tmp_path, files(other) | {"snippets/judges/other.py": JUDGE})
    assert "the block imports code that it does not show" in [p.what for p in found]


def test_another_kind_is_not_known(tmp_path):
    text = changed("kind: exercise", "kind: essay")
    found = [p for p in problems(tmp_path, files(text)) if "kind" in p.what]
    assert [p.what for p in found] == ["front matter 'kind': 'essay' is not one of its values"]


def test_of_a_wrong_solution_what_differs_is_what_weighs(tmp_path):
    """It may have comments, and any number of lines below its definitions."""
    longer = changed("    return x\n\n\njudge", "    return x  # bare\n\n\nadd(1)\nadd(2)\njudge")
    one, two = (
        book(tmp_path / str(number), files(text)).by_uri["questions/tensors/add-one.md"]
        for number, text in enumerate((GOOD, longer))
    )
    assert weight(two) - weight(one) == len("  # bare")
