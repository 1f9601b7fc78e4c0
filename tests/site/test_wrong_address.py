"""The page for addresses that lead nowhere."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.sources import contents, questions


@pytest.fixture
def lost(visit, site, address):
    """Open an address that leads nowhere, as a host serves it: with the page 404.html."""

    def opened(path: str):
        page = visit(None)
        body = (site / "404.html").read_text(encoding="utf-8")
        answer = {"status": 404, "content_type": "text/html", "body": body}
        page.route(address + path, lambda route: route.fulfill(**answer))
        page.goto(address + path)
        return page

    return opened


def test_it_searches_for_the_words_of_the_address(lost):
    page = lost("questions/optimisation/zero_grad")
    first = page.get_by_role("option").first
    first.wait_for()
    assert page.get_by_role("combobox").input_value() == "zero grad"
    assert "zero_grad" in first.inner_text()
    first.click()
    page.wait_for_url(re.compile("/zero-grad/"))


def test_it_lists_the_topics_and_leads_home(lost, address):
    page = lost("no/such/page.html")
    used = {question.topic for question in questions()}
    topics = [topic["title"] for topic in contents()["topics"] if topic["id"] in used]
    assert page.locator("#topics + ul a").all_inner_texts() == topics
    assert "not found" in page.title()
    page.get_by_role("link", name="Loss functions").last.click()
    page.wait_for_url(address + "questions/losses/")
    page = lost("no/such/page.html")
    page.get_by_role("link", name="the home page").click()
    page.wait_for_url(address)
    expect(page.locator("h1")).to_be_visible()


def test_its_search_box_is_the_one_that_keys_open(lost):
    page = lost("xyzzy/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "combobox"
    assert page.locator("[data-search]").count() == 1
