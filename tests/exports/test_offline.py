"""The offline copy, as an archive; `tests/site/test_from_files.py` reads it in a browser."""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path

import pytest

from tests.exporting import URL

TOP = "pytorch-answered/"
NEEDS_A_SERVER = (".apkg", ".epub", ".zip", ".ipynb", ".map", ".md")
TARGET = re.compile(r'<[^>]*\s(?:href|src)="([^"#]+)[^"]*"')
OUTSIDE = re.compile("https?:|data:|mailto:")


def read(site: Path) -> tuple[set[str], dict[str, str]]:
    """Return the names in the copy, and its pages."""
    with zipfile.ZipFile(site / "downloads" / "pytorch-answered-offline.zip") as archive:
        names = {name.removeprefix(TOP) for name in archive.namelist()}
        assert all(name.startswith(TOP) for name in archive.namelist())
        pages = {
            name: archive.read(TOP + name).decode() for name in names if name.endswith(".html")
        }
    return names, pages


@pytest.mark.parametrize("which", ["site", "published"])
def test_every_page_is_there_and_no_link_needs_a_server(which, request):
    folder = request.getfixturevalue(which)
    names, pages = read(folder)
    built = {file.relative_to(folder).as_posix() for file in folder.rglob("*.html")}
    assert pages.keys() == built - {"404.html", "take-away/index.html"}
    assert not [name for name in names if name.endswith(NEEDS_A_SERVER)]
    for name, text in pages.items():
        here = [target for target in TARGET.findall(text) if not OUTSIDE.match(target)]
        assert here, name
        for target in here:
            file = os.path.normpath(os.path.join(os.path.dirname(name), target))
            assert file in names, (name, target)


def test_what_is_left_out_is_linked_on_the_site_where_its_address_is_known(site, published):
    links = re.compile(r'<a( href="[^"]*")? download>Notebook</a>')
    (_, without), (_, with_address) = read(site), read(published)
    for pages, start in ((without, ""), (with_address, f' href="{URL}downloads/notebooks/')):
        found = [link for text in pages.values() for link in links.findall(text)]
        assert found and all(link.startswith(start) and bool(link) == bool(start) for link in found)
