"""The site and the offline copy read from the file system, where there is no server."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from .practising import begin, stored


@pytest.fixture
def tab(browser) -> Iterator[Page]:
    """A tab that may read files alone; its `complaints` are checked at the end."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page, complaints, asked = context.new_page(), [], []

    def told(message) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    page.on("console", told)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    yield page
    context.close()
    assert complaints == []
    assert asked and [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


def search(page: Page, query: str, target: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(query)
    page.locator("[data-search=whole]").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(target))


def test_search(tab, site):
    tab.goto((site / "questions" / "optimization" / "zero-grad" / "index.html").as_uri())
    search(tab, "torch.from_numpy", "tensors/numpy-to-tensor/index.html")
    assert "from_numpy" in tab.get_by_role("heading", level=1).inner_text()


def test_practice(tab, site):
    tab.goto((site / "practice" / "index.html").as_uri() + "#topic=tensors&mode=predict")
    begin(tab)
    tab.locator("#practice-typed").fill("x")
    tab.locator("#practice-reveal").click()
    address = tab.locator("#practice-page").evaluate("e => e.href")
    tab.locator("#practice-grades button").nth(3).click()
    tab.locator("#practice-reveal").wait_for()
    assert len(stored(tab)) == 1
    tab.goto(address)
    assert tab.locator("h1").inner_text().startswith("What is a tensor")


def test_offline_copy(tab, site, tmp_path):
    with zipfile.ZipFile(site / "downloads" / "pytorch-answered-offline.zip") as archive:
        archive.extractall(tmp_path)
    root = tmp_path / "pytorch-answered"
    tab.goto((root / "index.html").as_uri())
    for click, heading in (
        ("questions/tensors/", "Tensors"),
        ("torch-cat/", "What does torch.cat() do?"),
        ("torch-stack/", "torch.stack()"),
    ):
        tab.locator(f"article a[href*='{click}']:visible").first.click()
        expect(tab.locator("h1")).to_contain_text(heading)
    assert tab.url == (root / "questions" / "tensors" / "torch-stack" / "index.html").as_uri()
    tab.goto((root / "downloads" / "index.html").as_uri())
    search(tab, "lr_scheduler", "/learning-rate-scheduling/index.html")
    assert tab.url.startswith(root.as_uri())
    tab.goto((root / "practice" / "index.html").as_uri())
    tab.get_by_role("button", name="Start").click()
    tab.locator("#practice-reveal").click()
    expect(tab.locator("#practice-back")).to_be_visible()
