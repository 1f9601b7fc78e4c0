"""Faults of questions that open with a program: its output to predict, or its fault to find."""

import pytest

from tests.check.books import ONE, PAGE, book, problems

OUTPUT = "<!--pytest-codeblocks:expected-output-->\n```text\n{}\n```"
RAISES = "<!--pytest.mark.raises-->\n"
GPU = "<!--pytest.mark.gpu-->\n"


def block(code: str, output: str, marks: str = "") -> str:
    return f"{marks}```python\n{code}\n```\n{OUTPUT.format(output)}"


def with_kind(kind: str) -> str:
    before = PAGE[: PAGE.index("## Short answer")].replace("{title}", "one")
    return before.replace("level: junior", f"level: junior\nkind: {kind}")


ANSWER = PAGE[PAGE.index("## Short answer") : PAGE.index("## In code")]
CLAIMS = PAGE[PAGE.index("## What people") : PAGE.index("## Follow-up")]
END = PAGE[PAGE.index("## Follow-up") :]
PRINTED = block("print(1)", "1")
PREDICT = f"""{with_kind("predict")}## What does it print?

{PRINTED}

{ANSWER}## Another look

Text.

{CLAIMS}{END}"""
BROKEN, LOOK, MENDED = (block(f"print({n})", n) for n in (2, 3, 4))
DEBUG = f"""{with_kind("debug")}## The broken program

{BROKEN}

{ANSWER}## The hunt

### Count

{LOOK}

### Count again

It is 3.

## The mended program

{MENDED}

{END}"""


def long(lines: int) -> str:
    return block("\n".join(["print(1)"] * lines), "1")


FAULTS = {  # the page, what is replaced in it and by what, where, what is wrong, and the remedy
    "a section above it": (
        (PREDICT, "## What does", "## Before\n\nText.\n\n## What does"),
        "## Before",
        "a section above 'What does it print?', with which the page begins",
        "move it below the short answer",
    ),
    "no program": (
        (PREDICT, PRINTED, "It prints."),
        "## What does",
        "'What does it print?' has 0 blocks",
        "have one there, the program; others go below the short answer",
    ),
    "two programs": (
        (DEBUG, BROKEN, f"{BROKEN}\n\n{LOOK}"),
        "## The broken",
        "'The broken program' has 2 blocks",
        "have one there, the program; others go below the short answer",
    ),
    "a program for a GPU": (
        (PREDICT, PRINTED, GPU + PRINTED[: PRINTED.index("<!--")].rstrip()),
        "```python",
        "the program that the page is about needs a GPU or draws",
        "have it run on the CPU, and print",
    ),
    "a silent program": (
        (DEBUG, BROKEN, "```python\nassert 2\n```"),
        "```python",
        "the program that the page is about shows nothing",
        "print it, then run `make update`",
    ),
    "an error that is not written yet": (
        (DEBUG, BROKEN, f"{RAISES}```python\nassert 2 == 3\n```"),
        "```python",
        "a block marked 'raises' without expected output",
        f"run `make update PAGE={ONE}`, which writes it",
    ),
    "a long program to predict": (
        (PREDICT, PRINTED, long(16)),
        "```python",
        "the program has 16 lines; at most 15, blank ones aside",
        "leave what it takes to ask the question",
    ),
    "a long broken program": (
        (DEBUG, BROKEN, long(26)),
        "```python",
        "the program has 26 lines; at most 25, blank ones aside",
        "leave what it takes to ask the question",
    ),
    "much output to predict": (
        (PREDICT, PRINTED, block("print(1)", "\n".join("1" * 11))),
        "```python",
        "11 lines of output to predict; at most 10",
        "print what the question is about, one thing a line",
    ),
    "a long number to predict": (
        (PREDICT, PRINTED, block("print(1)", "0.12345")),
        "```python",
        "nobody predicts all decimals of a number such as 0.12345",
        "take numbers that come out even, or print a shape",
    ),
    "one step": (
        (DEBUG, "### Count again\n\n", ""),
        "## The hunt",
        "'The hunt' has 1 step",
        "write 2 to 5",
    ),
    "a hunt that runs nothing": (
        (DEBUG, LOOK, "It is 3."),
        "## The hunt",
        "'The hunt' runs nothing",
        "show what one looks at, by a block that needs no GPU",
    ),
    "nothing mended": (
        (DEBUG, MENDED, "It prints 4."),
        "## The mended",
        "'The mended program' has no block",
        "write the program without its fault",
    ),
    "the mended program is silent": (
        (DEBUG, MENDED, "```python\nassert 4\n```"),
        "```python\nassert 4",
        "the mended program shows nothing",
        "print it, then run `make update`",
    ),
    "the mended program raises": (
        (DEBUG, MENDED, RAISES + block("print(4 / 0)", "ZeroDivisionError: division by zero")),
        "```python\nprint(4 / 0)",
        "the mended program raises",
        "mend it, and take the mark away",
    ),
    "the symptom is still there": (
        (DEBUG, MENDED, block("print(1 + 1)", "2")),
        "```python\nprint(1 + 1)",
        "the mended program prints what the broken one prints",
        "have both print what is wrong, so that one sees it gone",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault(tmp_path, name):
    (text, old, new), place, what, fix = FAULTS[name]
    assert text.count(old) == 1
    text = text.replace(old, new)
    line = text[: text.index(place)].count("\n") + 1
    found = [(p.path, p.line, p.what, p.fix) for p in problems(tmp_path, {ONE: text})]
    assert found == [(ONE, line, what, fix)]


SOUND = {
    "predict": PREDICT,
    "debug": DEBUG,
    "an error to predict": PREDICT.replace(PRINTED, block("1 / 0", "ZeroDivisionError: 0", RAISES)),
    "an error to find": DEBUG.replace(BROKEN, block("1 / 0", "ZeroDivisionError: 0", RAISES)),
    "four decimals": PREDICT.replace(PRINTED, block("print(1)", "0.1234 tensor([0.5000])")),
    "claims are welcome": DEBUG.replace(END, CLAIMS + END),
    "a section of its own": DEBUG.replace(END, f"## A table\n\nText.\n\n{END}"),
}


@pytest.mark.parametrize("name", SOUND)
def test_no_fault(tmp_path, name):
    assert problems(tmp_path, {ONE: SOUND[name]}) == []


def test_claims_that_are_there_are_whole(tmp_path):
    text = DEBUG.replace(END, CLAIMS + END).replace(
        '### "It has one claim"', "### It has one claim"
    )
    (found,) = problems(tmp_path, {ONE: text})
    assert found.what == "a claim that is not between quotation marks"


@pytest.mark.parametrize(("text", "predicted"), [(PREDICT, True), (DEBUG, False)])
def test_the_program_of_a_page(tmp_path, text, predicted):
    page = book(tmp_path, {ONE: text}).by_uri["questions/tensors/one.md"]
    assert page.program == page.blocks[0]
    assert page.predicted == (page.program if predicted else None)
    other = book(tmp_path).by_uri["questions/tensors/two.md"]
    assert other.program is None and other.predicted is None and other.kind == ""
