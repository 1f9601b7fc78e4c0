"""The data of the page Practise against the pages it comes from."""

import re

import pytest

from answered import DOCS
from answered.contents import load_contents
from answered.page import Example, load_pages
from answered.practice import block_id, moved, with_output
from answered.records import Shown

from .practising import arguments

QUESTIONS = load_contents().in_order(load_pages())


@pytest.fixture(scope="module")
def index(site) -> dict:
    return arguments(site / "practice" / "index.js")[0]


@pytest.fixture(scope="module")
def topics(site, index) -> dict[str, list]:
    """Topic to its questions, as the topic's script has them."""
    return {topic["id"]: arguments(site / "practice" / f"{topic['id']}.js")[1] for topic in index["topics"]}


def test_data_has_every_question_and_every_output_once(site, index, topics):
    questions = [question for group in topics.values() for question in group]
    assert [question["id"] for question in questions] == [f"{page.topic}/{page.slug}" for page in QUESTIONS]
    assert [question["level"] for question in questions] == [page.meta["level"] for page in QUESTIONS]
    for page, question in zip(QUESTIONS, questions, strict=True):
        html = (site / page.uri.removesuffix(".md") / "index.html").read_text(encoding="utf-8")
        assert len(question["blocks"]) == html.count('<div class="result">'), page.path
        assert len(question["blocks"]) >= sum(example.expected is not None for example in page.examples), page.path
        for block, example in zip(question["blocks"], [e for e in page.examples if e.expected is not None], strict=False):
            assert block["output"] == example.expected.rstrip("\n") and block["raises"] == ("raises" in example.marks), page.path
    ids = [question["id"] for question in questions] + [f"{question['id']}#{block['id']}" for question in questions for block in question["blocks"]]
    assert len(set(ids)) == len(ids) > 500
    listed = [(q["id"], q["level"], q["blocks"]) for topic in index["topics"] for q in topic["questions"]]
    assert listed == [(q["id"], q["level"], [block["id"] for block in q["blocks"]]) for q in questions]
    assert {file.stem for file in (site / "practice").glob("*.js")} == {"index", *topics}


def test_data_can_be_put_into_the_page_as_it_is(site, topics):
    """Links lead somewhere from the practice page; nothing has an id, a style or a script of its own."""
    links = 0
    for question in (question for group in topics.values() for question in group):
        html = question["answer"] + "".join(block["source"] for block in question["blocks"])
        assert question["answer"].startswith("<p>"), question["id"]
        assert not re.search(r'<(script|style|iframe|form)\b|\s(id|style|on\w+)="', html), question["id"]
        for link in [question["url"], *re.findall(r'(?:href|src)="([^"]*)"', html)]:
            if not link.startswith("https://"):
                links += 1
                file, _, anchor = link.partition("#")
                page = site / "practice" / file / "index.html"
                assert page.is_file(), (question["id"], link)
                assert not anchor or f'id="{anchor}"' in page.read_text(encoding="utf-8"), (question["id"], link)
        assert question["example"] in [None, *(block["id"] for block in question["blocks"])], question["id"]
    assert sum(question["example"] is not None for group in topics.values() for question in group) > 0.9 * len(QUESTIONS)
    assert links > len(QUESTIONS)


def shown(code: str, output: str = "1", line: int = 1) -> Shown:
    return Shown(Example("docs/questions/a/b.md", line, code, output or None), output, "<div></div>", "")


def test_block_keeps_its_id_when_others_change():
    before = with_output([shown("print(1)"), shown("print(2)", line=9)])
    after = with_output([shown("x = 3\nprint(x)"), shown("assert True", output="", line=5), shown("print(2)\n", line=30)])
    assert block_id(before[1]) == block_id(after[1]) != block_id(after[0])
    assert [s.example.line for s in with_output([shown("print(1)"), shown("print(1)", line=9)])] == [1]


@pytest.mark.parametrize(
    "link, source, target, expected",
    [
        ("../torch-cat/", "questions/tensors/torch-stack/", "practice/", "../questions/tensors/torch-cat/"),
        ("../../data/dataloader/#workers", "questions/tensors/torch-stack/", "practice/", "../questions/data/dataloader/#workers"),
        ("#follow-up-questions", "questions/tensors/torch-stack/", "practice/", "../questions/tensors/torch-stack/#follow-up-questions"),
        ("torch-cat.html", "questions/tensors/torch-stack.html", "practice.html", "questions/tensors/torch-cat.html"),
        ("https://docs.pytorch.org/#x", "questions/tensors/torch-stack/", "practice/", "https://docs.pytorch.org/#x"),
    ],
)
def test_links_are_moved(link, source, target, expected):
    assert moved(f'<a href="{link}">', source, target) == f'<a href="{expected}">'


def test_scheduler_is_vendored_with_its_licence():
    vendor = DOCS / "assets" / "vendor"
    assert "MIT License" in (vendor / "ts-fsrs-5.4.2.LICENSE.txt").read_text()
    assert 'version="5.4.2"' in (vendor / "ts-fsrs-5.4.2.umd.js").read_text()
