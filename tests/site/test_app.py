"""Practice as an app: installed, and without a connection."""

from __future__ import annotations

import json
import re

from tests.sources import questions

from .practising import begin, stored


def test_the_manifest_names_what_is_there(site):
    manifest = json.loads((site / "manifest.webmanifest").read_text(encoding="utf-8"))
    assert (site / manifest["start_url"] / "index.html").is_file()
    assert all((site / icon["src"]).is_file() for icon in manifest["icons"])
    assert manifest["display"] == "standalone"


def test_every_file_that_the_worker_keeps_is_there(site):
    text = (site / "service-worker.js").read_text(encoding="utf-8")
    files = json.loads(re.search(r"const FILES = (\[.*?\]);", text)[1])
    assert "./" in files and "practice/" in files and "practice/index.js" in files
    for name in files:
        file = site / name
        assert (file / "index.html" if name.endswith("/") else file).is_file(), name


def test_practice_goes_on_without_a_connection(browser, address):
    """And so do pages that were read before."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address + "practice/")
    page.evaluate("navigator.serviceWorker.ready")
    page.reload()  # from here on the worker answers
    question = questions()[0]
    page.goto(address + question.url)
    context.set_offline(True)
    page.goto(address + "practice/#topic=tensors")
    page.reload()
    begin(page)
    page.keyboard.press("Space")
    page.keyboard.press("4")
    page.locator("#practice-reveal").wait_for()
    assert len(stored(page)) == 1
    page.goto(address + question.url)
    assert page.locator("h1").inner_text().startswith(question.title)
    context.close()
