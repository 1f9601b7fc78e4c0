"""One page as the site shows it, in seconds: a build that renders this page alone.

All pages stay part of the build, so that links and navigation are checked as ever.
"""

from __future__ import annotations

import logging
import os
import re
from functools import partial
from pathlib import Path

import markdown
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files

from . import CACHE, ROOT
from .page import Page
from .rules import outside_fences

FOLDER = CACHE / "preview"
GENERATED = "\n\n## Also asked as\n\n## Related questions\n"  # what `answered.generated` may add to a question
ONLY = "render_only"  # key below `extra` of MkDocs' configuration: the one page to render


class Faults(logging.Handler):
    """Keeps what MkDocs itself warns of in a page; the build's own checks are reported by `check`."""

    def __init__(self, page: Page) -> None:
        super().__init__(logging.WARNING)
        self.page = page
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if not record.name.startswith("mkdocs.plugins.") and (self.page.path in text or self.page.uri in text):
            self.found.append(text)


def preview(page: Page) -> tuple[Path, list[str]]:
    """Build the page into `FOLDER`; return its HTML file and what is wrong with its links."""
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    faults = Faults(page)
    log = logging.getLogger("mkdocs")
    log.addHandler(faults)
    try:
        config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(FOLDER), strict=False)
        config.extra[ONLY] = page.uri
        config.plugins.on_startup(command="build", dirty=True)
        build(config, dirty=True)
        config.plugins.on_shutdown()
    finally:
        log.removeHandler(faults)
    return FOLDER / page.uri.removesuffix(".md") / "index.html", faults.found


def renders(config: MkDocsConfig, uri: str) -> bool:
    """Whether this build renders the page."""
    return config.extra.get(ONLY, uri) == uri


def leave_out(files: Files, config: MkDocsConfig) -> None:
    """In a preview, have MkDocs take the page to render for modified, and all others for unchanged."""
    for file in files.documentation_pages() if ONLY in config.extra else ():
        file.is_modified = partial(renders, config, file.src_uri)


def stand_in(files: Files, config: MkDocsConfig, pages: dict[str, Page]) -> None:
    """In a preview, give the pages that are not rendered their titles, and the anchors that links are checked against."""
    for file in files.documentation_pages() if ONLY in config.extra else ():
        page = pages.get(file.src_uri)
        if file.page.content is None:
            file.page.title = page.title if page else file.name
        if file.page.content is None and page:
            file.page.present_anchor_ids = anchors(page.text + GENERATED)


def anchors(text: str) -> set[str]:
    """Return the ids that the headings of a page get."""
    headings = [line for line, fenced in outside_fences(text) if not fenced and re.match(r"#+ ", line)]
    return set(re.findall(r'<h\d id="([^"]+)"', markdown.markdown("\n\n".join(headings), extensions=["toc"])))
