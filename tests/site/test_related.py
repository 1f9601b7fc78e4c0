"""Which error messages a question is told to lead to."""

from __future__ import annotations

import pytest

from answered.pages.page import Page
from answered.pages.settings import settings
from answered.site.related import explained

from ..sources import ROOT

URI = "questions/tensors/one.md"
SOUND = "# Target 3 is `out` of bounds\n\nText.\n"


def page(path: str, text: str) -> Page:
    return Page.parse(text, f"docs/{path}", settings(ROOT))


@pytest.mark.parametrize(
    ("question", "error", "leads"),
    [
        ("It raises `Target 10 is out of bounds`.", SOUND, True),
        ("```text\nIndexError: Target 10 is out of bounds.\n```", SOUND, True),
        ("It raises.", f"{SOUND}\n[one](../{URI})", True),
        ("It raises.", SOUND, False),
        ("Target 10 is [out of bounds](../../errors/target.md).", SOUND, False),
    ],
    ids=["quoted", "in a fence", "linked from there", "not named", "linked here"],
)
def test_a_question_leads_to_the_messages_that_it_quotes(question, error, leads):
    asked = page(URI, f"---\nlevel: junior\n---\n# One\n\n{question}\n")
    told = page("errors/target.md", error)
    assert explained([asked], [told]) == {asked.uri: [told] if leads else []}
