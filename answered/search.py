"""The search index: what the reader's browser loads when somebody starts to search."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from pathlib import Path

import yaml
from mkdocs.config.defaults import MkDocsConfig

from .contents import Contents
from .generated import NOTEBOOKS, VERIFIED, notebook_files, used
from .page import Page
from .records import Record, Section, plain, text

INDEX = "search/index.js"
SYNONYMS = Path(__file__).with_name("synonyms.yml")
RARE = 8  # a word that stands on no more pages than this finds them, wherever on the page it stands
SKIPPED = ("Also asked as", "See also")  # the first comes from the front matter, the second is about other pages
LIBRARY_NAME = re.compile(r"(torch|nn|F|optim|torchvision|np)(\.\w+)+")
BLOCKS = re.compile(r'<div class="language-\w+ highlight">.*?</div>', re.S)
UNREAD = re.compile(r"<(svg|math|thead)\b.*?</\1>", re.S)
PARAGRAPH = re.compile(r"</(?:p|li|td|th|tr|figcaption)>")
SENTENCE = re.compile(r"(?<=[.!?:]) +(?=[A-Z`\"(])")
FOLLOW_UP = re.compile(r"<li>\s*(?:<p>)?<strong>(.+?)</strong>", re.S)
RAISED = re.compile(r"^(?:[\w.]+\.)?\w+(?:Error|Warning|Exception): .{1,150}", re.M)
WORD = re.compile(r"\w+(?:[._'’-]\w+)*")


def write_index(records: list[Record], contents: Contents, config: MkDocsConfig) -> None:
    """Write the index as a script, which unlike JSON can also be loaded from file://."""
    prose = {record.id: words(" ".join(line for section in read(record) for line in sentences(section))) for record in records}
    pages = Counter(word for each in prose.values() for word in each)
    topics = [other(topic.title, f"questions/{topic.id}/", topic.summary) for topic in used(contents, [record.page for record in records])]
    entries = [question(record, {word for word in prose[record.id] if pages[word] <= RARE}) for record in records]
    data = {"synonyms": yaml.safe_load(SYNONYMS.read_text(encoding="utf-8")), "topics": topics, "pages": entries + topics + other_pages(Path(config.docs_dir))}
    file = Path(config.site_dir) / INDEX
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"globalThis.SEARCH_INDEX = {json.dumps(data, ensure_ascii=False, separators=(',', ':'))};\n", encoding="utf-8")


def question(record: Record, rare: set[str]) -> dict:
    """Return what the index holds of a question; of the words in `rare`, those that stand nowhere else in it."""
    meta = record.page.meta
    shown = {
        "title": record.page.title,
        "description": meta.get("description", ""),
        "asked": [str(line) for line in meta.get("also_asked") or ()],
        "sections": [[section.anchor, section.heading, lines(section)] for section in read(record)],
    }
    return (
        {"url": record.url, "topic": record.topic.title, "level": meta.get("level", "")}
        | shown
        | {
            "names": " ".join(sorted(set().union(*(names(code) for code in codes(record))))),
            "rest": " ".join(sorted(rare - words(str([*shown.values()])))),
        }
    )


def other(title: str, url: str, description: str) -> dict:
    """Return what the index holds of a page that is no question."""
    return {"url": url, "title": title, "description": description}


def other_pages(docs: Path) -> list[dict]:
    """Return the entries of the pages directly below docs/ but the home page, of the notebooks, and of the verification page."""
    pages = [Page.load(file, docs.parent) for file in sorted(docs.glob("*.md")) if file.stem != "index"]
    notebooks = {file.stem: re.search(r"^# # (.+)$", file.read_text(encoding="utf-8"), re.M) for file in notebook_files()}
    return [
        *(other(page.title, f"{page.slug}/", page.meta.get("description", "")) for page in pages),
        *(other(title[1] if title else stem, f"{NOTEBOOKS}/{stem}/", "A notebook, executed at every build.") for stem, title in notebooks.items()),
        other("What is verified", f"{Path(VERIFIED).stem}/", "Which examples were executed, where, and with which versions."),
    ]


def read(record: Record) -> list[Section]:
    """Return the sections that are searched."""
    return [section for section in record.sections if section.level > 1 and section.heading not in SKIPPED]


def lines(section: Section) -> list[str]:
    """Return the lines that stand for a section: the whole short answer, every follow-up question, else the first sentence; and what is raised."""
    if section.heading == "Follow-up questions":
        return [text(asked) for asked in FOLLOW_UP.findall(section.html)]
    found = sentences(section)
    raised = RAISED.findall("\n".join(plain(block) for block in BLOCKS.findall(section.html)))
    return (found if section.heading == "Short answer" else found[:1]) + list(dict.fromkeys(raised))


def sentences(section: Section) -> list[str]:
    """Return the sentences of a section, without code, output, figures and formulas."""
    prose = UNREAD.sub(" ", BLOCKS.sub(" ", section.html))
    return [line for paragraph in PARAGRAPH.split(prose) for line in SENTENCE.split(text(paragraph)) if line]


def words(content: str) -> set[str]:
    return {word for word in WORD.findall(content.lower()) if len(word) > 2 and not word.isdigit()}


def codes(record: Record) -> list[str]:
    """Return the code of the examples but of those that draw a figure."""
    return [shown.example.code for shown in record.examples if not shown.draws]


def names(code: str) -> set[str]:
    """Return the names that code takes from elsewhere: `torch.nn.Linear`, `zero_grad`, `set_to_none`."""
    try:
        tree = ast.parse(code)
    except SyntaxError:  # an example may show how one is raised
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
