"""Every built page: once in a browser, wide and narrow, and once as a file."""

from __future__ import annotations

import gzip
import re

from tests.sources import ROOT, questions

MAX_HTML = 15_000  # bytes of an article, compressed; navigation grows with other pages
NARROW = 320  # what a desktop has at 400 percent
FACTS = """() => ({
  title: document.title, language: document.documentElement.lang,
  wide: document.documentElement.scrollWidth > window.innerWidth,
})"""


def test_every_page_opens_without_complaint_asks_nobody_else_and_fits(site, address, visit):
    page, wrong, widths = visit(None), [], [1280, NARROW]
    files = sorted(file.relative_to(site).as_posix() for file in site.rglob("*.html"))
    assert {f"{question.url}index.html" for question in questions()} < set(files)
    files.remove("take-away/index.html")  # which leads elsewhere at once
    for file in files:
        page.goto(address + file.removesuffix("index.html"))
        first = page.evaluate(FACTS)
        page.set_viewport_size({"width": widths[1], "height": 900})
        second = page.evaluate(FACTS)
        widths.reverse()  # the next page begins as wide as this one ends
        if not first["title"] or first["language"] != "en" or first["wide"] or second["wide"]:
            wrong.append((file, first, second))
    assert (wrong, page.complaints) == ([], [])


def test_the_old_address_of_the_downloads_leads_to_the_new_one(address, visit):
    page = visit("take-away/")
    page.wait_for_url(address + "downloads/")
    assert page.complaints == []


def test_every_question_is_built_with_every_block(site):
    for question in questions():
        html = question.html(site)
        assert html.count("language-python highlight") >= len(question.blocks), question.id
        shown = html.count("language-text highlight") + html.count("language-pytb highlight")
        assert shown >= sum(bool(block.output) for block in question.blocks), question.id
        for trace in ("exec=&quot;on", 'exec="on"', "pytest-codeblocks", str(ROOT)):
            assert trace not in html, question.id


def test_every_question_weighs_little(site):
    articles = {q.id: q.html(site).split("<article")[1].split("</article>")[0] for q in questions()}
    weights = {name: len(gzip.compress(text.encode(), 6)) for name, text in articles.items()}
    assert {name: weight for name, weight in weights.items() if weight > MAX_HTML} == {}


def test_the_page_of_verification_adds_up(site):
    html = (site / "verified" / "index.html").read_text(encoding="utf-8")
    assert f"{sum(len(question.blocks) for question in questions())} examples:" in html


def test_the_notebook_is_light_and_links_pages_as_they_are_linked_elsewhere(site):
    folder = site / "notebooks" / "digits-cnn"
    html = (folder / "index.html").read_text(encoding="utf-8")
    assert len(html) < 300_000
    found = re.findall(
        r'<li><a href="([^"]+)">', html.split('id="see-also"')[1].split("<footer")[0]
    )
    source = (ROOT / "docs" / "notebooks" / "digits-cnn.py").read_text().split("## See also")[1]
    assert len(found) == len(re.findall(r"^# - \[", source, re.M)) > 0
    assert all((folder / target / "index.html").is_file() for target in found)
