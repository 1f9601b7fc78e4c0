"""What a page of the form that questions have is read as."""

from answered.pages.page import Asked, FollowUp, Page
from answered.pages.settings import settings
from tests.conftest import ROOT

TEXT = """---
description: A page.
short_title: "zero_grad()"
also_asked:
  - "Why are gradients added?"
  - "RuntimeError: 'None'": in-code
---

# What is `zero_grad()` for?

## In code

Text.

- **Not asked?** No.

## What people get wrong

### "It fills zeros"

It sets `None`. By default.

### In one line

- **"It saves
  memory."** It does. A little.
- No claim.
- **"`**kwargs` go in."** They
  do not.

## Follow-up questions

Before them.

- **In code?** Yes: `a`,
  and `b`.
* **What do `**options`
  do?**

  They stay.

  - Nested.

After the list.
lazily
- **In code?** Again.
- Nothing bold.
-   **Why?** So.
lazily

## See also

- **Not asked?** No.
"""


def page(text: str) -> Page:
    return Page.parse(text, "docs/questions/tensors/one.md", settings(ROOT))


def test_other_wordings_have_an_anchor_or_none():
    assert page(TEXT).asked == (
        Asked("Why are gradients added?"),
        Asked("RuntimeError: 'None'", "in-code"),
    )
    assert page("# One?\n").asked == ()


def test_a_short_title_is_the_title_where_there_is_none():
    assert page(TEXT).short_title == "zero_grad()"
    assert page("# What is `x`?\n").short_title == "What is x?"


def test_follow_up_questions_have_an_answer_and_an_anchor_of_their_own():
    assert page(TEXT).follow_ups == (
        FollowUp(35, 36, "In code?", "Yes: `a`,\nand `b`.", "in-code_1"),
        FollowUp(
            37, 42, "What do `**options` do?", "They stay.\n\n- Nested.", "what-do-options-do"
        ),
        FollowUp(46, 46, "In code?", "Again.", "in-code_2"),
        FollowUp(48, 49, "Why?", "So.\nlazily", "why"),
    )
    assert page("# One?\n").follow_ups == ()


def test_anchors_are_those_of_headings_then_of_follow_up_questions():
    assert page("# One?\n\n## Follow-up questions\n\n- **One?** 1.\n").anchors == (
        "one",
        "follow-up-questions",
        "one_1",
    )


def test_claims_stand_under_headings_and_in_one_line():
    found = [(c.line, c.anchor, c.claim, c.truth, c.in_one_line) for c in page(TEXT).claims]
    assert found == [
        (19, "it-fills-zeros", '"It fills zeros"', "It sets `None`.", False),
        (25, "in-one-line", '"It saves memory."', "It does. A little.", True),
        (28, "in-one-line", '"`**kwargs` go in."', "They\ndo not.", True),
    ]
