"""Claims and follow-up questions of an article, from its HTML: what it answers besides its own."""

from __future__ import annotations

import re

from ..pages.page import CLAIMS, FOLLOW_UPS, IN_ONE_LINE
from ..site.article import Article
from ..site.finish import text

LIST_ITEM = re.compile(r"<(/?)li\b[^>]*>")
BOLD_ITEM = re.compile(r"(<p>|)<strong>(.*?)</strong>\s*(.*)", re.S)
PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.S)


def follow_ups(article: Article) -> list[tuple[str, str, str]]:
    """Return what is asked next: its anchor, the question as text, and the answer as HTML."""
    found = [part.html for part in article.sections if part.heading == FOLLOW_UPS]
    asked = zip(article.page.follow_ups, bold_items("".join(found)), strict=True)
    return [(each.anchor, question, answer) for each, (question, answer) in asked]


def claims(article: Article) -> list[tuple[str, str, str]]:
    """Return what the page refutes: its anchor, the claim as text, and what is true as HTML."""
    known = {section.anchor: section for section in article.sections}
    found = []
    for heading, _ in article.page.subsections(CLAIMS):
        content = known[heading.anchor].html
        if heading.text == IN_ONE_LINE:
            found += [(heading.anchor, claim, truth) for claim, truth in bold_items(content)]
        elif truth := PARAGRAPH.search(content):
            found.append((heading.anchor, known[heading.anchor].heading, truth[1]))
    return found


def bold_items(content: str) -> list[tuple[str, str]]:
    """Return the text in bold that items of lists begin with, and the HTML that follows it."""
    found, depth, start = [], 0, 0
    for tag in LIST_ITEM.finditer(content):
        if not tag[1]:
            start = start if depth else tag.end()
            depth += 1
            continue
        depth -= 1
        item = BOLD_ITEM.fullmatch(content[start : tag.start()].strip())
        if item and not depth:
            found.append((text(item[2]), item[1] + item[3]))
    return found
