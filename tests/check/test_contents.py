"""Faults of contents.yml and of the places of files."""

import re

import pytest

from answered.engine.problems import FaultyFileError
from answered.pages.contents import line_in_contents
from answered.pages.gate import IS_SLUG
from tests.check.books import CONTENTS, CONTENTS_FILE, ONE, TWO, book, page, problems, the_problem

MYTH = "tensors/one#it-has-no-claim"
MYTHS = "write topic/slug#anchor of a heading under 'What people get wrong'"
SLUG = f"in {IS_SLUG}"


def changed(old: str, new: str) -> str:
    assert CONTENTS.count(old) == 1
    return CONTENTS.replace(old, new)


def listed(*slugs: str) -> str:
    return changed("questions: []", "questions:" + "".join(f"\n      - {slug}" for slug in slugs))


def myths(*names: str) -> str:
    return CONTENTS + "myths:\n" + "".join(f"  - {name}\n" for name in names)


FAULTS = {
    "an id that is no slug": (
        changed("id: autograd", "id: Autograd Engine"),
        6,
        "the topic's id 'Autograd Engine' is not a slug",
        f"write it, and name its folder, {SLUG}",
    ),
    "an id that would be markup": (
        changed("id: autograd", "id: '\"><svg onload=x>'"),
        6,
        "the topic's id '\"><svg onload=x>' is not a slug",
        f"write it, and name its folder, {SLUG}",
    ),
    "a level that would be markup": (
        changed("mid]", "'<script>alert(1)</script>']"),
        12,
        "'<script>alert(1)</script>' in levels is not a slug",
        f"write it {SLUG}",
    ),
    "a tag of two words, which Anki would make two tags": (
        changed("  - tensors\n", "  - mixed precision\n"),
        11,
        "'mixed precision' in tags is not a slug",
        f"write it {SLUG}",
    ),
    "markup in a title": (
        changed("title: Autograd", "title: <b>Autograd"),
        7,
        "'<' in the topic's title, which is plain text",
        "write it in words",
    ),
    "a link in a summary": (
        changed("How gradients are recorded.", "How [gradients](x) are recorded."),
        8,
        "'[' in the topic's summary, which is plain text",
        "write it in words",
    ),
    "a topic twice": (
        changed("id: autograd", "id: tensors"),
        6,
        "the topic 'tensors' is listed twice",
        "delete one",
    ),
    "a tag twice": (
        changed("  - tensors\n", "  - tensors\n  - basics\n"),
        12,
        "'basics' is listed twice in tags",
        "delete one",
    ),
    "a level twice": (
        changed("mid]", "mid, junior]"),
        12,
        "'junior' is listed twice in levels",
        "delete one",
    ),
    "a listed page that is missing": (
        listed("one", "nothing"),
        7,
        "there is no page docs/questions/tensors/nothing.md",
        "name a file of that folder, without .md, or delete the line",
    ),
    "a misspelt page": (
        listed("oone"),
        6,
        "there is no page docs/questions/tensors/oone.md",
        "name a file of that folder, without .md, or delete the line; did you mean 'one'?",
    ),
    "a page twice": (
        listed("one", "one"),
        7,
        "the question 'one' is listed here already",
        "delete one",
    ),
    "a page under two topics": (
        changed("[]", "[one]").replace("recorded.", "recorded.\n    questions: [one]"),
        9,
        "the question 'one' is listed under tensors already",
        "delete one",
    ),
    "a page of another topic": (
        changed("recorded.", "recorded.\n    questions: [one]"),
        9,
        "the question 'one' is a page of the topic tensors",
        "list it there, or move the page to docs/questions/autograd/",
    ),
    "a claim that no page refutes": (
        myths(MYTH, "tensors/one#nothing-like-it-at-all"),
        15,
        "no page refutes the claim 'tensors/one#nothing-like-it-at-all' listed under myths",
        MYTHS,
    ),
    "a misspelt claim": (
        myths("tensors/one#it-has-no-claims"),
        14,
        "no page refutes the claim 'tensors/one#it-has-no-claims' listed under myths",
        f"{MYTHS}; did you mean '{MYTH}'?",
    ),
    "a claim twice": (
        myths(MYTH, MYTH),
        15,
        f"the claim '{MYTH}' is listed twice under myths",
        "delete one",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault(tmp_path, name):
    text, *told = FAULTS[name]
    found = the_problem(tmp_path, {CONTENTS_FILE: text})
    assert found == (CONTENTS_FILE, *told)


SOUND = {
    "a listed page": listed("one"),
    "any number of myths": myths(MYTH, "tensors/two#it-has-no-claim"),
    "no myths": CONTENTS,
    "another topic": changed("tags:", "  - id: gpu-2\n    title: GPU\n    summary: x\ntags:"),
}


@pytest.mark.parametrize("name", SOUND)
def test_no_fault(tmp_path, name):
    assert problems(tmp_path, {CONTENTS_FILE: SOUND[name]}) == []


def test_a_claim_in_one_line_is_no_heading_to_list(tmp_path):
    lines = '### In one line\n\n- **"No."** It is one, as everybody can see.\n\n## Follow-up'
    text = page().replace("## Follow-up", lines)
    found = the_problem(tmp_path, {CONTENTS_FILE: myths("tensors/one#in-one-line"), ONE: text})
    assert found[2] == "no page refutes the claim 'tensors/one#in-one-line' listed under myths"


@pytest.mark.parametrize(("length", "told"), [(19, True), (20, False), (400, False), (401, True)])
def test_the_truth_of_a_listed_claim_is_a_short_sentence(tmp_path, length, told):
    truth = "x" * (length - 1) + "."
    text = page().replace("It has this one claim.", truth)
    line = text[: text.index("### ")].count("\n") + 1
    found = problems(tmp_path, {CONTENTS_FILE: myths(MYTH), ONE: text})
    what = f"the first sentence below a claim listed under myths has {length} characters"
    fix = "write a sentence of 20 to 400, or do not list the claim in docs/questions/contents.yml"
    assert [(p.path, p.line, p.what, p.fix) for p in found] == [(ONE, line, what, fix)] * told


def test_a_page_that_cannot_be_read_is_not_blamed_for_what_it_may_hold(tmp_path):
    files = {
        CONTENTS_FILE: listed("one") + "myths: [tensors/one#x]\n",
        ONE: page().encode("utf-16"),
    }
    assert the_problem(tmp_path, files)[:2] == (ONE, 1)


UNUSABLE = {
    "missing": (None, 1, "cannot be read: No such file or directory"),
    "not YAML": (changed("\ntags:", "\n'tags:"), 0, "not YAML: "),
    "not UTF-8": (changed("title: Tensors", "title: déjà").encode("latin-1"), 3, "the file is not"),
    "a list": ("- topics\n", 1, "Input should be a dictionary or an instance of Contents"),
    "topics of the wrong type": (
        re.sub(r"(?s)topics:.*?\ntags:", "topics: 3\ntags:", CONTENTS),
        1,
        "'topics': ",
    ),
    "an unknown key": (f"{CONTENTS}topcis: []\n", 13, "'topcis': "),
    "an unknown key of a topic": (
        changed("title: Tensors", "title: Tensors\n    level: junior"),
        4,
        "'topics.0.level': ",
    ),
    "a number for a title": (changed("title: Tensors", "title: 3"), 3, "'topics.0.title': "),
    "no summary": (changed("    summary: What they are.\n", ""), 2, "'topics.0.summary': "),
    "no level": (changed("[junior, mid]", "[]"), 1, "topics, tags or levels is an empty list"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_without_contents_nothing_is_checked(tmp_path, name):
    text, line, what = UNUSABLE[name]
    with pytest.raises(FaultyFileError) as caught:
        book(tmp_path, {CONTENTS_FILE: text})
    (problem,) = caught.value.problems
    assert problem.path == CONTENTS_FILE and problem.what.startswith(what) and problem.fix
    assert problem.line == line or not line


def test_lines_of_contents(tmp_path):
    root = book(tmp_path).root
    assert [
        line_in_contents(root, *place)
        for place in [(), ("tags",), ("tags", 1), ("topics", 1, "id")]
    ] == [
        1,
        10,
        11,
        6,
    ]
    assert line_in_contents(root, "topics", 1, "questions") == 6  # which has none: its topic's


OUTSIDE = "the page is outside the navigation"
MOVE = (
    "move it to docs/questions/<topic>/; the topics, of docs/questions/contents.yml, are tensors,"
)
MOVE += " autograd"
NAME = f"name it {SLUG}; 'index' is generated"
PLACES = {
    "docs/stray.md": (OUTSIDE, MOVE),
    "docs/questions/stray.md": (OUTSIDE, MOVE),
    "docs/questions/cooking/three.md": (OUTSIDE, MOVE),
    "docs/questions/tensors/deep/three.md": (OUTSIDE, MOVE),
    "docs/other/tensors/three.md": (OUTSIDE, MOVE),
    "docs/questions/tensors/A_Page.md": ("the file's name is not a slug", NAME),
    "docs/questions/tensors/a--page.md": ("the file's name is not a slug", NAME),
    "docs/questions/tensors/index.md": ("the file's name is not a slug", NAME),
    "docs/questions/autograd/one.md": (None, "give this file another name"),
}


@pytest.mark.parametrize("path", PLACES)
def test_a_page_stands_where_the_navigation_finds_it(tmp_path, path):
    what, fix = PLACES[path]
    what = what or "docs/questions/autograd/one.md has the name 'one' already"
    found = the_problem(tmp_path, {path: page("three")})
    assert found[1] == 1 and found[3] == fix
    if "has the name" in what:
        assert found[0] == ONE and found[2] == what
    else:
        assert (found[0], found[2]) == (path, what)


def test_a_picture_holds_what_a_figure_may(tmp_path):
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    told = the_problem(tmp_path, {"docs/assets/deep/evil.svg": svg})
    assert told[:3] == ("docs/assets/deep/evil.svg", 1, "the picture holds <script>")


def test_the_other_pages_have_their_place(tmp_path):
    files = {f"docs/{name}.md": "# A title\n" for name in ("myths", "practice", "downloads")}
    assert problems(tmp_path, files | {TWO: page("two")}) == []
