"""The whole site as an archive that works from the file system, where no server turns `folder/` into its index.html."""

from __future__ import annotations

from pathlib import Path

from .archive import pack
from .links import inside, relink_html
from .site import FOLDER, Site

FILE = "pytorch-answered-offline.zip"
TOP = "pytorch-answered"
# Of no use without a server, or a download of its own.
LEFT_OUT = {"404.html", "sitemap.xml", "sitemap.xml.gz", "robots.txt", "questions.json", "questions.schema.json", "llms.txt", "llms-full.txt"}


def write(site: Site) -> str:
    """Write the archive; call it last, as it takes what the site's folder then holds."""
    names = sorted(file.relative_to(site.folder).as_posix() for file in site.folder.rglob("*") if file.is_file())
    names = [name for name in names if not left_out(name)]
    known = set(names)
    entries = [(f"{TOP}/{name}", content(site, name, known)) for name in names]
    pack(site.take_away / FILE, site.time, entries)
    return f"{len([name for name in names if name.endswith('.html')])} pages"


def left_out(name: str) -> bool:
    return name in LEFT_OUT or name.endswith((".map", ".html.md")) or (name.startswith(f"{FOLDER}/") and name != f"{FOLDER}/index.html")


def content(site: Site, name: str, known: set[str]) -> bytes:
    """Return a file of the site; an HTML page with every link to a folder led to its index.html."""
    raw = (site.folder / name).read_bytes()
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
            return up(folder) + page + "index.html" + mark + fragment
        return f"{site.url}{path}" if site.url else None

    return relink_html(raw.decode("utf-8"), resolve).encode("utf-8")


def up(folder: str) -> str:
    return "../" * len(Path(folder).parts)
