"""The search index, which a reader's browser loads when somebody starts to search.

It comes in two parts: what the first results need, and the details, which make them better and say
which line of a page matches.
"""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import yaml

from ..pages.addresses import ALSO_ASKED, EXPLAINED, HOME, RELATED, VERIFIED
from ..pages.book import Book
from ..pages.folded import draws
from ..pages.page import CAUSES, FOLLOW_UPS, IN_ONE_LINE, SHORT_ANSWER, Page
from ..site.article import Article, Edition, Section
from ..site.finish import HIGHLIGHTED, text, without_tags
from ..site.related import bare
from .parts import by_topic, html_of

FILE, DETAILS_FILE, TITLE = "search/index.js", "search/details.js", ""
DETAILS = ("asked", "sections", "names", "rest")  # of an entry
SYNONYMS = Path(__file__).with_name("synonyms.yml")
COMMON = 1 / 40  # of all pages; a word in the wordings of more says too little
RARE = 8  # a word on at most so many pages finds them, wherever on the page it is
# Anchors of what stands in the front matter, or is about other pages.
SKIPPED = (ALSO_ASKED, RELATED, EXPLAINED, "see-also")
LIBRARY_NAME = re.compile(r"(torch|nn|F|optim|torchvision|np)(\.\w+)+")
UNREAD = re.compile(r"<(svg|math|thead)\b.*?</\1>", re.S)
PARAGRAPH = re.compile(r"</(?:p|li|td|th|tr|figcaption)>")
SENTENCE = re.compile(r"(?<=[.!?:]) +(?=[A-Z`\"(])")
RAISED = re.compile(r"^(?:[\w.]+\.)?\w+(?:Error|Warning|Exception): .{1,150}", re.M)
WORD = re.compile(r"\w+(?:[._'’-]\w+)*")


def write(articles: list[Article], edition: Edition) -> str:
    """Write both parts as scripts, which unlike JSON load from file:// too."""
    prose = {
        article.id: words(" ".join(line for part in searched(article) for line in sentences(part)))
        for article in articles
    }
    pages = Counter(word for each in prose.values() for word in each)
    rare = {word for word, number in pages.items() if number <= RARE}
    explained = [bare(error.title) for error in edition.book.errors]
    questions = [question(article, prose[article.id] & rare, explained) for article in articles]
    topics = [
        other(topic.title, f"questions/{topic.id}/", topic.summary)
        for topic, _ in by_topic(articles)
    ]
    pages = questions + errors(edition.book) + topics + other_pages(edition.book)
    first = {
        "synonyms": yaml.safe_load(SYNONYMS.read_text(encoding="utf-8")),
        "topics": topics,
        "pages": in_brief(pages),
    }
    details = [{key: page[key] for key in DETAILS if page.get(key)} for page in pages]
    for file, name, data in ((FILE, "INDEX", first), (DETAILS_FILE, "DETAILS", details)):
        script = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        edition.write(file, f"globalThis.SEARCH_{name} = {script};\n")
    return f"{len(pages)} pages"


def in_brief(pages: list[dict]) -> list[dict]:
    """Return entries without details; of other wordings, the words that say something.

    They stand nowhere else in the entry, and in few others: what the budget has room for.
    """
    asked = [
        words(" ".join(text for text, _ in page.get("asked", ())))
        - words(f"{page['title']} {page['description']}")
        for page in pages
    ]
    number = Counter(word for each in asked for word in each)
    return [
        {key: value for key, value in page.items() if key not in DETAILS}
        | {"rest": " ".join(sorted(word for word in each if number[word] <= COMMON * len(pages)))}
        for page, each in zip(pages, asked, strict=True)
    ]


def question(article: Article, rare: set[str], explained: Sequence[str]) -> dict:
    """Return the entry of a question; of the words in `rare`, those that are nowhere else in it.

    A message that it raises is left out if it is one of `explained`, which have pages of their own.
    """
    meta = article.page.meta
    shown = {
        "title": article.page.title,
        "description": meta.get("description", ""),
        "asked": [[asked.text, asked.anchor] for asked in article.page.asked],
        "sections": [
            *([part.anchor, part.heading, lines(part, explained)] for part in searched(article)),
            *([anchor, "", [line]] for anchor, line in besides(article.page)),
        ],
    }
    # A block that draws names what the figure needs, not what the question is about.
    called = [names(block.code) for block in article.page.blocks if not draws(block)]
    return {
        "url": article.url,
        "topic": article.topic.title,
        "level": meta.get("level", ""),
        **shown,
        "names": " ".join(sorted(set().union(*called))),
        "rest": " ".join(sorted(rare - words(str([*shown.values()])))),
    }


def errors(book: Book) -> list[dict]:
    """Return the entries of error messages, found by the message, older ones and the causes."""
    return [
        {
            "url": page.url,
            "topic": "Error message",
            "title": page.title,
            "description": page.meta.get("description", ""),
            "asked": [[asked.text, ""] for asked in page.asked],
            "sections": [
                [heading.anchor, heading.text, [text(html_of(item.bold)) for item in items]]
                for heading in page.headings
                if heading.text == CAUSES and (items := page.items(*page.section(CAUSES)))
            ],
        }
        for page in book.errors
    ]


def other(title: str, url: str, description: str) -> dict:
    """Return the entry of a page that is no question."""
    return {"url": url, "title": title, "description": description}


def other_pages(book: Book) -> list[dict]:
    """Return the entries of pages directly below docs/, notebooks, and the verification page."""
    pages = [page for page in book.pages if "/" not in page.uri and page.uri != HOME]
    entries = [other(page.title, page.url, page.meta.get("description", "")) for page in pages]
    what = "A notebook whose outputs are checked at every build."
    entries += [other(notebook.title, notebook.url, what) for notebook in book.notebooks]
    what = "Which examples were executed, where, and with which versions."
    return [*entries, other("What is verified", f"{VERIFIED.removesuffix('.md')}/", what)]


def searched(article: Article) -> list[Section]:
    """Return the sections that are searched."""
    return [part for part in article.sections if part.level > 1 and part.anchor not in SKIPPED]


def lines(section: Section, explained: Sequence[str]) -> list[str]:
    """Return the lines that stand for a section, and what its blocks raise that is not `explained`.

    They are the whole short answer, or else the first sentence; of lists see `besides`.
    """
    if section.heading in (FOLLOW_UPS, IN_ONE_LINE):
        return []
    found = sentences(section)
    blocks = "\n".join(without_tags(block) for block in HIGHLIGHTED.findall(section.html))
    kept = found if section.heading == SHORT_ANSWER else found[:1]
    for line in dict.fromkeys(RAISED.findall(blocks)):
        said = bare(line)
        if not any(message in said for message in explained):
            kept.append(line)
    return kept


def besides(page: Page) -> list[tuple[str, str]]:
    """Return anchor and text of each claim that stands in one line and each follow-up question."""
    claims = [(claim.anchor, claim.claim) for claim in page.claims if claim.in_one_line]
    asked = [(each.anchor, each.question) for each in page.follow_ups]
    return [(anchor, text(html_of(line))) for anchor, line in (*claims, *asked)]


def sentences(section: Section) -> list[str]:
    """Return the sentences of a section, without code, output, figures and formulas."""
    prose = UNREAD.sub(" ", HIGHLIGHTED.sub(" ", section.html))
    paragraphs = (text(paragraph) for paragraph in PARAGRAPH.split(prose))
    return [line for paragraph in paragraphs for line in SENTENCE.split(paragraph) if line]


def words(content: str) -> set[str]:
    """Return the words of a text that are worth searching, in lower case."""
    found = WORD.findall(content.lower())
    return {word for word in found if len(word) > 2 and not word.isdigit()}


def names(code: str) -> set[str]:
    """Return names that code takes from elsewhere: `torch.nn.Linear`, `zero_grad`, `dim`."""
    try:
        tree = ast.parse(code)
    except SyntaxError:  # a block may show how one is raised
        return set()
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            whole = ast.unparse(node)
            found.add(whole if LIBRARY_NAME.fullmatch(whole) else node.attr)
        elif isinstance(node, ast.keyword) and node.arg:
            found.add(node.arg)
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found
