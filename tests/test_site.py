"""The built site, in a real browser."""

import functools
import http.server
import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from playwright.sync_api import Error, sync_playwright

from answered import CACHE, ROOT
from answered.contents import load_contents
from answered.page import load_pages

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
QUESTIONS = load_contents().in_order(load_pages())


@pytest.fixture(scope="session")
def site() -> Path:
    """The site, built here; results that the cache knows are not computed again."""
    folder = CACHE / "tested-site"
    done = subprocess.run(
        [sys.executable, "-m", "answered", "build", "--site-dir", str(folder.relative_to(ROOT))],
        cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )
    assert done.returncode == 0, done.stdout
    return folder


@pytest.fixture(scope="session")
def address(site):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="session")
def browser():
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        try:
            launched = playwright.chromium.launch(executable_path=path, args=QUIET)
        except Error as error:
            pytest.skip(f"NO BROWSER FOUND, the site is not tested: {error.message.splitlines()[0]}")
        yield launched
        launched.close()


@pytest.fixture
def visit(browser, address):
    """Open a page; collect what it complains of and what it asks of other hosts."""
    contexts = []

    def open_page(path: str, width: int = 1280, scheme: str = "light"):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith((address, "data:", "blob:")) else page.complaints.append(request.url))
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        return page

    yield open_page
    for context in contexts:
        context.close()


def built_pages(site: Path) -> list[str]:
    return sorted(str(file.parent.relative_to(site)).removeprefix(".") for file in site.rglob("index.html"))


def test_every_page_loads_without_complaint_and_asks_nobody_else(site, address, visit):
    page = visit("")
    for path in built_pages(site):
        page.goto(address + (f"{path}/" if path else ""), wait_until="load")
        assert page.title(), path
        assert page.complaints == [], path


def test_every_question_is_built_with_every_example(site):
    for page in QUESTIONS:
        html = (site / page.uri.removesuffix(".md") / "index.html").read_text(encoding="utf-8")
        assert html.count("language-python highlight") >= len(page.examples), page.path
        shown = html.count("language-text highlight") + html.count("language-pytb highlight")
        assert shown >= sum(e.expected is not None for e in page.examples), page.path
        assert "exec=&quot;on" not in html and 'exec="on"' not in html and "pytest-codeblocks" not in html
        assert str(ROOT) not in html


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_figures_follow_the_palette(site, visit, scheme):
    path = next(p for p in QUESTIONS if '<figure class="drawn">' in (site / p.uri.removesuffix(".md") / "index.html").read_text())
    page = visit(path.uri.removesuffix(".md") + "/", scheme=scheme)
    svg = page.locator("figure.drawn svg").first
    assert svg.is_visible() and len(svg.get_attribute("aria-label")) > 20
    ink = svg.evaluate("e => getComputedStyle(e).color.match(/[\\d.]+/g).slice(0, 3).map(Number)")
    assert (sum(ink) > 450) == (scheme == "dark")


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["", "verified/", "notebooks/digits-cnn/", "questions/optimization/zero-grad/"])
def test_no_page_scrolls_sideways(visit, path, width):
    page = visit(path, width=width)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_palette_switch_and_copy_button(visit):
    page = visit("questions/optimization/zero-grad/")
    before = page.locator("body").get_attribute("data-md-color-scheme")
    page.locator("label.md-header__button[title]:not([hidden])").first.click()
    assert page.locator("body").get_attribute("data-md-color-scheme") != before
    assert page.locator(".md-clipboard, .md-code__button").count() > 0


def test_search_finds_a_pytorch_name(visit):
    page = visit("")
    page.locator("input.md-search__input").click()
    page.keyboard.type("zero_grad")
    first = page.locator("a.md-search-result__link").first
    first.wait_for()
    assert "zero" in first.inner_text()


def test_notebook_is_light_and_readable_in_the_dark(site, visit):
    file = site / "notebooks" / "digits-cnn" / "index.html"
    assert file.stat().st_size < 300_000
    page = visit("notebooks/digits-cnn/", scheme="dark")
    for selector in (".jp-CodeCell code", ".jp-OutputArea-output pre", "math"):
        ink, ground = page.locator(selector).first.evaluate(
            """e => { const of = c => (c.match(/[\\d.]+/g) || []).map(Number);
                 let b = e; while (b && (of(getComputedStyle(b).backgroundColor)[3] === 0)) b = b.parentElement;
                 return [of(getComputedStyle(e).color), of(getComputedStyle(b).backgroundColor)] }"""
        )
        assert sum(ink[:3]) - sum(ground[:3]) > 250, selector
    assert page.locator("figure.drawn svg").count() == 2


def test_verification_page_adds_up(site):
    pages = [page for page in load_pages() if page.is_question]
    html = (site / "verified" / "index.html").read_text()
    total = sum(len(page.examples) for page in pages)
    assert f"{total} examples:" in html
    index = json.loads((site / "search" / "search_index.json").read_text())
    assert {page.uri.removesuffix(".md") + "/" for page in pages} <= {entry["location"] for entry in index["docs"]}
