"""What other sites read: pictures and words of link previews, data, robots.txt."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest
from PIL import Image

from answered.exports.social import wrapped
from tests.conftest import FRESH, NO_DEVICE, Project

URL = "https://example.org/answered/"
ONE = "questions/tensors/one"
DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>')
META = re.compile(r'<meta (?:property|name)="((?:og|twitter):[\w:]+)" content="([^"]*)">')


@pytest.fixture(scope="module")
def made(broken: Project) -> Project:
    """A site with an address, a question of which has a title and a short answer with markup."""
    broken.edit("tensors/one.md", "Is this page one?", 'Is `</script>` & "this" page one?')
    done = broken.build(SITE_URL=URL, **FRESH, **NO_DEVICE)
    assert done.returncode == 0, done.stdout
    return broken


def meta(page: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in META.findall(page)}


def test_every_page_names_a_picture_that_there_is(made):
    moved = made.site / "take-away" / "index.html"  # leads elsewhere at once
    pages = [file for file in made.site.rglob("index.html") if file != moved]
    assert len(pages) > 8
    pictures = set()
    for file in pages:
        found = meta(file.read_text())
        picture = made.site / found["og:image"].removeprefix(URL)
        with Image.open(picture) as image:
            assert image.size == (1200, 630) and image.format == "PNG"
        assert picture.stat().st_size < 60_000
        folder = file.parent.relative_to(made.site).as_posix()
        assert found["og:url"] == URL + ("" if folder == "." else f"{folder}/")
        assert found["og:title"] and found["og:site_name"] == "PyTorch Answered"
        pictures.add(picture)
    assert pictures == set(made.site.rglob("*.png")) - set((made.site / "assets").rglob("*.png"))
    assert len({picture.read_bytes() for picture in pictures}) == len(pictures) == 4
    found = meta(made.html(ONE))
    assert found["og:title"] == 'Is </script> & "this" page one?'
    assert found["og:description"].startswith("A page for tests")


def test_search_engines_read_question_answer_and_trail(made):
    data = json.loads(DATA.search(made.html(ONE))[1])
    page, trail = data["@graph"]
    question = page["mainEntity"]
    assert (page["@type"], question["@type"]) == ("QAPage", "Question")
    assert question["name"] == 'Is </script> & "this" page one?'
    answer = question["acceptedAnswer"]
    assert answer["text"].startswith("Because it is a test.")
    assert answer["url"] == f"{URL}{ONE}/#short-answer"
    items = trail["itemListElement"]
    assert [item["position"] for item in items] == [1, 2, 3]
    addresses = [URL, f"{URL}questions/tensors/", f"{URL}{ONE}/"]
    assert [item["item"] for item in items] == addresses
    assert "<" not in DATA.search(made.html(ONE))[1]
    assert not DATA.search((made.site / "index.html").read_text())


def test_the_policy_of_a_page_does_not_name_its_data(made):
    """Browsers execute no data, so that it needs no leave."""
    page = made.html(ONE)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]
    scripts = re.findall(r"<script>", page)
    assert policy.count("'sha256-") == len(set(re.findall(r"<script>.*?</script>", page, re.S)))
    assert scripts and "unsafe" not in policy


def test_robots_are_shown_the_map_and_the_canonical_address(made):
    robots = (made.site / "robots.txt").read_text()
    assert f"\nSitemap: {URL}sitemap.xml\n" in robots
    assert f"<loc>{URL}{ONE}/</loc>" in (made.site / "sitemap.xml").read_text()
    assert f'<link rel="canonical" href="{URL}{ONE}/">' in made.html(ONE)


def test_pictures_are_drawn_once_and_those_of_gone_pages_removed(made):
    cache = made.root / ".cache" / "social"
    before = {file: file.stat().st_mtime_ns for file in cache.iterdir()}
    assert len(before) == 4
    made.edit("tensors/two.md", "Is this page two?", "Is this page the second?")
    assert made.build(SITE_URL=URL, **FRESH, **NO_DEVICE).returncode == 0
    after = {file: file.stat().st_mtime_ns for file in cache.iterdir()}
    assert len(after) == 4 and len(before.items() & after.items()) == 3


def test_a_picture_that_was_not_kept_whole_is_drawn_anew(made):
    whole = {file: file.read_bytes() for file in (made.root / ".cache" / "social").iterdir()}
    for file, length in zip(whole, (0, 1000, -1), strict=False):
        file.write_bytes(whole[file][:length])
    assert made.build(SITE_URL=URL, **FRESH, **NO_DEVICE).returncode == 0
    assert {file: file.read_bytes() for file in whole} == whole
    assert set(whole.values()) == {file.read_bytes() for file in made.site.glob("social/**/*.png")}


def test_without_an_address_nothing_pretends_to_have_one(project):
    done = project.build(**FRESH, **NO_DEVICE)
    assert done.returncode == 0, done.stdout
    assert "Sitemap" not in (project.site / "robots.txt").read_text()
    assert not (project.site / "social").exists()
    found = meta(project.html(ONE))
    assert found["og:title"] == "Is this page one?" and "og:image" not in found
    (page,) = json.loads(DATA.search(project.html(ONE))[1])["@graph"]
    assert "url" not in page["mainEntity"]


def test_a_title_is_wrapped_between_words():
    assert wrapped("one two three", 8, len) == ["one two", "three"]
    assert wrapped("unbreakable x", 4, len) == ["unbreakable", "x"]


def test_the_icon_is_ours():
    icon = Path(__file__).parents[2] / "docs" / "assets" / "favicon.svg"
    assert icon.read_text().startswith("<svg") and icon.stat().st_size < 1000
