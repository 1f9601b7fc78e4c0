"""A project of one or two questions in a temporary folder, and its finished articles."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from answered import exports
from answered.check.outcome import Outcome
from answered.engine.result import Result
from answered.engine.settings import Mark
from answered.pages.book import Book, load_pages
from answered.pages.versions import Versions
from answered.site.article import Article, Edition, Section, ShownBlock
from answered.site.config import Config
from answered.site.downloads import FOLDER, with_table

CONTENTS = """
topics:
  - {id: tensors, title: Tensors, summary: About tensors., questions: [one, two]}
tags: [basics]
levels: [junior, principal]
"""
PAGE = """---
description: A page for tests, whose description is long enough to be one.
level: principal
tags: [basics]
also_asked: []
---

# What is `x`?

## Short answer

"""


def book(root: Path, *marks: Mark, **questions: str) -> Book:
    """Return the book of `questions`, slug to text after "Short answer", and of `marks`."""
    folder = root / "docs" / "questions" / "tensors"
    folder.mkdir(parents=True)
    (folder.parent / "contents.yml").write_text(CONTENTS)
    (root / "docs" / "downloads.md").write_text("# Downloads\n\nIntro.\n\n## More\n\nText.\n")
    for slug, text in questions.items():
        (folder / f"{slug}.md").write_text(PAGE + text)
    loaded = Book.load(root)
    settings = dataclasses.replace(loaded.settings, marks=(*loaded.settings.marks, *marks))
    return dataclasses.replace(loaded, settings=settings, pages=load_pages(settings))


def articles(made: Book) -> list[Article]:
    """Return the articles of a book whose blocks printed what their pages expect."""
    found = []
    for page in made.questions:
        blocks = []
        for block in page.blocks:
            output = (block.expected or "").rstrip("\n")
            result = None if block.needs_device else Result("completed", output)
            blocks.append(
                ShownBlock(Outcome(block, output, result), f"<pre>{block.code}</pre>", "")
            )
        section = Section("short-answer", 2, "Short answer", "<p>It is a name.</p>")
        (topic,) = made.contents.topics
        found.append(Article(page, topic, section.html, (section,), tuple(blocks)))
    return found


def edition(made: Book, url: str = "https://example.org/") -> Edition:
    """Return an edition whose folder has what a generator would have built."""
    folder = made.root / "site"
    for page in made.pages:
        (folder / page.url).mkdir(parents=True, exist_ok=True)
        (folder / page.url / "index.html").write_text('<meta charset="utf-8">')
    versions = Versions("2.0", "3.11", "x86_64", "Linux", "2026-01-01")
    config = Config(made.root, "Site", "About it.", url, "", "", versions, 1_700_000_000, {})
    return Edition(made, config, folder)


def write(made: Book) -> Path:
    """Write all exports; return the folder of the site."""
    target = edition(made)
    listing = exports.listing(made)
    (target.folder / FOLDER / "index.html").write_text(with_table("# D\n\n## S\n", listing))
    exports.write_all(articles(made), target)
    return target.folder
