"""A page in use: palette, figures, code to copy, the notebook, print, and the first load."""

from __future__ import annotations

import gzip
import re

import pytest
from playwright.sync_api import expect

from tests.sources import questions

from .practising import finish_animations

QUESTION = "questions/optimization/zero-grad/"
MAX_FIRST_LOAD = 200_000  # bytes, compressed
BLOCKED = """Object.defineProperty(window, 'localStorage', {configurable: true, get() {
  throw new DOMException('denied', 'SecurityError');
}});"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_figures_follow_the_palette(site, visit, scheme):
    drawn = next(q for q in questions() if '<figure class="drawn">' in q.html(site))
    page = visit(drawn.url, scheme=scheme)
    svg = page.locator("figure.drawn svg").first
    assert svg.is_visible() and len(svg.get_attribute("aria-label")) > 20
    ink = svg.evaluate("e => getComputedStyle(e).color.match(/[\\d.]+/g).slice(0, 3).map(Number)")
    assert (sum(ink) > 450) == (scheme == "dark")


def test_a_figure_on_a_phone_is_scrolled_rather_than_shrunk(visit):
    page = visit("questions/layers/convolution-layer/", width=360)
    figure = page.locator("figure.drawn").first
    expect(figure).to_have_attribute("tabindex", "0")
    assert figure.evaluate("e => e.scrollWidth > e.clientWidth")
    assert figure.locator("svg").bounding_box()["width"] >= 500
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(figure).not_to_have_attribute("tabindex", "0")
    assert figure.evaluate("e => e.scrollWidth === e.clientWidth")


@pytest.mark.parametrize("script", [None, BLOCKED], ids=["", "storage blocked"])
def test_palette_switch_and_copy_button(visit, script):
    page = visit(QUESTION, before=script and (lambda page: page.add_init_script(script)))
    before = page.locator("body").get_attribute("data-md-color-scheme")
    page.locator("label.md-header__button[title]:not([hidden])").first.click()
    expect(page.locator("body")).not_to_have_attribute("data-md-color-scheme", before)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".md-code__button").first.click()
    page.get_by_text("Copied to clipboard").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()").rstrip()
    assert copied == page.locator("article pre > code").first.text_content().rstrip()
    assert page.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_palette_switch_by_keyboard(visit, key, scheme):
    page = visit(QUESTION, scheme=scheme)
    body, schemes = page.locator("body"), []
    page.locator("[data-md-component=palette] input").first.focus()
    for _ in range(3):
        schemes.append(body.get_attribute("data-md-color-scheme"))
        page.keyboard.press(key)
    schemes.append(body.get_attribute("data-md-color-scheme"))
    first = {"light": "default", "dark": "slate"}[scheme]
    other = {"default": "slate", "slate": "default"}[first]
    assert schemes == [first, other] * 2
    assert page.evaluate("document.activeElement.dataset.mdColorScheme") == other


def test_without_scripts_nothing_offers_to_search(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    for selector in ("[data-search]", "[data-query]", ".search-open"):
        parts = page.locator(selector).all()
        assert parts and not any(part.is_visible() for part in parts), selector
    assert page.get_by_role("link", name="Tensors", exact=True).last.is_visible()
    context.close()


def test_the_notebook_is_readable_in_the_dark(visit):
    page = visit("notebooks/digits-cnn/", scheme="dark")
    for selector in (".language-python code", ".result pre", "math"):
        ink, ground = page.locator(selector).first.evaluate(
            """e => { const of = c => (c.match(/[\\d.]+/g) || []).map(Number);
                 const ground = e => of(getComputedStyle(e).backgroundColor);
                 let b = e; while (b && ground(b)[3] === 0) b = b.parentElement;
                 return [of(getComputedStyle(e).color), ground(b)] }"""
        )
        assert sum(ink[:3]) - sum(ground[:3]) > 250, selector
    assert page.locator("figure.drawn svg").count() == 2


def test_pages_lead_on(visit):
    """To the pages before and after, related questions, sections, the level and the tags."""
    page = visit(questions()[1].url)
    for direction in ("prev", "next"):
        assert page.locator(f"a.md-footer__link--{direction}").count() == 1
    related = page.locator("#related-questions + ul a").count()
    assert 1 <= related <= 3 and page.locator("#see-also + ul a").count() >= 1
    headings = page.locator("article :is(h2, h3)")
    assert headings.count() == page.locator("article :is(h2, h3) a.headerlink").count() > 4
    level = page.locator(".short-answer .level a")
    assert level.inner_text() == f"{questions()[1].meta['level']} level"
    tag = page.locator(".facts a[href*='tags/']").first
    assert tag.inner_text() in questions()[1].meta["tags"]
    for link in (level, tag):
        target = link.evaluate("e => e.href")
        page.goto(target)
        assert page.locator(":target").count() == 1, target
        page.go_back()


def test_print_leaves_out_the_navigation(visit):
    page = visit(QUESTION)
    page.emulate_media(media="print")
    for selector in (
        "header.md-header",
        ".md-sidebar--primary",
        "footer.md-footer",
        ".md-code__button",
        ".actions",
    ):
        parts = page.locator(selector)
        assert parts.count() and not parts.first.is_visible(), selector
    assert page.locator("article h1").is_visible()


def test_print_is_in_the_light_palette_whatever_the_screen_has(site, visit):
    """Code, output and the line that says what was executed would be pale on white paper."""
    parts = (".facts", "article p a", "article code .kn", "figure.drawn path[stroke]")

    line = re.compile(r'<figure class="drawn">.*?<path[^>]* stroke=', re.S)
    drawn = next(q for q in questions() if line.search(q.html(site)))

    def inks(scheme: str) -> list[str]:
        page = visit(drawn.url, scheme=scheme)
        has = page.locator("body").get_attribute("data-md-color-scheme")
        assert has == {"light": "default", "dark": "slate"}[scheme]
        page.emulate_media(media="print")
        finish_animations(page)
        colors = "e => getComputedStyle(e).color + getComputedStyle(e).stroke"
        return [page.locator(part).first.evaluate(colors) for part in parts]

    assert inks("dark") == inks("light")


def test_the_first_load_of_a_question(site, address, visit):
    """All that a first visit fetches, compressed as servers do it."""
    heaviest = max(questions(), key=lambda question: len(question.html(site)))
    asked = []
    visit(
        heaviest.url,
        before=lambda page: page.on("request", lambda request: asked.append(request.url)),
    )
    files = {url.removeprefix(address).split("?")[0] for url in asked if url.startswith(address)}
    paths = [site / name / "index.html" if name.endswith("/") else site / name for name in files]
    sizes = {str(path): len(gzip.compress(path.read_bytes(), 6)) for path in paths}
    assert {".css", ".html", ".js"} <= {path.suffix for path in paths}
    assert sum(sizes.values()) <= MAX_FIRST_LOAD, sizes
