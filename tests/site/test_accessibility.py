"""The site for everybody: axe on every template, and the keyboard alone."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.sources import questions

from .practising import finish_animations

QUESTION = "questions/optimization/zero-grad/"
# What the navigation calls another question of the same topic.
NEIGHBOR = next(q.meta["short_title"] for q in questions() if q.slug == "gradient-descent")
TEMPLATES = {
    "home": "",
    "topic": "questions/tensors/",
    "question": QUESTION,
    "question with a table and math": "questions/optimization/gradient-descent/",
    "question for a GPU": "questions/gpu/torch-cuda/",
    "notebook": "notebooks/digits-cnn/",
    "practice": "practice/",
    "levels": "levels/",
    "prepare": "prepare/",
    "path": "prepare/one-week/",
    "cheat sheet": "sheets/losses/",
    "tags": "tags/",
    "myths": "myths/",
    "take away": "downloads/",
    "verified": "verified/",
    "not found": "404.html",
}
# The rules whose answer depends on the palette or the width.
LOOKS = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
# Whether what has the focus is in front.
IN_FRONT = """(({left, top, width, height}) =>
  document.elementFromPoint(left + width / 2, top + height / 2)?.closest('a, button')
    === document.activeElement)(document.activeElement.getBoundingClientRect())"""


def violations(page, *rules: str) -> list[str]:
    finish_animations(page)
    options = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("scheme, width", [("light", 1280), ("dark", 360)])
@pytest.mark.parametrize("name", TEMPLATES)
def test_axe_finds_nothing(visit, name, scheme, width):
    """All rules on a wide page in the light palette; on a phone in the dark one, how it looks."""
    page = visit(TEMPLATES[name], width=width, scheme=scheme)
    palette = {"light": "default", "dark": "slate"}[scheme]
    assert page.locator("body").get_attribute("data-md-color-scheme") == palette
    assert violations(page, *(LOOKS if scheme == "dark" else [])) == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_axe_finds_nothing_on_a_touch_screen(browser, address, name):
    """Where the theme lets nothing that scrolls have the focus, and folds may be open."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(address + TEMPLATES[name])
    open_all = "all => all.forEach(fold => { fold.open = true })"
    page.locator("article details").evaluate_all(open_all)
    found = violations(page)
    context.close()
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "query, answer", [("zero_grad", "[role=option]"), ("xyzzyplugh", ".search__help")]
)
def test_axe_finds_nothing_while_searching(visit, scheme, query, answer):
    page = visit(QUESTION, scheme=scheme)
    page.keyboard.press("/")
    page.keyboard.type(query)
    page.locator(answer).first.wait_for()
    assert violations(page, *(LOOKS if scheme == "dark" else [])) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_an_interview(visit, scheme):
    page = visit("practice/#mode=interview&path=one-evening", scheme=scheme)
    more = page.locator("#practice-interview-more")
    more.click()
    rules = LOOKS if scheme == "dark" else []
    assert violations(page, *rules) == []
    page.locator("#practice-interview-reveal").click()
    assert violations(page, *rules) == []
    page.get_by_role("button", name="Partly").click()
    page.locator("#practice-interview-end").click()
    assert violations(page, *rules) == []


def test_a_keyboard_is_enough_to_read_on(visit):
    page = visit("")
    page.keyboard.press("Tab")
    assert "Skip to content" in page.evaluate("document.activeElement.innerText")
    topic = page.get_by_role("link", name="Tensors", exact=True).last
    topic.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/tensors/")
    link = page.locator("article li a").first
    link.focus()
    outline = link.evaluate(
        "e => [getComputedStyle(e).outlineStyle, getComputedStyle(e).outlineWidth]"
    )
    assert outline[0] != "none" and outline[1] != "0px"
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/tensors/*/")


def test_forced_colors_leave_the_chosen_result_and_what_matches_to_be_seen(visit):
    page = visit("")
    page.emulate_media(forced_colors="active")
    page.get_by_role("combobox").fill("softmax")
    page.locator("[data-search=whole]").wait_for()
    style = "e => getComputedStyle(e).outlineStyle"
    outlines = [each.evaluate(style) for each in page.get_by_role("option").all()[:2]]
    assert outlines == ["solid", "none"]
    mark = page.locator(".search__result mark").first
    assert mark.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 255, 0)"


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_navigation_of_a_narrow_or_zoomed_page_by_keyboard(visit, key):
    page = visit(QUESTION, width=640)
    drawer = page.locator(".md-sidebar--primary")
    opener = page.get_by_role("button", name="Navigation")
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getBoundingClientRect().left >= 0")
    opener.focus()
    page.keyboard.press(key)
    drawer.get_by_role("link", name=NEIGHBOR, exact=True).wait_for()
    opener.focus()
    page.keyboard.press(key)
    drawer.wait_for(state="hidden")


@pytest.mark.parametrize("width", [360, 640, 1200])
def test_panels_of_the_open_drawer_by_keyboard(visit, width):
    """Tab stays in the panel in front; its arrow leads to the one behind, and back."""
    page = visit(QUESTION, width=width)

    def button(name: str):
        return page.get_by_role("button", name=name, exact=True)

    topic, back = button("Gradient descent, optimizers and schedules"), button("Back")
    questions, drawer = button("Questions"), page.locator(".md-sidebar--primary")
    button("Navigation").press("Enter")
    drawer.get_by_role("link", name=NEIGHBOR, exact=True).wait_for()
    assert violations(page) == []
    back.focus()
    for _ in range(6):
        assert page.evaluate(IN_FRONT), page.evaluate("document.activeElement.outerHTML")
        page.keyboard.press("Tab")
    for opener, key in ((topic, "Space"), (questions, "Enter")):
        back.press(key)
        finish_animations(page)
        expect(opener).to_be_focused()
        expect(opener).to_have_attribute("aria-expanded", "false")
        assert page.evaluate(IN_FRONT)
    for _ in range(3):
        page.keyboard.press("Tab")
        assert page.evaluate(IN_FRONT)
    for opener in (questions, topic):
        opener.press("Enter")
        finish_animations(page)
        expect(back).to_be_focused()
        assert page.evaluate(IN_FRONT)
    if width < 960:
        drawer.get_by_role("button", name="Table of contents").press("Enter")
        finish_animations(page)
        expect(back).to_be_focused()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.hash") == "#short-answer"
        assert page.evaluate(IN_FRONT)
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(drawer.get_by_role("link", name=NEIGHBOR, exact=True)).to_be_visible()
