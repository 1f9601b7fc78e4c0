"""The pages of this project, as they stand."""

import re
from collections import Counter

import pytest
from pytest_codeblocks.main import extract_from_file

from answered import DOCS, ROOT
from answered.contents import load_contents
from answered.myths import myths
from answered.page import load_pages
from answered.problems import report
from answered.rules import check_pages

PAGES = load_pages()


def test_pages_have_no_fault_of_form():
    problems = check_pages(PAGES, load_contents())
    assert not problems, "\n" + report(problems)


def test_every_block_is_collected_and_built():
    """Python fences in the source, blocks that pytest collects, and blocks that the build runs: one number."""
    for page in PAGES:
        try:
            built = len(page.examples)
        except RuntimeError as error:
            pytest.fail(f"{page.path}: {error}")
        collected = sum(block.syntax == "python" for block in extract_from_file(ROOT / page.path))
        fences = Counter(line.strip() for line in page.text.split("\n"))["```python"]
        assert fences == collected == built, page.path


def test_the_table_of_contents_and_the_pages_agree():
    """No listed question is missing, listed twice, in another topic, or hardly begun."""
    contents = load_contents()
    listed = [f"questions/{topic.id}/{slug}.md" for topic in contents.topics for slug in topic.questions]
    assert len(listed) == len(set(listed)) == len({uri.rsplit("/", 1)[1] for uri in listed}) >= 90
    text = {page.uri: page.text for page in PAGES}
    assert [uri for uri in listed if uri not in text] == []
    assert [uri for uri in listed if len(text[uri].split()) < 150] == []
    assert (DOCS / "index.md").is_file()


def sentences(text: str) -> int:
    """Count sentences; full stops between backticks, in a link's target and inside a name end none."""
    text = re.sub(r"`[^`]*`|\]\([^)]*\)", "X", " ".join(text.split()))
    return len(re.findall(r"[.!?](?= [A-Z\[*]|$)", text))


def test_the_answer_is_one_sentence_and_can_be_said_in_five():
    questions = [page for page in PAGES if page.is_question]
    assert [page.path for page in questions if sentences(page.meta["description"]) != 1] == []
    short = {page.path: page.text.split("\n## Short answer\n")[1].split("\n## ")[0] for page in questions}
    assert {path: n for path, text in short.items() if not 2 <= (n := sentences(text)) <= 5} == {}


def test_forty_myths_each_with_its_truth():
    contents = load_contents()
    assert len(contents.myths) == len(set(contents.myths)) == 40
    truths = {myth.reference: myth.truth for page in PAGES if page.is_question for myth in myths(page)}
    assert [r for r in contents.myths if not 20 <= len(truths[r]) <= 400] == []
