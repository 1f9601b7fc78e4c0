"""Notebooks: what mkdocs-jupyter is told, and what is taken out of the HTML it returns."""

from __future__ import annotations

import functools
import os
import posixpath
import re
import shutil
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from bs4 import BeautifulSoup, Comment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc
from mkdocs.utils import get_relative_url
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from . import CACHE, ROOT
from .mathml import formula
from .problems import Problem
from .results import snippets_digest, surroundings

LINK = re.compile(r'(<a href=")(?!\w+:)([^"#]+\.(?:md|py))')
INLINE_MATH = re.compile(r"\$([^$\n]+)\$")


def is_notebook(uri: str) -> bool:
    return uri.startswith("notebooks/") and uri.endswith(".py")


def configure(config: MkDocsConfig) -> None:
    """Key the plugin's cache by versions and snippets too, and let Jupyter find the kernel `answered.kernel`.

    The plugin's own key leaves out the versions of what a notebook runs with.
    """
    parent = CACHE / "notebooks"
    folder = parent / f"{surroundings()[:16]}-{snippets_digest()[:16]}"
    for other in parent.glob("*"):
        if other != folder:
            shutil.rmtree(other)
    config.plugins["mkdocs-jupyter"].config["cache_dir"] = str(folder)
    os.environ |= {"JUPYTER_PATH": str(ROOT / "answered" / "jupyter"), "PYTHONPATH": str(ROOT), "KERNELS": kernels().name}


@functools.cache
def kernels() -> tempfile.TemporaryDirectory:
    """Return the folder that kernels make theirs in; it goes when the build ends."""
    return tempfile.TemporaryDirectory(prefix="kernels-")


def guard(page: Page, complain: Callable[[Problem], None]) -> None:
    """Let a cell that raises become a problem with the cell's line, and the build go on to report the others."""
    render = page.render

    def render_or_complain(config, files):
        try:
            interruptible(render, config, files)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            complain(cell_problem(ROOT / "docs" / page.file.src_uri, str(error)))
            page.content, page.toc = "<p>A cell of this notebook fails.</p>", get_toc([])

    page.render = render_or_complain


def interruptible(call: Callable, *arguments) -> None:
    """Call in another thread: in the main one nbclient takes signals for itself, and an interruption would be lost."""
    done: Future[None] = Future()

    def run() -> None:
        try:
            done.set_result(call(*arguments))
        except Exception as error:
            done.set_exception(error)

    threading.Thread(target=run, daemon=True).start()  # nobody waits for it at an interruption; nbclient ends the kernel at exit
    done.result()


def cell_problem(file: Path, message: str) -> Problem:
    """Find the line of the failing cell; the error's text holds its source and the traceback."""
    source = re.search(r"-{10,}\n(.*?)\n-{10,}", message, re.S)
    first = source[1].strip().split("\n")[0] if source else ""
    lines = file.read_text(encoding="utf-8").split("\n")
    line = next((i for i, text in enumerate(lines, 1) if first and text.strip() == first.strip()), 1)
    last = re.sub(r"\x1b\[[\d;]*m", "", message.strip().split("\n")[-1])
    path = file.relative_to(ROOT).as_posix()
    return Problem(path, line, f"a cell of the notebook raised {last}", "mend the cell; a notebook runs from its first cell to its last")


def slim(content: str) -> str:
    """Return the notebook's HTML without the style sheets and scripts that mkdocs-jupyter inlines.

    What is left has the classes that the site's own style sheet knows: code cells look like the code of any page.
    """
    soup = BeautifulSoup(content, "html.parser")
    for element in soup.select(
        "style, script, link, .zeroclipboard-container, .clipboard-copy-txt, .jp-InputPrompt, .jp-OutputPrompt, .jp-Collapser, a.anchor-link"
    ):
        element.decompose()
    for cell in soup.select("[id^='cell-id=']"):
        del cell["id"]  # made up anew at every conversion
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for element in soup.find_all(True):
        element.attrs = {name: value for name, value in element.attrs.items() if not name.startswith("data-")}
    for block in soup.select(".highlight-ipynb"):
        block["class"] = ["highlight"]
        pre = block.find("pre")
        if pre and not pre.find("code"):
            code = soup.new_tag("code")
            code.extend(list(pre.contents))
            pre.append(code)
    for output in soup.select(".jp-OutputArea-output"):
        output["class"] = [*output["class"], "result"]
        for pre in output.find_all("pre"):
            pre["tabindex"] = "0"  # it may scroll, and a keyboard has to get there
    for text in soup.find_all(string=INLINE_MATH):
        if text.find_parent("code") is None and text.find_parent(class_="jp-RenderedMarkdown"):
            made = INLINE_MATH.sub(lambda match: formula(match[1]), str(text))
            text.replace_with(BeautifulSoup(made, "html.parser"))
    return str(soup)


def linked(html: str, page: Page, files: Files, complain: Callable[[Problem], None]) -> str:
    """Return `html` with its links to source files led to their pages, which MkDocs does for Markdown only."""

    def led(link: re.Match) -> str:
        file = files.get_file_from_path(posixpath.normpath(posixpath.join(posixpath.dirname(page.file.src_uri), link[2])))
        if file:
            return link[1] + get_relative_url(file.url, page.url)
        path = f"docs/{page.file.src_uri}"
        lines = (ROOT / path).read_text(encoding="utf-8").split("\n")
        line = next((i for i, text in enumerate(lines, 1) if f"]({link[2]}" in text), 1)
        complain(Problem(path, line, f"link '{link[2]}' leads to no page", "point the link at a page that exists"))
        return link[0]

    return LINK.sub(led, html)
