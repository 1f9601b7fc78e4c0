"""The data of the page Practise against the pages it comes from."""

from __future__ import annotations

import re

import pytest

from tests.sources import ROOT, questions

from .practising import arguments


@pytest.fixture(scope="module")
def index(site) -> dict:
    return arguments(site / "practice" / "index.js")[0]


@pytest.fixture(scope="module")
def topics(site, index) -> dict[str, list]:
    """Topic to its questions, as the topic's script has them."""
    ids = [topic["id"] for topic in index["topics"]]
    return {id: arguments(site / "practice" / f"{id}.js")[1] for id in ids}


@pytest.fixture(scope="module")
def cards(topics) -> list[dict]:
    return [card for group in topics.values() for card in group]


def decidable(block) -> bool:
    """Whether a block is short, prints little, and no number to three decimals or more."""
    lines = [line for line in block.code.split("\n") if line.strip()]
    return (
        len(lines) <= 20
        and len(block.output.split("\n")) <= 5
        and not re.search(r"\d\.\d\d\d", block.output)
        and "gpu" not in block.marks
    )


def test_data_has_every_question_and_what_can_be_predicted_once(site, index, topics, cards):
    assert [(card["id"], card["title"], card["level"]) for card in cards] == [
        (question.id, question.title, question.meta["level"]) for question in questions()
    ]
    for card, question in zip(cards, questions(), strict=True):
        blocks = [block for block in question.blocks if block.exported]
        promised = [(b.output, "raises" in b.marks) for b in blocks if b.output]
        shown = [(block["output"], block["raises"]) for block in card["blocks"]]
        kept = [b for b in blocks if b.output and (decidable(b) or b.output == promised[0][0])]
        assert set(shown) == {(b.output, "raises" in b.marks) for b in kept}, card["id"]
        assert not any("snippets" in block["source"] for block in card["blocks"]), card["id"]
    ids = [f"{card['id']}#{block['id']}" for card in cards for block in card["blocks"]]
    ids += [f"{card['id']}!{claim['id']}" for card in cards for claim in card["claims"]]
    assert len(set(ids)) == len(ids)
    listed = [q for topic in index["topics"] for q in topic["questions"]]
    assert listed == [
        {key: card[key] for key in ("id", "level", "kind")}
        | {"blocks": [block["id"] for block in card["blocks"] if block["decidable"]]}
        | {"claims": [claim["id"] for claim in card["claims"]]}
        for card in cards
    ]
    assert {file.stem for file in (site / "practice").glob("*.js")} == {"index", *topics}


def test_a_question_has_the_first_block_with_output_that_draws_nothing_as_its_example(cards):
    for card, question in zip(cards, questions(), strict=True):
        outputs = {b.output for b in question.blocks if b.output and b.exported}
        first = next((b["id"] for b in card["blocks"] if b["output"] in outputs), None)
        assert card["example"] == first, card["id"]


def test_data_tells_kinds_and_notebooks_and_programs_that_are_asked_about(site, cards):
    for card, question in zip(cards, questions(), strict=True):
        assert card["kind"] == question.meta.get("kind", "")
        assert (site / "practice" / card["notebook"]).resolve().is_file(), card["id"]
        if card["kind"] in ("predict", "debug"):
            first = card["blocks"][0]
            assert first["id"] == card["example"]
            assert first["output"] == question.blocks[0].output
    assert {"", "exercise", "predict", "debug"} == {card["kind"] for card in cards}


def test_data_can_be_put_into_the_page_as_it_is(site, cards):
    """Links lead somewhere from there; nothing has an id, a style or a script of its own."""
    for card in cards:
        besides = [each["truth"] for each in card["claims"]]
        besides += [each["answer"] for each in card["followUps"]]
        html = "".join([card["answer"], *(b["source"] for b in card["blocks"]), *besides])
        assert card["answer"].startswith(("<p>", "<ul>", "<ol>")), card["id"]
        unwanted = r'<(script|style|iframe|form)\b|\s(id|style|on\w+)="'
        assert not re.search(unwanted, html), card["id"]
        for link in [card["url"], *re.findall(r'(?:href|src)="([^"]*)"', html)]:
            if not link.startswith(("https://", "http://")):
                file, _, anchor = link.partition("#")
                page = site / "practice" / file / "index.html"
                assert page.is_file(), (card["id"], link)
                text = page.read_text(encoding="utf-8")
                assert not anchor or f'id="{anchor}"' in text, (card["id"], link)


def test_scheduler_is_vendored_with_its_licence():
    vendor = ROOT / "docs" / "assets" / "vendor"
    assert "MIT License" in (vendor / "ts-fsrs-5.4.2.LICENSE.txt").read_text()
    assert 'version="5.4.2"' in (vendor / "ts-fsrs-5.4.2.umd.js").read_text()
