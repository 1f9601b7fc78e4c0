"""llms.txt after llmstxt.org, the Markdown of each page that it links, and all of it in one file."""

from __future__ import annotations

from ..records import Record
from .parts import document, parts
from .site import Site

FILE, FULL = "llms.txt", "llms-full.txt"
PAGE = "index.html.md"  # as llmstxt.org has it for addresses that end with a slash


def write(records: list[Record], site: Site) -> str:
    """Write llms.txt, llms-full.txt and a Markdown file beside every question."""
    texts = {record.id: document(parts(record, site)) for record in records}
    for record in records:
        (site.folder / record.url / PAGE).write_text(texts[record.id], encoding="utf-8")
    index = [
        f"# {site.name}",
        f"> {site.description}",
        f"{site.provenance} Code blocks were executed, and the output below a block is what it printed; those that need a GPU say so.",
    ]
    for topic in site.contents.topics:
        mine = [record for record in records if record.topic.id == topic.id]
        if mine:
            links = "\n".join(f"- [{record.page.title}]({site.address(record.url + PAGE)}): {record.page.meta['description']}" for record in mine)
            index.append(f"## {topic.title}\n\n{links}")
    index.append(f"## Optional\n\n- [All of it in one file]({site.address(FULL)})\n- [The questions as JSON]({site.address('questions.json')})")
    (site.folder / FILE).write_text("\n\n".join(index) + "\n", encoding="utf-8")
    whole = [*index[:3], *(f"{texts[record.id]}\nSource: {site.address(record.url)}" for record in records)]
    (site.folder / FULL).write_text("\n\n".join(whole) + "\n", encoding="utf-8")
    return f"{len(records)} pages"
