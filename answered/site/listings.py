"""Lists of questions: one page a topic, one by level, one by tag, and the worst claims."""

from __future__ import annotations

import html
import posixpath
import re

from ..pages.addresses import sheet_page
from ..pages.book import Book
from ..pages.contents import Topic
from ..pages.page import LINK, Claim, Page, without_code
from ..pages.reading import minutes
from .frame import of_the_site
from .markup import count, front_matter, plain

EVIDENCE = "Evidence"  # what a link to the page that refutes a claim is called


def topic_index(book: Book, topic: Topic) -> str:
    """Return the page that lists the questions of `topic`."""
    entries = "\n".join(
        entry(page, f"{page.slug}.md", plain(page.meta.get("description", "")))
        for page in book.in_topic(topic)
    )
    head = front_matter(description=topic.summary)
    sheet = f"[Cheat sheet](../../{sheet_page(topic.id)})"
    return f"{head}# {topic.title}\n\n{topic.summary} {sheet}\n\n{entries}"


def entry(page: Page, link: str, text: str) -> str:
    """Return the entry of a question in a list: its title, `text`, and what kind of page it is.

    A script of the site says next to the title what the reader's practice knows of it.
    """
    facts = [page.meta.get("level", ""), page.kind, f"{minutes(page)} min"]
    facts += ["GPU"] * any(block.needs_device for block in page.blocks)
    about = " · ".join(filter(None, facts))
    title = f"[{plain(page.title)}]({link}){{: .question }}"
    return f"- {title}\n\n    {text} *{about}*\n"


def levels(book: Book) -> str:
    """Return the page that lists all questions by level, to be filtered."""
    parts = []
    for level in book.contents.levels:
        pages = [page for page in book.by_importance if page.meta.get("level") == level]
        entries = "\n".join(
            entry(page, page.uri, f"{plain(book.topic_of(page).title)}.") for page in pages
        )
        parts.append(f"## {level.capitalize()}\n\n{entries}")
    head = front_matter(description="All questions by the level at which they are asked.")
    filters = "\n".join(of_the_site(filter_form(book)))
    return f"{head}# All questions\n{filters}\n" + "\n".join(parts)


def filter_form(book: Book) -> str:
    """Return the form that a script of the site shows, and by which it hides entries."""
    levels = [(level, level) for level in book.contents.levels]
    topics = [(topic.id, topic.title) for topic in book.topics]
    kinds = [(kind, kind) for kind in sorted({page.kind for page in book.questions} - {""})]
    named = (("level", levels), ("topic", topics), ("kind", kinds))
    fields = [
        f'<label>{name.capitalize()} <select name="{name}"><option value="">all</option>'
        + "".join(
            f'<option value="{value}">{html.escape(text)}</option>' for value, text in options
        )
        + "</select></label>"
        for name, options in named
    ]
    known = '<label><input type="checkbox" name="unknown"> not known yet</label>'
    return f'<form class="filters">{" ".join(fields)} {known} <span role="status"></span></form>'


def tags() -> str:
    """Return the page that the theme's tags plugin fills."""
    head = front_matter(description="All questions by tag.")
    return f"{head}# Questions by tag\n\n<!-- material/tags -->\n"


def errors(book: Book) -> str:
    """Return the page that lists the error messages by what they are about."""
    parts = []
    for group in book.contents.errors:
        if mine := book.in_group(group):
            entries = "\n".join(
                f"- [{plain(page.title)}]({page.slug}.md)\n\n    {plain(page.meta['description'])}\n"
                for page in mine
            )
            parts.append(f"## {group.title}\n\n{entries}")
    what = (
        "Error messages of PyTorch: what each means, the smallest program that raises it, the fix."
    )
    head = front_matter(description=what)
    number = count(len(book.errors), "message")
    text = (
        f"{number}, raised by the code on its page when this site was built, unless the page says"
    )
    return f"{head}# What does this error mean?\n\n{text} otherwise.\n\n" + "\n".join(parts)


def myths(book: Book) -> str:
    """Return the list of the worst claims: the claim, the truth, a link to the evidence."""
    lines = []
    for topic in book.topics:
        mine = [claim for claim in book.myths if claim.reference.startswith(f"{topic.id}/")]
        if mine:
            lines.append(f"\n## {topic.title}\n")
            lines += [refuted(claim) for claim in mine]
    number = sum(len(page.claims) for page in book.questions)
    end = f"The questions' own pages refute claims in {number} places, each under "
    return "\n".join(lines) + f"\n\n{end}*What people get wrong*.\n"


def refuted(claim: Claim, root: str = "") -> str:
    """Return the line of one claim in a list; `root` leads from the list's page to docs/."""
    truth = from_root(re.sub(r":$", ".", claim.truth), f"{root}{posixpath.dirname(claim.page)}")
    return f"- **{claim.claim}** {truth} [{EVIDENCE}]({root}{claim.page}#{claim.anchor})"


def from_root(text: str, folder: str) -> str:
    """Return Markdown of the folder `folder` with its links made relative to docs/."""
    code = without_code(text)

    def moved(match: re.Match) -> str:
        target = match[1]
        if re.match(r"\w+:|#", target) or code[match.start()] == " ":
            return match[0]
        return f"]({posixpath.normpath(posixpath.join(folder, target))})"

    return LINK.sub(moved, text)
