"""The list of rules as a whole: on a good book, on this project's own, and on several faults."""

import re
from dataclasses import replace
from pathlib import Path

from answered.check import book as rules
from answered.check.command import concerns
from answered.engine.problems import report
from answered.engine.settings import Mark
from answered.pages.book import Book, load_pages
from answered.pages.page import SECTIONS
from tests.check.books import CONTENTS, CONTENTS_FILE, HERE, ONE, TWO, book, page, problems

ROOT = Path(__file__).resolve().parent.parent.parent


def test_a_good_book_has_no_problem(tmp_path):
    assert problems(tmp_path) == []


def test_the_pages_of_this_project_have_no_problem():
    made = Book.load(ROOT)
    found = rules.check_book(made)
    assert found == [], "\n" + report(found)
    assert len(made.questions) >= 107 and {page.slug for page in made.questions} > {"torch-cat"}


def test_every_fault_is_told_whatever_else_is_wrong(tmp_path):
    """Several on one page and on others, each once, in the order of files and lines."""
    faults = "[gone](gone.md) and <b>\n\n```py\nx\n```\n\n```python\nx = 1\n```\n\nTODO: more"
    files = {
        ONE: page(here=faults).replace("level: junior", "level: guru"),
        TWO: page("two").encode() + b"\xff",
    }
    assert [(p.path, p.line, p.what.split(":")[0]) for p in problems(tmp_path, files)] == [
        (ONE, 4, "front matter 'level'"),
        (ONE, HERE, "link 'gone.md' leads to no page"),
        (ONE, HERE, "raw HTML"),
        (ONE, HERE + 2, "fence ```py"),
        (ONE, HERE + 6, "the block has neither expected output nor an assert"),
        (ONE, HERE + 10, "a TODO is left"),
        (TWO, page("two").count("\n") + 1, "the page is not UTF-8"),
    ]


def test_a_rule_is_one_line_of_the_list(tmp_path, monkeypatch):
    def no_x(page, book):
        """No title has an x."""
        if "x" in page.title:
            yield rules.Problem(page.path, 1, "x", "y")

    monkeypatch.setattr(rules, "RULES", (*rules.RULES, rules.every_question(no_x)))
    files = {"docs/index.md": "# x\n", ONE: page("x"), TWO: page("axe").encode() + b"\xff"}
    assert [p.path for p in problems(tmp_path, files)] == [ONE, TWO]
    assert problems(tmp_path, files)[1].what == "the page is not UTF-8"


def test_rules_say_what_they_hold():
    """The docstrings are the catalogue of rules."""
    functions = [getattr(rule, "args", (rule,))[0] for rule in rules.RULES]
    assert len(functions) == len(set(functions))
    assert all(re.match(r".{20,}\.\n?", function.__doc__) for function in functions)


def test_a_new_mark_passes_all_checks(tmp_path):
    """A mark is one entry of the settings; messages list it."""
    text = page(here="<!--pytest.mark.patient-->\n```python\nassert 1\n```")
    made = book(tmp_path, {ONE: text})
    mark = Mark("patient", "waits")
    known = replace(made.settings, marks=(*made.settings.marks, mark))
    assert [p.what for p in rules.check_book(made)] == ["unknown mark 'patient'"]
    assert rules.check_book(replace(made, settings=known, pages=load_pages(known))) == []


def test_a_new_language_passes_all_checks(tmp_path):
    made = book(tmp_path, {ONE: page(here="```yaml\na: 1\n```")})
    known = replace(made.settings, languages=("text", "console", "yaml"))
    assert len(rules.check_book(made)) == 1
    assert rules.check_book(replace(made, settings=known, pages=load_pages(known))) == []


def test_a_new_topic_is_one_entry_of_contents(tmp_path):
    three = "docs/questions/distributed/three.md"
    assert [p.what for p in problems(tmp_path, {three: page("three")})] == [
        "the page is outside the navigation"
    ]
    text = (tmp_path / CONTENTS_FILE).read_text()
    topic = "topics:\n  - {id: distributed, title: Distributed, summary: Many machines.}\n"
    assert problems(tmp_path, {CONTENTS_FILE: text.replace("topics:\n", topic)}) == []


def test_sections_of_the_small_page_are_those_of_the_list():
    found = re.findall(r"^## (.+)$", page(), re.M)
    assert [name for name in found if name in SECTIONS] == list(SECTIONS)


def test_a_missing_output_is_told_once(tmp_path):
    """By the run, which shows it; and by the rule where the block did not run."""
    text = page(here="```python\nprint(1)\n```\n\nText.\n\n```python\nprint(2)\n```\nTODO")
    found = problems(tmp_path, {ONE: text})
    shown = rules.Problem(
        ONE, HERE, "the block prints, and its page has no expected output\n1\n", "x"
    )
    other = rules.Problem(ONE, HERE + 9, "the output is not the expected one", "x")
    told = rules.told_once(found, [other, shown])
    assert [(problem.line, problem.what.split("\n")[0]) for problem in told] == [
        (HERE, "the block prints, and its page has no expected output"),
        (HERE + 6, "the block prints, and its page has no expected output"),
        (HERE + 9, "a TODO is left"),
        (HERE + 9, "the output is not the expected one"),
    ]
    assert told[0] == shown and rules.told_once(found, []) == found


def test_what_concerns_a_page_may_stand_elsewhere(tmp_path):
    """A link to a heading that it no longer has, its title asked again, a claim that is gone."""
    contents = CONTENTS + "myths: [tensors/one#gone]\n"
    two = page("two", "[x](one.md#gone) [y](gone.md)").replace(
        "Is the page called two?", "Is this one?"
    )
    made = book(
        tmp_path,
        {ONE: page().replace("Is this page one", "Is this one"), TWO: two, CONTENTS_FILE: contents},
    )
    found = rules.check_book(made)
    one, other = made.by_uri["questions/tensors/one.md"], made.by_uri["index.md"]
    told = [(p.path, p.what[:12]) for p in found if concerns(p, [one])]
    assert told == [
        (CONTENTS_FILE, "no page refu"),
        (TWO, "'Is this one"),
        (TWO, "link 'one.md"),
    ]
    assert len(found) == 4 and [p for p in found if concerns(p, [other])] == []
