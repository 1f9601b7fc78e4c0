"""What a question's page gives its readers: code that fits, actions, folds and links to them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.sources import ROOT, questions

QUESTION = "questions/optimization/zero-grad/"
EXERCISE = "questions/numerics/stable-softmax-logsumexp/"
ON_A_GPU = "questions/gpu/torch-cuda/"
PHONE = 390
COLUMNS = 80  # of source and output, which a wide page shows without wrapping
# Of each block: whether something of it is cut, and its lines that wrap though they are short.
BLOCKS = """limit => {
  for (const fold of document.querySelectorAll("details")) fold.open = true;
  return [...document.querySelectorAll(".highlight pre > code")].map(code => {
    const rows = line => Math.round(line.offsetHeight / parseFloat(getComputedStyle(line).lineHeight));
    const lines = [...code.querySelectorAll(".long")].filter(line => rows(line) > 1);
    const edge = document.documentElement.clientWidth;
    return {
      cut: code.scrollWidth > code.clientWidth || code.getBoundingClientRect().right > edge,
      wrapped: lines.map(line => line.textContent.trimEnd()).filter(text => text.length <= limit),
    };
  });
}"""


@pytest.fixture
def touched(browser, address):
    """A phone: pages open as on a touch screen."""
    context = browser.new_context(
        viewport={"width": PHONE, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.address = address
    yield page
    context.close()


def test_no_code_and_no_output_is_cut(visit, address):
    """On a wide page, a line of 80 columns does not even wrap."""
    page, found = visit(None), {1280: [], PHONE: []}
    for question in questions():
        page.goto(address + question.url)
        for width, blocks in found.items():
            page.set_viewport_size({"width": width, "height": 900})
            blocks += [(question.id, block) for block in page.evaluate(BLOCKS, COLUMNS)]
    for width, blocks in found.items():
        assert len(blocks) > 500
        assert [name for name, block in blocks if block["cut"]] == [], width
    wrapped = [(name, block["wrapped"]) for name, block in found[1280] if block["wrapped"]]
    assert wrapped == []


def test_a_long_line_goes_on_below_its_indentation(touched):
    """And says so by an arrow, which no line has that fits."""
    page = touched
    page.goto(page.address + ON_A_GPU)
    places = page.evaluate(
        """() => [...document.querySelectorAll(".long")].map(line => {
          const range = document.createRange();
          range.selectNodeContents(line);
          const rows = [...range.getClientRects()].filter(row => row.width);
          const left = line.getBoundingClientRect().left;
          const below = rows.filter(row => row.top > rows[0].bottom - 2);
          const width = line.textContent.match(/^ */)[0].length;
          return [width, ...below.map(row => Math.round(row.left - left))];
        }).filter(([, ...below]) => below.length)"""
    )
    assert len(places) > 3
    for indented, first, *_ in places:
        assert first > 0
        deeper = [other[1] for other in places if other[0] > indented + 3 and other[0] <= 20]
        assert all(first < place for place in deeper), places
    arrow = page.locator(".long").first.evaluate("e => getComputedStyle(e).backgroundImage")
    assert arrow.startswith('url("data:image/svg+xml')


def test_what_is_copied_is_the_source_whichever_way(visit):
    """By the button, which no output has and no text lies under, and by selecting."""
    page = visit(ON_A_GPU, width=PHONE)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    source = next(q for q in questions() if q.url == ON_A_GPU).blocks[0].code.rstrip()
    assert any(len(line) > 60 for line in source.split("\n"))
    page.locator(".md-code__button").first.click()
    page.get_by_text("Copied to clipboard").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").rstrip() == source
    page.locator("article pre > code").first.evaluate("e => getSelection().selectAllChildren(e)")
    page.keyboard.press("Control+c")
    assert page.evaluate("navigator.clipboard.readText()").rstrip() == source
    assert page.locator(".result").count() and not page.locator(".result .md-code__nav").count()
    covered = page.evaluate(
        """() => [...document.querySelectorAll(".md-code__nav")].filter(nav => {
          const button = nav.getBoundingClientRect(), range = document.createRange();
          const texts = document.createTreeWalker(nav.closest("pre").querySelector("code"), NodeFilter.SHOW_TEXT);
          const rows = [];
          while (texts.nextNode()) {
            for (const word of texts.currentNode.data.matchAll(/\\S+/g)) { // blanks may hang over
              range.setStart(texts.currentNode, word.index);
              range.setEnd(texts.currentNode, word.index + word[0].length);
              rows.push(...range.getClientRects());
            }
          }
          return rows.some(row => row.width && row.height &&
            row.right > button.left + 1 && row.bottom > button.top + 1 && row.top < button.bottom - 4);
        }).length"""
    )
    assert covered == 0


@pytest.mark.parametrize("width", [1280, PHONE])
def test_source_and_output_are_one_thing(visit, width):
    page = visit(QUESTION, width=width)
    boxes = page.locator(".result").first.evaluate(
        """result => [result.previousElementSibling, result].map(e => {
          const {left, right, top, bottom} = e.getBoundingClientRect(), range = document.createRange();
          range.selectNodeContents(e.querySelector("code"));
          return {left, right, top, bottom, text: range.getBoundingClientRect().left};
        })"""
    )
    source, output = boxes
    for side in ("left", "right", "text"):
        assert abs(source[side] - output[side]) < 1, side
    assert abs(source["bottom"] - output["top"]) < 1


def test_the_short_answer_comes_first_in_a_box_of_its_own(visit):
    page = visit(QUESTION)
    box = page.locator(".short-answer")
    assert box.locator("h2").inner_text().startswith("Short answer")
    assert box.locator("h2").count() == 1 and box.locator("pre").count() == 0
    assert page.locator("article h2").first.evaluate("e => !!e.closest('.short-answer')")
    assert page.locator(".actions").bounding_box()["y"] < box.bounding_box()["y"] < 400
    ground = "e => getComputedStyle(e).backgroundColor"
    assert box.evaluate(ground) != page.locator("body").evaluate(ground)


@pytest.mark.parametrize("script", [True, False])
def test_an_output_to_predict_waits_until_it_is_asked_for(browser, address, script):
    asked = next(q for q in questions() if q.meta.get("kind") == "predict")
    context = browser.new_context(java_script_enabled=script)
    page = context.new_page()
    page.goto(address + asked.url)
    program, output = page.locator("article pre").first, page.locator("article .result").first
    assert program.text_content().strip() == asked.blocks[0].code.strip()
    assert output.text_content().strip() == asked.blocks[0].output
    expect(program).to_be_visible()
    expect(output).to_be_hidden()
    page.get_by_text("Show the output").press("Enter")
    expect(output).to_be_visible()
    context.close()


def test_an_output_to_predict_is_printed(visit):
    asked = next(q for q in questions() if q.meta.get("kind") == "predict")
    page = visit(asked.url)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("article .result").first).to_be_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("article .result").first).to_be_hidden()


def test_of_a_wrong_solution_the_page_shows_what_differs_and_what_the_judge_says(visit):
    page = visit(EXERCISE)
    solution = page.locator("#a-solution ~ details pre").first.text_content().split("\n")
    differences = page.locator("article .language-diff")
    assert differences.count()
    for diff in differences.all():
        fold = diff.locator("xpath=following-sibling::details[1]")
        wrong = fold.locator("pre").text_content().split("\n")
        lines = diff.inner_text().rstrip("\n").split("\n")
        assert any(line.startswith("+") for line in lines)
        for line in lines:
            assert line.startswith("+") or line[1:] in solution or line == "@@", line
            assert line.startswith("-") or line[1:] in wrong or line == "@@", line
        expect(fold.locator("pre")).to_be_hidden()
        fold.get_by_text("The whole program").press("Enter")
        expect(fold.locator("pre")).to_be_visible()
        said = diff.locator("xpath=following-sibling::div[@class='result'][1]")
        expect(said).to_contain_text("AssertionError: ")


def test_the_judge_is_folded_away(visit):
    page = visit(EXERCISE)
    judge = page.locator("article details", has_text="Show the judge").locator("pre")
    expect(judge).to_be_hidden()
    page.get_by_text("Show the judge").press("Enter")
    expect(judge).to_be_visible()


def test_the_actions_below_the_title(visit, site):
    page = visit(QUESTION)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    row = page.locator(".actions")
    row.get_by_role("link", name="Copy as Markdown").click()
    row.get_by_text("Page copied as Markdown").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == (site / QUESTION / "index.html.md").read_text(encoding="utf-8")
    row.get_by_role("button", name="Copy link").click()
    row.get_by_text("Link copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    notebook = row.get_by_role("link", name="Notebook")
    with page.expect_download() as download:
        notebook.click()
    assert download.value.suggested_filename == "zero-grad.ipynb"
    row.get_by_role("link", name="Practice this question").click()
    title = next(q.title for q in questions() if q.url == QUESTION)
    expect(page.locator("#practice-question")).to_have_text(title)
    assert page.complaints == []


def test_without_scripts_the_actions_are_links_and_the_folds_open(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + QUESTION)
    assert not page.get_by_role("button", name="Copy link").is_visible()
    markdown = page.get_by_role("link", name="Copy as Markdown").evaluate("e => e.href")
    assert markdown == f"{address}{QUESTION}index.html.md"
    fold = page.locator(".follow-up details").first
    assert not fold.locator("> p").first.is_visible()
    fold.locator("summary").click()
    assert fold.locator("> p").first.is_visible()
    context.close()


def test_every_follow_up_question_is_folded_and_has_a_link(visit):
    page = visit(QUESTION)
    section = next(q for q in questions() if q.url == QUESTION).text
    asked = re.findall(r"^- \*\*(.+?)\*\*", section.split("## Follow-up questions")[1], re.M)
    folds = page.locator(".follow-up details")
    assert folds.count() == len(asked) > 2
    ids = folds.evaluate_all("all => all.map(e => e.id)")
    assert len(set(ids)) == len(ids) and all(ids)
    assert not page.locator(".follow-up details > p").first.is_visible()
    links = page.get_by_role("link", name="Link to this question")
    assert links.evaluate_all("all => all.map(e => e.hash.slice(1))") == ids
    links.nth(1).click()
    expect(folds.nth(1)).to_have_attribute("open", "")
    expect(folds.nth(0)).not_to_have_attribute("open", "")
    assert page.url.endswith(f"#{ids[1]}")


def test_an_address_with_the_anchor_of_a_fold_opens_it(visit, address):
    """A follow-up question, and the other wordings, whose id older links have."""
    page = visit(QUESTION)
    anchor = page.locator(".follow-up details").last.get_attribute("id")
    for name in (anchor, "also-asked-as"):
        page.goto(f"{address}{QUESTION}#{name}")
        fold = page.locator(f"details#{name}")
        expect(fold).to_have_attribute("open", "")
        expect(fold).to_be_in_viewport()


def test_printing_opens_all_folds_and_closes_them_again(visit):
    page = visit(QUESTION)
    page.locator("details summary").first.click()
    still = page.locator("details[open]").count()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == still == 1


def test_links_to_sections_are_seen_on_a_touch_screen(touched):
    page = touched
    page.goto(page.address + QUESTION)
    for link in page.locator("article :is(h2, h3, .follow-up) .headerlink").all():
        assert link.evaluate("e => getComputedStyle(e).opacity") == "1"


def test_a_block_that_no_gpu_has_run_yet_says_so(visit):
    page = visit(ON_A_GPU)
    why = page.locator(".provenance").first
    expect(why).to_contain_text("Needs a CUDA device.")
    expect(why).to_contain_text("recorded yet")
    assert why.is_visible() and why.locator("xpath=preceding::pre[1]").is_visible()


def test_where_next_is_one_list_of_the_page_and_a_few_related(visit):
    page = visit(QUESTION)
    headings = page.locator("article h2").all_inner_texts()
    assert headings[-1].startswith("Where next")
    assert not [h for h in headings if h.startswith(("See also", "Related", "Also asked"))]
    contents = page.locator(".md-sidebar--secondary a[href='#see-also']")
    assert contents.inner_text() == "Where next"
    asked = next(q for q in questions() if q.url == QUESTION).asked
    wordings = page.locator("#also-asked-as li")
    assert wordings.count() == len(asked) and not wordings.first.is_visible()
    for link in page.locator("#also-asked-as li a").all():
        anchor = link.evaluate("e => decodeURIComponent(e.hash.slice(1))")
        assert page.locator(f"[id='{anchor}']").count() == 1


def test_a_question_leads_to_the_error_messages_that_lead_to_it(visit):
    for file in sorted((ROOT / "docs" / "errors").glob("*.md")):
        linked = re.search(r"\]\(\.\./questions/([\w/-]+)\.md", file.read_text(encoding="utf-8"))
        if linked and file.name not in source_of(linked[1]).read_text(encoding="utf-8"):
            page = visit(f"questions/{linked[1]}/")
            break
    assert page.locator(f"#error-messages + ul a[href$='errors/{file.stem}/']").count() == 1
    hrefs = page.locator("article a[href*='errors/']").evaluate_all("all => all.map(a => a.href)")
    assert len(hrefs) == len(set(hrefs))


def source_of(question: str) -> Path:
    return ROOT / "docs" / "questions" / f"{question}.md"


def trail(page: Page) -> list[str]:
    return (
        page.get_by_role("navigation", name="Where this page stands").locator("a").all_inner_texts()
    )


def test_the_navigation_has_short_names_and_the_title_is_the_question(visit):
    page = visit(QUESTION)
    question = next(q for q in questions() if q.url == QUESTION)
    entry = page.locator(".md-sidebar--primary a.md-nav__link--active").last
    assert entry.inner_text() == question.meta["short_title"]
    assert page.title().startswith(question.title)
    assert trail(page) == ["Questions", "Gradient descent, optimizers and schedules"]
    tabs = page.locator(".md-tabs a")
    names = ["Questions", "Prepare", "Errors", "Practice", "Myths", "Notebooks", "Downloads"]
    assert tabs.all_inner_texts() == names
    page.goto(page.url.replace(QUESTION, ""))
    for name in names:
        page.locator(".md-tabs a", has_text=name).click()
        expect(page.locator(".md-tabs__item--active")).to_have_text(name)
    assert page.complaints == []
