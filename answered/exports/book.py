"""All questions as an EPUB."""

from __future__ import annotations

import datetime
import html
import io
import re
import uuid
import zipfile

from ebooklib import epub

from ..records import Record
from .archive import pack
from .links import inside, relink_html
from .site import Site
from .style import LIGHT, TEXT, code

FILE = "pytorch-answered.epub"
# Pages do not scroll sideways.
BOOK = """
h1 { font-size: 1.5em; }
h2 { font-size: 1.25em; }
h3 { font-size: 1.05em; }
pre code { white-space: pre-wrap; overflow-wrap: anywhere; }
table { display: table; }
.facts { font-size: 0.8em; }
"""
ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)(\w+;)")
PAGE = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">
<head><title>{title}</title><link rel="stylesheet" type="text/css" href="style.css"/></head>
<body>
{body}
</body>
</html>
"""


class Chapter(epub.EpubHtml):
    """A page written as it is: ebooklib's own would be parsed as HTML, which loses the case of SVG's names."""

    def get_content(self, default=None):
        return self.content


def write(records: list[Record], site: Site) -> str:
    """Write the book: a title page, and for each topic a page and its questions."""
    book = epub.EpubBook()
    book.set_identifier(f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, site.url or 'pytorch-answered')}")
    book.set_title(site.name)
    book.set_language("en")
    book.add_author(site.name)
    book.add_metadata("DC", "description", site.description)
    book.add_metadata("DC", "rights", "Text under CC BY 4.0, code under MIT.")
    style = epub.EpubItem("style", "style.css", "text/css", f"{TEXT}{BOOK}{code(LIGHT, '')}\n".encode())
    title = chapter("title", site.name, f"<h1>{html.escape(site.name)}</h1>\n<p>{html.escape(site.description)}</p>\n<p>{html.escape(site.provenance)}</p>")
    files = {record.url: file_name(record) for record in records}
    spine, contents = [title], [title]
    for topic in site.contents.topics:
        mine = [record for record in records if record.topic.id == topic.id]
        if not mine:
            continue
        links = "\n".join(f'<li><a href="{file_name(record)}">{html.escape(record.page.title)}</a></li>' for record in mine)
        part = chapter(topic.id, topic.title, f"<h1>{html.escape(topic.title)}</h1>\n<p>{html.escape(topic.summary)}</p>\n<ul>\n{links}\n</ul>")
        answers = [chapter(file_name(record).removesuffix(".xhtml"), record.page.title, body(record, site, files)) for record in mine]
        spine += [part, *answers]
        contents.append((part, answers))
    for item in (style, *spine, epub.EpubNcx(), epub.EpubNav()):
        book.add_item(item)
    book.spine, book.toc = ["nav", *spine], contents
    made = io.BytesIO()
    epub.write_epub(made, book, {"mtime": datetime.datetime.fromtimestamp(site.time, datetime.UTC), "epub3_pages": False, "raise_exceptions": True})
    with zipfile.ZipFile(made) as archive:
        pack(site.take_away / FILE, site.time, [(name, archive.read(name)) for name in archive.namelist()], stored=("mimetype",))
    return f"{len(records)} questions"


def file_name(record: Record) -> str:
    return record.id.replace("/", "--") + ".xhtml"


def chapter(name: str, title: str, content: str) -> Chapter:
    made = Chapter(name, f"{name}.xhtml", title=title, content=PAGE.format(title=html.escape(title), body=xml(content)).encode())
    made.properties += [kind for kind, tag in (("mathml", "<math"), ("svg", "<svg")) if tag in content]
    return made


def body(record: Record, site: Site, files: dict[str, str]) -> str:
    """Return the page of a question with links that stay in the book where they can."""

    def resolve(target: str) -> str | None:
        path = inside(record.url, target)
        if path is None:
            return target
        page, mark, fragment = path.partition("#")
        if page == record.url:
            return mark + fragment
        if page in files:
            return files[page] + mark + fragment
        return f"{site.url}{path}" if site.url else None

    content = re.sub(r'<a class="headerlink".*?</a>|(?: · )?<a href="[./]*verified/">.*?</a>', "", record.html, flags=re.S)
    content = content.replace("<details", "<div").replace("</details>", "</div>").replace("<summary>", "<p>").replace("</summary>", "</p>")
    return site.settled(relink_html(content, resolve))


def xml(content: str) -> str:
    """Return HTML as Python-Markdown writes it with the entities that XML does not know spelled out."""
    return ENTITY.sub(lambda match: html.escape(html.unescape(match[0])), content)
