"""The site for everybody: axe on every template in both palettes, the keyboard alone, and pages that load fast."""

import gzip

import pytest
from axe_playwright_python.sync_playwright import Axe

from answered.contents import load_contents
from answered.page import load_pages

TEMPLATES = {
    "home": "",
    "topic": "questions/tensors/",
    "question": "questions/optimization/zero-grad/",
    "question with a table and math": "questions/optimization/gradient-descent/",
    "question for a GPU": "questions/gpu/torch-cuda/",
    "notebook": "notebooks/digits-cnn/",
    "practice": "practice/",
    "levels": "levels/",
    "tags": "tags/",
    "myths": "myths/",
    "take away": "take-away/",
    "verified": "verified/",
    "not found": "404.html",
}
QUESTIONS = load_contents().in_order(load_pages())
MAX_HTML, MAX_FIRST_LOAD = 15_000, 200_000  # bytes, compressed


def violations(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{violation['id']}: {node['html'][:200]}" for violation in found for node in violation["nodes"]]


@pytest.mark.parametrize("scheme, width", [("light", 1280), ("dark", 360)])
@pytest.mark.parametrize("name", TEMPLATES)
def test_axe_finds_nothing(visit, name, scheme, width):
    page = visit(TEMPLATES[name], width=width, scheme=scheme)
    assert page.locator("body").get_attribute("data-md-color-scheme") == {"light": "default", "dark": "slate"}[scheme]
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", ["zero_grad", "xyzzyplugh"])
def test_axe_finds_nothing_while_searching(visit, scheme, query):
    page = visit("questions/optimization/zero-grad/", scheme=scheme)
    page.keyboard.press("/")
    page.keyboard.type(query)
    page.wait_for_timeout(300)
    assert violations(page) == []


def test_a_keyboard_is_enough_to_read_on(visit):
    page = visit("")
    page.keyboard.press("Tab")
    assert "Skip to content" in page.evaluate("document.activeElement.innerText")
    topic = page.get_by_role("link", name="Tensors", exact=True).last
    topic.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/tensors/")
    page.locator("article li a").first.focus()
    outline = page.evaluate("(({outlineStyle, outlineWidth}) => [outlineStyle, outlineWidth])(getComputedStyle(document.activeElement))")
    assert outline[0] != "none" and outline[1] != "0px"
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/tensors/*/")


def test_pages_lead_on(visit):
    """To the page before and after, to related questions, to a section, to the level and the tags."""
    page = visit(QUESTIONS[1].uri.removesuffix(".md") + "/")
    assert page.locator("a.md-footer__link--prev").count() == page.locator("a.md-footer__link--next").count() == 1
    assert page.locator("#related-questions ~ ul a").count() >= 3
    assert page.locator("nav.md-tags a").count() >= 1
    headings = page.locator("article :is(h2, h3)")
    assert headings.count() == page.locator("article :is(h2, h3) a.headerlink").count() > 4


def test_print_leaves_out_the_navigation(visit):
    page = visit("questions/optimization/zero-grad/")
    page.emulate_media(media="print")
    for selector in ("header.md-header", ".md-sidebar--primary", "footer.md-footer", ".md-code__button"):
        assert page.locator(selector).count() and not page.locator(selector).first.is_visible(), selector
    assert page.locator("article h1").is_visible()


def test_print_is_in_the_light_palette_whatever_the_screen_has(visit):
    """Code, output and the line that says what was executed would be pale on white paper."""

    def inks(scheme: str) -> list[str]:
        page = visit("questions/optimization/zero-grad/", scheme=scheme)
        page.emulate_media(media="print")
        parts = [page.locator(part).first for part in (".facts", "article p a", "article code .kn", "figure.drawn path[stroke]")]
        return [part.evaluate("e => getComputedStyle(e).color + getComputedStyle(e).stroke") for part in parts]

    assert inks("dark") == inks("light")


def test_forced_colors_leave_the_chosen_result_and_what_matches_to_be_seen(visit):
    page = visit("")
    page.emulate_media(forced_colors="active")
    page.get_by_role("combobox").fill("softmax")
    page.get_by_role("option").first.wait_for()
    outlines = [each.evaluate("e => getComputedStyle(e).outlineStyle") for each in page.get_by_role("option").all()[:2]]
    assert outlines == ["solid", "none"]
    mark = page.locator(".search__result mark").first
    assert mark.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 255, 0)"


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_navigation_of_a_narrow_or_zoomed_page_by_keyboard(visit, key):
    page = visit("questions/optimization/zero-grad/", width=640)
    drawer, opener = page.locator(".md-sidebar--primary"), page.get_by_role("button", name="Navigation")
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getBoundingClientRect().left >= 0")
    opener.focus()
    page.keyboard.press(key)
    drawer.get_by_role("link", name="What is gradient descent?").wait_for()
    opener.focus()
    page.keyboard.press(key)
    drawer.wait_for(state="hidden")


TOP = "(e => document.elementFromPoint(e.left + e.width / 2, e.top + e.height / 2)?.closest('a, button') === document.activeElement)(document.activeElement.getBoundingClientRect())"


@pytest.mark.parametrize("width", [360, 640, 1200])
def test_panels_of_the_open_drawer_by_keyboard(visit, width):
    """Tab stays in the panel in front; its arrow leads to the one behind, and back."""
    page = visit("questions/optimization/zero-grad/", width=width)
    topic = page.get_by_role("button", name="Gradient descent, optimizers and schedules")
    questions, back = page.get_by_role("button", name="Questions", exact=True), page.get_by_role("button", name="Back", exact=True)
    drawer = page.locator(".md-sidebar--primary")
    page.get_by_role("button", name="Navigation").press("Enter")
    drawer.get_by_role("link", name="What is gradient descent?").wait_for()
    page.wait_for_timeout(400)  # the panels slide
    assert violations(page) == []
    back.focus()
    for _ in range(6):
        assert page.evaluate(TOP), page.evaluate("document.activeElement.outerHTML")
        page.keyboard.press("Tab")
    for opener, key in ((topic, "Space"), (questions, "Enter")):
        back.press(key)
        page.wait_for_timeout(400)
        assert opener.evaluate("e => e === document.activeElement && e.ariaExpanded === 'false'") and page.evaluate(TOP)
    for _ in range(3):
        page.keyboard.press("Tab")
        assert page.evaluate(TOP)
    for opener in (questions, topic):
        opener.press("Enter")
        page.wait_for_timeout(400)
        assert back.evaluate("e => e === document.activeElement") and page.evaluate(TOP)
    if width < 960:
        drawer.get_by_role("button", name="Table of contents").press("Enter")
        page.wait_for_timeout(400)
        assert back.evaluate("e => e === document.activeElement")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.hash") == "#short-answer" and page.evaluate(TOP)
    page.set_viewport_size({"width": 1280, "height": 900})
    assert drawer.get_by_role("link", name="What is gradient descent?").is_visible()


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda page: page.slug)
def test_a_question_weighs_little(site, question):
    html = (site / question.uri.removesuffix(".md") / "index.html").read_bytes()
    assert len(gzip.compress(html, 6)) <= MAX_HTML


def test_the_first_load_of_a_question(site, address, visit):
    """All that a first visit fetches, compressed as servers do it."""
    heaviest = max(QUESTIONS, key=lambda page: (site / page.uri.removesuffix(".md") / "index.html").stat().st_size)
    asked = []
    visit(
        heaviest.uri.removesuffix(".md") + "/",
        before=lambda page: page.on("request", lambda request: asked.append(request.url)),
    )
    files = {url.removeprefix(address).split("?")[0] for url in asked if url.startswith(address)}
    sizes = {name: len(gzip.compress((site / (name + "index.html" if not name or name.endswith("/") else name)).read_bytes(), 6)) for name in files}
    assert len(sizes) >= 3
    assert sum(sizes.values()) <= MAX_FIRST_LOAD, sizes
