"""The Anki decks, read as the database they are and imported by Anki itself."""

import dataclasses
import html
import json
import re
import sqlite3
import zipfile
from pathlib import Path

import pytest
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest

from answered.exports import anki
from tests.exporting import CONTENTS, QUESTIONS, URL

EXAMPLES = sum(len(question.examples) for question in QUESTIONS)


def read_deck(file: Path, folder: Path) -> tuple[list[dict], dict, dict]:
    """Return an Anki package's notes with the name of their card's deck, its decks and its note types."""
    with zipfile.ZipFile(file) as archive:
        assert archive.namelist() == ["collection.anki2", "media"] and json.loads(archive.read("media")) == {}
        archive.extract("collection.anki2", folder)
    with sqlite3.connect(folder / "collection.anki2") as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
        decks, models = map(json.loads, database.execute("select decks, models from col").fetchone())
        rows = database.execute("select guid, mid, tags, flds, did, due from notes join cards on cards.nid = notes.id order by due").fetchall()
    notes = []
    for guid, model, tags, fields, deck, due in rows:
        names = [field["name"] for field in models[str(model)]["flds"]]
        notes.append(dict(zip(names, fields.split("\x1f"), strict=True)) | {"guid": guid, "tags": tags.split(), "deck": decks[str(deck)]["name"], "due": due})
    return notes, decks, models


@pytest.mark.parametrize("name", [anki.QUESTIONS, anki.PREDICT])
@pytest.mark.parametrize("published", [True, False])
def test_decks_read_back(built, nowhere, tmp_path, name, published):
    site = built.site if published else nowhere
    write = anki.write_questions if name == anki.QUESTIONS else anki.write_predictions
    write(built.records, site)
    notes, decks, models = read_deck(site.take_away / name, tmp_path)
    top = "PyTorch Answered" if name == anki.QUESTIONS else "PyTorch Answered: predict the output"
    assert {deck["name"] for deck in decks.values()} == {"Default", top, *(f"{top}::{topic.title}" for topic in CONTENTS.topics)}
    assert len({note["guid"] for note in notes}) == len(notes) and [note["due"] for note in notes] == list(range(len(notes)))
    for note in notes:
        text = "".join(note[field] for field in note if field not in ("tags", "due"))
        assert re.findall(r'\s(?:href|src)="(?!https?://)[^"]*|var\(--|currentColor|class="headerlink"', text) == [], note["guid"]
        assert note["deck"] == f"{top}::{note['Topic']}" and f"level::{note['Level']}" in note["tags"]
        assert note["Page"].startswith(URL + "questions/") if published else not note["Page"] and URL not in text
    (model,) = models.values()
    assert ".nightMode .highlight .k" in model["css"] and "overflow-x: auto" in model["css"]
    if name == anki.QUESTIONS:
        assert [html.unescape(note["Question"]) for note in notes] == [question.title for question in QUESTIONS]
        assert all(len(note["Answer"]) > 80 for note in notes)
        assert sum('class="result"' in note["Example"] for note in notes) >= 0.9 * len(notes)
        assert any("<svg" in note["Example"] for note in notes)
    else:
        assert len(notes) > 0.7 * EXAMPLES and any("language-pytb" in note["Output"] for note in notes)
        assert all('class="language-python highlight"' in note["Code"] and 'class="result"' in note["Output"] for note in notes)


def test_anki_imports_the_decks_and_a_newer_one_changes_notes_in_place(built, tmp_path):
    """With Anki's own backend: nothing is doubled, and what was learnt stays."""
    collection = Collection(str(tmp_path / "collection.anki2"))

    def load(name: str):
        options = ImportAnkiPackageOptions(merge_notetypes=True)
        return collection.import_anki_package(ImportAnkiPackageRequest(package_path=str(built.file(name)), options=options)).log

    for name in (anki.QUESTIONS, anki.PREDICT):
        log = load(name)
        assert len(log.new) > 80 and not (log.conflicting or log.missing_notetype or log.missing_deck or log.empty_first_field)
    before = collection.note_count(), collection.card_count()
    assert len(load(anki.QUESTIONS).duplicate) == len(QUESTIONS)
    (card,) = collection.find_cards('"Question:What does torch.cat() do?" "note:PyTorch Answered: question"')
    card = collection.get_card(card)
    assert collection.decks.name(card.did) == "PyTorch Answered::Tensors" and "torch" in card.answer()
    collection.sched.set_due_date([card.id], "30")
    records = [dataclasses.replace(r, sections=tuple(dataclasses.replace(s, html=f"<p>New.</p>{s.html}") for s in r.sections)) for r in built.records]
    anki.write_questions(records, dataclasses.replace(built.site, time=built.site.time + 86_400))
    assert len(load(anki.QUESTIONS).updated) == len(QUESTIONS)
    anki.write_questions(built.records, built.site)
    assert (collection.note_count(), collection.card_count()) == before
    again = collection.get_card(card.id)
    assert "<p>New.</p>" in again.answer() and again.ivl == 30
    assert collection.fix_integrity()[1]
    collection.close()
