"""The page Prepare, the paths, and what practice knows of a question where it is read or listed."""

from __future__ import annotations

import re

import pytest

from tests.sources import paths, questions

from .practising import START, answer

PATHS = paths()["paths"]


def slugs(path: dict) -> list[str]:
    return [slug for part in path["parts"] for slug in part["questions"]]


def test_every_path_is_listed_with_its_size(visit):
    page = visit("prepare/")
    entries = page.locator(".md-content li")
    assert entries.locator("a").all_inner_texts() == [path["title"] for path in PATHS]
    for entry, path in zip(entries.all(), PATHS, strict=True):
        said = entry.locator("em").inner_text()
        assert re.fullmatch(
            rf"{len(slugs(path))} questions, (\d+ minutes|about \d*½? hours?)", said
        )
    assert page.complaints == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path["id"])
def test_a_path_names_its_questions_in_order_with_why(site, path):
    html = (site / "prepare" / path["id"] / "index.html").read_text(encoding="utf-8")
    found = re.findall(r'<a class="question" href="../../questions/[\w-]+/([\w-]+)/">', html)
    assert found == slugs(path)
    assert [re.sub("<.*", "", title) for title in re.findall(r"<h2[^>]*>(.*?)</h2>", html)] == [
        part["title"] for part in path["parts"]
    ]
    why = {slug: text for entry in paths()["asked"] for slug, text in entry.items()}
    plain = re.sub(r"<[^>]+>", "", html)
    for slug in found:
        assert why[slug].replace("`", "") in plain.replace("&gt;", ">").replace("&amp;", "&")


def test_a_path_leads_to_practice_and_shows_how_far_one_is(practise, address):
    path = PATHS[1]
    page = practise(f"prepare/{path['id']}/")
    assert page.locator(".standing").is_hidden(), "nobody has practiced yet"
    page.get_by_role("link", name="Practice these questions").click()
    page.locator("#practice-card").wait_for()
    answer(page, "4")
    answer(page, "3")
    page.goto(address + f"prepare/{path['id']}/")
    page.locator(".standing", has_text=f"Known: 1 of {len(slugs(path))}").wait_for()
    states = page.locator("a.question + .state")
    assert [text for text in states.all_inner_texts() if text] == ["known", "learning"]
    page.clock.set_fixed_time(START.replace(month=2))
    page.reload()
    page.locator(".state--due").first.wait_for()
    assert [text for text in states.all_inner_texts() if text] == ["due", "due"]
    assert page.complaints == []


def test_a_question_says_what_practice_knows_of_it(practise, address):
    """And who knows it need not practice it first."""
    question = questions()[3]
    page = practise(question.url)
    state = page.locator(".action-practice + .state")
    assert state.count() == 0
    page.get_by_role("button", name="I know this").click()
    state.wait_for()
    assert state.inner_text() == "known"
    assert "practice asks it again in" in page.locator(".actions [role=status]").inner_text()
    page.goto(f"{address}questions/{question.topic}/")
    page.locator(".state", has_text="known").wait_for()
    assert page.locator(".state:not(.state--new)").count() == 1
    page.goto(address + "practice/")
    standing = page.locator("#practice-standing").inner_text()
    assert "1 learned" in standing and page.complaints == []


def test_a_topic_says_of_each_question_what_it_is_and_takes(site):
    exercise = next(q for q in questions() if q.meta.get("kind") == "exercise")
    html = (site / "questions" / exercise.topic / "index.html").read_text(encoding="utf-8")
    facts = re.findall(r"<em>([^<]*)</em></p>", html)
    mine = [q for q in questions() if q.topic == exercise.topic]
    assert len(facts) == len(mine)
    for said, question in zip(facts, mine, strict=True):
        level, *kind, minutes = said.removesuffix(" · GPU").split(" · ")
        assert level == question.meta["level"] and kind == [
            k for k in [question.meta.get("kind")] if k
        ]
        assert (int(minutes.removesuffix(" min")) > 20) == (kind == ["exercise"]), "solved, too"


def test_all_questions_can_be_filtered(practise):
    page = practise("levels/")
    shown = page.locator("a.question:visible")
    status = page.locator(".filters [role=status]")
    assert shown.count() == len(questions())
    page.get_by_label("Kind").select_option("exercise")
    exercises = [q for q in questions() if q.meta.get("kind") == "exercise"]
    assert shown.count() == len(exercises)
    page.get_by_label("Topic").select_option("attention")
    mine = [q for q in exercises if q.topic == "attention"]
    assert status.inner_text() == f"{len(mine)} question{'s' * (len(mine) != 1)}"
    assert sorted(shown.all_inner_texts()) == sorted(q.title for q in mine)
    assert page.locator(".md-content h2:visible").count() == len({q.meta["level"] for q in mine})
    page.get_by_label("Kind").select_option("")
    page.get_by_label("Topic").select_option("")
    page.get_by_label("Level").select_option("senior")
    assert shown.count() == sum(q.meta["level"] == "senior" for q in questions())
    known = next(q for q in questions() if q.meta["level"] == "senior")
    page.goto(page.url.replace("levels/", known.url))
    page.get_by_role("button", name="I know this").click()
    page.locator(".state--known").wait_for()
    page.goto(page.url.replace(known.url, "levels/"))
    page.locator(".state--known").wait_for()
    page.get_by_label("not known yet").check()
    assert shown.count() == len(questions()) - 1 and page.complaints == []
