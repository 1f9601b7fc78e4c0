"""A page of docs/: front matter, title, sections, links and claims, all read from one parse."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from textwrap import dedent
from typing import Self

import yaml

from ..engine.block import INLINE_CODE, Block, Document
from ..engine.parser import parse
from ..engine.problems import Problem
from ..engine.settings import Settings
from .contents import DEBUG, EXERCISE, PREDICT
from .front_matter import ERROR_FIELDS, FIELDS, has_kinds
from .sentences import sentences
from .yaml_lines import load_yaml

HEADING = re.compile(r"^(#{1,6}) +(.+?)\s*#*$")
LINK = re.compile(
    r"(?<!\\)\]\(\s*<?((?:[^()<>\s]|\([^()\s]*\))+)>?(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"
)
# Of a link that is used elsewhere.
DEFINITION = re.compile(r"^ {0,3}\[(?!\^)[^\]]+\]:\s*<?([^\s<>]+)")
ITEM = re.compile(r"[-*+] +(?=\S)")  # what begins an item of a list at the margin
BOLD = re.compile(r"\*\*(.+?)\*\*")
SHORT_ANSWER = "Short answer"
IN_CODE = "In code"
CLAIMS = "What people get wrong"
FOLLOW_UPS = "Follow-up questions"
SEE_ALSO = "See also"
SECTIONS = (SHORT_ANSWER, IN_CODE, CLAIMS, FOLLOW_UPS, SEE_ALSO)  # of a question, in order
MEANING, RAISED, FIX = "What it means", "What raises it", "The fix"
CAUSES, PLACE = "Other causes", "Find the place"
TASK, JUDGE, SOLUTION, WRONG = "The task", "The judge", "A solution", "Wrong in an instructive way"
PREDICTED = "What does it print?"
BROKEN, HUNT, MENDED = "The broken program", "The hunt", "The mended program"
SECTIONS_OF = {  # of questions that have a kind
    EXERCISE: (SHORT_ANSWER, TASK, JUDGE, SOLUTION, WRONG, FOLLOW_UPS, SEE_ALSO),
    PREDICT: (PREDICTED, SHORT_ANSWER, CLAIMS, FOLLOW_UPS, SEE_ALSO),
    DEBUG: (BROKEN, SHORT_ANSWER, HUNT, MENDED, FOLLOW_UPS, SEE_ALSO),
}
ERROR_SECTIONS = (MEANING, RAISED, FIX, CAUSES, PLACE, SEE_ALSO)  # of an error message, in order
IN_ONE_LINE = "In one line"  # the last subsection of `CLAIMS`


@dataclass(frozen=True)
class Heading:
    """A heading: its line, its level, its text as Markdown, and the id that the site gives it."""

    line: int
    level: int
    text: str
    anchor: str


@dataclass(frozen=True)
class Link:
    """A link of a page: its line and its target as it stands there."""

    line: int
    target: str


@dataclass(frozen=True)
class Claim:
    """A false claim that a page refutes.

    Attributes:
        page: its uri below docs/.
        line: of its heading, or of its item of the list "In one line".
        anchor: of its section.
        claim: as people make it, in quotation marks, Markdown.
        truth: the first sentence of its refutation, Markdown as it stands on the page; all of it
            where it stands in one line.
        in_one_line: whether it is an item of that list, which all have one anchor.
    """

    page: str
    line: int
    anchor: str
    claim: str
    truth: str
    in_one_line: bool = False

    @property
    def reference(self) -> str:
        """The name in contents.yml of a claim with a heading: topic/slug#anchor."""
        return f"{self.page.removeprefix('questions/').removesuffix('.md')}#{self.anchor}"


@dataclass(frozen=True)
class Asked:
    """Another wording of a question, and the anchor of what answers it; "" is the short answer."""

    text: str
    anchor: str = ""


@dataclass(frozen=True)
class Item:
    """An item of a list at the margin.

    Attributes:
        first: its first line.
        last: its last line.
        bold: the text in bold that it begins with, on one line; "" where there is none.
        text: what follows that, Markdown without the indentation of the list.
    """

    first: int
    last: int
    bold: str
    text: str


@dataclass(frozen=True)
class FollowUp:
    """A question that is asked next, answered in place.

    Attributes:
        first: the first line of its item.
        last: the last line of its item.
        question: Markdown, on one line.
        answer: Markdown without the indentation of the list; "" where there is none.
        anchor: its id, which no heading of the page and no other of these questions has.
    """

    first: int
    last: int
    question: str
    answer: str
    anchor: str


@dataclass(frozen=True)
class Source:
    """A file below docs/ that becomes a page of the site.

    Attributes:
        path: relative to the project's root, with forward slashes.
        text: the whole file; bytes that are not UTF-8 are `gate.NOT_UTF8`.
    """

    path: str
    text: str = field(repr=False)

    @classmethod
    def load(cls, file: Path, settings: Settings) -> Self:
        """Read the file."""
        text = file.read_text(encoding="utf-8-sig", errors="replace")
        return cls.parse(text, file.relative_to(settings.root).as_posix(), settings)

    @property
    def uri(self) -> str:
        """Its path below docs/."""
        return self.path.removeprefix("docs/")

    @property
    def url(self) -> str:
        """Its address from the root of the site, with a slash at the end."""
        return f"{self.uri.removesuffix('.md')}/"

    @property
    def slug(self) -> str:
        return Path(self.path).stem

    @property
    def topic(self) -> str:
        return Path(self.path).parent.name

    @property
    def id(self) -> str:
        """`topic/slug`, which stays for as long as the page stays where it is."""
        return f"{self.topic}/{self.slug}"


@dataclass(frozen=True)
class Page(Source):
    """A Markdown page below docs/.

    Attributes:
        document: its blocks and lines.
    """

    document: Document

    @classmethod
    def parse(cls, text: str, path: str, settings: Settings) -> Page:
        """Return the page that has `text` at `path`."""
        return cls(path, text, parse(text, path, settings))

    @property
    def is_question(self) -> bool:
        return self.uri.startswith("questions/") and self.slug != "index"

    @property
    def is_exercise(self) -> bool:
        """Whether it asks the reader to write code, which a judge accepts or rejects."""
        return self.kind == EXERCISE

    @property
    def kind(self) -> str:
        """Its kind, where it has a form of its own; else ""."""
        return self.meta.get("kind", "")

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections that a question of its kind, or the page of an error message, has, in order."""
        return ERROR_SECTIONS if self.is_error else SECTIONS_OF.get(self.kind, SECTIONS)

    @cached_property
    def program(self) -> Block | None:
        """The block that a question is about, which stands above the answer; None without one."""
        found = self.blocks_of(self.sections[0]) if self.kind in (PREDICT, DEBUG) else []
        return found[0] if found else None

    @property
    def predicted(self) -> Block | None:
        """The block whose output readers are to predict before they see it."""
        return self.program if self.kind == PREDICT else None

    def blocks_of(self, section: str) -> list[Block]:
        """Return the blocks of a level-2 section."""
        first, last = self.section(section) or (1, 0)
        return [block for block in self.blocks if first <= block.line <= last]

    @property
    def is_error(self) -> bool:
        """Whether it explains an error message, which is its title."""
        return self.uri.startswith("errors/") and self.slug != "index"

    @property
    def faults(self) -> tuple[Problem, ...]:
        """The faults of its fences, marks and comments."""
        return self.document.faults

    @property
    def blocks(self) -> tuple[Block, ...]:
        return self.document.blocks

    @property
    def front(self) -> str | None:
        """The YAML between the lines that enclose the front matter; None where there is none."""
        end = self.document.body
        return "\n".join(self.document.lines[1 : end - 1]) if end else None

    @cached_property
    def front_matter(self) -> object:
        """The front matter as it stands; an empty mapping where there is none.

        Raises:
            yaml.YAMLError: it is not YAML.
            ValueError: it has a date that does not exist.
        """
        return load_yaml(self.front or "") or {}

    @cached_property
    def meta(self) -> dict:
        """The front matter; empty where it is of no use, which `check.front_matter` reports."""
        try:
            fields = ERROR_FIELDS if self.is_error else FIELDS
            return self.front_matter if has_kinds(self.front_matter, fields) else {}
        except (yaml.YAMLError, ValueError):
            return {}

    @property
    def asked(self) -> tuple[Asked, ...]:
        """The other wordings of the question, in the order of the front matter."""
        entries = self.meta.get("also_asked", [])
        mappings = [{entry: ""} if isinstance(entry, str) else entry for entry in entries]
        return tuple(Asked(*pair) for mapping in mappings for pair in mapping.items())

    @property
    def short_title(self) -> str:
        """Its name in the navigation; the title where the front matter has none."""
        return self.meta.get("short_title") or self.title

    @cached_property
    def title(self) -> str:
        """The text of the first level-1 heading without backticks; empty where there is none."""
        first = next((heading for heading in self.headings if heading.level == 1), None)
        return first.text.replace("`", "") if first else ""

    @cached_property
    def headings(self) -> tuple[Heading, ...]:
        """All headings outside of fences, in order."""
        lines = enumerate(self.document.prose, 1)
        found = [(number, match) for number, line in lines if (match := HEADING.match(line))]
        anchors = anchors_of([match[0] for _, match in found])
        return tuple(
            Heading(number, len(match[1]), match[2], anchor)
            for (number, match), anchor in zip(found, anchors, strict=True)
        )

    def section(self, name: str) -> tuple[int, int] | None:
        """Return the first and last line below the level-2 heading `name`, or None."""
        for index, heading in enumerate(self.headings):
            if heading.level == 2 and heading.text == name:
                rest = self.headings[index + 1 :]
                end = next((other.line for other in rest if other.level <= 2), None)
                return heading.line + 1, (end or len(self.document.lines) + 1) - 1
        return None

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """All links outside of code, and definitions of links."""
        return tuple(
            Link(number, target)
            for number, line in enumerate(map(without_code, self.document.prose), 1)
            for target in (*LINK.findall(line), *DEFINITION.findall(line))
        )

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """The claims that the page refutes, in its order: under headings, then in one line."""
        found = []
        for heading, last in self.subsections(CLAIMS):
            if heading.text == IN_ONE_LINE:
                for item in self.items(heading.line + 1, last):
                    if item.bold:
                        found.append((item.first, heading.anchor, item.bold, item.text, True))
            else:
                for truth in sentences(self.paragraph(heading.line + 1))[:1]:
                    found.append((heading.line, heading.anchor, heading.text, truth))
        return tuple(Claim(self.uri, *each) for each in found)

    @cached_property
    def follow_ups(self) -> tuple[FollowUp, ...]:
        """The items of the section "Follow-up questions" that begin in bold, in order."""
        items = [item for item in self.items(*self.section(FOLLOW_UPS) or (1, 0)) if item.bold]
        taken = [self.document.lines[heading.line - 1] for heading in self.headings]
        anchors = anchors_of([*taken, *(f"###### {item.bold}" for item in items)])[len(taken) :]
        return tuple(
            FollowUp(item.first, item.last, item.bold, item.text, anchor)
            for item, anchor in zip(items, anchors, strict=True)
        )

    @property
    def anchors(self) -> tuple[str, ...]:
        """The ids of headings and of follow-up questions, in order."""
        return tuple(each.anchor for each in (*self.headings, *self.follow_ups))

    def subsections(self, name: str) -> list[tuple[Heading, int]]:
        """Return the level-3 headings of the section `name`, each with its last line."""
        first, last = self.section(name) or (0, -1)
        found = [each for each in self.headings if each.level == 3 and first <= each.line <= last]
        ends = [*(heading.line - 1 for heading in found[1:]), last]
        return list(zip(found, ends, strict=False))

    def items(self, first: int, last: int) -> list[Item]:
        """Return the items of lists at the margin that begin from line `first` to `last`."""
        found: list[list[int]] = []
        blank = True  # whether the line above is, or is no part of an item
        for number in range(first, last + 1):
            line = self.document.prose[number - 1]
            if ITEM.match(line):
                found.append([number, number])
            elif HEADING.match(line) or (blank and line.strip() and line[0] != " "):
                found.append([])  # what stands below an item, and ends it
            elif line.strip() and found and found[-1]:
                found[-1][1] = number
            blank = not line.strip()
        return [self.item(*lines) for lines in found if lines]

    def item(self, first: int, last: int) -> Item:
        """Return the item of a list that stands in these lines."""
        begin, *rest = self.document.prose[first - 1 : last]
        text = "\n".join([ITEM.sub("", begin, count=1), dedent("\n".join(rest))]).strip()
        bold = BOLD.match(without_code(text.replace("\n", " ")))
        if not bold:
            return Item(first, last, "", text)
        begin = " ".join(text[slice(*bold.span(1))].split())
        return Item(first, last, begin, text[bold.end() :].strip())

    def paragraph(self, line: int) -> str:
        """Return the paragraph at or below `line`; "" if a heading or a fence comes first."""
        found: list[str] = []
        rest = zip(self.document.lines[line - 1 :], self.document.prose[line - 1 :], strict=True)
        for text, prose in rest:
            if prose.strip() and not HEADING.match(prose):
                found.append(prose)
            elif found or text.strip():
                break
        return "\n".join(found)


def without_code(line: str) -> str:
    """Return a line of prose with its inline code blanked out, lengths kept."""
    return INLINE_CODE.sub(lambda match: " " * len(match[0]), line)


def anchors_of(headings: list[str]) -> list[str]:
    """Return the ids that the site gives to `headings`, lines of Markdown, on one page."""
    from markdown import Markdown  # which recording on a GPU does without

    converter = Markdown(extensions=["toc"])
    converter.convert("\n\n".join(headings))

    def ids(tokens: list[dict]) -> list[str]:
        return [name for token in tokens for name in (token["id"], *ids(token["children"]))]

    return ids(converter.toc_tokens)
