"""What the pages say of the downloads: the page "Take away", and a line below each question."""

from __future__ import annotations

import re
from html import escape

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError

from ..page import Page
from . import anki, book, catalog, llms, notebooks, offline
from .site import FOLDER, Site

URI = f"{FOLDER}.md"
# File, seen from the page, and what it is.
DOWNLOADS = {
    anki.QUESTIONS: "Anki deck: every question, its short answer and an example",
    anki.PREDICT: "Anki deck: predict the output of an example",
    notebooks.ARCHIVE: "Every question as a Jupyter notebook",
    book.FILE: "Every question in one book, for e-readers (EPUB)",
    offline.FILE: "This site, to be read without a connection",
    f"../{catalog.FILE}": "The questions as JSON",
    f"../{llms.FULL}": "The questions as one Markdown text",
}


def complete(markdown: str) -> str:
    """Put the table of the downloads before the first section, and the fields of questions.json at the end."""
    rows = "\n".join(
        f'<tr><td><a href="{name}" download>{name.removeprefix("../")}</a></td><td>{what}</td><td data-take-away="{name}"></td></tr>'
        for name, what in DOWNLOADS.items()
    )
    table = f"<table><thead><tr><th>File</th><th>What it is</th><th>Size</th></tr></thead><tbody>\n{rows}\n</tbody></table>\n\n"
    return markdown.replace("\n## ", f"\n{table}## ", 1).rstrip() + "\n\n" + fields()


def fields() -> str:
    """Describe the fields of questions.json, from its schema."""
    schema = catalog.schema()
    tables = []
    for title, part in (("The file", schema), *schema["$defs"].items()):
        rows = [f"| `{name}` | {kind(value)} | {value.get('description', '')} |" for name, value in part["properties"].items()]
        tables.append("\n".join([f"| {title} | Type | Meaning |", "|---|---|---|", *rows]))
    return "\n\n".join(tables) + "\n"


def kind(value: dict) -> str:
    """Return the type of a field as a reader would say it."""
    if "$ref" in value:
        return value["$ref"].rpartition("/")[2]
    if "enum" in value:
        return ", ".join(f"`{choice}`" for choice in value["enum"])
    if value.get("type") == "array":
        return f"list of {kind(value['items'])}"
    return f"`{value['const']}`" if "const" in value else value["type"]


def fill(site: Site, facts: dict[str, str]) -> None:
    """Write into the built page what is known once the downloads are made: `facts` by file."""
    file = site.take_away / "index.html"
    if not file.is_file():
        return
    text = file.read_text(encoding="utf-8")
    for name, fact in facts.items():
        size = (file.parent / name).stat().st_size
        text = text.replace(f'<td data-take-away="{name}"></td>', f'<td data-take-away="{name}">{escape(fact)}, {readable(size)}</td>')
    file.write_text(text, encoding="utf-8")


def readable(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.0f} KB"


def check_colab(config: MkDocsConfig) -> None:
    """Raise if `extra.colab` of mkdocs.yml is not an address in which a notebook's path has its place."""
    template = config.extra.get("colab")
    if template and not (re.match(r"https?://", template) and "{path}" in template):
        raise PluginError(f"mkdocs.yml: extra.colab is {template!r}\n    mend: write an address with {{path}} where topic/slug.ipynb belongs")


def links(page: Page, config: MkDocsConfig) -> str:
    """Return the line below a question: its notebook, and Colab where that is configured."""
    path = f"{page.topic}/{page.slug}.ipynb"
    found = [f'<a href="../../../{FOLDER}/notebooks/{path}" download>Download this page as a notebook</a>']
    template = config.extra.get("colab")
    if template:
        found.append(f'<a href="{escape(template.replace("{path}", path))}">Open in Colab</a>')
    return f'\n<p class="take-away">{" · ".join(found)}</p>\n'
