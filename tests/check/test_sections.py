"""Faults of the title, the sections, and what stands in them."""

import pytest

from answered.check.sections import points
from answered.pages.sentences import sentences
from tests.check.books import HERE, ONE, page, problems, the_problem

GOOD = page()
DESCRIPTION = "A page for tests, whose description is long enough to be one."
SHORT = "Because it is a test. It is short."
CLAIM = '### "It has no claim"'
ORDER = "have these, in this order: ## Short answer, ## What people get wrong, ## Follow-up"
ORDER += " questions, ## See also"
ONE_TITLE = "write one, which is the title; sections have ##"
TITLE = 9  # its line
QUOTED = "a claim that is not between quotation marks"
REFUTED = "a claim without a sentence below it that says what is true"
REFUTE = "begin with that sentence; the block below it is the evidence"


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


def line(text: str) -> int:
    return GOOD[: GOOD.index(text)].count("\n") + 1


FAULTS = {
    "no title": (changed("# Is this page one?\n", ""), 8, "0 level-1 headings", ONE_TITLE),
    "two titles": (
        changed("## See also", "# See also"),
        line("## See"),
        "2 level-1 headings",
        ONE_TITLE,
    ),
    "no question": (
        changed("# Is this page one?", "# This is page one."),
        TITLE,
        "the title is not a question",
        "end it with a question mark",
    ),
    "a section less": (
        changed("## Follow-up questions", "## More questions"),
        TITLE,
        "sections are Short answer, What people get wrong, See also",
        ORDER,
    ),
    "a section twice": (
        changed("Text.", "## See also"),
        TITLE,
        "sections are Short answer, See also, What people get wrong, Follow-up questions, See also",
        ORDER,
    ),
    "two sentences": (
        changed(
            DESCRIPTION, "The first sentence of a description. The second one, which is too much."
        ),
        2,
        "the description has 2 sentences, and search results show one",
        "join or shorten them; the second begins: The second one, which is too much.",
    ),
    "no full stop": (
        changed(DESCRIPTION, DESCRIPTION.rstrip(".")),
        2,
        "the description is no whole sentence",
        "end it with a full stop",
    ),
    "one sentence": (
        changed(SHORT, "Because."),
        11,
        "the short answer has 1 sentence or point",
        "write 2 to 5; the rest has its place below",
    ),
    "six sentences": (
        changed(SHORT, "A. B. C. D. E. F."),
        11,
        "the short answer has 6 sentences or points",
        "write 2 to 5; the rest has its place below",
    ),
    "no short answer": (
        changed(SHORT, ""),
        11,
        "the short answer has 0 sentences or points",
        "write 2 to 5; the rest has its place below",
    ),
    "a description to be written": (
        changed(DESCRIPTION, '"TODO: the answer, in one sentence of that many characters"'),
        2,
        "a TODO is left",
        "the answer, in one sentence of that many characters",
    ),
    "a short answer to be written": (
        changed(SHORT, "TODO: two to five sentences"),
        13,
        "a TODO is left",
        "two to five sentences",
    ),
    "a claim without quotes": (
        changed(CLAIM, "### It has no claim"),
        line(CLAIM),
        QUOTED,
        'write ### "It has no claim"',
    ),
    "half a quote": (
        changed(CLAIM, CLAIM[:-1]),
        line(CLAIM),
        QUOTED,
        'write ### ""It has no claim"',
    ),
    "a claim and nothing": (
        changed("It has this one claim. The rest is silence.\n", ""),
        line(CLAIM),
        REFUTED,
        REFUTE,
    ),
    "a claim and a block first": (
        changed("It has this one claim.", "```python\nassert 1\n```\n\nIt has"),
        line(CLAIM),
        REFUTED,
        REFUTE,
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault(tmp_path, name):
    text, *told = FAULTS[name]
    assert the_problem(tmp_path, {ONE: text}) == (ONE, *told)


SOUND = {
    "abbreviations": (
        DESCRIPTION,
        "It runs with old versions, e.g. Python 3.12, i.e. Python of then.",
    ),
    "a question": (DESCRIPTION, "Is this a description that is long enough to be taken for one?"),
    "code": (DESCRIPTION, "A description that names `a. B` and `tensor. T` is of one sentence."),
    "points": (SHORT, "Three things:\n\n- one\n- two. Or more. Or less.\n- three\n- four"),
    "a table": (
        SHORT,
        "It is. It was.\n\n| A. B. C. | D. E. F. |\n| --- | --- |\n| A. B. C. | G. |",
    ),
    "a heading of level 3 elsewhere": ("Text.", "### Not a claim"),
    "no claims": (f"{CLAIM}\n\nIt has this one claim. The rest is silence.", "Nothing."),
    "a claim with code": (CLAIM, '### "`torch.cat` copies"'),
}


@pytest.mark.parametrize("name", SOUND)
def test_no_fault(tmp_path, name):
    assert problems(tmp_path, {ONE: changed(*SOUND[name])}) == []


def test_a_page_that_is_no_question_has_one_title(tmp_path):
    told = the_problem(tmp_path, {"docs/index.md": "Welcome.\n"})
    assert told == ("docs/index.md", 1, "0 level-1 headings", ONE_TITLE)
    assert problems(tmp_path, {"docs/index.md": "# Welcome\n"}) == []


def test_a_line_of_code_is_no_title(tmp_path):
    assert problems(tmp_path, {ONE: page(here="```python\n# A comment\nassert 1\n```")}) == []
    assert HERE == GOOD[: GOOD.index("Text.")].count("\n") + 1


SENTENCES = {
    "": [],
    "One": ["One"],
    "One. Two": ["One.", "Two"],
    "One?  Two!\nThree.": ["One?", "Two!", "Three."],
    "One, e.g. Python 3.12. Two.": ["One, e.g. Python 3.12.", "Two."],
    "E.g. Python vs. Lua, cf. Perl.": ["E.g. Python vs. Lua, cf. Perl."],
    "It is `a. B`. `c` too.": ["It is `a. B`.", "`c` too."],
    "See [x](a.md. B). *Two* it is. **Three**.": [
        "See [x](a.md. B).",
        "*Two* it is.",
        "**Three**.",
    ],
    "One. (Two.) three. [Four](x.md).": ["One.", "(Two.) three.", "[Four](x.md)."],
    "Version 3. 4 it is.": ["Version 3. 4 it is."],
}


@pytest.mark.parametrize("text", SENTENCES)
def test_sentences(text):
    assert sentences(text) == SENTENCES[text]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 0),
        ("One. Two.\n\nThree.", 3),
        ("One\ntwo.", 1),
        ("- One. Two.\n- Three.", 2),
        ("1. One\n2. Two\n10) Three", 3),
        ("* One\n\n    More. And more.\n\n+ Two\n\nThree. Four.", 4),
        ("- One\n    - Below\n- Two", 2),
        ("# No.\n| No. No. |\n$$\nYes.", 1),
        ("-1 is a number.", 1),
    ],
)
def test_points(text, number):
    assert points(text.split("\n")) == number
