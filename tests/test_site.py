"""The built site, in a real browser."""

import re
from pathlib import Path

import pytest

from answered import ROOT
from answered.contents import load_contents
from answered.page import load_pages

BLOCKED = "Object.defineProperty(window, 'localStorage', {configurable: true, get() { throw new DOMException('denied', 'SecurityError'); }});"
QUESTIONS = load_contents().in_order(load_pages())


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


def test_a_figure_on_a_phone_is_scrolled_rather_than_shrunk(visit):
    page = visit("questions/layers/convolution-layer/", width=360)
    figure = page.locator("figure.drawn").first
    assert figure.evaluate("e => e.scrollWidth > e.clientWidth && e.tabIndex === 0")
    assert figure.locator("svg").bounding_box()["width"] >= 500
    page.set_viewport_size({"width": 1280, "height": 900})
    page.locator("figure.drawn:not([tabindex])").first.wait_for()
    assert figure.evaluate("e => e.scrollWidth === e.clientWidth")


def test_no_page_scrolls_sideways(site, address, visit):
    page, wide = visit(""), []
    for path in built_pages(site):
        page.goto(address + (f"{path}/" if path else ""))
        for width in (1280, 320):  # the second is a desktop at 400 percent
            page.set_viewport_size({"width": width, "height": 900})
            wide += [(path, width)] if page.evaluate("document.documentElement.scrollWidth > window.innerWidth") else []
    assert not wide


@pytest.mark.parametrize("script", ["", BLOCKED], ids=["", "storage blocked"])
def test_palette_switch_and_copy_button(visit, script):
    page = visit("questions/optimization/zero-grad/", before=lambda page: page.add_init_script(script))
    before = page.locator("body").get_attribute("data-md-color-scheme")
    page.locator("label.md-header__button[title]:not([hidden])").first.click()
    assert page.locator("body").get_attribute("data-md-color-scheme") != before
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".md-code__button").first.click()
    page.get_by_text("Copied to clipboard").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").rstrip() == page.locator("article pre > code").first.inner_text().rstrip()
    assert page.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_palette_switch_by_keyboard(visit, key, scheme):
    page = visit("questions/optimization/zero-grad/", scheme=scheme)
    body, seen = page.locator("body"), []
    page.locator("[data-md-component=palette] input").first.focus()
    for _ in range(3):
        seen.append(body.get_attribute("data-md-color-scheme"))
        page.keyboard.press(key)
    other = {"default": "slate", "slate": "default"}[seen[0]]
    assert [*seen, body.get_attribute("data-md-color-scheme")] == [seen[0], other] * 2
    assert page.evaluate("document.activeElement.dataset.mdColorScheme") == other


def test_without_scripts_nothing_offers_to_search(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator("[data-search], [data-query], .search-open").count() == 5
    assert not any(part.is_visible() for part in page.locator("[data-search], [data-query], .search-open").all())
    assert page.get_by_role("link", name="Tensors", exact=True).last.is_visible()
    context.close()


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


def test_notebook_links_pages_as_they_are_linked_elsewhere(site):
    folder = site / "notebooks" / "digits-cnn"
    found = re.findall(r'<li><a href="([^"]+)">', (folder / "index.html").read_text().split('id="see-also"')[1].split("<footer")[0])
    assert len(found) > 2 and all((folder / target / "index.html").is_file() for target in found)


def test_verification_page_adds_up(site):
    pages = [page for page in load_pages() if page.is_question]
    html = (site / "verified" / "index.html").read_text()
    total = sum(len(page.examples) for page in pages)
    assert f"{total} examples:" in html
