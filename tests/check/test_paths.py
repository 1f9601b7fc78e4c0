"""Faults of paths.yml."""

import pytest

from tests.check.books import problems, the_problem

FILE = "docs/questions/paths.yml"
PATHS = """asked:
  - two: It is asked after the first one.
  - one: It is asked before all others, with `code`.
paths:
  - id: an-evening
    title: An evening
    summary: What one can read.
    parts:
      - title: First hour
        questions:
          - one
          - two
"""


def changed(old: str, new: str) -> str:
    assert PATHS.count(old) == 1
    return PATHS.replace(old, new)


SENTENCE = "write a sentence of 20 to 160 characters that ends in a period"
FAULTS = {
    "why without a question": (
        changed("paths:", "  - three: It is asked by nobody.\npaths:"),
        4,
        "there is no question 'three'",
        "name a question's file without .md",
    ),
    "why twice": (
        changed("paths:", "  - one: It is asked again and again.\npaths:"),
        4,
        "the question 'one' is listed twice",
        "delete one",
    ),
    "why that is too short": (
        changed("It is asked after the first one.", "It is."),
        2,
        "why 'two' is asked has 6 characters",
        SENTENCE,
    ),
    "why that is no sentence": (
        changed("first one.", "first one"),
        2,
        "why 'two' is asked has 31 characters",
        SENTENCE,
    ),
    "a link in why": (
        changed("first one.", "[first](one)."),
        2,
        "'[' in why 'two' is asked",
        "write it in words",
    ),
    "an id that is no slug": (
        changed("an-evening", "An evening's"),
        5,
        "the path's id 'An evening's' is not a slug",
        None,
    ),
    "markup in a summary": (
        changed("What one can", "What *one* can"),
        7,
        "'*' in a title or summary",
        "write it in words",
    ),
    "markup in a part's title": (
        changed("First hour", "First <b>hour"),
        9,
        "'<' in a title or summary",
        "write it in words",
    ),
    "a question that is not there": (
        changed("          - two", "          - twos"),
        12,
        "there is no question 'twos'",
        "name a question's file without .md; did you mean 'two'?",
    ),
    "a question twice": (
        changed("          - two", "          - one"),
        12,
        "the question 'one' is listed twice",
        "delete one",
    ),
    "a path without questions": (
        PATHS + "  - {id: other, title: Other, summary: Nothing., parts: []}\n",
        13,
        "the path 'other' has no question",
        "list some, or delete it",
    ),
    "a question without why": (
        changed("  - two: It is asked after the first one.\n", ""),
        11,
        "the question 'two' is not in the list 'asked'",
        "say there in a sentence why it is asked",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault(tmp_path, name):
    text, line, what, fix = FAULTS[name]
    found = the_problem(tmp_path, {FILE: text})
    assert found[:3] == (FILE, line, what) and fix in (None, found[3])


def test_a_path_twice_is_told(tmp_path):
    again = PATHS[PATHS.index("  - id:") :]
    assert [p.what for p in problems(tmp_path, {FILE: PATHS + again})] == [
        "the path 'an-evening' is listed twice"
    ]


@pytest.mark.parametrize("text", [PATHS, "asked: []\n", "paths: []\n"])
def test_no_fault(tmp_path, text):
    assert problems(tmp_path, {FILE: text}) == []


@pytest.mark.parametrize(
    "text", ["asked:\n  - one\n", "path: []\n", "paths:\n  - id: x\n", "a: [\n"]
)
def test_what_cannot_be_used_is_told_with_its_line(tmp_path, text):
    found = problems(tmp_path, {FILE: text})
    assert found and all(p.path == FILE and p.line >= 1 and p.fix for p in found)
