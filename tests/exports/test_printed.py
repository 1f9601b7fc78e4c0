"""The cheat sheets as PDF: on few pages, with the time of the build, and with or without a browser."""

from __future__ import annotations

import re
import shutil

import pytest

from tests.conftest import Project, installed_browser
from tests.sources import contents

PAGES = re.compile(rb"/Type\s*/Page\b")
TOPICS = [topic["id"] for topic in contents()["topics"]]
WHOLE = "downloads/cheat-sheets.pdf"


@pytest.fixture(scope="module")
def program(browser) -> str:
    """The path of a browser that prints."""
    return installed_browser() or browser.browser_type.executable_path


@pytest.mark.parametrize("topic", TOPICS)
def test_the_sheet_of_a_topic_is_printed_on_few_pages(site, program, topic):
    printed = (site / "downloads" / "cheat-sheets" / f"{topic}.pdf").read_bytes()
    assert 1 <= len(PAGES.findall(printed)) <= 2
    page = (site / "sheets" / topic / "index.html").read_text(encoding="utf-8")
    assert f'href="../../downloads/cheat-sheets/{topic}.pdf"' in page


def test_all_sheets_are_printed_in_one_file(site, program):
    each = [site / "downloads" / "cheat-sheets" / f"{topic}.pdf" for topic in TOPICS]
    pages = sum(len(PAGES.findall(file.read_bytes())) for file in each)
    assert len(PAGES.findall((site / WHOLE).read_bytes())) == pages
    for page in ("downloads", "sheets"):
        assert "cheat-sheets.pdf" in (site / page / "index.html").read_text(encoding="utf-8")


def test_sheets_are_printed_to_the_same_bytes_with_the_time_of_the_build(project: Project, program):
    made = []
    for _ in range(2):
        shutil.rmtree(project.root / ".cache" / "printed", ignore_errors=True)
        done = project.build(ANSWERED_BROWSER=program, SOURCE_DATE_EPOCH="1700000000")
        assert done.returncode == 0, done.stdout
        made.append({name: it for name, it in project.files().items() if name.endswith(".pdf")})
    assert made[0] == made[1]
    each = [f"downloads/cheat-sheets/{topic}.pdf" for topic in ("autograd", "tensors")]
    assert sorted(made[0]) == sorted([WHOLE, *each])
    assert set(re.findall(rb"Date \(([^)]*)\)", made[0][WHOLE])) == {b"D:20231114221320+00'00'"}
    kept = project.files(".cache/printed")
    later = project.build(ANSWERED_BROWSER=program, SOURCE_DATE_EPOCH="1700086400")
    assert later.returncode == 0 and project.files(".cache/printed") == kept
    assert b"D:20231115221320" in project.files()[WHOLE]


def test_without_a_browser_there_is_nothing_printed_and_nothing_linked(project: Project):
    done = project.build(ANSWERED_BROWSER="")
    assert done.returncode == 0 and "no Chromium is found, so the cheat sheets" in done.stdout
    files = project.files()
    assert not [name for name in files if name.endswith(".pdf")]
    for page in ("downloads", "sheets", "sheets/tensors"):
        assert b".pdf" not in files[f"{page}/index.html"], page


@pytest.mark.parametrize("name", ["nowhere", "broken"])
def test_a_browser_that_does_not_print_is_told(project: Project, name):
    program = project.root / name
    if name == "broken":
        program.write_text("#!/bin/sh\nexit 3\n")
        program.chmod(0o755)
    done = project.build(ANSWERED_BROWSER=str(program))
    assert done.returncode == 1 and not project.site.exists()
    assert f"{program} does not print: " in done.stdout
    assert "    fix: repair it, or build without: ANSWERED_BROWSER= make site" in done.stdout
