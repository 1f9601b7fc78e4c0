"""Links that lead nowhere, each with its line and, where it can be guessed, what was meant."""

import pytest

from answered.pages.addresses import GENERATED, WRITTEN
from tests.check.books import HERE, ONE, TWO, page, problems, the_problem

NOWHERE = "point it at a file below docs/, from this page's folder"
NAMES = "A link names the file, .md included"
ROOT = "begins at the root of the server, where the site may not be"
ASSETS = "put the file below docs/assets/, or let a block draw the figure"
IT_HAS = (
    "#is-this-page-two, #short-answer, #in-code, #the-evidence, #what-people-get-wrong,"
    " #it-has-no-claim, #it-has-one-claim, #follow-up-questions, #see-also, #what-is-asked-first,"
    " #what-is-asked-second, #what-is-asked-third, #what-is-asked-fourth, #what-is-asked-fifth,"
    " #related-questions, #also-asked-as"
)
FAULTS = {
    "no such page": ("nothing.md", "link 'nothing.md' leads to no page", NOWHERE),
    "a typo": ("twos.md", "link 'twos.md' leads to no page", f"{NOWHERE}; did you mean 'two.md'?"),
    "another folder": (
        "../autograd/two.md#see-also",
        "link '../autograd/two.md#see-also' leads to no page",
        f"{NOWHERE}; did you mean 'two.md'?",
    ),
    "without .md": ("two", "link 'two' leads to no page", f"did you mean 'two.md'? {NAMES}"),
    "as the site has it": (
        "../two/",
        "link '../two/' leads to no page",
        f"{NOWHERE}",
    ),
    "with a slash": ("two/", "link 'two/' leads to no page", f"did you mean 'two.md'? {NAMES}"),
    "with .html": (
        "two.html",
        "link 'two.html' leads to no page",
        f"did you mean 'two.md'? {NAMES}",
    ),
    "a topic": (
        "../tensors/",
        "link '../tensors/' leads to no page",
        f"did you mean 'index.md'? {NAMES}",
    ),
    "a topic without questions": (
        "../autograd/index.md",
        "link '../autograd/index.md' leads to no page",
        f"{NOWHERE}; did you mean '../../index.md'?",
    ),
    "a notebook without .py": (
        "../../notebooks/digits",
        "link '../../notebooks/digits' leads to no page",
        f"did you mean '../../notebooks/digits.py'? {NAMES}",
    ),
    "no such anchor of a notebook": (
        "../../notebooks/digits.py#anything",
        "link '../../notebooks/digits.py#anything': docs/notebooks/digits.py has no anchor"
        " '#anything'",
        "name a heading; it has #digits",
    ),
    "a file that is no page": (
        "../contents.yml",
        "link '../contents.yml' leads to no page",
        NOWHERE,
    ),
    "no such anchor": (
        "two.md#nothing",
        f"link 'two.md#nothing': {TWO} has no anchor '#nothing'",
        f"name a heading; it has {IT_HAS}",
    ),
    "a misspelt anchor": (
        "two.md#see-alsoo",
        f"link 'two.md#see-alsoo': {TWO} has no anchor '#see-alsoo'",
        "name a heading; did you mean '#see-also'?",
    ),
    "an anchor of its own page": (
        "#short-answers",
        f"link '#short-answers': {ONE} has no anchor '#short-answers'",
        "name a heading; did you mean '#short-answer'?",
    ),
    "one slash": (
        "http:/x.org",
        "link 'http:/x.org' is no address",
        "write https:// and the host, or mailto: and who",
    ),
    "no host": (
        "https:///x",
        "link 'https:///x' is no address",
        "write https:// and the host, or mailto: and who",
    ),
    "nobody": (
        "mailto:x",
        "link 'mailto:x' is no address",
        "write https:// and the host, or mailto: and who",
    ),
    "no scheme": ("//x.org/a", "link '//x.org/a' has no scheme", "write https://x.org/a"),
    "a host alone": (
        "www.x.org/a",
        "link 'www.x.org/a' leads to no page",
        "write https://www.x.org/a",
    ),
    "a host without www": (
        "pytorch.org/docs",
        "link 'pytorch.org/docs' leads to no page",
        "write https://pytorch.org/docs",
    ),
    "from the root": (
        "/questions/tensors/two.md",
        f"link '/questions/tensors/two.md' {ROOT}",
        "write it from this page's folder, such as two.md",
    ),
    "an image that is missing": (
        "../../assets/b.png",
        "image '../../assets/b.png': there is no docs/assets/b.png",
        ASSETS,
    ),
    "an image beside its page": (
        "a.svg",
        "image 'a.svg': there is no docs/questions/tensors/a.svg",
        ASSETS,
    ),
    "an asset that is missing": (
        "../../assets/b.txt",
        "link '../../assets/b.txt' leads to no page",
        NOWHERE,
    ),
    "a blank": (
        "my page.md",
        "link 'my page.md' holds a blank",
        "write %20 for it, or rename the file",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault(tmp_path, name):
    target, *told = FAULTS[name]
    text = page(here=f"Text.\n\nSee `[x](no.md)` and [this]({target}).")
    assert the_problem(tmp_path, {ONE: text}) == (ONE, HERE + 2, *told)


FORMS = {
    "a title": '[x](no.md "Title")',
    "a title in single quotes": "[x](no.md 'Title')",
    "an image": "![x](no.md)",
    "a definition": "[x]\n\n[x]: no.md",
    "text on two lines": "[x\ny](no.md)",
    "a link in a table": "| [x](no.md) |\n| --- |",
    "an image in a link": "[![x](https://x.org/a.svg)](no.md)",
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_of_a_link_is_seen(tmp_path, name):
    found = the_problem(tmp_path, {ONE: page(here=FORMS[name])})
    line = HERE + FORMS[name][: FORMS[name].index("no.md")].count("\n")
    assert found[:3] == (ONE, line, "link 'no.md' leads to no page")


SOUND = [
    "two.md",
    "two.md#see-also",
    "two.md#it-has-no-claim",
    "two.md#what-is-asked-first",
    "two.md#also-asked-as",
    "two.md#related-questions",
    "#the-evidence",
    "./two.md",
    "../tensors/two.md#short-answer",
    "../../index.md#home",
    "index.md",
    "../../notebooks/digits.py",
    "../../notebooks/digits.py#digits",
    "../../assets/a.svg",
    "https://x.org/a_(b)",
    "HTTPS://x.org",
    "mailto:a@x.org",
    *(f"../../{uri}" for uri in GENERATED),
]


@pytest.mark.parametrize("target", SOUND)
def test_no_fault(tmp_path, target):
    assert problems(tmp_path, {ONE: page(here=f"See [this]({target}).")}) == []


def test_a_name_with_a_blank_can_be_linked_to(tmp_path):
    files = {
        "docs/assets/a b.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        ONE: page(here="![x](../../assets/a%20b.svg)"),
    }
    assert problems(tmp_path, files) == []


def test_pages_that_the_build_completes_are_linked_to_where_they_are(tmp_path):
    for name in WRITTEN[1:]:
        link = {ONE: page(here=f"[x](../../{name})")}
        assert the_problem(tmp_path, link)[2] == f"link '../../{name}' leads to no page"
        assert problems(tmp_path / name, link | {f"docs/{name}": "# A title\n"}) == []


def test_another_wording_has_an_anchor_only_where_there_is_one(tmp_path):
    two = page("two").replace('\n  - "Is the page called two?"', " []")
    files = {ONE: page(here="[x](two.md#also-asked-as)"), TWO: two}
    assert the_problem(tmp_path, files)[2].endswith(f"{TWO} has no anchor '#also-asked-as'")
    home = {ONE: page(here="[x](../../index.md#related-questions)")}
    assert the_problem(tmp_path, home | {TWO: page("two")})[2].endswith("'#related-questions'")


WORDING = '"Is the page called one?"'
COLON = "Quote a wording that holds a colon."
ASKED = {
    "a typo": (
        f"{WORDING}: short-answers",
        "short-answers",
        f"did you mean '#short-answer'? {COLON}",
    ),
    "of a follow-up question": (
        f"{WORDING}: what-is-asked",
        "what-is-asked",
        f"did you mean '#what-is-asked-third'? {COLON}",
    ),
    "a colon": (
        "RuntimeError: x",
        "x",
        f"it has {IT_HAS.partition(', #related')[0].replace('two', 'one')} {COLON}",
    ),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_answers_another_wording_is_on_the_page(tmp_path, name):
    entry, anchor, guess = ASKED[name]
    text = page().replace(WORDING, f"What is this?\n  - {entry}")
    what = f"front matter 'also_asked.1': the page has no anchor '{anchor}'"
    fix = f"name a heading or a follow-up question; {guess}"
    assert the_problem(tmp_path, {ONE: text}) == (ONE, 8, what, fix)


@pytest.mark.parametrize("anchor", ["the-evidence", "short-answer", "what-is-asked-first"])
def test_a_heading_or_a_follow_up_question_answers_another_wording(tmp_path, anchor):
    assert problems(tmp_path, {ONE: page().replace(WORDING, f"{WORDING}: {anchor}")}) == []


def test_anchors_are_those_of_the_site(tmp_path):
    """Of headings with code, quotation marks, links, and the same text twice."""
    texts = ("`torch.cat` does?", '"It\'s _x_"', "`torch.cat` does?", "A [link](two.md)")
    headings = "\n\n".join(f"### {text}" for text in texts)
    links = "[a](#torchcat-does) [b](#its-x) [c](#torchcat-does_1) [d](#a-link)"
    assert problems(tmp_path, {ONE: page(here=f"{headings}\n\n{links}")}) == []
