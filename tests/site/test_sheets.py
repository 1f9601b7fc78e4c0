"""The cheat sheets against the pages they are made from."""

from __future__ import annotations

import html
import re

import pytest

from tests.sources import contents, questions

TOPICS = {topic["id"]: topic["title"] for topic in contents()["topics"]}


def shown(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", text))


def test_every_topic_has_its_sheet(visit):
    page = visit("sheets/")
    used = {question.topic for question in questions()}
    titles = [title for id, title in TOPICS.items() if id in used]
    assert page.locator("article li a:not(.pdf)").all_inner_texts() == titles


@pytest.mark.parametrize("topic", sorted({question.topic for question in questions()}))
def test_a_sheet_has_each_answer_in_a_sentence(site, topic):
    content = (site / "sheets" / topic / "index.html").read_text(encoding="utf-8")
    rows = re.findall(r"<tr>\s*<td>(.*?)</td>\s*<td>(.*?)</td>", content, re.S)
    mine = [question for question in questions() if question.topic == topic]
    assert sorted((shown(title), shown(answer)) for title, answer in rows) == sorted(
        (q.meta["short_title"], q.meta["description"]) for q in mine
    )
    answers = {q.meta["short_title"]: re.split(r"^## ", q.text, flags=re.M) for q in mine}
    for line in re.findall(r"<li>(.*?)</li>", content.partition("Calls and formulas")[2], re.S):
        title, colon, formulas = line.partition(": ")
        codes = re.findall(r"<code>(.*?)</code>", formulas)
        parts = answers.get(shown(title))
        if parts and colon and codes and "Evidence" not in line:
            answer = next(part for part in parts if part.startswith("Short answer"))
            assert all(shown(code) in answer for code in codes) and len(codes) <= 3
    claims = content.count(">Evidence</a>")
    assert claims <= 5 and (claims or not any('### "' in q.text for q in mine))


def test_a_sheet_is_printed_on_few_pages(visit):
    page = visit("sheets/losses/")
    pdf = page.pdf(format="A4")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 2
