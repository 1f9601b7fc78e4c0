"""The stage: a folder of plain Markdown, blocks executed, that any generator builds."""

from __future__ import annotations

import copy
import json
import shutil
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from ..check.outcome import Outcome
from ..engine.block import FRONT_MATTER
from ..pages.addresses import (
    DOWNLOADS,
    ERRORS,
    HOME,
    LEVELS,
    MYTHS,
    PRACTICE,
    TAGS,
    VERIFIED,
    topic_index,
)
from ..pages.book import Book
from ..pages.front_matter import OTHER_FIELDS
from ..pages.gate import left_over
from ..pages.notebook import Notebook
from ..pages.page import Page
from . import listings, prepare, sheets
from .config import FILE, Config
from .downloads import Listing, with_table
from .finish import CONTENT_BEGIN, CONTENT_END
from .home import home
from .markup import front_matter
from .navigation import navigation
from .notebooks import markdown_of
from .question import body, error, question
from .related import explained, related
from .verified import verified

TEMPLATES = {HOME: "home.html", PRACTICE: "practice.html"}
LIVE = "answered.site.live"  # the extension, by the name that Python-Markdown imports

Outcomes = Mapping[str, Sequence[Outcome]]


class Stage:
    """The folder that a generator builds the site from.

    Pages are written as their outcomes come in; `wait` returns when a page is there.

    Attributes:
        folder: the whole stage; `docs` in it has the sources, `outputs` those of blocks.
        config_file: the generator's configuration.
    """

    def __init__(self, book: Book, config: Config, folder: Path, downloads: Listing) -> None:
        """`downloads`: what the page Downloads says of the files that exports will write."""
        self.book = book
        self.config = config
        self.folder = folder
        self.docs = folder / "docs"
        self.config_file = folder / FILE
        self.downloads = downloads
        self.related = related(book.questions)
        self.explained = explained(book.questions, book.errors)
        self.written: dict[str, threading.Event] = {}

    def prepare(self) -> None:
        """Write everything but the pages with blocks, for which empty files stand."""
        assets = self.config.root / "docs" / "assets"
        shutil.copytree(assets, self.docs / "assets", ignore=left_over, dirs_exist_ok=True)
        for uri in (*(source.uri for source in self.book.sources), VERIFIED):
            self.written[uri] = threading.Event()
            if not (self.docs / uri).is_file():
                replace_if_changed(self.docs / uri, "")
        for topic in self.book.topics:
            self.write(topic_index(topic.id), listings.topic_index(self.book, topic))
        self.write(LEVELS, listings.levels(self.book))
        self.write(TAGS, listings.tags())
        if self.book.errors:
            self.write(ERRORS, listings.errors(self.book))
        for uri, text in (
            prepare.pages(self.book) | sheets.pages(self.book, self.downloads.printed)
        ).items():
            self.write(uri, text)
        replace_if_changed(self.config_file, self.configuration())
        self.remove_others()

    def remove_others(self) -> None:
        """Remove what an earlier use of the folder has left of pages that are gone."""
        for file in self.docs.rglob("*.md"):
            if file.relative_to(self.docs).as_posix() not in self.written:
                file.unlink()

    def configuration(self) -> str:
        """Return the configuration of a generator that stands in the stage's folder."""
        data = copy.deepcopy(self.config.data)
        data |= {"docs_dir": "docs", "site_dir": "site", "nav": navigation(self.book)}
        data["theme"]["custom_dir"] = str(self.config.root / data["theme"]["custom_dir"])
        data["markdown_extensions"].append({LIVE: {"outputs": str(self.folder / "outputs")}})
        if not data.get("site_url"):
            data.pop("site_url", None)
        return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=1000)

    def write_source(self, source: Page | Notebook, outcomes: Sequence[Outcome]) -> None:
        """Write the page that a source becomes, and what its blocks show."""
        changed = self.write_outputs(source, outcomes)
        if isinstance(source, Notebook):
            text = markdown_of(source, outcomes)
        elif source.is_error:
            text = error(source, outcomes, self.config)
        elif source.is_question:
            others = [found.get(source.uri, []) for found in (self.related, self.explained)]
            text = question(source, outcomes, *others, self.config)
        else:
            text = head(source) + body(source, outcomes, self.config.root)
        if source.uri == MYTHS:
            text += listings.myths(self.book)
        elif source.uri == DOWNLOADS:
            text = with_table(text, self.downloads)
        self.write(source.uri, text, changed)

    def write_outputs(self, source: Page | Notebook, outcomes: Sequence[Outcome]) -> bool:
        """Write what a source's blocks show; return whether that has changed."""
        outputs = {str(outcome.block.line): outcome.output for outcome in outcomes}
        file = self.folder / "outputs" / f"{source.path}.json"
        return replace_if_changed(file, json.dumps(outputs, ensure_ascii=False))

    def write_totals(self, outcomes: Outcomes) -> None:
        """Write the pages that count all outcomes: home and verified."""
        page = self.book.by_uri[HOME]
        every = [outcome for page in self.book.questions for outcome in outcomes[page.path]]
        changed = self.write_outputs(page, outcomes[page.path])
        text = body(page, outcomes[page.path], self.config.root)
        self.write(HOME, head(page) + home(text, self.book, every, self.config.versions), changed)
        self.write(VERIFIED, verified(self.book, outcomes, self.config.versions))

    def write(self, uri: str, text: str, changed: bool = False) -> None:
        """Write the page `uri`; an unchanged file keeps its time, unless its outputs changed."""
        file = self.docs / uri
        if not replace_if_changed(file, with_markers(text)) and changed:
            file.touch()
        self.written.setdefault(uri, threading.Event()).set()

    def wait(self, uri: str) -> None:
        """Wait until the page `uri` is written."""
        self.written[uri].wait()

    def wait_for_all(self) -> None:
        """Wait until every page is written."""
        for event in self.written.values():
            event.wait()

    def give_up(self) -> None:
        """Let nobody wait any longer: the build has failed."""
        for event in self.written.values():
            event.set()


def with_markers(text: str) -> str:
    """Return a page with markers around its content, by which `finish` cuts it out of HTML."""
    front = FRONT_MATTER.match(text)
    start = front.end() if front else 0
    content = text[start:].strip("\n")
    return f"{text[:start]}\n{CONTENT_BEGIN}\n\n{content}\n\n{CONTENT_END}\n"


def head(page: Page) -> str:
    """Return the front matter of a page that is no question: its own, and how it is laid out."""
    names = [field.name for field in OTHER_FIELDS]
    own = {key: page.front_matter[key] for key in names if key in page.front_matter}
    template = {"template": TEMPLATES[page.uri]} if page.uri in TEMPLATES else {}
    return front_matter(**own, **template, hide=["navigation", "toc"])


def replace_if_changed(file: Path, text: str) -> bool:
    """Write `text` into `file`, unless that is what it holds; return whether it was written."""
    try:
        if file.read_text(encoding="utf-8") == text:
            return False
    except OSError:
        file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return True
