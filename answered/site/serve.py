"""The site, served; what changes is run, rendered and shown anew."""

from __future__ import annotations

import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from ..check.book import check_book
from ..engine.problems import FaultyFileError, Problem, report
from ..engine.temporary import OwnFolder
from ..pages.book import Book
from . import mkdocs
from .article import Edition
from .build import Build, Products
from .config import Config
from .finish import finished, parts, with_content
from .policy import problems_of
from .stage import Stage

WATCHED = ("docs", "snippets", "answered/site/theme", "mkdocs.yml")


def serve_site(root: Path, port: int, products: Products) -> int:
    """Build the site with all its faults shown in it, serve it, and rebuild what changes.

    Search and practice know the questions as they were at the start.

    Raises:
        SystemExit: the port is in use.
    """
    try:
        socket.create_server((mkdocs.HOST, port)).close()
    except OSError:
        sys.exit(f"port {port} is in use; give another with `make serve PORT=...`")
    with (
        OwnFolder("answered-") as folder,
        Build.open(root) as build,
    ):
        server = Server(build, Path(folder), products)
        server.rebuild(first=True)
        watched = [root / name for name in WATCHED if (root / name).exists()]
        mkdocs.serve(server.folder / "site", server.rebuild, watched, port)
    return 0


@dataclass
class Server:
    """One build that lives on: each change renders the pages that it changes."""

    build: Build
    folder: Path
    products: Products

    def rebuild(self, first: bool = False) -> None:
        """Read the sources anew, run changed blocks, and render changed pages."""
        build, start = self.build, time.monotonic()
        build.session.refresh()
        build.notebooks.refresh()
        build.outcomes.clear()
        try:
            build.book = Book.load(build.config.root)
            build.config = Config.load(build.config.root)
        except FaultyFileError as error:
            print(error, file=sys.stderr)
            return
        build.found = check_book(build.book)
        listing = self.products.listing(build.book)
        stage = Stage(build.book, build.config, self.folder / "stage", listing)
        stage.prepare()
        build.run(stage)
        site = self.folder / "site"
        mkdocs.build(stage, site, self.publish, strict=False, only=None if first else "")
        if first:
            try:
                self.products.write_all(build.articles(), Edition(build.book, build.config, site))
            except FaultyFileError as error:
                build.found += error.problems
            except (KeyError, ValueError) as error:  # a page that cannot be exported
                build.found.append(Problem("docs", 1, f"no search: {error}", "fix the pages"))
        if build.problems:
            print(report(build.problems), file=sys.stderr)
        print(f"rendered in {time.monotonic() - start:.1f} s", flush=True)

    def publish(self, uri: str, page: str) -> str:
        """Return a page without its policy, which would keep browsers from reloading it.

        One that holds what the site may not hold is not written.
        """
        page = with_content(page)
        if found := problems_of(self.build.book, uri, page):
            self.build.found += found
            return ""
        self.build.contents[uri] = parts(page)[1]
        return finished(page)
