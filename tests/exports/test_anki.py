"""The Anki decks, read as the database they are and imported by Anki itself."""

from __future__ import annotations

import html
import json
import re
import sqlite3
import zipfile
from pathlib import Path

import pytest
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest

from tests.exporting import EDITED, URL
from tests.sources import contents, paths, questions

QUESTIONS, PREDICT = "pytorch-answered.apkg", "pytorch-answered-predict.apkg"
TOP = "PyTorch Answered"
# What fits on a phone beside its answer.
MAX_CODE, MAX_OUTPUT = 20, 5  # lines
NEEDS_THE_SITE = r'\s(?:href|src)="(?!https?://)[^"]*|var\(--|currentColor|class="headerlink"'


def read_deck(file: Path, folder: Path) -> tuple[list[dict], dict, dict]:
    """Return a package's notes with the name of their card's deck, its decks and its note types."""
    with zipfile.ZipFile(file) as archive:
        assert archive.namelist() == ["collection.anki2", "media"]
        assert json.loads(archive.read("media")) == {}
        archive.extract("collection.anki2", folder)
    with sqlite3.connect(folder / "collection.anki2") as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
        decks, models = map(
            json.loads, database.execute("select decks, models from col").fetchone()
        )
        rows = database.execute(
            "select guid, mid, tags, flds, did, due"
            " from notes join cards on cards.nid = notes.id order by due"
        ).fetchall()
    notes = []
    for guid, model, tags, fields, deck, due in rows:
        names = [field["name"] for field in models[str(model)]["flds"]]
        note = dict(zip(names, fields.split("\x1f"), strict=True))
        more = {"guid": guid, "tags": tags.split(), "deck": decks[str(deck)]["name"], "due": due}
        notes.append(note | more)
    return notes, decks, models


def plain(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", text))


def output(note: dict) -> str:
    return plain(note["Output"]).strip()


@pytest.fixture(params=["site", "published"])
def built(request) -> tuple[Path, str, list]:
    """A built folder, its address, and its questions as questions.json has them."""
    folder = request.getfixturevalue(request.param)
    address = URL if request.param == "published" else ""
    return folder, address, json.loads((folder / "questions.json").read_text())["questions"]


@pytest.mark.parametrize("name", [QUESTIONS, PREDICT])
def test_decks_are_whole(built, tmp_path, name):
    """Decks by topic; notes in order, with tags, and with nothing in them that needs the site."""
    folder, address, data = built
    notes, decks, models = read_deck(folder / "downloads" / name, tmp_path)
    top = TOP if name == QUESTIONS else f"{TOP}: predict the output"
    titles = {topic["id"]: topic["title"] for topic in contents()["topics"]}
    used = {f"{top}::{titles[question['topic']]}" for question in data}
    if name != QUESTIONS:  # the code of an exercise is nothing to predict
        assert {note["deck"] for note in notes} <= used
        used = {note["deck"] for note in notes}
    assert {deck["name"] for deck in decks.values()} == {"Default", top} | used
    assert len({note["guid"] for note in notes}) == len(notes)
    assert [note["due"] for note in notes] == list(range(len(notes)))
    tagged = 0
    for note in notes:
        text = "".join(note[field] for field in note if field not in ("tags", "due"))
        assert re.findall(NEEDS_THE_SITE, text) == [], note["guid"]
        assert note["deck"] == f"{top}::{note['Topic']}"
        assert f"level::{note['Level']}" in note["tags"]
        tagged += sum(tag.startswith("path::") for tag in note["tags"])
        assert note["Page"].startswith(f"{URL}questions/") if address else URL not in text
        assert bool(note["Page"]) == bool(address)
    if name == QUESTIONS:
        listed = [
            slug for path in paths()["paths"] for p in path["parts"] for slug in p["questions"]
        ]
        assert tagged == (0 if address else len(listed)), "a small project has no paths"
    (model,) = models.values()
    assert ".nightMode .highlight .k" in model["css"] and "overflow-x: auto" in model["css"]


def test_the_deck_of_questions_has_their_short_answers_and_examples(built, tmp_path):
    folder, _, data = built
    notes, _, _ = read_deck(folder / "downloads" / QUESTIONS, tmp_path)
    for note, question in zip(notes, data, strict=True):
        assert html.unescape(note["Question"]) == question["title"]
        assert " ".join(plain(note["Answer"]).split()) == question["short_answer"]["text"]
        page = next(page for page in questions() if page.id == question["id"])
        asked = plain(note["Program"]).strip()  # on the front, where the question is about it
        about_it = page.meta.get("kind") in ("predict", "debug")
        assert asked == (question["examples"][0]["code"].strip() if about_it else "")
        assert not asked or "highlight" in note["Program"] and asked not in plain(note["Example"])
        ran = [example for example in question["examples"] if example["executed"]]
        shown = [each for each in ran if each["output"]]
        assert ('class="result"' in note["Example"]) == bool(shown), question["id"]
        if shown:
            assert shown[0]["output"].strip() in plain(note["Example"])
        first = next((block for block in page.blocks if "gpu" not in block.marks), None)
        begins_with_a_figure = bool(first and first.draws)
        assert ("<svg" in note["Example"]) == begins_with_a_figure, question["id"]


def test_the_deck_of_predictions_has_every_short_example_once(built, tmp_path):
    folder, _, data = built
    notes, _, _ = read_deck(folder / "downloads" / PREDICT, tmp_path)
    wanted = {
        (question["title"], example["code"].strip(), example["output"].strip())
        for question in data
        for example in question["examples"]
        if example["executed"] and example["output"] and "gpu" not in example["marks"]
        if sum(bool(line.strip()) for line in example["code"].split("\n")) <= MAX_CODE
        if example["output"].strip().count("\n") < MAX_OUTPUT
        if not re.search(r"\d\.\d\d\d", example["output"])
    }
    found = [(html.unescape(n["Question"]), plain(n["Code"]).strip(), output(n)) for n in notes]
    assert set(found) == wanted and len(found) == len(wanted)
    for note in notes:
        assert 'class="language-python highlight"' in note["Code"]
        assert 'class="result"' in note["Output"]


@pytest.fixture
def collection(tmp_path):
    """An empty collection, of Anki's own backend."""
    opened = Collection(str(tmp_path / "my.anki2"))
    yield opened
    opened.close()


def load(collection: Collection, folder: Path, name: str):
    """Import a deck; return Anki's log."""
    request = ImportAnkiPackageRequest(
        package_path=str(folder / "downloads" / name),
        options=ImportAnkiPackageOptions(merge_notetypes=True),
    )
    return collection.import_anki_package(request).log


def test_anki_imports_the_decks(site, collection, tmp_path):
    for name in (QUESTIONS, PREDICT):
        log = load(collection, site, name)
        notes, *_ = read_deck(site / "downloads" / name, tmp_path)
        assert len(log.new) == len(notes) > 0
        assert not (log.conflicting or log.missing_notetype or log.missing_deck)
        assert not log.empty_first_field
    before = collection.note_count(), collection.card_count()
    assert len(load(collection, site, QUESTIONS).duplicate) == len(questions())
    assert (collection.note_count(), collection.card_count()) == before
    assert collection.fix_integrity()[1]


def test_a_newer_deck_changes_notes_in_place(small, published, newer, collection):
    """Nothing is doubled, and what was learnt stays."""
    load(collection, published, QUESTIONS)
    before = collection.note_count(), collection.card_count()
    (page,) = (page for page in small.questions if page.id == EDITED)
    query = f'"Question:{page.title}" "note:PyTorch Answered: question"'
    (number,) = collection.find_cards(query)
    card = collection.get_card(number)
    (topic,) = (topic for topic in contents()["topics"] if topic["id"] == page.topic)
    assert collection.decks.name(card.did) == f"{TOP}::{topic['title']}"
    assert "end to end" in card.answer() and "New: " not in card.answer()
    collection.sched.set_due_date([card.id], "30")
    log = load(collection, newer, QUESTIONS)
    assert len(log.updated) == len(small.questions) and not log.new
    assert (collection.note_count(), collection.card_count()) == before
    again = collection.get_card(number)
    assert "New: " in again.answer() and again.ivl == 30
    assert collection.fix_integrity()[1]
