"""The build: check and run all pages, stage them, have a generator render them, finish them."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ..check.book import check_book, told_once
from ..check.notebooks import NotebookSession
from ..check.outcome import Outcome, outcomes_of_page
from ..engine.problems import Problem, report
from ..engine.session import Session
from ..engine.temporary import OwnFolder
from ..gpu.device import device_name
from ..pages.addresses import HOME
from ..pages.book import Book
from ..pages.notebook import Notebook
from .article import Article, Edition
from .config import Config
from .downloads import Listing
from .finish import article, finished, parts, with_content, without_markers
from .head import with_data, with_previews
from .policy import problems_of, protected
from .stage import Stage
from .swap import replace_folder

Generator = Callable[[Stage, Path, Callable[[str, str], str]], bool]


class Products(Protocol):
    """Makes files from finished questions: the room `exports`."""

    def listing(self, book: Book) -> Listing:
        """Return what the page Downloads says of the files."""

    def write_all(self, articles: list[Article], edition: Edition) -> None:
        """Write the files into the edition's folder."""


@dataclass
class Build:
    """One build of the site: what is known so far, and what is wrong.

    Attributes:
        last: what is to be done when the sessions are closed.
        outcomes: of each page's blocks, by the page's path.
        contents: marked HTML of each page that the generator has rendered, by uri.
        found: what rules and the generator's HTML have shown to be wrong.
    """

    book: Book
    config: Config
    session: Session
    notebooks: NotebookSession
    last: contextlib.ExitStack
    outcomes: dict[str, tuple[Outcome, ...]] = field(default_factory=dict)
    contents: dict[str, str] = field(default_factory=dict)
    found: list[Problem] = field(default_factory=list)

    @classmethod
    @contextlib.contextmanager
    def open(cls, root: Path) -> Iterator[Build]:
        """Read the sources, start running their blocks, and check them; end what still runs."""
        book, config = Book.load(root), Config.load(root)
        with (
            contextlib.ExitStack() as last,
            contextlib.closing(Session(book.settings, device_name(root))) as session,
            contextlib.closing(NotebookSession(book.settings)) as notebooks,
        ):
            notebooks.prefetch(book.notebooks)
            session.prefetch([block for page in book.pages for block in page.blocks])
            yield cls(book, config, session, notebooks, last, found=check_book(book))

    @property
    def problems(self) -> list[Problem]:
        """Everything that is wrong, as far as it is known."""
        outcomes = (outcome for each in self.outcomes.values() for outcome in each)
        return told_once(self.found, [o.problem for o in outcomes if o.problem])

    def run(self, stage: Stage | None = None) -> None:
        """Wait for all outcomes; write each page into the stage when its outcomes are there."""
        for source in self.book.sources:
            if isinstance(source, Notebook):
                outcomes = self.notebooks.get(source)
            else:
                outcomes = outcomes_of_page(source, self.session)
            self.outcomes[source.path] = outcomes
            if stage and source.uri != HOME:
                stage.write_source(source, outcomes)
        if stage:
            stage.write_totals(self.outcomes)

    def run_in_background(self, stage: Stage) -> Future[None]:
        """Call `run` in a thread, which ends with the build; the result has its error."""
        future: Future[None] = Future()

        def run() -> None:
            try:
                future.set_result(self.run(stage))
            except BaseException as error:
                future.set_exception(error)
            finally:
                stage.give_up()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        self.last.callback(thread.join)  # or else it would write into folders that are removed
        return future

    def finish(self, uri: str, page: str) -> str:
        """Return a page as it is published, and keep its content."""
        page = with_content(page)
        self.found += problems_of(self.book, uri, page)
        self.contents[uri] = content = parts(page)[1]
        page = finished(page)
        source = self.book.by_uri.get(uri)
        question = source if source and source.is_question else None
        if content:  # else it is a page for wrong addresses
            page = with_previews(page, question, self.config)
        if question:
            topic = self.book.topic_of(question)
            page = with_data(page, question, topic, without_markers(content), self.config)
        return protected(page)

    def articles(self) -> list[Article]:
        """Return the finished questions in reading order."""
        book, contents, outcomes = self.book, self.contents, self.outcomes
        return [
            article(page, book.topic_of(page), contents[page.uri], outcomes[page.path])
            for page in book.questions
        ]


def build_site(root: Path, target: Path, generator: Generator, products: Products) -> int:
    """Build the site in strict mode into `target`, which is replaced if nothing is wrong.

    Returns:
        The exit code: 0 if the site was built.

    Raises:
        SystemExit: something is in the way of the folders that are written.
    """
    cache = root / ".cache"
    for place in (cache, target):
        check_place(place)
    with OwnFolder("build-", cache) as folder:
        site = Path(folder, "site")
        with Build.open(root) as build:
            listing = products.listing(build.book)
            stage = Stage(build.book, build.config, Path(folder, "stage"), listing)
            if build.found:
                build.run()
                return failed(build.problems)
            stage.prepare()
            run = build.run_in_background(stage)
            sound = generator(stage, site, build.finish)
            run.result()
            if not (site / "index.html").is_file():
                print("the generator built no site", file=sys.stderr)
                return 1
            if build.problems or not sound:
                return failed(build.problems)
            products.write_all(build.articles(), Edition(build.book, build.config, site))
            build.session.prune()
        replace_folder(site, target)
    print(f"built {target.relative_to(root)}/")
    return 0


def failed(problems: list[Problem]) -> int:
    """Print problems, and that there is no new site; return the exit code."""
    if problems:
        print(report(problems), file=sys.stderr)
    print("the site was not built", file=sys.stderr)
    return 1


def check_place(folder: Path) -> None:
    """Let a folder that is to be written be one, or not be there yet.

    Raises:
        SystemExit: something else has its name.
    """
    if os.path.lexists(folder) and not folder.is_dir():
        sys.exit(f"{folder}: no folder, and one of that name is written\n    fix: move it away")
