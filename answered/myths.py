"""What popular answers get wrong: the claims that question pages refute, and the page that lists the worst."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from markdown.extensions.toc import slugify

from .contents import Contents
from .page import Page
from .problems import Problem

SECTION = re.compile(r"^## What people get wrong\n(.*?)(?=^## )", re.S | re.M)
CLAIM = re.compile(r"^### (.+)\n\s*\n((?:(?!```|<!--|#).+\n?)+)", re.M)
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)]+)\)")


@dataclass(frozen=True)
class Myth:
    """A false claim, the first sentence of its refutation (Markdown), and where the evidence stands."""

    page: Page
    claim: str
    truth: str

    @property
    def reference(self) -> str:
        """How contents.yml names it."""
        return f"{self.page.topic}/{self.page.slug}#{self.anchor}"

    @property
    def anchor(self) -> str:
        return slugify(self.claim.replace("`", ""), "-")

    @property
    def target(self) -> str:
        return f"{self.page.uri}#{self.anchor}"


def myths(page: Page) -> list[Myth]:
    """Return the claims that the page refutes, in its order."""
    section = SECTION.search(page.text)
    found = CLAIM.findall(section[1]) if section else []
    return [Myth(page, claim.strip(), from_root(page, first_sentence(text))) for claim, text in found]


def first_sentence(text: str) -> str:
    """Return the first sentence of a paragraph; full stops between backticks or in a link's target end none."""
    text = " ".join(text.split())
    masked = re.sub(r"`[^`]*`|\]\([^)]*\)", lambda match: "x" * len(match[0]), text)
    end = re.search(r"[.!?](?=\s+[A-Z`(\"x\[*])", masked)
    return text[: end.end()] if end else text


def from_root(page: Page, text: str) -> str:
    """Return `text` with the links that are relative to its page made relative to docs/."""
    folder = posixpath.dirname(page.uri)
    return LINK.sub(lambda match: f"]({posixpath.normpath(posixpath.join(folder, match[1]))})", text)


def check_myths(pages: list[Page], contents: Contents) -> list[Problem]:
    """Every claim that contents.yml lists as one of the worst stands on its page."""
    known = {myth.reference for page in pages if page.is_question for myth in myths(page)}
    path = "docs/questions/contents.yml"
    return [
        Problem(
            path, 1, f"no page refutes the claim '{reference}' listed under myths", "write it as topic/slug#anchor of a heading under 'What people get wrong'"
        )
        for reference in contents.myths
        if reference not in known
    ]


def myths_page(pages: list[Page], contents: Contents) -> str:
    """Return the list of the worst claims: claim, truth, link to the evidence."""
    found = {myth.reference: myth for page in contents.in_order(pages) for myth in myths(page)}
    lines = []
    for topic in contents.topics:
        mine = [found[r] for r in contents.myths if r in found and found[r].page.topic == topic.id]
        if mine:
            lines.append(f"\n## {topic.title}\n")
            lines += [f"- **{myth.claim}** {myth.truth} [Evidence]({myth.target})" for myth in mine]
    return "\n".join(lines) + f"\n\nThe questions' own pages refute claims in {len(found)} places, each under *What people get wrong*.\n"
