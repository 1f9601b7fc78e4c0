"""Which sentences of a page are asked as true ones."""

import pytest

from answered.pages.page import Page
from answered.pages.settings import settings
from answered.pages.statements import Statement, statements
from tests.conftest import ROOT

TEXT = """# What is it?

## Short answer

- SHORT It goes on.
- **Label:** this one leans on its label and is left out.
1. **Bold** points lose their emphasis, on
   two lines too.

## How it works

Before. **BOLD** After.

```python
print("**Code is no prose at all, of course.**")
```

| **A table holds no sentence to ask.** |

### A part

**A sentence of a part has the anchor of it.**

## What people get wrong

**A claim's evidence is not asked a second time.**
"""


def found(short: str, bold: str) -> list[Statement]:
    text = TEXT.replace("SHORT", short).replace("BOLD", bold)
    return statements(Page.parse(text, "docs/questions/tensors/it.md", settings(ROOT)))


def test_points_of_the_short_answer_and_bold_sentences_are_statements():
    assert found("`x` is shared by both of the tensors.", "A view has no memory of its own.") == [
        Statement(
            "short-answer",
            "`x` is shared by both of the tensors.",
            "`x` is shared by both of the tensors. It goes on.",
        ),
        Statement(
            "short-answer",
            "Bold points lose their emphasis, on two lines too.",
            "**Bold** points lose their emphasis, on\n   two lines too.",
        ),
        Statement(
            "how-it-works",
            "A view has no memory of its own.",
            "Before. **A view has no memory of its own.** After.",
        ),
        Statement(
            "a-part",
            "A sentence of a part has the anchor of it.",
            "**A sentence of a part has the anchor of it.**",
        ),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "It leans on the sentence before it.",
        "Use this one or that one.",
        "The result here is a copy.",
        "Of the two the block shows one.",
        "Is a question a statement at all?",
        "lower case begins in the middle.",
        "Too short for one.",
        "A sentence of many words says too much at once, " + "and goes on " * 8 + "to its end.",
        'A quoted "view" may be a claim.',
        "A [link](https://example.org) leads away from it.",
        "A bracket (of two is cut off.",
    ],
)
def test_what_leans_on_its_neighbors_is_no_statement(sentence):
    texts = [statement.text for statement in found(sentence, sentence)]
    assert texts == [
        "Bold points lose their emphasis, on two lines too.",
        "A sentence of a part has the anchor of it.",
    ]
