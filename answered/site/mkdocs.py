"""MkDocs as the generator: the one module that imports it."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from click import ClickException
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from ..pages.addresses import HOME, VERIFIED
from .stage import Stage

HOST = "127.0.0.1"
# Links to pages that a build of one page leaves out cannot be followed; `check.links` does that.
UNCHECKED = {"links": {"anchors": "ignore", "not_found": "ignore"}, "nav": {"not_found": "ignore"}}


class StagePlugin(BasePlugin):
    """Feeds MkDocs from a stage that is still being written, and finishes its pages."""

    def __init__(self, stage: Stage, finish: Callable[[str, str], str], only: str = "") -> None:
        """`finish` takes a page's uri and HTML; `only` is the uri of the one page to render."""
        self.stage = stage
        self.finish = finish
        self.only = only

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        for uri in (VERIFIED, HOME):  # which need every outcome, and so come last
            file = files.get_file_from_path(uri)
            if file:
                files.remove(file)
                files.append(file)
        for file in files.documentation_pages() if self.only else ():
            file.is_modified = partial(str.__eq__, file.src_uri, self.only)
        return files

    def on_page_read_source(self, page: Page, config: MkDocsConfig) -> None:
        self.stage.wait(page.file.src_uri)

    def on_post_page(self, output: str, page: Page, config: MkDocsConfig) -> str:
        return self.finish(page.file.src_uri, output)

    def on_post_template(self, output: str, template_name: str, config: MkDocsConfig) -> str:
        return self.finish("", output) if template_name.endswith(".html") else output


def build(
    stage: Stage,
    site: Path,
    finish: Callable[[str, str], str],
    strict: bool = True,
    only: str | None = None,
) -> bool:
    """Build the stage into the folder `site`; return whether MkDocs found nothing wrong.

    `only`: the uri of the one page to render, or "" for those that have changed since the last
    build; None renders all.
    """
    log = logging.getLogger("mkdocs")
    shown = logging.StreamHandler()
    shown.setLevel(logging.WARNING)
    shown.addFilter(lambda record: "'dirty' build" not in record.getMessage())  # it is meant so
    log.addHandler(shown)
    given = {"validation": UNCHECKED} if only is not None else {}
    date = str(stage.config.time)
    try:
        with variables(NO_MKDOCS_2_WARNING="1", SOURCE_DATE_EPOCH=date):
            config = load_config(str(stage.config_file), site_dir=str(site), strict=strict, **given)
            config.plugins["answered"] = StagePlugin(stage, finish, only or "")
            config.plugins.on_startup(command="build", dirty=only is not None)
            mkdocs_build(config, dirty=only is not None)
    except ClickException as error:
        error.show()
        return False
    finally:
        log.removeHandler(shown)
    return True


@contextlib.contextmanager
def variables(**values: str) -> Iterator[None]:
    """Set variables of the environment, which is how MkDocs is told, and restore them."""
    before = {name: os.environ[name] for name in values if name in os.environ}
    os.environ.update(values)
    try:
        yield
    finally:
        for name in values:
            del os.environ[name]
        os.environ.update(before)


def serve(site: Path, rebuild: Callable[[], None], watched: list[Path], port: int) -> None:
    """Serve the folder `site`, and reload browsers after `rebuild` when a watched file changes.

    Raises:
        OSError: the port is in use.
    """
    log = logging.getLogger("mkdocs")
    log.setLevel(logging.INFO)
    log.addHandler(logging.StreamHandler())
    server = LiveReloadServer(rebuild, HOST, port, str(site), polling_interval=0.2)
    server.build_delay = 0.05  # seconds without a change before a rebuild
    server.error_handler = lambda code: (site / "404.html").read_bytes() if code == 404 else None
    for path in watched:
        server.watch(str(path))
    try:
        server.serve()
    finally:
        server.shutdown()
