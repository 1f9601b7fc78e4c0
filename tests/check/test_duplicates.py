"""One question, one page."""

import pytest
import yaml

from answered.check.duplicates import wording, wordings
from tests.check.books import ONE, TWO, book, page, problems, the_problem

SAME = [
    ("What does torch.cat() do?", "what does `torch.cat` do"),
    ("How do you concatenate tensors in PyTorch?", "How can I concatenate a tensor?"),
    ("What is PyTorch's engine?", "What is the PyTorch engine?"),
    ("element 0 does not require grad", "Element 0 does not require grad!"),
]
OTHER = [
    ("How do you convert a list to a tensor?", "How do you convert a tensor to a list?"),
    ("What is a tensor?", "Why is it a tensor?"),
    ("What is torch.nn?", "What is torch.nn.functional?"),
    ("What is gas?", "What is ga?"),
]


@pytest.mark.parametrize(("one", "two"), SAME)
def test_the_same_question(one, two):
    assert wording(one) == wording(two) != ()


@pytest.mark.parametrize(("one", "two"), OTHER)
def test_another_question(one, two):
    assert wording(one) != wording(two)


def test_words_that_tell_questions_apart():
    assert wording("What are the strides of PyTorch's tensors, I say?") == (
        "what",
        "stride",
        "tensor",
        "say",
    )


def asked(title: str, *also: str) -> str:
    """Return a page with other wordings: its title is in line 9 and one more for each of them."""
    lines = "".join(f"  - {line!r}\n" for line in also)
    text = page(title)
    asked, found = text.split("also_asked:\n")[0], text.split("\n---\n")[1]
    return f"{asked}also_asked:{chr(10) + lines if also else ' []' + chr(10)}---\n{found}"


def told(tmp_path, files: dict[str, str]) -> list[tuple[str, int, str, str]]:
    found = problems(tmp_path, files)
    return [(problem.path, problem.line, problem.what, problem.fix) for problem in found]


LEAVE = "ask another question, or leave this one to that page"
THREE = "docs/questions/autograd/three.md"


def test_both_places_are_named(tmp_path):
    files = {
        ONE: asked("one"),
        TWO: asked("two", "Is this page `one`?"),
        THREE: asked("three", "Is three three?", "How is three?", "How is the three"),
    }
    assert told(tmp_path, files) == [
        (
            THREE,
            9,
            "'How is the three' is asked on this page already, as 'How is three?'",
            "delete this wording",
        ),
        (
            TWO,
            7,
            f"'Is this page `one`?' is asked by {ONE}:9 already, as 'Is this page one?'",
            LEAVE,
        ),
    ]


def test_a_title_wins_over_the_other_wording_of_an_earlier_page(tmp_path):
    files = {ONE: asked("one", "Is this page two?"), TWO: asked("two")}
    what = f"'Is this page two?' is asked by {TWO}:9 already, as 'Is this page two?'"
    assert told(tmp_path, files) == [(ONE, 7, what, LEAVE)]


def test_two_pages_with_one_title(tmp_path):
    """The second in the order of paths gives way, whatever the order of topics."""
    files = {ONE: asked("one"), TWO: asked("two"), THREE: asked("one")}
    what = f"'Is this page one?' is asked by {THREE}:9 already, as 'Is this page one?'"
    assert told(tmp_path, files) == [(ONE, 9, what, LEAVE)]


def test_wordings_of_fillers_alone_are_not_compared(tmp_path):
    assert (
        problems(tmp_path, {ONE: asked("one", "Is it in?"), TWO: asked("two", "Was it of?")}) == []
    )


def test_wordings_of_faulty_front_matter_are_left_out(tmp_path):
    text = asked("two", "Is this page one?").replace("level: junior", "level: 3")
    assert the_problem(tmp_path, {ONE: asked("one"), TWO: text})[2].startswith(
        "front matter 'level'"
    )


def test_a_page_is_asked_by_its_title_and_its_other_wordings(tmp_path):
    made = book(tmp_path, {ONE: asked("one", "Is one one?")})
    assert wordings(made.by_uri["questions/tensors/one.md"]) == ["Is this page one?", "Is one one?"]


def test_the_lines_of_many_faults_cost_one_look_at_the_front_matter(tmp_path, monkeypatch):
    """Or else a page with thousands of equal wordings is never done."""
    texts = []
    compose = yaml.compose
    monkeypatch.setattr(
        yaml, "compose", lambda text, *more: texts.append(text) or compose(text, *more)
    )
    found = told(tmp_path, {ONE: asked("one", *["How is one?"] * 200), TWO: asked("two")})
    assert [line for _, line, what, _ in found if "already" in what] == list(range(8, 207))
    assert len(texts) == len(set(texts))
