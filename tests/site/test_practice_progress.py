"""Progress kept by the page Practise: across reloads, tabs, browsers, and without storage."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from .practising import KEY, START, answer, await_stored, begin, choose, reveal, stored, text


def test_a_reload_keeps_the_card_and_what_was_typed(practise):
    page = practise("practice/#topic=data&mode=predict")
    begin(page)
    source = text(page, "source")
    page.locator("#practice-typed").fill("my guess")
    page.reload()
    page.locator("#practice-card").wait_for()
    assert (
        text(page, "source") == source
        and page.locator("#practice-typed").input_value() == "my guess"
    )
    page.locator("#practice-reveal").click()
    page.reload()
    page.locator("#practice-back").wait_for()
    assert page.locator(".practice-prediction del").all_inner_texts()[:2] == ["my", "guess"]
    page.keyboard.press("2")
    page.locator("#practice-reveal").wait_for()
    assert len(stored(page)) == 1 and text(page, "source") != source
    page.locator("#practice-end").click()
    page.reload()
    assert (
        page.locator("#practice-choice").is_visible()
        and page.locator("input[value=predict]").is_checked()
    )


def test_progress_goes_out_and_comes_back_into_another_browser(practise, tmp_path):
    page = practise("practice/#topic=losses")
    begin(page)
    answer(page, "4")
    answer(page, "1")
    page.locator("#practice-end").click()
    page.locator("#practice-progress summary").click()
    with page.expect_download() as download:
        page.locator("#practice-export").click()
    assert download.value.suggested_filename == "pytorch-answered-progress-2026-01-05.json"
    file = tmp_path / "progress.json"
    download.value.save_as(file)
    mine = stored(page)

    other = practise("practice/#topic=losses")
    begin(other)
    other.clock.set_fixed_time(START + timedelta(hours=1))
    answer(other, "3")  # a newer review of the first card, which must win
    theirs = stored(other)
    other.locator("#practice-progress summary").click()
    other.locator("#practice-file").set_input_files(file)
    other.locator("#practice-file-message:not(:empty)").wait_for()
    assert (
        text(other, "file-message")
        == "Imported progress.json: 1 card added, 0 updated, 1 kept as they were."
    )
    assert stored(other) == mine | theirs and len(stored(other)) == 2
    other.locator("#practice-file").set_input_files(
        {
            "name": "again.json",
            "mimeType": "application/json",
            "buffer": json.dumps(
                json.loads(file.read_text())
                | {"cards": {**mine, "gone/question#0123abcd": next(iter(mine.values()))}}
            ).encode(),
        }
    )
    other.locator("#practice-file-message", has_text="Imported again.json").wait_for()
    assert "gone/question#0123abcd" in stored(other), (
        "progress of a card that the site does not have is kept"
    )
    other.locator("#practice-end").click()
    other.locator("#practice-back-to-choice").click()
    assert (
        text(other, "standing")
        == "1 due · 2 new today, of 2 not seen yet · 2 being learned · 0 learned"
    )

    other.once("dialog", lambda dialog: dialog.dismiss())
    other.locator("#practice-reset").click()
    assert len(stored(other)) == 3
    other.once("dialog", lambda dialog: dialog.accept())
    other.locator("#practice-reset").click()
    assert stored(other) == {} and other.locator("#practice-choice").is_visible()
    assert page.complaints == other.complaints == []


RECORD = {
    "due": "2026-01-05T09:10:00.000Z",
    "last_review": "2026-01-05T09:00:00.000Z",
    "first": "2026-01-05T09:00:00.000Z",
    "stability": 2.3,
    "difficulty": 2.1,
    "scheduled_days": 0,
    "learning_steps": 1,
    "reps": 1,
    "lapses": 0,
    "state": 1,
}
GOOD = {
    "format": "pytorch-answered practice progress",
    "version": 1,
    "exported": "",
    "cards": {"tensors/torch-cat": RECORD},
}


def card(**changes) -> dict:
    return GOOD | {"cards": {"tensors/torch-stack": RECORD, "tensors/torch-cat": RECORD | changes}}


def test_a_broken_import_is_refused_and_changes_nothing(practise):
    page = practise()
    page.evaluate(
        "([key, cards]) => localStorage.setItem(key, JSON.stringify({ cards, settings: {} }))",
        [KEY, GOOD["cards"]],
    )
    page.reload()
    before = page.evaluate("key => localStorage.getItem(key)", KEY)
    page.locator("#practice-progress summary").click()
    for content, reason in (
        ("PK\x03\x04", "it is not JSON"),
        ('{"cards": {}', "it is not JSON"),
        ("null", "it was not exported from this page"),
        ({"cards": {}}, "it was not exported from this page"),
        (GOOD | {"version": 2}, "it has version 2; this page reads version 1"),
        (GOOD | {"cards": []}, "it has no cards"),
        (GOOD | {"cards": {"../x": RECORD}}, '"../x" is not the name of a card'),
        (card(due="soon"), 'card tensors/torch-cat has a wrong value for due: "soon"'),
        (card(stability=None), "card tensors/torch-cat has a wrong value for stability: null"),
        (card(state=7), "card tensors/torch-cat has a wrong value for state: 7"),
        (
            card(last_review="2027-01-01T00:00:00.000Z"),
            "card tensors/torch-cat was reviewed in the future (2027-01-01T00:00:00.000Z)",
        ),
    ):
        raw = content if isinstance(content, str) else json.dumps(content)
        page.evaluate("document.querySelector('#practice-file-message').textContent = ''")
        page.locator("#practice-file").set_input_files(
            {"name": "x.json", "mimeType": "application/json", "buffer": raw.encode()}
        )
        page.locator("#practice-file-message:not(:empty)").wait_for()
        assert (
            text(page, "file-message") == f"x.json was not imported: {reason}. Nothing has changed."
        )
        assert page.evaluate("key => localStorage.getItem(key)", KEY) == before
    assert page.complaints == []


BLOCKED = """Object.defineProperty(window, '{0}', {{ configurable: true, get() {{
  throw new DOMException('denied', 'SecurityError');
}} }});"""
FULL = (
    "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"
)


@pytest.mark.parametrize(
    "script",
    [BLOCKED.format("localStorage") + BLOCKED.format("sessionStorage"), FULL],
    ids=["blocked", "full"],
)
def test_without_storage_the_page_says_so_and_works(practise, script):
    page = practise("practice/#topic=data", before=lambda page: page.add_init_script(script))
    assert "does not let the site keep anything" in text(page, "trouble")
    begin(page)
    first = text(page, "question")
    answer(page, "1")
    assert text(page, "question") != first and text(page, "message") == "Again: again in 1 min."
    page.locator("#practice-end").click()
    assert "1 review: 1 Again." in text(page, "tally")
    page.locator("#practice-back-to-choice").click()
    assert "1 being learned" in text(page, "standing")
    assert page.complaints == []


def test_storage_that_fills_up_or_cannot_be_read_is_told(practise):
    page = practise("practice/#topic=data")
    begin(page)
    assert page.locator("#practice-trouble").is_hidden()
    page.evaluate(f"() => {{ {FULL} }}")
    answer(page, "3")
    assert "no longer lets the site keep anything" in text(page, "trouble") and stored(page) == {}

    page = practise(
        "practice/#topic=data",
        before=lambda page: page.add_init_script(
            f"localStorage.setItem('{KEY}', '{{\"cards\": 7}}')"
        ),
    )
    assert "cannot be read (it has no cards)" in text(page, "trouble")
    begin(page)
    answer(page, "3")
    assert page.evaluate("key => localStorage.getItem(key)", KEY) == '{"cards": 7}'
    page.locator("#practice-progress summary").click()
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("#practice-reset").click()
    assert page.locator("#practice-trouble").is_hidden() and stored(page) == {}


def test_two_tabs_do_not_undo_each_other(practise, address):
    page = practise("practice/#topic=losses")
    begin(page)
    reveal(page)
    other = page.context.new_page()
    other.clock.set_fixed_time(START)
    other.goto(address + "practice/#topic=tensors")
    begin(other)
    answer(other, "4")
    await_stored(page, 1)
    page.keyboard.press("4")
    page.locator("#practice-reveal").wait_for()
    assert sorted(name.split("/")[0] for name in stored(page)) == ["losses", "tensors"]
    page.bring_to_front()  # a click into a tab behind another waits for seconds
    page.locator("#practice-end").click()
    page.locator("#practice-back-to-choice").click()
    choose(page)
    page.locator("[data-topics=all]").click()
    await_stored(other, 2)
    other.keyboard.press("Space")
    other.keyboard.press("4")
    page.locator("#practice-standing", has_text=re.compile("3 learned$")).wait_for()


OLD = Path(__file__).with_name("progress_of_2026_11.json")  # exported before paths and claims came


def test_progress_of_an_earlier_version_is_read_from_the_browser_and_from_a_file(practise, address):
    """And a card that is no longer asked is kept."""
    cards = json.loads(OLD.read_text(encoding="utf-8"))["cards"]
    page = practise("prepare/")
    page.evaluate(
        "([key, cards]) => localStorage.setItem(key, JSON.stringify({cards, settings: {mode: 'predict'}}))",
        [KEY, cards],
    )
    page.goto(address + "practice/")
    assert page.locator("#practice-trouble").is_hidden()
    assert page.locator("input[value=predict]").is_checked()
    page.goto(address + "practice/#topic=losses&mode=questions")
    page.reload()
    assert text(page, "standing").startswith("1 due") and "1 learned" in text(page, "standing")
    begin(page)
    answer(page, "4")
    kept = stored(page)
    assert kept.keys() == cards.keys()
    assert kept["autograd/autograd#64d102d3"] == cards["autograd/autograd#64d102d3"]

    other = practise("practice/")
    other.locator("#practice-progress summary").click()
    other.locator("#practice-file").set_input_files(OLD)
    other.locator("#practice-file-message", has_text="3 cards added").wait_for()
    assert stored(other) == cards
