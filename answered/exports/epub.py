"""All questions as an EPUB."""

from __future__ import annotations

import datetime
import html
import io
import re
import uuid

from ebooklib import epub

from ..site.article import Article, Edition
from ..site.question import SOURCE_OF_FIGURE
from .archive import repack
from .links import inside, outside, relink_html
from .parts import by_topic
from .style import HEADER_LINK, LIGHT, TEXT, code, with_colors

FILE = "downloads/pytorch-answered.epub"
TITLE = "Every question in one book, for e-readers (EPUB)"
# Pages do not scroll sideways.
STYLE = """
h1 { font-size: 1.5em; }
h2 { font-size: 1.25em; }
h3 { font-size: 1.05em; }
pre code { white-space: pre-wrap; overflow-wrap: anywhere; }
table { display: table; }
.facts { font-size: 0.8em; }
"""
ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)(\w+;)")
# Links that are of use on the site alone: to a heading, and to what is verified.
SITE_ONLY = re.compile(HEADER_LINK + r'|(?: · )?<a href="[./]*verified/">.*?</a>', re.S)
CODE_OF_FIGURES = re.compile(
    rf"<details[^>]*>\s*<summary>{SOURCE_OF_FIGURE}</summary>.*?</details>", re.S
)
PAGE = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" \
lang="en" xml:lang="en">
<head><title>{title}</title><link rel="stylesheet" type="text/css" href="style.css"/></head>
<body>
{body}
</body>
</html>
"""


class Chapter(epub.EpubHtml):
    """A page written as it is: ebooklib would parse it as HTML, and lose the case of SVG names."""

    def get_content(self, default=None):
        return self.content


def write(articles: list[Article], edition: Edition) -> str:
    """Write the book: a title page, and for each topic a page and its questions."""
    book = epub.EpubBook()
    config = edition.config
    namespace = uuid.uuid5(uuid.NAMESPACE_URL, config.url or "pytorch-answered")
    book.set_identifier(f"urn:uuid:{namespace}")
    book.set_title(config.name)
    book.set_language("en")
    book.add_author(config.name)
    book.add_metadata("DC", "description", config.description)
    book.add_metadata("DC", "rights", "Text under CC BY 4.0, code under MIT.")
    css = f"{TEXT}{STYLE}{code(LIGHT, '')}\n".encode()
    style = epub.EpubItem("style", "style.css", "text/css", css)
    about = f"{paragraph(config.description)}\n{paragraph(edition.provenance)}"
    title = chapter("title", config.name, heading(config.name) + about)
    names = {article.url: article.id.replace("/", "--") for article in articles}
    spine, contents = [title], [title]
    for topic, mine in by_topic(articles):
        links = "\n".join(
            f'<li><a href="{names[article.url]}.xhtml">{html.escape(article.page.title)}</a></li>'
            for article in mine
        )
        text = f"{heading(topic.title)}{paragraph(topic.summary)}\n<ul>\n{links}\n</ul>"
        part = chapter(topic.id, topic.title, text)
        answers = [
            chapter(names[article.url], article.page.title, body(article, edition, names))
            for article in mine
        ]
        spine += [part, *answers]
        contents.append((part, answers))
    for item in (style, *spine, epub.EpubNcx(), epub.EpubNav()):
        book.add_item(item)
    book.spine, book.toc = ["nav", *spine], contents
    time = datetime.datetime.fromtimestamp(config.time, datetime.UTC)
    made = io.BytesIO()
    epub.write_epub(made, book, {"mtime": time, "epub3_pages": False, "raise_exceptions": True})
    repack(edition, FILE, made)
    return f"{len(articles)} questions"


def heading(text: str) -> str:
    return f"<h1>{html.escape(text)}</h1>\n"


def paragraph(text: str) -> str:
    return f"<p>{html.escape(text)}</p>"


def chapter(name: str, title: str, content: str) -> Chapter:
    """Return a page of the book with `content`, HTML as Python-Markdown writes it."""
    made = Chapter(name, f"{name}.xhtml", title=title)
    text = ENTITY.sub(lambda match: html.escape(html.unescape(match[0])), content)  # XML has five
    made.content = PAGE.format(title=html.escape(title), body=text).encode()
    kinds = (("mathml", "<math"), ("svg", "<svg"))
    made.properties += [kind for kind, tag in kinds if tag in content]
    return made


def body(article: Article, edition: Edition, names: dict[str, str]) -> str:
    """Return the HTML of a question with links that stay in the book where they can."""

    def resolve(target: str) -> str | None:
        page, mark, fragment = (inside(article.url, target) or "").partition("#")
        if page == article.url:
            return mark + fragment
        if page in names:
            return f"{names[page]}.xhtml{mark}{fragment}"
        return outside(article.url, target, edition.config.url)

    content = CODE_OF_FIGURES.sub("", SITE_ONLY.sub("", article.html))
    for tag, other in (("details", "div"), ("summary", "p")):
        content = re.sub(rf"<(/?){tag}\b", rf"<\g<1>{other}", content)
    return with_colors(relink_html(content, resolve))
