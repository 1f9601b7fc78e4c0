"""What readers can take away, made from the rendered questions at every build."""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig

from ..contents import Contents
from ..records import Record
from . import anki, book, catalog, llms, notebooks, offline, page
from .site import Site

WRITERS = {
    anki.QUESTIONS: anki.write_questions,
    anki.PREDICT: anki.write_predictions,
    notebooks.ARCHIVE: notebooks.write,
    book.FILE: book.write,
    f"../{catalog.FILE}": catalog.write,
    f"../{llms.FULL}": llms.write,
}


def take_away(records: list[Record], contents: Contents, config: MkDocsConfig) -> None:
    """Write all downloads. The last of the build's exports: the offline archive takes what the others wrote."""
    site = Site.of(records, contents, config)
    page.fill(site, {name: write(records, site) for name, write in WRITERS.items()})
    page.fill(site, {offline.FILE: offline.write(site)})
