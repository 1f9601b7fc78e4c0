"""A finished question, and the edition of the site that it belongs to: the material of exports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..check.outcome import Outcome
from ..pages.book import Book
from ..pages.contents import Topic
from ..pages.page import SHORT_ANSWER, Page
from .config import Config


@dataclass(frozen=True)
class Section:
    """A part of an article, from one heading to the next.

    Attributes:
        anchor: its id on the page; empty for what stands before the first heading.
        level: of the heading, 2 or 3; 1 before the first.
        heading: as plain text.
        html: what follows the heading.
    """

    anchor: str
    level: int
    heading: str
    html: str


@dataclass(frozen=True)
class ShownBlock:
    """A block as a reader sees it.

    Attributes:
        outcome: of the block.
        source_html: the highlighted source.
        output_html: the highlighted output; empty where there is none.
    """

    outcome: Outcome
    source_html: str
    output_html: str

    @property
    def code(self) -> str:
        return self.outcome.block.code

    @property
    def output(self) -> str:
        return self.outcome.output


@dataclass(frozen=True)
class Article:
    """A question with its finished answer.

    Attributes:
        html: the content of the page, as in the built site.
    """

    page: Page
    topic: Topic
    html: str
    sections: tuple[Section, ...]
    blocks: tuple[ShownBlock, ...]

    @property
    def url(self) -> str:
        """The page's address from the root of the site, with a slash at the end."""
        return self.page.url

    @property
    def id(self) -> str:
        return self.page.id

    @property
    def short_answer(self) -> str:
        """The HTML of the section "Short answer"."""
        found = (section.html for section in self.sections if section.heading == SHORT_ANSWER)
        return next(found, "")


@dataclass(frozen=True)
class Edition:
    """One build of the site.

    Attributes:
        book: the sources.
        config: names, addresses, versions and the time of the build.
        folder: of the built site.
    """

    book: Book
    config: Config
    folder: Path

    def write(self, name: str, text: str) -> None:
        """Write the text file `name`, a path from the root of the site."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    @property
    def provenance(self) -> str:
        """One line on versions and licenses, for files that leave the site."""
        made = self.config.versions
        outputs = f"Outputs made with {made}, dependencies locked on {made.locked}."
        return f"{outputs} Text under CC BY 4.0, code under MIT."
