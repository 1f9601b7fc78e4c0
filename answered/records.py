"""What the site knows of each question once its page is rendered: the material of search, practice and exports."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from .contents import Contents, Topic
from .page import Example, Page
from .provenance import label, seen
from .results import Result
from .store import Store

DRAWS = re.compile(r"\bsnippets(\.| import )figures\b")
HEADING = re.compile(r'<h([23]) id="([^"]+)">(.*?)<a class="headerlink".*?</h\1>', re.S)
SOURCE = re.compile(r'<div class="language-python highlight">.*?</div>', re.S)
OUTPUT = re.compile(r'\s*<div class="result">\s*(<div class="language-\w+ highlight">.*?</div>)', re.S)


@dataclass(frozen=True)
class Section:
    """A part of a page, from one heading to the next.

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
class Shown:
    """An example as it is shown.

    Attributes:
        example: as it stands in the page.
        output: what the reader sees below the source; empty where there is none.
        source_html: the highlighted source.
        output_html: the highlighted output; empty where there is none.
        provenance: for a `gpu` example, where it ran, or that it has not been recorded yet; else empty.
        result: what came of running it in this build; None where it needs a GPU that is not there.
    """

    example: Example
    output: str
    source_html: str
    output_html: str
    provenance: str = ""
    result: Result | None = field(default=None, compare=False, repr=False)

    @property
    def draws(self) -> bool:
        """Whether the example draws a figure, run here or not."""
        return bool(DRAWS.search(self.example.code))


@dataclass(frozen=True)
class Record:
    """A question with its rendered answer.

    Attributes:
        url: of the page, relative to the site's root, with a slash at the end.
        html: the content of the page.
    """

    page: Page
    topic: Topic
    url: str
    html: str
    sections: tuple[Section, ...]
    examples: tuple[Shown, ...]

    @property
    def id(self) -> str:
        """`topic/slug`, which stays the same for as long as the page stays where it is."""
        return f"{self.page.topic}/{self.page.slug}"

    @property
    def short_answer(self) -> str:
        """The HTML of the section "Short answer"."""
        return next((section.html for section in self.sections if section.heading == "Short answer"), "")


def record(page: Page, contents: Contents, content: str, store: Store) -> Record:
    """Return what `content`, the rendered HTML of `page`, holds.

    Raises:
        ValueError: an example of the page is not in the HTML.
    """
    topic = next(topic for topic in contents.topics if topic.id == page.topic)
    sources = SOURCE.finditer(content)
    shown = []
    for example in page.readable_examples:
        source = next((s for s in sources if plain(s[0]).strip() == example.code.strip()), None)
        if source is None:
            raise ValueError(f"{page.path}:{example.line}: the example is not in the rendered page")
        below = OUTPUT.match(content, source.end())
        shown.append(Shown(example, seen(example, store), source[0], below[1] if below else "", label(example, store), store.get(example)))
    return Record(page, topic, f"{page.uri.removesuffix('.md')}/", content, tuple(sections(content)), tuple(shown))


def sections(content: str) -> list[Section]:
    """Return the sections of a rendered page, in order."""
    starts = list(HEADING.finditer(content))
    ends = [match.start() for match in starts[1:]] + [len(content)]
    head = content[: starts[0].start()] if starts else content
    return [Section("", 1, "", head)] + [
        Section(match[2], int(match[1]), text(match[3]), content[match.end() : end].strip()) for match, end in zip(starts, ends, strict=True)
    ]


def text(content: str) -> str:
    """Return the text of HTML on one line."""
    return " ".join(plain(content).split())


def plain(content: str) -> str:
    """Return HTML without its tags."""
    return html.unescape(re.sub(r"<[^>]+>", "", content))
