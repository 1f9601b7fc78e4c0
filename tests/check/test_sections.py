"""Faults of the title, the sections, and what stands in them."""

import pytest

from answered.pages.sentences import sentences
from tests.check.books import HERE, ONE, page, problems, the_problem

GOOD = page()
DESCRIPTION = "A page for tests, whose description is long enough to be one."
CLAIM, OTHER = '### "It has no claim"', '### "It has one claim"'
ORDER = "have these, in this order: ## Short answer, ## In code, ## What people get wrong,"
ORDER += " ## Follow-up questions, ## See also"
ONE_TITLE = "write one, which is the title; sections have ##"
TITLE = 10  # its line
QUOTED = "a claim that is not between quotation marks"
REFUTED = "a claim without a sentence below it that says what is true"
REFUTE = "begin with that sentence; the block below it is the evidence"
SHORT = GOOD[GOOD.index("Because") : GOOD.index("\n\n## In code")]
BLOCK = GOOD[GOOD.index("```python") : GOOD.index("\n\n## The evidence")]
MINUTE = "write 85 to 160, which one says in a minute; the rest goes below"
TYPED = "write the code that an interviewer would ask for"
ITEM = "- **What is asked first?** This."
SOURCE = "- [Its source](https://github.com/pytorch/pytorch)\n"
LINE = '- **"It is."** It is not.'
ONE_LINE = 'write - **"The claim."** The truth.'
NO_LINE = "an item that is not a claim between quotation marks and what is true", ONE_LINE


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


def line(text: str) -> int:
    return GOOD[: GOOD.index(text)].count("\n") + 1


def points(number: int) -> str:
    """Return a list of so many points, of a hundred words or so."""
    return "\n".join(["- " + "word " * (100 // number)] * number)


def code(lines: int) -> str:
    return "```python\n" + "x = 1\n" * (lines - 1) + "assert x\n```"


def in_one_line(text: str) -> str:
    return changed("## Follow-up", f"### In one line\n\n{text}\n\n## Follow-up")


SHORT_LINE = line("## Short answer")
NO_ITEM = (
    line(ITEM),
    "an item that is not a question in bold and its answer",
    "write - **Question?** Answer in one to three sentences, before any link.",
)


FAULTS = {
    "no title": (changed("# Is this page one?\n", ""), 9, "0 level-1 headings", ONE_TITLE),
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
        "sections are Short answer, In code, What people get wrong, See also",
        ORDER,
    ),
    "a section twice": (
        changed("Text.", "## Short answer"),
        TITLE,
        "sections are Short answer, In code, Short answer, What people get wrong, Follow-up questions,"
        " See also",
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
    "84 words": (
        changed(SHORT, "word " * 84),
        SHORT_LINE,
        "the short answer has 84 words",
        MINUTE,
    ),
    "161 words": (
        changed(SHORT, "word " * 161),
        SHORT_LINE,
        "the short answer has 161 words",
        MINUTE,
    ),
    "no short answer": (
        changed(SHORT, "| word |\n| --- |" + f"\n| {'word ' * 90} |"),
        SHORT_LINE,
        "the short answer has 0 words",
        MINUTE,
    ),
    "three points": (
        changed(SHORT, points(3)),
        SHORT_LINE,
        "'Short answer' has 3 points",
        "write 4 to 6",
    ),
    "seven points": (
        changed(SHORT, f"They are:\n\n{points(7)}"),
        SHORT_LINE,
        "'Short answer' has 7 points",
        "write 4 to 6",
    ),
    "nothing in code": (
        changed(BLOCK, "Nothing."),
        line("## In code"),
        "no block that prints, and that needs no GPU",
        TYPED,
    ),
    "a figure in code": (
        changed(BLOCK, "```python\nfrom snippets.figures import canvas\n\nassert canvas\n```"),
        line("## In code"),
        "no block that prints, and that needs no GPU",
        TYPED,
    ),
    "a GPU in code": (
        changed(BLOCK, "<!--pytest.mark.gpu-->\n```python\nprint(1)\n```"),
        line("## In code"),
        "no block that prints, and that needs no GPU",
        TYPED,
    ),
    "a long block in code": (
        changed(BLOCK, f"Text.\n\n{code(26)}\n\n{BLOCK}"),
        line("## In code") + 4,
        "the first block of 'In code' has 26 lines; at most 25",
        "leave the simplest case, and that whole",
    ),
    "a description to be written": (
        changed(DESCRIPTION, '"TODO: the answer, in one sentence of that many characters"'),
        2,
        "a TODO is left",
        "the answer, in one sentence of that many characters",
    ),
    "a short answer to be written": (
        changed(SHORT, "TODO: what one would say aloud"),
        SHORT_LINE + 2,
        "a TODO is left",
        "what one would say aloud",
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
    "one claim": (
        changed(f"{OTHER}\n\nIt has two.\n\n", ""),
        line("## What"),
        "'What people get wrong' has 1 claim",
        "write 2 to 4",
    ),
    "five claims": (
        changed(OTHER, f"{OTHER}\n\nTwo.\n\n" * 3 + OTHER),
        line("## What"),
        "'What people get wrong' has 5 claims",
        "write 2 to 4",
    ),
    "one line above": (
        changed(OTHER, f'### In one line\n\n- **"No."** Yes.\n\n{OTHER}'),
        line(OTHER),
        "'### In one line' is not the last of 'What people get wrong'",
        "move it below the claims with a heading",
    ),
    "no lines": (
        in_one_line("Text."),
        line("## Follow"),
        "'### In one line' without a list",
        f"{ONE_LINE}, or delete the heading",
    ),
    "a line without a claim": (in_one_line(f"{LINE}\n- It is."), line("## Follow") + 3, *NO_LINE),
    "a line without quotes": (in_one_line("- **It is.** No."), line("## Follow") + 2, *NO_LINE),
    "a line without a truth": (in_one_line('- **"It is."**'), line("## Follow") + 2, *NO_LINE),
    "four items": (
        changed("- **What is asked first?** This.\n", ""),
        line("## Follow"),
        "'Follow-up questions' has 4 items",
        "write 5 to 7",
    ),
    "eight items": (
        changed(ITEM, f"{ITEM}\n" * 3 + ITEM),
        line("## Follow"),
        "'Follow-up questions' has 8 items",
        "write 5 to 7",
    ),
    "a follow-up that is no question": (changed(ITEM, "- **It is.** It is."), *NO_ITEM),
    "a follow-up without an answer": (changed(ITEM, "- **What is it?**"), *NO_ITEM),
    "a follow-up that is not bold": (changed(ITEM, "- What is it? This."), *NO_ITEM),
    "one link": (
        changed(SOURCE, ""),
        line("## See"),
        "'See also' has 1 item",
        "write 2 to 5",
    ),
    "six links": (
        changed(SOURCE, SOURCE * 5),
        line("## See"),
        "'See also' has 6 items",
        "write 2 to 5",
    ),
    "no primary source": (
        changed("- [The doc", "- [Two](two.md)\n- [The doc"),
        line("## See") + 2,
        "the first item of 'See also' links no primary source",
        "begin with a link to the documentation or the source, at https://",
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
    "85 words": (SHORT, "word " * 85),
    "160 words": (SHORT, "word " * 160),
    "four points": (SHORT, f"They are:\n\n{points(4)}\n\nNo more."),
    "six points": (SHORT, points(6)),
    "a table": (SHORT, f"{SHORT}\n\n| A. B. C. |\n| --- |\n| {'word ' * 100} |"),
    "code in the answer": (SHORT, f"{SHORT}\n\n```text\n{'word ' * 100}\n```"),
    "25 lines": (BLOCK, code(25)),
    "a long block later": (BLOCK, f"{BLOCK}\n\n{code(26)}"),
    "a figure first": (
        BLOCK,
        f"```python\nfrom snippets.figures import save\n\nassert save{' #' * 30}\n```\n\n{BLOCK}",
    ),
    "four claims": (OTHER, f"{OTHER}\n\nTwo.\n\n" * 2 + OTHER),
    "claims in one line": (
        "## Follow-up",
        f"### In one line\n\nMore:\n\n{LINE}\n{LINE}\n  So.\n\n## Follow-up",
    ),
    "seven items": (ITEM, f"{ITEM}\n" * 2 + ITEM),
    "text between items": (ITEM, f"First:\n\n{ITEM}"),
    "five links": (SOURCE, SOURCE * 4),
    "a heading of level 3 elsewhere": ("Text.", "### Not a claim"),
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
    "``a ` <b>. B`` too. C.": ["``a ` <b>. B`` too.", "C."],
    "`` <b>. B `` too. C.": ["`` <b>. B `` too.", "C."],
}


@pytest.mark.parametrize("text", SENTENCES)
def test_sentences(text):
    assert sentences(text) == SENTENCES[text]
