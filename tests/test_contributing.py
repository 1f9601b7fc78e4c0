"""The way of a new page: from the template to a page that passes; and what a maintainer sees of it."""

import builtins
import re
import subprocess

import pytest

from answered import generated, new
from answered.duplicates import check_duplicates, wording
from answered.page import Page, load_pages
from answered.preview import anchors
from tests.conftest import PAGE, ROOT

PAGES = load_pages()
MISSPELT = "Because".replace("au", "ua")
PATH = "docs/questions/tensors/a-new-page.md"
QUESTION = "How do you know that `this` page is new?"
FILLED = {
    r'"TODO: the answer in one sentence.*"': "It was made by the test of the template a moment ago, and nothing in it was there before.",
    r"\[\] # TODO.*": "[basics, tensors]",
    r'"TODO: one a line.*"': '"Is there a page that is new?"',
    r"TODO: two to five sentences.*": "It is new because the test has just written it.",
    r"TODO: a heading.*": "The evidence",
    r"TODO: the mechanism.*": "Two zeros are printed.",
    r"  # TODO: code.*": "",
    r'"TODO: a claim.*"': '"New pages are hard to write"',
    r"TODO: a first sentence.*": "They take minutes.",
    r"\*\*TODO: what would.*": "**And then?** Then it is [checked](one.md#short-answer).",
    r"TODO: a link to.*": "[Is this page two?](two.md)",
}


def test_from_the_template_to_a_page_that_passes(project):
    """What is left to do is said line by line; with that done, update and every check are content."""
    made = project.run("-m", "answered", "new", "--topic", "tensors", "--slug", "a-new-page", "--question", QUESTION, "--level", "mid")
    assert made.returncode == 0 and PATH in made.stdout, made.stdout
    file = project.root / PATH
    text = file.read_text()
    assert f"\n# {QUESTION}\n" in text and "\nlevel: mid\n" in text

    todo = project.check("a-new-page")
    assert todo.returncode == 1
    lines = [i for i, line in enumerate(text.split("\n"), 1) if "TODO" in line]
    assert len(lines) == 12
    for line in lines:
        assert re.search(rf"{PATH}:{line}: a TODO is left\n    mend: \w+ \w+", todo.stdout), todo.stdout

    for pattern, filled in FILLED.items():
        text, found = re.subn(pattern, filled, text)
        assert found, pattern
    file.write_text(text)
    without = project.check("a-new-page")
    assert without.returncode == 1 and "run `make update`" in without.stdout, without.stdout
    assert project.run("-m", "answered", "update", "a-new-page").returncode == 0
    assert file.read_text().count("expected-output") == 2
    page = project.run("-m", "answered", "page", "a-new-page")
    assert page.returncode == 0 and "3 of 3 static checks passed" in page.stdout, page.stdout
    shown = (project.root / ".cache/preview/questions/tensors/a-new-page/index.html").read_text()
    assert "tensor([0., 0.])" in shown and "Is this page two?" in shown and "None" not in shown
    assert not (project.root / ".cache/preview/questions/tensors/one/index.html").exists()


def test_one_page_is_checked_whole(project):
    """Spelling, formatting, output and links: each fault with its line, whatever else is wrong."""
    spelling = project.edit("tensors/one.md", "Because", MISSPELT)
    block = project.edit("tensors/one.md", 'print("one")', "print('one')")
    output = project.edit("tensors/one.md", "```text\none", "```text\ntwo") - 4
    anchor = project.edit("tensors/one.md", "- None.", "- See [two](two.md#nothing).")
    link = project.edit("tensors/one.md", "- Nothing.", "- [Gone](gone.md) and [here](../autograd/three.md#see-also).")
    project.edit("tensors/two.md", "- Nothing.", "- [Gone](gone.md), but this page was not asked for.")
    done = project.run("-m", "answered", "page", "docs/questions/tensors/one.md")
    assert done.returncode == 1
    path = "docs/questions/tensors/one.md"
    assert f"{path}:{spelling}: {MISSPELT} ==> Because" in done.stdout, done.stdout
    assert re.search(rf"{path}:{block}:\d+: unformatted", done.stdout), done.stdout
    assert f"{path}:{output}: the output is not the expected one" in done.stdout, done.stdout
    assert re.search(rf"{path}:{anchor}: .*does not contain an anchor '#nothing'", done.stdout), done.stdout
    assert re.search(rf"{path}:{link}: .*'gone.md'.* not found", done.stdout), done.stdout
    assert "two.md:" not in done.stdout and "#see-also'" not in done.stdout, done.stdout


REFUSED = {
    "unknown topic": (("cooking", "a-slug", QUESTION, "mid"), "--topic: 'cooking' is not one of ecosystem, tensors"),
    "no question": (("tensors", "a-slug", "A statement.", "mid"), "--question: write one line that ends with a question mark"),
    "two lines": (("tensors", "a-slug", "One\n# Two?", "mid"), "--question: write one line"),
    "a title that is there": (("tensors", "a-slug", "What does torch.cat() do?", "mid"), "docs/questions/tensors/torch-cat.md answers that"),
    "a wording that is there": (("data", "a-slug", "How do you concatenate a tensor in pytorch?", "mid"), "docs/questions/tensors/torch-cat.md answers that"),
    "a slug of another topic": (("data", "torch-cat", QUESTION, "mid"), "--slug: docs/questions/tensors/torch-cat.md is there already"),
    "no slug": (("data", "../../etc", QUESTION, "mid"), "--slug: '../../etc' is not lower-case letters"),
    "a generated name": (("data", "index", QUESTION, "mid"), "--slug: 'index' is not"),
    "unknown level": (("data", "a-slug", QUESTION, "guru"), "--level: 'guru' is not one of junior, mid, senior, staff"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name, monkeypatch, tmp_path):
    given, message = REFUSED[name]
    monkeypatch.setattr(new, "DOCS", tmp_path)
    with pytest.raises(SystemExit, match=re.escape(message)):
        new.new(*given)
    assert list(tmp_path.iterdir()) == []


def test_asks_until_the_answer_will_do(monkeypatch, tmp_path, capsys):
    answers = ["cooking", "tensors", "What does torch.cat() do?", "Why `x` is a new one?", "", "mid"]
    monkeypatch.setattr(builtins, "input", lambda prompt: print(prompt) or answers.pop(0))
    monkeypatch.setattr(new, "DOCS", tmp_path / "docs")
    monkeypatch.setattr(new, "ROOT", tmp_path)
    (tmp_path / "docs/questions").mkdir(parents=True)
    assert new.new(None, None, None, None) == 0
    assert (tmp_path / "docs/questions/tensors/why-x-is-a-new-one.md").is_file()
    shown = capsys.readouterr().out
    assert "'cooking' is not one of" in shown and "torch-cat.md answers that" in shown and "[why-x-is-a-new-one]" in shown


def test_without_a_terminal_says_what_to_give(monkeypatch):
    def closed(prompt):
        raise EOFError

    monkeypatch.setattr(builtins, "input", closed)
    with pytest.raises(SystemExit, match="--level"):
        new.new("tensors", "a-slug", QUESTION, None)


def asked(name: str, title: str, *also: str) -> Page:
    text = PAGE.format(title=title, text="x").replace(
        "also_asked: []", "also_asked:\n" + "".join(f"  - {line!r}\n" for line in also) if also else "also_asked: []"
    )
    return Page(f"docs/questions/tensors/{name}.md", text)


SAME = [
    ("What does torch.cat() do?", "what does `torch.cat` do"),
    ("How do you concatenate tensors in PyTorch?", "How can I concatenate a tensor?"),
    ("What is PyTorch's engine?", "What is the PyTorch engine?"),
    ("element 0 of tensors does not require grad", "Element 0 of tensors does not require grad!"),
]
OTHER = [
    ("How do you convert a list to a tensor?", "How do you convert a tensor to a list?"),
    ("What is a tensor?", "Why is it a tensor?"),
    ("What is torch.nn?", "What is torch.nn.functional?"),
]


@pytest.mark.parametrize(("one", "two"), SAME)
def test_the_same_question(one, two):
    assert wording(one) == wording(two) != ()


@pytest.mark.parametrize(("one", "two"), OTHER)
def test_another_question(one, two):
    assert wording(one) != wording(two)


def test_duplicates_name_both_places():
    pages = [asked("a", "Is this a"), asked("b", "Is that b", "Is this `a`?"), asked("c", "Is it c", "Is c c?", "How is c?", "How is c")]
    found = check_duplicates(pages)
    assert [(p.path[-4:], p.line) for p in found] == [("b.md", 6), ("c.md", 8)]
    assert "is asked by docs/questions/tensors/a.md:8 already, as 'Is this a?'" in found[0].what
    assert "on this page" in found[1].what and found[1].mend == "delete this wording"


def test_a_title_wins_over_the_other_wording_of_an_earlier_page():
    found = check_duplicates([asked("a", "Is this a", "Is that b?"), asked("b", "Is that b")])
    assert [(p.path[-4:], p.line) for p in found] == [("a.md", 6)]


def test_the_pages_differ():
    assert check_duplicates(PAGES) == []


def test_summary_of_a_change(project):
    def git(*command: str) -> None:
        subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *command], cwd=project.root, check=True, capture_output=True)

    git("init", "--quiet")
    git("add", "docs")
    git("commit", "--quiet", "--message", "pages")
    assert project.run("-m", "answered", "summary", "--base", "HEAD").stdout == "No page differs.\n"
    project.edit("tensors/one.md", "```text\none", "```text\nONE")
    project.append("tensors/one.md", "```python\nassert 1\n```")
    project.page("tensors/two.md").unlink()
    project.page("data").mkdir()
    project.page("data/new.md").write_text(PAGE.format(title="Is <script>alert(1)</script> | [a](b) _new_", text="new"))
    table = project.run("-m", "answered", "summary", "--base", "HEAD").stdout.splitlines()[2:]
    assert table == [
        "| Is &#60;script&#62;alert(1)&#60;/script&#62; &#124; &#91;a&#93;(b) &#95;new&#95;?<br>docs/questions/data/new.md | new | 1 | 1 | 0 |",
        "| Is this page one?<br>docs/questions/tensors/one.md | changed | 2 | 1 | 1 |",
        "| Is this page two?<br>docs/questions/tensors/two.md | deleted | 1 | 0 | 0 |",
    ]
    unknown = project.run("-m", "answered", "summary", "--base", "nothing")
    assert unknown.returncode == 1 and "--base nothing: " in unknown.stdout


def test_links_to_mend_a_page():
    page = next(page for page in PAGES if page.slug == "torch-cat")
    assert generated.mending(page, "") == generated.mending(page, None) == ""
    links = re.findall(r'<a href="([^"]+)">([^<]+)</a>', generated.mending(page, "https://example.org/owner/name/"))
    assert (f"https://example.org/owner/name/edit/main/{page.path}", "Edit this page") in links
    report = re.fullmatch(
        r"https://example.org/owner/name/issues/new\?template=(.+)&amp;page=(.+)", next(link for link, text in links if text == "Report an error")
    )
    form = (ROOT / ".github/ISSUE_TEMPLATE" / report[1]).read_text()
    assert "id: page" in form and report[2] == page.path.replace("/", "%2F")
    assert "<script" not in generated.mending(page, '"><script>')


def test_anchors_of_a_preview_are_those_of_the_site():
    """Headings with code, quotation marks and repeated text; fences hold none."""
    text = '# A\n\n## `torch.cat` does?\n\n### "It\'s _x_"\n\n## `torch.cat` does?\n\n```python\n# No heading\n```\n\n## A [link](x.md)\n'
    assert anchors(text) == {"a", "torchcat-does", "its-x", "torchcat-does_1", "a-link"}


def test_contributing_fits_a_screen_and_names_commands_that_exist():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    assert len(text.splitlines()) <= 45
    goals = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    named = set(re.findall(r"`make ([a-z]+)", text))
    assert {"new", "update", "page", "format", "test"} <= named <= goals
