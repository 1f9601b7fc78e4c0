"""The way of a new page: from the template to a page that passes; and what maintainers see."""

import builtins
import re
from dataclasses import replace

import pytest

from answered.check.book import check_book
from answered.check.sections import in_order
from answered.contribute.new import new
from answered.pages.book import Book
from answered.pages.contents import KINDS
from answered.pages.page import CLAIMS
from answered.site.config import Config
from answered.site.frame import actions, foot
from tests.check.books import book as small_book
from tests.check.books import page
from tests.conftest import NO_DEVICE, ROOT

SLUG = "a-new-page"
PATH = f"docs/questions/tensors/{SLUG}.md"
QUESTION = "How do you know that `this` page is new?"
FILLED = {
    r'^description: "TODO: .*"$': "description: It was made by a test of the template just now.",
    r'^short_title: "TODO: .*"$': "short_title: A new page",
    r"^tags: \[\] # TODO.*": "tags: [basics, tensors]",
    r'^  - "TODO: .*"$': '  - "Is there a page that is new?"',
    r"^TODO: what a good.*": "It is new. The test has just written it." + " So it is." * 30,
    r"^TODO: one sentence.*": "Two zeros are printed.",
    r"  # TODO: what an interviewer.*": "",
    r"TODO: a heading.*": "How it came here",
    r"^TODO: the mechanism.*": "**It was written.**",
    r'"TODO: a claim.*"': '"New pages are hard to write"',
    r"^TODO: a first sentence .* true, .*": "They take minutes.",
    r'"TODO: another claim"': '"Nobody reads them"',
    r"^TODO: a first sentence .* that\.": "A test does.",
    r"\*\*\"TODO: a popular.*": '**"They stay new."** They do not.',
    r"\*\*TODO: what would.*": "**And then?** Then it is [checked](one.md#short-answer).",
    **{
        rf"\*\*TODO: a {number} question.*": f"**And {number}?** The same."
        for number in ("second", "third", "fourth", "fifth")
    },
    r"TODO: the primary source first, such as ": "",
    r"TODO: up to four.*": "[Is this page two?](two.md)",
}


def test_from_the_template_to_a_page_that_passes(project):
    """What is left to do is said line by line; with that done, update and page are content."""
    given = ["--topic", "tensors", "--slug", SLUG, "--question", QUESTION, "--level", "mid"]
    made = project.answered("new", *given)
    assert made.returncode == 0 and f"wrote {PATH}\n" in made.stdout, made.stdout
    file = project.root / PATH
    text = file.read_text()
    assert f"\n# {QUESTION}\n" in text and "\nlevel: mid\n" in text

    problems = [p for p in check_book(Book.load(project.root)) if p.path == PATH]
    lines = [i for i, line in enumerate(text.split("\n"), 1) if "TODO" in line]
    assert len(lines) == len(FILLED)
    assert {p.line for p in problems if p.what == "a TODO is left"} == set(lines)

    for pattern, filled in FILLED.items():
        text, found = re.subn(pattern, filled, text, flags=re.M)
        assert found, pattern
    file.write_text(text)
    project.commit()
    without = project.check(SLUG, **NO_DEVICE)
    assert without.returncode == 1 and "run `make update PAGE=" in without.stdout, without.stdout
    updated = project.answered("update", SLUG, **NO_DEVICE)
    assert updated.returncode == 0 and "1 expected outputs rewritten" in updated.stdout
    assert file.read_text().count("expected-output") == 1
    shown = project.answered("page", SLUG, **NO_DEVICE)
    assert shown.returncode == 0 and "Failed" not in shown.stdout, shown.stdout
    preview = project.root / ".cache/preview/questions/tensors"
    html = (preview / SLUG / "index.html").read_text()
    assert "tensor([0., 0.])" in html and "Is this page two?" in html and "None" not in html
    assert not (preview / "one" / "index.html").exists()


# By name: topic, slug, question and level, and what is said.
REFUSED = {
    "unknown topic": (
        ("cooking", SLUG, QUESTION, "mid"),
        "--topic: 'cooking' is not one of tensors, autograd",
    ),
    "no question": (
        ("tensors", SLUG, "A statement.", "mid"),
        "--question: write one line that ends with a question mark",
    ),
    "two lines": (("tensors", SLUG, "One\n# Two?", "mid"), "--question: write one line"),
    "hardly a question": (("tensors", SLUG, "Why?", "mid"), "--question: write a whole question"),
    "a title that is there": (
        ("tensors", SLUG, "What is this `page` one?", "mid"),
        "docs/questions/tensors/one.md answers that",
    ),
    "a wording that is there": (
        ("autograd", SLUG, "Is a page called one?", "mid"),
        "docs/questions/tensors/one.md answers that",
    ),
    "a slug of another topic": (
        ("autograd", "one", QUESTION, "mid"),
        "--slug: docs/questions/tensors/one.md exists already",
    ),
    "no slug": (("tensors", "../../etc", QUESTION, "mid"), "--slug: '../../etc' is not lower-case"),
    "a generated name": (("tensors", "index", QUESTION, "mid"), "--slug: 'index' is not"),
    "unknown level": (
        ("tensors", SLUG, QUESTION, "guru"),
        "--level: 'guru' is not one of junior, mid",
    ),
}


@pytest.fixture
def root(tmp_path):
    """The folder of a small book, in which one page has a title as people ask."""
    title = {
        "docs/questions/tensors/one.md": page().replace("Is this page one", "What is this page one")
    }
    small_book(tmp_path, title)
    return tmp_path


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name, root):
    given, message = REFUSED[name]
    before = sorted(root.rglob("*"))
    with pytest.raises(SystemExit, match=re.escape(message)):
        new(root, *given)
    assert sorted(root.rglob("*")) == before


def test_a_kind_is_refused_that_there_is_not(root):
    with pytest.raises(SystemExit, match="--kind: 'essay' is not one of exercise, predict, debug"):
        new(root, "tensors", SLUG, QUESTION, "mid", "essay")


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_has_its_own_template(kind, root):
    """What is left to do on it are the TODOs, and what follows from them."""
    new(root, "tensors", SLUG, QUESTION, "mid", kind)
    file = root / PATH
    file.write_text(re.sub(r"^short_title.*", "short_title: New", file.read_text(), flags=re.M))
    made = next(each for each in Book.load(root).questions if each.slug == SLUG)
    assert made.kind == kind and made.document.faults == () and in_order(made)
    assert made.headings[1].text == made.sections[0]
    own = [h.text for h in made.headings if h.level == 2 and h.text not in made.sections]
    assert len(own) == (CLAIMS in made.sections) and all(name.startswith("TODO") for name in own)
    assert "$" not in made.text


def test_asks_until_the_answer_will_do(monkeypatch, root, capsys):
    answers = ["cooking", "tensors", "What is this page one?", "Why `x` is a new one?", "", "mid"]
    monkeypatch.setattr(builtins, "input", lambda prompt: print(prompt) or answers.pop(0))
    assert new(root, None, None, None, None) == 0 and answers == []
    assert (root / "docs/questions/tensors/why-x-is-a-new-one.md").is_file()
    shown = capsys.readouterr().out
    assert "'cooking' is not one of" in shown and "one.md answers that" in shown
    assert "[why-x-is-a-new-one]" in shown


def test_without_a_terminal_says_what_to_give(monkeypatch, root):
    def closed(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr(builtins, "input", closed)
    with pytest.raises(SystemExit, match="--level"):
        new(root, "tensors", SLUG, QUESTION, None)


def test_a_question_links_its_source_and_the_form_for_errors():
    made = next(page for page in Book.load(ROOT).questions if page.slug == "torch-cat")
    config = Config.load(ROOT)

    def shown(repository: str) -> str:
        given = replace(config, repository=repository)
        return "".join([*actions(made, given), *foot(made, "Facts.", repository)])

    home = "https://example.org/owner/name"
    links = {text: link for link, text in re.findall(r'href="([^"]+)">([^<]+)</a>', shown(home))}
    assert links["edit this page"] == f"{home}/edit/main/{made.path}"
    pattern = rf"{home}/issues/new\?template=(.+)&amp;page=(.+)"
    report = re.fullmatch(pattern, links["Report an error"])
    form = (ROOT / ".github" / "ISSUE_TEMPLATE" / report[1]).read_text()
    assert "id: page" in form and report[2] == made.path.replace("/", "%2F")
    assert shown(f"{home}/") == shown(home) and "<script" not in shown('"><script>')
    assert "edit this page" not in shown("") and "Report an error" not in shown("")


def test_contributing_names_the_way_of_a_page():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    named = set(re.findall(r"`make ([a-z]+)", text))
    assert {"new", "update", "page", "format", "test"} <= named
