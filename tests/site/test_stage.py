"""The stage of a small project, written in this process."""

import os

import pytest
import yaml
from markdown_it import MarkdownIt

from answered.check.outcome import Outcome
from answered.pages.book import Book
from answered.site.config import Config
from answered.site.downloads import Listing
from answered.site.finish import without_markers
from answered.site.question import with_snippet
from answered.site.stage import Stage

PAST = 1_000_000_000  # seconds since the epoch


@pytest.fixture
def stage(project, tmp_path) -> Stage:
    made = Stage(Book.load(project.root), Config.load(project.root), tmp_path / "stage", Listing())
    made.prepare()
    return made


def outcomes(page, output: str) -> list[Outcome]:
    return [Outcome(block, output) for block in page.blocks]


def test_a_page_is_written_again_only_when_it_or_its_outputs_changed(stage):
    page = stage.book.questions[0]
    file = stage.docs / page.uri
    stage.write_source(page, outcomes(page, "one"))
    times = []
    for output in ("one", "two"):
        os.utime(file, (PAST, PAST))
        stage.write_source(page, outcomes(page, output))
        times.append(file.stat().st_mtime > PAST)
    assert times == [False, True]
    assert stage.written[page.uri].is_set()


def test_pages_that_are_gone_leave_the_stage(stage):
    stray = stage.docs / "questions" / "tensors" / "gone.md"
    stray.write_text("# Gone?\n")
    stage.prepare()
    assert not stray.exists() and (stage.docs / "levels.md").exists()


def test_a_generator_gets_plain_markdown_and_a_configuration_without_code(stage):
    page = stage.book.questions[0]
    stage.write_source(page, outcomes(page, "one"))
    text = (stage.docs / page.uri).read_text()
    assert f'```python exec="on" id="{page.path}:{page.blocks[0].line}" source="block"' in text
    assert "pytest" not in text and "<!--" not in without_markers(text)
    config = yaml.safe_load(stage.config_file.read_text())
    assert (config["docs_dir"], config["site_dir"]) == ("docs", "site") and config["nav"]
    assert "hooks" not in config and "site_url" not in config


FENCED = '"""A judge.\n\n```\n# Unseen\n\n```python exec="on" html="yes"\nimport os\n```\n"""\n'


def test_a_file_that_a_page_shows_stays_in_its_fence(tmp_path):
    """With a fence in it, the rest would be Markdown, with code that the generator has executed."""
    (tmp_path / "snippets").mkdir()
    (tmp_path / "snippets/a.py").write_text(FENCED)
    shown = "\n".join(with_snippet('--8<-- "snippets/a.py"', tmp_path))
    code, *others = MarkdownIt("commonmark").parse(shown)
    assert (code.type, code.content, others) == ("fence", FENCED, [])


def test_nobody_waits_for_a_page_of_a_build_that_has_failed(stage):
    stage.give_up()
    stage.wait_for_all()
    stage.wait(stage.book.questions[0].uri)
