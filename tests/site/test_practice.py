"""The page Practise in a real browser, with the clock held still."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from tests.sources import paths, questions

from .practising import (
    KEY,
    START,
    answer,
    arguments,
    await_next,
    begin,
    by_importance,
    choose,
    focused,
    interval,
    reveal,
    scheduled,
    stored,
    text,
)

GRADES = ("Again", "Hard", "Good", "Easy")


def day(due: str) -> str:
    """A date as the page says it."""
    local = datetime.fromisoformat(due).astimezone()
    return f"{local:%A} {local.day} {local:%B}"


def test_a_link_asks_one_question_now_and_whether_or_not_it_is_due(practise):
    """And leads back to all the others."""
    name = "optimization/zero-grad"
    page = practise(f"practice/#question={name}")
    title = next(q.title for q in questions() if q.id == name)
    page.get_by_role("heading", name=title).wait_for()
    answer(page, "4")
    assert list(stored(page)) == [name] and text(page, "done") == "Session complete"
    page.reload()  # the link again, on a day on which the card is not due
    page.get_by_role("heading", name=title).wait_for()
    page.get_by_role("button", name="End session").click()
    page.get_by_role("button", name="Choose again").click()
    assert page.locator("#practice-only").is_visible()
    assert "0 new today, of 0" in text(page, "standing")
    page.get_by_role("button", name="Choose from all").click()
    assert page.locator("#practice-only").is_hidden() and "#" not in page.url
    assert f"of {len(questions()) - 1} not seen yet" in text(page, "standing")
    page.goto(page.url + "#question=no/such-one")
    assert "no/such-one" in text(page, "message") and page.locator("#practice-card").is_hidden()


def test_exercises_are_practiced_alone_and_lead_to_what_solves_them(practise, site):
    exercises = [q for q in questions() if q.meta.get("kind") == "exercise"]
    page = practise("practice/")
    choose(page)
    page.get_by_role("radio", name="Exercises").check()
    assert f"of {len(exercises)} not seen yet" in text(page, "standing")
    begin(page)
    title = text(page, "question")
    asked = next(q for q in exercises if q.title == title)
    links = page.locator("#practice-source a")
    assert [link.evaluate("a => a.href") for link in links.all()] == [
        f"{page.url}../{asked.url}".replace("practice/../", ""),
        f"{page.url}../downloads/notebooks/{asked.id}.ipynb".replace("practice/../", ""),
    ]
    assert (site / "downloads/notebooks" / f"{asked.id}.ipynb").is_file()
    answer(page, "4")
    assert list(stored(page)) == [asked.id], "solved: the record that questions have too"
    page.get_by_role("button", name="End session").click()
    page.get_by_role("button", name="Choose again").click()
    assert f"of {len(exercises) - 1} not seen yet" in text(page, "standing")
    page.get_by_role("radio", name="Questions").check()
    assert f"of {len(questions()) - 1} not seen yet" in text(page, "standing")


@pytest.mark.parametrize("kind", ["predict", "debug"])
def test_a_question_about_a_program_shows_it_first(practise, address, kind):
    """Its output and the short answer come on the back, and on the card of the block as well."""
    asked = next(q for q in questions() if q.meta.get("kind") == kind)
    program = asked.blocks[0]
    page = practise(f"practice/#question={asked.id}")
    page.get_by_role("heading", name=asked.title).wait_for()
    source, back = page.locator("#practice-source pre"), page.locator("#practice-answer")
    assert source.text_content().strip() == program.code.strip()
    assert back.text_content() == ""
    reveal(page)
    assert back.locator("pre").text_content().strip() == program.output
    shown = back.text_content().partition(program.output)[2].strip()
    assert len(shown) > 300
    page.goto(f"{address}practice/#question={asked.id}&mode=predict")
    page.reload()
    page.get_by_role("heading", name="What does this block print?").wait_for()
    assert source.text_content().strip() == program.code.strip()
    reveal(page)
    assert back.text_content().strip().endswith(shown)


def test_a_session_by_keyboard_alone(practise, site):
    page = practise("practice/#topic=tensors&level=junior")
    choose(page)
    page.locator("input[name=perDay]").fill("50")
    tensors = [q for q in by_importance() if q.topic == "tensors"]
    junior = [q.id for q in tensors if q.meta["level"] == "junior"]
    assert (
        page.locator("#practice-topics input:checked").count()
        == page.locator("#practice-levels input:checked").count()
        == 1
    )
    assert f"of {len(junior)} not seen yet" in text(page, "standing")
    page.locator("#practice-choice button[type=submit]").focus()
    page.keyboard.press("Enter")
    page.locator("#practice-card").wait_for()
    assert focused(page) == "practice-question" and page.locator("#practice-back").is_hidden()
    assert text(page, "question") == next(q.title for q in questions() if q.id == junior[0])
    page.keyboard.press("3")  # nothing to grade yet
    assert stored(page) == {}
    reveal(page)
    assert focused(page) == "practice-verdict" and text(page, "verdict") == "Short answer"
    assert (
        page.locator("#practice-answer .language-python").is_visible()
        and page.locator("#practice-answer .result").is_visible()
    )
    dates = [scheduled(page, None, number, START) for number in (1, 2, 3, 4)]
    buttons = page.locator("#practice-grades button").all_inner_texts()
    assert buttons == [
        f"{grade}\n{interval(due, START)}" for grade, due in zip(GRADES, dates, strict=True)
    ]
    page.keyboard.press("4")
    page.locator("#practice-reveal").wait_for()
    assert (
        focused(page) == "practice-question"
        and text(page, "message") == f"Easy: again in {interval(dates[3], START)}."
    )
    assert stored(page)[junior[0]]["due"] == dates[3]
    for number in range(len(junior) - 1):
        page.keyboard.press("Enter")
        page.locator("#practice-back").wait_for()
        page.keyboard.press("4")
        assert text(page, "message") and len(stored(page)) == number + 2
        await_next(page)
    assert focused(page) == "practice-done" and text(page, "done") == "Session complete"
    assert f"{len(junior)} reviews: {len(junior)} Easy." in text(page, "tally")
    assert f"in {interval(dates[3], START)} ({day(dates[3])})" in text(page, "next")
    assert sorted(stored(page)) == sorted(junior)
    assert page.complaints == []


def test_grades_move_the_date_as_the_scheduler_says(practise):
    """Again, Hard, Good, Good, then a late review: each date is ts-fsrs' own for that card."""
    page = practise("practice/#topic=ml-foundations")
    choose(page)
    page.locator("input[name=perDay]").fill("1")
    begin(page)
    card = next(q.id for q in by_importance() if q.topic == "ml-foundations")
    now, record = START, None
    for grade in (1, 2, 3, 3):
        expected = scheduled(page, record, grade, now)
        answer(page, str(grade))
        record = stored(page)[card]
        assert record["due"] == expected and record["first"] == stored(page)[card]["first"]
        now += timedelta(minutes=5)
        page.clock.set_fixed_time(now)
    assert list(stored(page)) == [card] and record["state"] == 2 and record["reps"] == 4
    now += timedelta(days=9)
    page.clock.set_fixed_time(now)
    page.locator("#practice-back-to-choice").click()
    expected = scheduled(page, record, 1, now)
    begin(page)
    answer(page, "1")
    assert stored(page)[card]["due"] == expected and stored(page)[card]["lapses"] == 1


def test_the_last_grade_can_be_undone(practise):
    page = practise("practice/#topic=ml-foundations")
    undo = page.locator("#practice-undo")
    assert undo.is_hidden()
    choose(page)
    page.locator("input[name=perDay]").fill("1")
    begin(page)
    first = text(page, "question")
    page.keyboard.press("u")  # nothing to undo yet
    answer(page, "3")
    before = stored(page)
    answer(page, "1")
    assert stored(page) != before
    page.keyboard.press("u")
    page.locator("#practice-verdict:focus").wait_for()
    assert (
        stored(page) == before
        and text(page, "question") == first
        and text(page, "message") == "Undone: grade it again."
    )
    assert undo.is_hidden()
    page.keyboard.press("4")
    page.locator("#practice-summary").wait_for()
    assert text(page, "tally") == "2 reviews: 1 Good, 1 Easy."

    page.reload()  # the session is over, and with it what can be undone
    assert undo.is_hidden() and page.locator("#practice-choice").is_visible()
    page.evaluate("localStorage.clear()")
    page.reload()
    choose(page)
    page.locator("input[name=perDay]").fill("1")
    begin(page)
    answer(page, "4")
    assert page.locator("#practice-summary").is_visible()
    undo.click()
    page.locator("#practice-verdict:focus").wait_for()
    assert stored(page) == {} and page.complaints == []


def test_what_another_tab_has_graded_since_is_not_undone(practise):
    page = practise("practice/#topic=ml-foundations")
    begin(page)
    answer(page, "1")
    page.reload()  # the session goes on, and the grade can still be undone
    page.locator("#practice-undo").wait_for()
    card, record = next(iter(stored(page).items()))
    newer = record | {"last_review": record["last_review"].replace("2026", "2027")}
    page.evaluate(
        "([key, cards]) => localStorage.setItem(key, JSON.stringify({cards, settings: {}}))",
        [KEY, {card: newer}],
    )
    page.locator("#practice-undo").click()
    assert stored(page) == {card: newer} and page.locator("#practice-undo").is_hidden()
    assert text(page, "message") == "That card has changed since it was graded: nothing was undone."


def test_due_cards_come_back_first_and_new_ones_are_rationed(practise):
    page = practise("practice/#topic=ml-foundations")
    choose(page)
    page.locator("input[name=perDay]").fill("1")
    begin(page)
    first = text(page, "question")
    answer(page, "3")
    assert text(page, "question") == first, (
        "a card that is being learned is asked again before the session ends"
    )
    answer(page, "3")
    (record,) = stored(page).values()
    back = datetime.fromisoformat(record["due"]).astimezone()
    assert text(page, "done") == "Session complete"
    assert f"in {interval(record['due'], START)} ({day(record['due'])})" in text(page, "next")
    page.locator("#practice-more").click()
    page.locator("#practice-card").wait_for()
    second = text(page, "question")
    assert second != first
    answer(page, "4")
    page.locator("#practice-back-to-choice").click()
    begin(page)
    assert text(page, "done") == "Nothing is left for now" and text(page, "tally") == ""

    page.clock.set_fixed_time(back.replace(hour=5))  # before the interval is over, on its day
    page.reload()
    assert (
        text(page, "standing")
        == "1 due · 1 new today, of 1 not seen yet · 0 being learned · 2 learned"
    )
    begin(page)
    assert text(page, "question") == first
    answer(page, "3")
    assert text(page, "question") not in (first, second)


def test_prediction_is_compared_with_the_real_output(practise, site):
    page = practise("practice/#topic=data&mode=predict")
    begin(page)
    cards = page.evaluate("Deck.cards({mode: 'predict', topics: ['data']}).map(({id}) => id)")
    outputs = {
        f"{question['id']}#{block['id']}": block["output"]
        for question in arguments(site / "practice" / "data.js")[1]
        for block in question["blocks"]
    }
    real = outputs[cards[0]]
    page.locator("#practice-typed").focus()
    page.keyboard.type("1 /?")  # neither graded nor searched nor helped
    assert page.locator("#practice-typed").input_value() == "1 /?" and not page.locator(
        "#practice-keys"
    ).get_attribute("open")
    page.locator("#practice-typed").fill("\n" + real.replace("\n", "  \n") + "\n\n")
    page.keyboard.press("Control+Enter")
    assert text(page, "verdict") == "Exactly the output: Good is suggested"
    assert page.locator(".practice-suggested").get_attribute("data-grade") == "3"
    assert page.locator("#practice-answer .result code").inner_text().rstrip("\n") == real
    page.keyboard.press("3")
    page.locator("#practice-reveal").wait_for()

    first, *rest = outputs[cards[1]].split()
    page.locator("#practice-typed").fill(" ".join(["<b>", *rest]))
    page.locator("#practice-reveal").click()
    said = re.fullmatch(r"(\d+) of (\d+) tokens right", text(page, "verdict"))
    assert int(said[1]) < int(said[2])
    compared = page.locator(".practice-prediction code")
    assert compared.locator("del").all_inner_texts() == ["<", "b", ">"]
    assert "".join(compared.locator("ins").all_inner_texts()) == first
    assert page.locator(".practice-suggested").count() == 0
    page.keyboard.press("1")
    page.locator("#practice-reveal").wait_for()

    page.locator("#practice-question").focus()
    reveal(page)
    assert (
        text(page, "verdict") == "The output" and page.locator(".practice-prediction").count() == 0
    )
    assert set(stored(page)) == set(cards[:2])
    assert page.complaints == []


def test_new_cards_come_by_importance_and_neighbors_are_of_two_topics(practise):
    """And of predictions, the first of each question before any second one."""
    page = practise()
    asked = page.evaluate("Deck.cards({mode: 'questions'}).map(({id}) => id)")
    assert sorted(asked) == sorted(question.id for question in questions())
    topics = [id.split("/")[0] for id in asked[:100]]
    assert all(one != two for one, two in zip(topics, topics[1:], strict=False))
    rank = {question.id: number for number, question in enumerate(by_importance())}
    moved = [abs(rank[id] - place) for place, id in enumerate(asked[:100])]
    assert asked[0] == by_importance()[0].id and max(moved) < 10, "no further than it takes"
    predicted = page.evaluate("Deck.cards({mode: 'predict'}).map(({id}) => id.split('#')[0])")
    firsts = len(set(predicted))
    assert len(set(predicted[:firsts])) == firsts < len(predicted)


def test_a_path_is_practiced_in_its_order(practise):
    path = paths()["paths"][1]
    slugs = [slug for part in path["parts"] for slug in part["questions"]]
    page = practise(f"practice/#path={path['id']}")
    page.locator("#practice-card").wait_for()
    titles = {question.slug: question.title for question in questions()}
    for slug in slugs[:3]:
        assert text(page, "question") == titles[slug]
        answer(page, "4")
    page.locator("#practice-end").click()
    page.locator("#practice-back-to-choice").click()
    assert f"of {len(slugs) - 3} not seen yet" in text(page, "standing")
    assert path["title"] in text(page, "chosen")


@pytest.mark.parametrize("answer", ["button true", "button false", "key t", "key f", "key Space"])
def test_a_claim_is_true_or_false_with_the_evidence_behind_it(practise, address, answer):
    page = practise("practice/#topic=autograd&mode=claims")
    begin(page)
    claim = page.locator("#practice-source blockquote").inner_text()
    question = next(q for q in questions() if q.title in text(page, "about"))
    assert text(page, "question") == "True or false?"
    assert claim.split()[0] in question.text
    assert not page.locator("#practice-reveal").is_visible()
    how, said = answer.split()
    if how == "key":
        page.keyboard.press(said)
    else:
        page.locator(f"#practice-judge [data-judge={said}]").click()
    page.locator("#practice-back").wait_for()
    holds = refuted_or_stated(question, claim)
    said = {"t": "true", "f": "false"}.get(said, said)
    grade = page.locator("#practice-grades .practice-suggested")
    if said == "Space":
        assert text(page, "verdict") == f"It is {holds}" and not grade.count()
    else:
        right = said == holds
        assert text(page, "verdict") == f"{'Right' if right else 'Wrong'}: it is {holds}"
        assert grade.get_attribute("data-grade") == ("3" if right else "1")
    assert text(page, "answer") and not page.locator("#practice-judge").is_visible()
    link = page.locator("#practice-page").evaluate("a => a.href")
    assert link.startswith(f"{address}{question.url}#")
    page.keyboard.press("4")
    page.locator("#practice-judge").wait_for()
    (card,) = stored(page)
    assert re.fullmatch(rf"{question.id}![0-9a-f]{{8}}", card)
    page.reload()
    page.locator("#practice-card").wait_for()
    assert list(stored(page)) == [card] and page.complaints == []


def refuted_or_stated(question, claim: str) -> str:
    """Whether a claim is refuted on its page, or a sentence of it, as the buttons say it."""

    def bare(text: str) -> str:
        return re.sub(r"[`*\s]+", "", text)

    myths = question.text.partition("\n## What people get wrong\n")[2].partition("\n## ")[0]
    refuted = re.findall(r'^### "(.+)"$|^- \*\*"(.+?)"\*\*', myths, re.M)
    if any(
        bare(claim) == bare("".join(pair)).rstrip(".") or bare(claim) == bare("".join(pair))
        for pair in refuted
    ):
        return "false"
    assert bare(claim) in bare(question.text.replace(myths, "")), claim
    return "true"


def test_a_mock_interview_asks_follow_ups_and_says_what_to_read_again(practise, address):
    page = practise("practice/#mode=interview&level=junior")
    assert "5 questions" in text(page, "standing")
    page.locator("#practice-choice button[type=submit]").click()
    asked = []
    for number in range(5):
        page.get_by_text(f"Question {number + 1} of 5").wait_for()
        title = text(page, "interview-question")
        question = next(q for q in questions() if q.title == title)
        asked.append(question)
        follow_ups = page.locator("#practice-interview-follow-ups li")
        more = page.locator("#practice-interview-more")
        for shown in (1, 2):
            more.click()
            assert follow_ups.count() == shown
        assert page.locator("#practice-interview-back").is_hidden(), "no answer is told yet"
        page.clock.set_fixed_time(START + timedelta(seconds=65 * (number + 1)))
        page.get_by_role("button", name="Show the answers").click()
        assert page.locator("#practice-interview-clock").inner_text() == "1:05"
        assert page.locator("#practice-interview-answer h4").count() == 3
        grade = "Good" if number else "Missed"
        page.get_by_role("button", name=grade, exact=True).click()
    assert len({question.topic for question in asked}) == 5
    assert {question.meta["level"] for question in asked} == {"junior"}
    assert text(page, "interview-tally") == "4 of 5 questions answered well, in 5:25."
    result = page.locator("#practice-interview-result li")
    assert ["read it again" in each for each in result.all_inner_texts()] == [True] + 4 * [False]
    assert result.first.locator("a").evaluate("a => a.href") == address + asked[0].url
    assert set(stored(page)) == {question.id for question in asked}
    page.locator("#practice-interview-close").click()
    assert page.locator("#practice-choice").is_visible() and page.complaints == []


def test_an_interview_that_is_ended_says_how_far_it_went(practise):
    page = practise("practice/#mode=interview&path=one-evening")
    page.locator("#practice-interview-end").click()
    assert text(page, "interview-tally") == "No question was answered." and stored(page) == {}


def test_an_interview_goes_on_after_a_reload(practise):
    page = practise("practice/#mode=interview&level=junior")
    page.locator("#practice-choice button[type=submit]").click()
    page.get_by_role("button", name="Show the answers").click()
    page.get_by_role("button", name="Partly", exact=True).click()
    page.get_by_text("Question 2 of 5").wait_for()
    title = text(page, "interview-question")
    page.clock.set_fixed_time(START + timedelta(seconds=40))
    page.reload()
    page.get_by_text("Question 2 of 5").wait_for()
    assert text(page, "interview-question") == title
    page.get_by_text("0:40").wait_for()
    page.locator("#practice-interview-end").click()
    assert "0 of 1 question answered well" in text(page, "interview-tally")
    page.reload()
    page.locator("#practice-choice").wait_for()
    assert page.locator("#practice-interview").is_hidden() and page.complaints == []


def test_what_was_missed_is_practiced_again_at_once(practise):
    page = practise("practice/#path=one-evening")
    page.locator("#practice-card").wait_for()
    missed = text(page, "question")
    answer(page, "1")
    answer(page, "4")
    page.locator("#practice-end").click()
    page.get_by_role("button", name="Practice the one that I missed").click()
    page.locator("#practice-card").wait_for()
    assert text(page, "question") == missed
    answer(page, "4")
    assert text(page, "done") == "Session complete" and page.locator("#practice-missed").is_hidden()


def test_start_and_where_one_stands_are_in_sight_on_a_phone_and_a_session_has_the_screen(visit):
    page = visit("practice/", width=390)
    page.set_viewport_size({"width": 390, "height": 844})
    start = page.locator("#practice-choice button[type=submit]").bounding_box()
    assert start["y"] + start["height"] <= 844
    assert page.locator("#practice-topics").is_hidden(), "choices are folded"
    begin(page)
    assert page.locator(".md-header, .md-content h1").first.is_hidden()
    assert page.locator("#practice-question").bounding_box()["y"] < 844 / 4


def test_keys_leave_the_sites_own_alone_and_can_be_switched_off(practise):
    page = practise("practice/#topic=data")
    begin(page)
    page.keyboard.press("?")
    assert page.locator("#practice-keys dl").is_visible()
    page.keyboard.press("?")
    assert page.locator("#practice-keys dl").is_hidden()
    page.keyboard.press("/")
    page.keyboard.type("zero 1234 ?")
    assert (
        page.get_by_role("combobox").input_value() == "zero 1234 ?"
        and page.locator("#practice-keys dl").is_hidden()
    )
    page.keyboard.press("Escape")
    page.locator("#practice-keys summary").click()
    page.locator("#practice-use-keys").uncheck()
    page.locator("#practice-question").focus()
    page.keyboard.press("Space")
    assert page.locator("#practice-back").is_hidden()
    page.locator("#practice-reveal").click()
    page.keyboard.press("3")
    assert stored(page) == {}
    page.reload()
    assert not page.locator("#practice-use-keys").is_checked()
    page.locator("#practice-grades button").nth(2).click()
    page.locator("#practice-reveal").wait_for()
    assert len(stored(page)) == 1 and page.complaints == []


def test_keys_that_turn_the_sites_pages_do_not_leave_a_session(practise):
    page = practise("practice/#topic=data")
    begin(page)
    here, left = page.url, []
    page.expose_function("leaves", lambda url: left.append(url))
    page.evaluate("navigation.addEventListener('navigate', e => leaves(e.destination.url))")
    for key in ("n", "p", ",", "."):
        page.keyboard.press(key)
        assert page.url == here and page.locator("#practice-card").is_visible()
        assert left == []
    page.locator("#practice-end").click()
    page.keyboard.press("n")
    page.wait_for_url(lambda url: url != here)
    assert left == [page.url]


def test_what_is_picked_is_kept_and_a_link_picks_for_one_visit(practise, address):
    page = practise()
    boxes = page.locator("#practice-topics input")
    assert page.locator("#practice-topics input:checked").count() == boxes.count()
    assert boxes.count() == len({question.topic for question in questions()})
    choose(page)
    page.locator("[data-topics=none]").click()
    assert text(page, "standing") == "Choose at least one topic."
    page.locator("#practice-choice button[type=submit]").click()
    assert (
        text(page, "message") == "Choose at least one topic."
        and page.locator("#practice-card").is_hidden()
    )
    boxes.nth(1).check()
    page.locator("input[value=predict]").check()
    page.locator("input[name=perDay]").fill("3")
    page.reload()
    assert [boxes.nth(1).is_checked(), page.locator("#practice-topics input:checked").count()] == [
        True,
        1,
    ]
    assert (
        page.locator("input[value=predict]").is_checked()
        and page.locator("input[name=perDay]").input_value() == "3"
    )

    page.goto(address + "practice/#topic=data,nowhere&mode=questions")
    assert (
        page.locator("input[value=data]").is_checked()
        and page.locator("input[value=questions]").is_checked()
    )
    assert text(page, "message") == "The address asks for what is not here: nowhere."
    page.goto(address + "practice/")
    page.reload()
    assert boxes.nth(1).is_checked() and page.locator("input[value=predict]").is_checked()


def test_a_topic_that_does_not_load_is_told_and_can_be_tried_again(practise):
    page = practise("practice/#topic=data", fresh=True)
    page.route("**/practice/data.js", lambda route: route.abort())
    page.locator("#practice-choice button[type=submit]").click()
    page.locator("#practice-message:not(:empty)").wait_for()
    assert (
        "“Data loading and datasets” could not be loaded" in text(page, "message")
        and page.locator("#practice-choice").is_visible()
    )
    page.unroute("**/practice/data.js")
    begin(page)
    assert text(page, "question")


def test_a_slow_topic_is_told_and_asked_for_once(practise):
    page = practise("practice/#topic=data", fresh=True)
    asked = []
    page.route("**/practice/data.js", lambda route: asked.append(route))
    start = page.locator("#practice-choice button[type=submit]")
    for _ in range(2):
        start.click()
        assert text(page, "message") == "Loading the cards …"
    [route] = asked
    route.continue_()
    page.locator("#practice-card").wait_for()
    assert text(page, "message") == "" and focused(page) == "practice-question"
    answer(page, "3")
    assert (
        text(page, "message") == "Good: again in 10 min."
        and len(stored(page)) == 1
        and page.complaints == []
    )


SCRIPTS = [
    "vendor/ts-fsrs-5.4.2.umd",
    *map(
        "practice/{}".format,
        "deck index progress schedule choice card session interview page".split(),
    ),
]


def test_the_page_loads_these_scripts_in_this_order(site):
    html = (site / "practice" / "index.html").read_text(encoding="utf-8")
    found = re.findall(r'<script src="([^"]+)\.js">', html)
    own = [name for name in found if "practice" in name or "fsrs" in name or name == "index"]
    assert [name.removeprefix("../assets/") for name in own] == [
        "index" if script == "practice/index" else script for script in SCRIPTS
    ]


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_that_does_not_load_is_told(practise, address, script):
    page = practise(None, fresh=True)
    page.route(f"**/{script}.js", lambda route: route.abort())
    page.goto(address + "practice/")
    said = "something could not be loaded: check the connection and reload this page"
    assert said in page.locator("article").inner_text()
    assert page.locator("#practice").is_hidden()
    page.unroute(f"**/{script}.js")
    page.reload()
    assert "could not be loaded" not in page.locator("article").inner_text()
    assert page.locator("#practice-choice").is_visible()


def test_cards_that_the_loaded_script_lacks_are_passed_over(practise):
    page = practise("practice/#topic=data")
    page.evaluate(
        """Deck.topics.find(({ id }) => id === 'data')
          .questions.unshift({ id: 'data/vanished', level: 'junior', blocks: [] })"""
    )
    begin(page)
    assert text(page, "question") == next(q.title for q in questions() if q.topic == "data")


@pytest.mark.parametrize("mode", ["questions", "predict"])
def test_phone_and_no_sideways_scrolling(practise, mode):
    page = practise(f"practice/#topic=neural-networks&mode={mode}", width=360)
    fits = "document.documentElement.scrollWidth <= window.innerWidth"
    assert page.evaluate(fits)
    begin(page)
    for _ in range(3):
        assert page.evaluate(fits)
        page.locator("#practice-reveal").click()
        grade = page.locator("#practice-grades button").nth(3)
        grade.wait_for()
        assert page.evaluate(fits)
        box = grade.bounding_box()
        assert (
            box["height"] >= 24
            and box["y"] + box["height"] <= 901
            and box["x"] + box["width"] <= 360
        )
        for code in page.locator("#practice-card pre > code:visible").all():
            assert code.evaluate("e => e.scrollWidth <= e.clientWidth || e.tabIndex === 0")
        grade.click()
        page.locator("#practice-reveal").wait_for()
    assert len(stored(page)) == 3 and page.complaints == []


def test_shell_has_no_script_or_style_of_its_own_and_says_what_it_is_without_scripts(
    site, browser, address
):
    shell = (site / "practice" / "index.html").read_text(encoding="utf-8")
    shell = shell[shell.index('<div class="practice-place">') : shell.index("</article>")]
    assert not re.search(r'<(script|style)\b|\s(style|on\w+)="', shell)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "practice/")
    said = page.locator("article noscript, article").first.inner_text()
    assert "Practicing needs JavaScript" in said and "loaded" not in said
    assert page.locator("#practice").is_hidden()
    context.close()
