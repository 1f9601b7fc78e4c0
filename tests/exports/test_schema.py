"""Marks, levels and exports have one home each: a new one breaks nothing, and is described."""

import json
from types import SimpleNamespace

import jsonschema
import pytest

from answered import exports
from answered.engine.problems import FaultyFileError
from answered.engine.settings import Mark
from answered.site.downloads import FOLDER, place

from .small import book, edition, write

LATER = Mark("later", "starts later", fresh=True)
TEXT = """It is.

<!--pytest.mark.later-->
```python
print(1)
```
<!--pytest-codeblocks:expected-output-->
```text
1
```
"""


@pytest.fixture
def made(tmp_path):
    return book(tmp_path, LATER, one=TEXT)


def test_a_new_mark_and_level_reach_every_export(made):
    folder = write(made)
    data, schema = (
        json.loads((folder / name).read_text())
        for name in ("questions.json", "questions.schema.json")
    )
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(data)
    (question,) = data["questions"]
    assert (question["level"], question["examples"][0]["marks"]) == ("principal", ["later"])
    for wrong in ({"level": "staff"}, {"examples": [question["examples"][0] | {"marks": ["no"]}]}):
        assert not validator.is_valid(data | {"questions": [question | wrong]})
    fields = exports.listing(made).fields
    assert "`junior`, `principal`" in fields and "`later`: starts later" in fields
    notebook = json.loads((folder / FOLDER / "notebooks/tensors/one.ipynb").read_text())
    runs = [cell for cell in notebook["cells"] if "!{sys.executable}" in "".join(cell["source"])]
    assert [cell["metadata"] for cell in runs] == [{"tags": ["later"]}]
    assert '"levels":["principal"]' in (folder / "practice" / "index.js").read_text()


def test_a_new_export_is_one_module_and_one_entry(made, monkeypatch):
    def write_it(articles, edition):
        (edition.folder / "new.txt").write_text("new")
        return "1 word & more"

    new = SimpleNamespace(FILE="new.txt", TITLE="A new export", write=write_it)
    monkeypatch.setattr(exports, "EXPORTS", (*exports.EXPORTS, new))
    page = (write(made) / FOLDER / "index.html").read_text()
    link = '<a href="../new.txt" download>new.txt</a> | A new export'
    assert f"| {link} | {place('new.txt', '1 word &amp; more, 0 KB')} |\n" in page
    assert place("new.txt") not in page


def test_every_listed_file_has_its_size_once(made):
    folder = write(made)
    page = (folder / FOLDER / "index.html").read_text()
    for file, title in exports.listing(made).files:
        assert (folder / file).is_file() and title in page and place(file) not in page
        assert page.count(f'data-download="{file}"') == 1


@pytest.mark.parametrize("table", ["", place("new.txt") * 2])
def test_a_page_without_one_place_for_a_size_is_refused(made, monkeypatch, table):
    new = SimpleNamespace(FILE="new.txt", TITLE="New", write=lambda articles, edition: "")
    monkeypatch.setattr(exports, "EXPORTS", (new,))
    target = edition(made)
    (target.folder / "new.txt").touch()
    (target.folder / FOLDER / "index.html").write_text(table)
    with pytest.raises(FaultyFileError, match=r"docs/downloads\.md:1: the built page has [02] "):
        exports.write_all([], target)
