"""Two Anki packages: the questions, and the examples as "predict the output"."""

from __future__ import annotations

import hashlib
import io
import zipfile
from html import escape

import genanki

from ..records import Record, Shown
from .archive import pack
from .site import Site
from .style import DARK, LIGHT, NIGHT, TEXT, code

QUESTIONS, PREDICT = "pytorch-answered.apkg", "pytorch-answered-predict.apkg"
# What fits on a phone beside its answer.
MAX_CODE, MAX_OUTPUT = 25, 10

CARD = """
.card { max-width: 44em; margin: 0 auto; padding: 0 0.6em; font: 18px/1.5 system-ui, sans-serif; color: #1f2328; background: #ffffff; text-align: left; }
.card.nightMode { color: #e6e6e6; background: #202326; }
.about { font-size: 0.75em; opacity: 0.75; }
"""
ABOUT = '<p class="about">{{Topic}} · {{Level}}</p>'
LINK = '{{#Page}}<p class="about"><a href="{{Page}}">The whole answer</a></p>{{/Page}}'


def write_questions(records: list[Record], site: Site) -> str:
    """Write the deck of questions, one subdeck a topic."""
    kind = model(
        "question",
        ["Question", "Answer", "Example", "Topic", "Level", "Page"],
        f"{ABOUT}<h1>{{{{Question}}}}</h1>",
        "{{FrontSide}}<hr id=answer>{{Answer}}{{Example}}" + LINK,
    )
    notes = [
        (
            record,
            genanki.Note(
                kind, [escape(record.page.title), site.html(record.short_answer, record.url), example(record, site), *about(record, site)], guid=guid(record)
            ),
        )
        for record in records
    ]
    return package(site, QUESTIONS, site.name, notes, "Front: the question. Back: the short answer, and the page's first example with its output.")


def write_predictions(records: list[Record], site: Site) -> str:
    """Write the deck of short examples: what do they print?"""
    kind = model(
        "predict the output",
        ["Code", "Output", "Question", "Topic", "Level", "Page"],
        f"{ABOUT}<p>What is the output?</p>{{{{Code}}}}",
        "{{FrontSide}}<hr id=answer>{{Output}}<p>{{Question}}</p>" + LINK,
    )
    notes = [
        (record, genanki.Note(kind, [shown.source_html, result(shown), escape(record.page.title), *about(record, site)], guid=guid(record, digest(shown))))
        for record in records
        for shown in predictable(record)
    ]
    return package(site, PREDICT, f"{site.name}: predict the output", notes, "Front: an example. Back: what it printed when it was run.")


def package(site: Site, name: str, deck: str, notes: list[tuple[Record, genanki.Note]], description: str) -> str:
    """Write a package of notes, those of a topic in a deck below `deck`, new cards in reading order."""
    decks = {"": genanki.Deck(stable_id("deck", deck), deck, f"{description} {escape(site.provenance)}")}
    for place, (record, note) in enumerate(notes):
        full = f"{deck}::{record.topic.title}"
        into = decks.setdefault(record.topic.id, genanki.Deck(stable_id("deck", deck, record.topic.id), full, escape(record.topic.summary)))
        note.due = place
        note.tags = sorted({f"topic::{record.topic.id}", f"level::{record.page.meta['level']}", *record.page.meta["tags"]})
        into.add_note(note)
    made = io.BytesIO()
    genanki.Package(list(decks.values())).write_to_file(made, timestamp=site.time)
    with zipfile.ZipFile(made) as archive:
        pack(site.take_away / name, site.time, [(entry, archive.read(entry)) for entry in archive.namelist()])
    return f"{len(notes)} cards in {len(decks) - 1} decks"


def model(name: str, fields: list[str], front: str, back: str) -> genanki.Model:
    css = f"{CARD}{TEXT}{NIGHT}{code(LIGHT, '')}\n{code(DARK, '.nightMode')}\n"
    return genanki.Model(
        stable_id("model", name),
        f"PyTorch Answered: {name}",
        fields=[{"name": field} for field in fields],
        templates=[{"name": name.capitalize(), "qfmt": front, "afmt": back}],
        css=css,
    )


def stable_id(*names: str) -> int:
    """Return the same number for the same names in every build, in the range that Anki takes for ids."""
    digest = hashlib.sha256("\0".join(("pytorch-answered", *names)).encode()).digest()
    return (1 << 30) + int.from_bytes(digest[:8], "big") % (1 << 30)


def guid(record: Record, *more: str) -> str:
    """Return the id by which Anki knows a note again: it depends on where the page stands, not on what it says."""
    return genanki.guid_for("pytorch-answered", record.id, *more)


def digest(shown: Shown) -> str:
    return hashlib.sha256(shown.example.code.encode()).hexdigest()


def about(record: Record, site: Site) -> list[str]:
    return [escape(record.topic.title), str(record.page.meta["level"]), site.url + record.url if site.url else ""]


def example(record: Record, site: Site) -> str:
    """Return the first example that prints something here; before it the figure, if the page begins with one."""
    ran = [shown for shown in record.examples if shown.result]
    drawn = ran[0].result.figures if ran else []
    figures = "".join(f'<figure class="drawn">{svg}</figure>' for _, svg in drawn)
    shown = next((s for s in ran if s.output and not s.result.figures), None)
    return site.settled(figures) + (f"{shown.source_html}{result(shown)}" if shown else "")


def result(shown: Shown) -> str:
    return f'<div class="result">{shown.output_html}</div>' if shown.output_html else ""


def predictable(record: Record) -> list[Shown]:
    """Return the examples that make a card: short, run here, with an output, and no two the same."""
    fit = [
        shown
        for shown in record.examples
        if shown.output
        and shown.result
        and not shown.result.figures
        and "gpu" not in shown.example.marks
        and shown.example.code.count("\n") <= MAX_CODE
        and shown.output.count("\n") < MAX_OUTPUT
    ]
    return list({digest(shown): shown for shown in fit}.values())
