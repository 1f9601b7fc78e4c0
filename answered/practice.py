"""The data of the page Practise: questions and blocks with output, as scripts, which load from file:// where JSON does not."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from urllib.parse import urldefrag, urljoin

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.utils import get_relative_url

from .contents import Contents
from .records import Record, Shown

FOLDER = "practice"
SITE = "file:///"  # stands for the site's root while addresses are resolved
ADDRESS = re.compile(r'\b(href|src)="([^"]*)"')


def write(records: list[Record], contents: Contents, config: MkDocsConfig) -> None:
    """Write `practice/index.js` (what cards there are) and `practice/<topic>.js` (what stands on them) into the site."""
    folder = Path(config.site_dir) / FOLDER
    folder.mkdir(exist_ok=True)
    topics = []
    for topic, group in groupby(records, key=lambda record: record.topic):
        questions = [question(record, config.use_directory_urls) for record in group]
        topics.append({"id": topic.id, "title": topic.title, "questions": [entry(data) for data in questions]})
        script(folder / f"{topic.id}.js", "setTopic", topic.id, questions)
    used = {data["level"] for topic in topics for data in topic["questions"]}
    script(folder / "index.js", "setIndex", {"levels": [level for level in contents.levels if level in used], "topics": topics})


def script(file: Path, function: str, *arguments: object) -> None:
    """Write a classic script that hands `arguments` to docs/assets/practice/deck.js."""
    text = ",".join(json.dumps(argument, ensure_ascii=False, separators=(",", ":")) for argument in arguments)
    file.write_text(f"Deck.{function}({text});\n", encoding="utf-8")


def entry(data: dict) -> dict:
    """Return what the index says of a question: enough to know its cards and to schedule them."""
    return {"id": data["id"], "level": data["level"], "blocks": [block["id"] for block in data["blocks"]]}


def question(record: Record, directories: bool) -> dict:
    """Return what the cards of a question show; `directories` says whether addresses end in a slash or in .html."""
    url, practice = (address if directories else f"{address.rstrip('/')}.html" for address in (record.url, f"{FOLDER}/"))
    shown = with_output(record.examples)
    return {
        "id": record.id,
        "url": get_relative_url(url, practice),
        "title": record.page.title,
        "level": record.page.meta["level"],
        "tags": record.page.meta["tags"],
        "answer": moved(record.short_answer, url, practice),
        "example": next((block_id(s) for s in shown if not s.draws), None),
        "blocks": [{"id": block_id(s), "source": s.source_html, "output": s.output, "raises": "raises" in s.example.marks} for s in shown],
    }


def with_output(examples: Iterable[Shown]) -> list[Shown]:
    """Return the blocks whose output can be predicted: each once, without those that show none (asserts, figures, a GPU not yet had)."""
    first: dict[str, Shown] = {}
    for shown in examples:
        if shown.output:
            first.setdefault(block_id(shown), shown)
    return list(first.values())


def block_id(shown: Shown) -> str:
    """Identify a block by its code, so that edits elsewhere on the page leave a reader's progress with it."""
    return hashlib.sha256(shown.example.code.strip().encode()).hexdigest()[:8]


def moved(content: str, source: str, target: str) -> str:
    """Return the HTML of the page at `source` with its relative addresses made to work from the page at `target`."""

    def address(match: re.Match) -> str:
        absolute, fragment = urldefrag(urljoin(SITE + source, match[2]))
        if not absolute.startswith(SITE):
            return match[0]
        path = get_relative_url(absolute.removeprefix(SITE), target)
        return f'{match[1]}="{path}{"#" * bool(fragment)}{fragment}"'

    return ADDRESS.sub(address, content)
