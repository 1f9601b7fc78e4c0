"""Faults of the pages of error messages."""

import pytest

from tests.check.books import CONTENTS, CONTENTS_FILE, ONE, TWO, book, page, problems, the_problem

ERROR = "docs/errors/not-grad.md"
GROUPS = CONTENTS + "errors:\n  - id: autograd\n    title: Autograd\n"
GOOD = """---
description: The tensor on which backward() was called has no history to walk back through.
short_title: No grad
group: autograd
also_asked:
  - "element 0 of variables has no grad"
---

# element 0 has no grad

## What it means

The loss has no history.

## What raises it

<!--pytest.mark.raises-->
```python
raise RuntimeError("element 0 has no grad")
```
<!--pytest-codeblocks:expected-output-->
```text
RuntimeError: element 0 has no grad
```

## The fix

```python
assert True
```

## Other causes

- **It was cut.** Do not cut it.

## Find the place

Look at it.

## See also

- [The documentation](https://docs.pytorch.org/docs/stable/)
"""
TITLE, FIXED, CAUSE = 9, 26, 34  # lines
ORDER = "have these, in this order: ## What it means, ## What raises it, ## The fix,"
ORDER += " ## Other causes, ## Find the place, ## See also"
SHOWN = "no block of the page shows the message that is its title"


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


def files(text: str) -> dict[str, str]:
    return {CONTENTS_FILE: GROUPS, ERROR: text}


FAULTS = {
    "another order": (
        changed("## Find the place", "## More"),
        TITLE,
        "sections are What it means, What raises it, The fix, Other causes, More, See also",
        ORDER,
    ),
    "too long": (
        changed("Look at it.", "Look at it. " * 80),
        TITLE,
        "the page has 283 words; at most 250",
        "leave what leads to the fix",
    ),
    "a fix that does not run": (
        changed("```python\nassert True\n```", "Write it."),
        FIXED,
        "'The fix' has no block that runs",
        "write the mended program of the block above",
    ),
    "a cause without its fix": (
        changed("- **It was cut.** Do not cut it.", "- It was cut."),
        CAUSE,
        "an item that is not a cause in bold and its fix",
        "write - **The cause.** The fix.",
    ),
    "no meaning": (
        changed("The loss has no history.\n\n", ""),
        11,
        "'What it means' begins with no sentence",
        "write one",
    ),
    "a message that nothing shows": (
        changed("# element 0 has no grad\n", "# element 1 has no grad\n"),
        TITLE,
        SHOWN,
        "copy the message from the output of the block that raises it; where none can, name its"
        " source in the front matter, as quoted_from",
    ),
    "a group that is not listed": (
        changed("group: autograd", "group: cooking"),
        4,
        "front matter 'group': 'cooking' is not one of its values",
        "write one of autograd; docs/questions/contents.yml lists them",
    ),
    "a field of questions": (
        changed("group: autograd", "group: autograd\nlevel: mid"),
        5,
        "unknown front matter 'level'",
        "the keys are description, short_title, group, also_asked, quoted_from",
    ),
    "no group": (
        changed("group: autograd\n", ""),
        1,
        "missing front matter 'group'",
        "add it: what the error is about",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault(tmp_path, name):
    text, line, what, fix = FAULTS[name]
    assert the_problem(tmp_path, files(text)) == (ERROR, line, what, fix)


def test_no_fault(tmp_path):
    assert problems(tmp_path, files(GOOD)) == []
    quoted = changed("# element 0 has no grad\n", "# CUDA error\n")
    source = "group: autograd\nquoted_from: https://github.com/pytorch/pytorch"
    quoted = quoted.replace("group: autograd", source)
    assert problems(tmp_path, files(quoted)) == []


def test_backticks_of_a_message(tmp_path):
    with_backticks = "element 0 has no `grad`"
    assert problems(tmp_path, files(GOOD.replace("element 0 has no grad", with_backticks))) == []


def test_its_place(tmp_path):
    with_deep = {CONTENTS_FILE: GROUPS, "docs/errors/deep/a.md": GOOD}
    assert the_problem(tmp_path, with_deep)[2] == "the page is outside the navigation"


def test_a_message_has_one_page(tmp_path):
    asked = page().replace("Is the page called one?", "Element 0 has no grad")
    found = the_problem(tmp_path, files(GOOD) | {ONE: asked})
    assert found[0] == ONE and "is asked by docs/errors/not-grad.md:9 already" in found[2]


def test_pages_link_to_errors_and_their_list(tmp_path):
    text = page("two", "[This](../../errors/not-grad.md#the-fix), [all](../../errors/index.md).")
    assert problems(tmp_path, files(GOOD) | {TWO: text}) == []
    (tmp_path / ERROR).unlink()
    without = {CONTENTS_FILE: GROUPS, TWO: page("two", "[all](../../errors/index.md)")}
    assert "leads to no page" in the_problem(tmp_path, without)[2]


def test_groups_in_their_order_messages_by_name(tmp_path):
    groups = GROUPS + "  - id: shapes\n    title: Shapes\n"
    more = {
        CONTENTS_FILE: groups,
        ERROR: GOOD.replace("group: autograd", "group: shapes"),
        "docs/errors/b.md": GOOD.replace("# element 0", "# no element 0"),
        "docs/errors/a.md": GOOD.replace("# element 0", "# an element 0"),
    }
    assert [page.slug for page in book(tmp_path, more).errors] == ["a", "b", "not-grad"]
