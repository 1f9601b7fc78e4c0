"""The site as an archive for the file system, where nothing turns `folder/` into its index.html."""

from __future__ import annotations

import posixpath

from ..site.article import Article, Edition
from ..site.downloads import FOLDER, OLD_FOLDER
from ..site.head import CARD
from .archive import pack
from .links import inside, outside, relink_html

FILE = "downloads/pytorch-answered-offline.zip"
TITLE = "This site, to be read without a connection"
TOP = "pytorch-answered"
PICTURES = posixpath.dirname(CARD)  # of pages, which other sites alone ask for


def write(articles: list[Article], edition: Edition) -> str:
    """Write the archive of what the site's folder holds; all other exports come before."""
    files = (file for file in edition.folder.rglob("*") if file.is_file())
    names = {file.relative_to(edition.folder).as_posix() for file in files}
    known = set(filter(is_needed, names))
    entries = [(f"{TOP}/{name}", content(name, known, edition)) for name in sorted(known)]
    pack(edition, FILE, entries)
    return f"{sum(name.endswith('.html') for name in known)} pages"


def is_needed(name: str) -> bool:
    """Whether a file of the site is of use without a server, and no download of its own."""
    folder = name.partition("/")[0]
    if name.endswith((".map", ".html.md")) or folder in (OLD_FOLDER, PICTURES):
        return False
    return name.endswith("/index.html") if folder == FOLDER else "/" in name or name == "index.html"


def content(name: str, known: set[str], edition: Edition) -> bytes:
    """Return a file of the site; in an HTML page, links to folders lead to their index.html."""
    raw = (edition.folder / name).read_bytes()
    if not name.endswith(".html"):
        return raw
    folder = name.removesuffix("index.html")

    def resolve(target: str) -> str | None:
        path = inside(folder, target)
        if path is None or target.startswith("#"):
            return target
        page, mark, fragment = path.partition("#")
        if page in known:
            return target
        if f"{page}index.html" in known:
            return "../" * folder.count("/") + f"{page}index.html{mark}{fragment}"
        return outside(folder, target, edition.config.url)

    return relink_html(raw.decode("utf-8"), resolve).encode("utf-8")
