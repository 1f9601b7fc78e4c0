"""The pages of this project, as they stand."""

from collections import Counter

import pytest
from pytest_codeblocks.main import extract_from_file

from answered import DOCS, ROOT
from answered.contents import load_contents
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


def test_there_are_pages():
    assert sum(page.is_question for page in PAGES) > 0 and (DOCS / "index.md").is_file()
