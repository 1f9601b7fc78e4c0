"""The rooms of the code: what each says of itself; README's map of them is in test_claims."""

import importlib.util
import re

import pytest

from tests.conftest import ROOT

CODE = ROOT / "answered"
ROOMS = sorted(file.parent.name for file in CODE.glob("*/__init__.py"))


def test_few_things_lie_beside_each_other():
    """A room, a package file, or the command line: nothing else at the top."""
    entries = {entry.name for entry in CODE.iterdir()} - {"__pycache__", "README.md"}
    assert entries == {*ROOMS, "__init__.py", "__main__.py"} and len(entries) <= 9


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_holds_what_comes_in_and_what_goes_out(room):
    text = (CODE / room / "__init__.py").read_text()
    doc = re.match(r'"""(.+?)"""', text, re.S)[1]
    parts = re.fullmatch(r"[A-Z][^\n]+\.\n\nIn: (.+?)[.;]\s(?:.*\s)?Out: .+\.\s", doc, re.S)
    assert parts and len(doc.splitlines()) <= 6, doc


@pytest.mark.parametrize("module", sorted(CODE.rglob("*.py")), ids=lambda file: file.stem)
def test_a_module_says_what_it_is(module):
    """In a noun, not in a relative clause; a sentence that ends."""
    doc = re.match(r'"""([^\n]+)', module.read_text())
    assert doc and re.match(r"[A-Z`]|[\w.]+\.(?:json|txt)\b", doc[1]), module
    assert not re.match(r"(What|How|Where|When|Who|Why|Which)\b", doc[1]), (module, doc[1])


def test_code_runs_from_any_place(tmp_path, monkeypatch):
    """No room asks where it lies to find the project: its root is an argument."""
    monkeypatch.chdir(tmp_path)
    asked = [
        file
        for file in CODE.rglob("*.py")
        if re.search(r"Path\.cwd\(\)|parents\[\d\]", file.read_text())
    ]
    assert [file.name for file in asked] == ["__main__.py"]
    assert importlib.util.find_spec("answered") is not None
