"""Practice as an app that installs and works without a connection.

It takes a manifest, and a service worker with the list of the files that it keeps.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from ..pages.addresses import PRACTICE
from ..site.article import Article, Edition

FILE, MANIFEST, TITLE = "service-worker.js", "manifest.webmanifest", ""
WORKER = Path(__file__).with_name("service_worker.js")
FOLDERS = ("assets/", "practice/", "prepare/", "search/")
HOME = "index.html"


def write(articles: list[Article], edition: Edition) -> str:
    """Write both; the worker's text changes with what it keeps, so that browsers notice."""
    files = (file for file in edition.folder.rglob("*") if file.is_file())
    names = sorted(file.relative_to(edition.folder).as_posix() for file in files)
    kept = [name for name in names if is_kept(name)]
    digest = hashlib.sha256()
    for name in kept:
        digest.update((edition.folder / name).read_bytes())
    addresses = [name.removesuffix(HOME) or "./" for name in kept]
    files = f"const FILES = {json.dumps(addresses)}; // {digest.hexdigest()}\n"
    edition.write(FILE, files + WORKER.read_text(encoding="utf-8"))
    practice = f"{PRACTICE.removesuffix('.md')}/"
    manifest = {
        "name": edition.config.name,
        "short_name": "PyTorch Q&A",
        "start_url": practice,
        "scope": "./",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#9b2d12",
        "icons": [{"src": "assets/favicon.svg", "sizes": "any", "type": "image/svg+xml"}],
    }
    edition.write(MANIFEST, json.dumps(manifest, indent=1) + "\n")
    return f"{len(kept)} files"


def is_kept(name: str) -> bool:
    """Whether a file of the site is needed to practice: scripts, styles, cards, paths, home."""
    needed = name.startswith(FOLDERS) and "/lunr/" not in name  # the theme's own search
    return name == HOME or (needed and not name.endswith((".map", ".md", ".txt")))
