"""llms.txt after llmstxt.org, the Markdown of each page that it links, and one file of them all."""

from __future__ import annotations

from ..pages.exercises import differences
from ..site.article import Article, Edition
from . import catalog
from .parts import answer_first, by_topic, document, parts

FILE, INDEX = "llms-full.txt", "llms.txt"
TITLE = "The questions as one Markdown text"
PAGE = "index.html.md"  # as llmstxt.org has it for addresses that end with a slash


def write(articles: list[Article], edition: Edition) -> str:
    """Write llms.txt, llms-full.txt and a Markdown file beside every question."""
    texts = {
        article.id: document(answer_first(parts(article, edition)), differences(article.page))
        for article in articles
    }
    for article in articles:
        edition.write(article.url + PAGE, texts[article.id])
    head = [
        f"# {edition.config.name}",
        f"> {edition.config.description}",
        f"{edition.provenance} Code blocks that need no GPU were executed, and the output below a"
        " block is what it printed; those that need one say where they ran, or that they have not"
        " been recorded yet.",
    ]
    sections = []
    for topic, mine in by_topic(articles):
        links = "\n".join(
            f"- [{article.page.title}]({edition.config.url}{article.url}{PAGE}):"
            f" {article.page.meta['description']}"
            for article in mine
        )
        sections.append(f"## {topic.title}\n\n{links}")
    sections.append(
        f"## Optional\n\n- [All of it in one file]({edition.config.url}{FILE})\n"
        f"- [The questions as JSON]({edition.config.url}{catalog.FILE})"
    )
    whole = [f"{texts[a.id]}\nSource: {edition.config.url}{a.url}" for a in articles]
    for name, rest in ((INDEX, sections), (FILE, whole)):
        edition.write(name, "\n\n".join(head + rest) + "\n")
    return f"{len(articles)} pages"
