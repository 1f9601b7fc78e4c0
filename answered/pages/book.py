"""The book: every page of docs/, the notebooks, and their table of contents."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..engine.settings import Settings
from .contents import Contents, ErrorGroup, Topic, load_contents
from .gate import check_gate
from .notebook import Notebook
from .page import Claim, Page, Source
from .paths import Paths, load_paths
from .settings import settings

NOTEBOOKS = "notebooks"


@dataclass(frozen=True)
class Book:
    """All sources of the site.

    Attributes:
        settings: of the engine; its root is the project's folder.
        pages: every Markdown page below docs/, sorted by path.
        contents: topics, levels, tags and myths.
        paths: what to prepare, in which order and why.
        notebooks: those of docs/notebooks, sorted by path.
    """

    settings: Settings
    pages: tuple[Page, ...]
    contents: Contents
    paths: Paths = Paths()
    notebooks: tuple[Notebook, ...] = ()

    @classmethod
    def load(cls, root: Path) -> Book:
        """Read the sources below the folder `root`.

        Raises:
            FaultyFileError: contents.yml or paths.yml cannot be used, or a file does not pass the gate.
        """
        made = settings(root)
        pages, notebooks = load_pages(made), load_notebooks(made)
        return cls(made, pages, load_contents(root), load_paths(root), notebooks)

    @property
    def root(self) -> Path:
        return self.settings.root

    @property
    def sources(self) -> tuple[Page | Notebook, ...]:
        """Everything with code that runs: the pages, then the notebooks."""
        return (*self.pages, *self.notebooks)

    @cached_property
    def by_uri(self) -> dict[str, Page]:
        """The pages by their path below docs/."""
        return {page.uri: page for page in self.pages}

    @cached_property
    def texts(self) -> dict[str, Page]:
        """The pages, and the Markdown of notebooks, by their files' paths below docs/."""
        return self.by_uri | {each.prose.uri: each.prose for each in self.notebooks}

    @cached_property
    def questions(self) -> tuple[Page, ...]:
        """All question pages in reading order."""
        return tuple(page for topic in self.contents.topics for page in self.in_topic(topic))

    @cached_property
    def by_slug(self) -> dict[str, Page]:
        """The question pages by their slugs, each of which is one page's alone."""
        return {page.slug: page for page in self.questions}

    @cached_property
    def by_importance(self) -> tuple[Page, ...]:
        """All question pages, those asked most first; neighbors are of two topics if they can be."""
        rank = {slug: number for number, slug in enumerate(self.paths.why)}
        left = sorted(self.questions, key=lambda page: rank.get(page.slug, len(rank)))
        found: list[Page] = []
        while left:
            last = found[-1].topic if found else ""
            found.append(next((page for page in left if page.topic != last), left[0]))
            left.remove(found[-1])
        return tuple(found)

    def topic_of(self, page: Page) -> Topic:
        """Return the topic of a question."""
        return next(topic for topic in self.contents.topics if topic.id == page.topic)

    @cached_property
    def errors(self) -> tuple[Page, ...]:
        """The pages of error messages, by group and message."""
        return tuple(page for group in self.contents.errors for page in self.in_group(group))

    def in_group(self, group: ErrorGroup) -> list[Page]:
        """Return the pages of error messages of `group`, by message."""
        mine = (p for p in self.pages if p.is_error and p.meta.get("group") == group.id)
        return sorted(mine, key=lambda page: page.title)

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        """The topics that have a question."""
        return tuple(topic for topic in self.contents.topics if self.in_topic(topic))

    @cached_property
    def claims(self) -> dict[str, Claim]:
        """The claims that have a heading, by what contents.yml calls them."""
        claims = [claim for page in self.questions for claim in page.claims]
        return {claim.reference: claim for claim in claims if not claim.in_one_line}

    @cached_property
    def myths(self) -> tuple[Claim, ...]:
        """The claims that contents.yml lists, in the order of topics and of its list."""
        listed = [self.claims[name] for name in self.contents.myths if name in self.claims]
        order = [topic.id for topic in self.contents.topics]
        return tuple(sorted(listed, key=lambda c: order.index(c.reference.partition("/")[0])))

    def in_topic(self, topic: Topic) -> list[Page]:
        """Return the question pages of `topic`: listed ones in that order, then others by name."""
        mine = {p.slug: p for p in self.pages if p.is_question and p.topic == topic.id}
        order = dict.fromkeys([*topic.questions, *sorted(mine)])
        return [mine[slug] for slug in order if slug in mine]


def load_pages(settings: Settings) -> tuple[Page, ...]:
    """Return every Markdown page below docs/ of the settings' root, sorted by path.

    Raises:
        FaultyFileError: a file below docs/ or snippets/ does not pass the gate.
    """
    check_gate(settings.root)
    files = sorted((settings.root / "docs").rglob("*.md"))
    return tuple(Page.load(file, settings) for file in files if file.is_file())


def load_notebooks(settings: Settings) -> tuple[Notebook, ...]:
    """Return every notebook of the settings' root, sorted by path."""
    files = sorted((settings.root / "docs" / NOTEBOOKS).glob("*.py"))
    return tuple(Notebook.load(file, settings) for file in files)


def selected(pages: Sequence[Source], names: Sequence[str]) -> list[Source]:
    """Return the pages that are named by path or slug; all of them where no name is given.

    Raises:
        SystemExit: there is no such page.
    """
    chosen = []
    for name in names:
        path, slug = name.removeprefix("./"), Path(name).stem
        found = [page for page in pages if page.path == path]
        found = found or [page for page in pages if page.slug == slug]
        if not found:
            sys.exit(f"{name}: no such page; name a file under docs/ or a slug")
        chosen += found
    return chosen if names else list(pages)
