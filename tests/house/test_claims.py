"""What the project says of itself is true: on the site, in its README and its other documents."""

import html
import re
import tomllib
from functools import cache

import pytest

from answered.engine import limits
from answered.engine.settings import SLOW, TIMEOUT
from answered.gpu.device import device_name
from answered.gpu.recordings import find_recording, read_recordings
from answered.pages.book import Book
from answered.pages.settings import GPU, MARKS
from tests.conftest import ROOT

ALL = r"\b(?:all|every|each|any)\b"
CODE = r"\b(?:code|codes|lines?|blocks?|examples?|outputs?|results?|prints?|printed|snippets?)\b"
DONE = r"\b(?:run|ran|executed|checked|verified|compared|tested)\b"
CLAIM = re.compile(rf"{ALL}[^.;:]*{CODE}[^.;:]*{DONE}", re.I)
NARROWER = re.compile(r"\b(?:GPU|CUDA|recorded)\b")  # the sentence says what it leaves out
SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n\s*\n|\n(?=[-#|>] ?)")


def claims(text: str) -> list[str]:
    """Return the sentences of `text` that say of all code that it was run or checked."""
    sentences = (" ".join(sentence.split()) for sentence in SENTENCE.split(text))
    return [s for s in sentences if CLAIM.search(s) and not NARROWER.search(s)]


def text_of(page: str) -> str:
    """Return the text of HTML: its descriptions, and its paragraphs as such."""
    described = re.findall(r'<meta name="description" content="([^"]*)"', page)
    page = re.sub(r"<(script|style|pre|code)\b.*?</\1>", "", page, flags=re.S)
    page = re.sub(r"</?(?:p|li|h\d|div|td|tr|title|nav|section|figure)\b[^>]*>", "\n\n", page)
    return html.unescape("\n\n".join([*described, re.sub(r"<[^>]+>", "", page)]))


@cache
def counts() -> dict[str, int]:
    """Return how many blocks of questions there are of each kind, from the sources."""
    book = Book.load(ROOT)
    blocks = [block for page in book.questions for block in page.blocks]
    device = [block for block in blocks if block.needs_device]
    known = {page.path: read_recordings(ROOT, page.path)[0] for page in book.questions}
    recorded = [b for b in device if find_recording(book.settings, b, known[b.path])]
    here = bool(device_name(ROOT))
    ran = blocks if here else [block for block in blocks if not block.needs_device]
    return {
        "questions": len(book.questions),
        "examples": len(ran),
        "outputs": sum(block.expected is not None for block in ran),
        "recorded": 0 if here else len(recorded),
        "waiting": 0 if here else len(device) - len(recorded),
    }


@pytest.mark.parametrize(
    "sentence",
    [
        "Answers in which every line of code has been run and every printed result was checked.",
        "Answers in which every code block was executed when this site was built.",
        "**All examples** are executed, all printed output is compared.",
        "Wherever you look, each block has been\nchecked.",
    ],
)
def test_a_claim_is_found(sentence):
    assert claims(f"Before. {sentence} After.") == [" ".join(sentence.split())]


@pytest.mark.parametrize(
    "sentence",
    [
        "Every example that needs no GPU was run in a process of its own.",
        "Code is run when the site is built, and printed results are checked.",
        "Run every block. Its output is shown.",
    ],
)
def test_a_narrower_statement_is_none(sentence):
    assert claims(sentence) == []


def test_nothing_claims_that_all_code_was_run_while_a_block_waits_for_a_gpu(site):
    if not counts()["waiting"]:
        return  # then it may be said
    texts = {name: (ROOT / name).read_text() for name in ("README.md", "mkdocs.yml")}
    texts |= {"llms.txt": (site / "llms.txt").read_text()}
    for file in site.rglob("*.html"):
        texts[file.relative_to(site).as_posix()] = text_of(file.read_text())
    assert len(texts) > counts()["questions"]
    assert {name: found for name, text in texts.items() if (found := claims(text))} == {}


def test_the_numbers_of_the_front_page_are_those_of_the_sources(site):
    text = " ".join(text_of((site / "index.html").read_text()).split())
    wanted = counts()
    assert f"{wanted['questions']} questions by topic" in text
    said = re.search(r"(\d+) examples? run when .*?, (\d+) outputs? compared with", text)
    assert [int(number) for number in said.groups()] == [wanted["examples"], wanted["outputs"]]
    device = wanted["recorded"] + wanted["waiting"]
    assert bool(device) == ("for a GPU:" in text)
    if device:
        assert re.search(rf"\b{device} more examples? for a GPU:", text)
    for number, state in ((wanted["recorded"], "recorded on"), (wanted["waiting"], "not recorded")):
        assert bool(number) == (f"{number} {state}" in text)


def test_the_totals_of_the_verified_page_are_those_of_the_front_page(site):
    text = " ".join(text_of((site / "verified" / "index.html").read_text()).split())
    wanted = counts()
    total = wanted["examples"] + wanted["recorded"] + wanted["waiting"]
    executed = f"{total} examples: {wanted['examples']} executed here, {wanted['outputs']} of them"
    assert executed in text
    assert f"{wanted['recorded']} recorded, {wanted['waiting']} not recorded yet" in text


def test_the_map_of_rooms_is_the_code():
    """README's rooms are the folders of answered/, in the direction that the linter holds."""
    readme = (ROOT / "README.md").read_text()
    table = readme.partition("| Room |")[2].partition("\n\n")[0]
    named = re.findall(r"^\| `(\w+)` \|", table, re.M)
    folders = [path for path in (ROOT / "answered").iterdir() if path.name != "__pycache__"]
    assert sorted(named) == sorted(path.name for path in folders if path.is_dir())
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (layers,) = [c["layers"] for c in linter["contracts"] if c["type"] == "layers"]
    assert ["__main__", *reversed(named)] == layers
    assert len(folders) <= 9
    for room in named:
        lines = (ROOT / "answered" / room / "__init__.py").read_text().split('"""')[1].split("\n")
        assert any(line.startswith("In: ") for line in lines), room
        assert any("Out: " in line for line in lines), room


def test_limits_in_the_documents_are_those_of_the_engine():
    security = (ROOT / "SECURITY.md").read_text()
    assert SLOW.timeout == 10 * TIMEOUT and GPU.timeout == 4 * TIMEOUT
    for limit in (
        f"| Time | {TIMEOUT:g} s, ten times that for `slow`",
        f"by time alone: four times {TIMEOUT:g} s",
        f"| Memory | {limits.MEMORY / 1024**3:g} GB for one process",
        f"| Processes | {limits.PROCESSES}, with {limits.THREADS:,} threads in all, looked at twice",
        f"and {limits.DESCRIPTORS:,} open files each",
        f"| Output | {limits.MAX_OUTPUT:,} characters are kept, {limits.FILE / 1024**2:g} MB",
        f"figures of {limits.MAX_FIGURE / 1000:g} KB",
    ):
        assert limit in security, limit
    assert 1 / limits.LOOK == 2
    text = " ".join((ROOT / "CONTRIBUTING.md").read_text().split())
    assert f"no network, {TIMEOUT:g} seconds" in text


def test_contributing_names_the_marks_and_places_that_there_are():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    marks = re.findall(r"^\| `<!--pytest\.mark\.(\w+)-->` \|", text, re.M)
    assert sorted(marks) == sorted(mark.name for mark in MARKS)
    rows = text.partition("## Where is what")[2]
    files = re.findall(r"`((?:answered|docs)/[\w./]*)`", rows)
    assert len(files) > 10
    assert [name for name in files if not (ROOT / name).exists()] == []
    sources = "".join(file.read_text() for file in (ROOT / "answered").rglob("*.py"))
    names = re.findall(r"`([A-Z]\w+|[a-z]+_[a-z]+|build)\b[^`/.]*`", rows)
    assert len(names) > 8
    for name in names:
        assert re.search(rf"^(?:class|def) {name}\b|^{name}\b.* = ", sources, re.M), name


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_named_commands_and_files_exist(name):
    text = (ROOT / name).read_text()
    goals = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"(?:`|^    )make ([a-z]+)", text, re.M)) <= goals
    targets = re.findall(r"\]\(([^):#]+)\)", text)
    assert [target for target in targets if not (ROOT / target).exists()] == []
