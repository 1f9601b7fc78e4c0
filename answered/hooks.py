"""MkDocs glue: what the build does, hung on MkDocs' events. Everything of substance is elsewhere."""

from __future__ import annotations

import logging
import re
import sys
from html import escape
from pathlib import Path

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page as MkDocsPage

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # MkDocs loads this file by its path

from answered import generated, mathml, notebooks, practice, preview
from answered.browse import related
from answered.check import judge
from answered.content import content_problem, stray_files
from answered.contents import Contents, load_contents
from answered.csp import protected
from answered.exports import page as take_away_page
from answered.exports import take_away
from answered.home import home
from answered.linkcheck import LineNumbers
from answered.myths import myths_page
from answered.page import NOT_UTF8, Page, load_pages
from answered.problems import FaultyFileError, Problem
from answered.records import Record, record
from answered.render import ExamplesExtension
from answered.rules import check_pages
from answered.search import write_index
from answered.store import Store

# Each is called with the records in reading order, the contents and MkDocs' configuration, and writes into the site.
EXPORTS: list = [write_index, practice.write, take_away]  # the offline archive takes what the others wrote

# Pygments marks names, spaces, operators and punctuation as well; without these marks pages are a fifth lighter.
PLAIN_SPANS = re.compile(r'<span class="(?:n|o|p|w)">([^<]*)</span>')
PREFORMATTED = re.compile(r"(<pre.*?</pre>)", re.S)
BLANK_LINES = re.compile(r"\n\s*\n\s*")

log = logging.getLogger("mkdocs.plugins.answered")
late_log = logging.getLogger("mkdocs.answered")  # what `check` does not find, and a preview has to say


class Build:
    """What one build knows: its pages, their contents, what is wrong with them, and the results."""

    def __init__(self) -> None:
        self.store = Store()
        self.examples = ExamplesExtension(self.store)
        self.pages: dict[str, Page] = {}
        self.contents: Contents | None = None
        self.records: list[Record] = []
        self.faults: set[str] = set()
        self.related: dict[str, list[Page]] = {}

    def start(self, docs: Path) -> None:
        """Read and check all pages."""
        self.store.forget()
        self.records, self.faults = [], set()
        try:
            self.contents = load_contents(docs)
        except FaultyFileError as error:
            raise PluginError(str(error)) from None
        loaded = load_pages(docs)
        self.pages = {page.uri: page for page in loaded}
        self.related = related(loaded)
        for problem in sorted(check_pages(loaded, self.contents)):
            complain(problem)

    def judge(self, page: Page) -> None:
        """Wait for a page's results and log what is wrong with them."""
        for example in page.readable_examples:
            result = self.store.get(example)
            problem = judge(example, result) if result else None
            if problem:
                complain(problem)


build = Build()


def complain(problem: Problem) -> None:
    """Log a problem as a warning: in strict mode MkDocs counts it, goes on, and fails at the end."""
    build.faults.add(problem.path)
    log.warning("%s", problem)


def on_startup(command: str, dirty: bool) -> None:
    LineNumbers.install()


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    take_away_page.check_colab(config)
    build.start(Path(config.docs_dir))
    build.store.prefetch([example for page in build.pages.values() if preview.renders(config, page.uri) for example in page.readable_examples])
    config.nav = generated.navigation(build.contents, list(build.pages.values()))
    config.markdown_extensions.append(build.examples)
    notebooks.configure(config)
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    for problem in stray_files(files):
        complain(problem)
    for uri, text in generated.files(build.contents, list(build.pages.values())).items():
        files.append(File.generated(config, uri, content=text))
    preview.leave_out(files, config)
    return files


def on_env(env: Environment, config: MkDocsConfig, files: Files) -> None:
    striptags = env.filters["striptags"]
    env.filters["striptags"] = lambda value: escape(striptags(value))  # which the theme prints as it is, and which undoes escapes
    preview.stand_in(files, config, build.pages)


def on_pre_page(page: MkDocsPage, config: MkDocsConfig, files: Files) -> MkDocsPage:
    if notebooks.is_notebook(page.file.src_uri):
        notebooks.guard(page, complain)
    return page


def on_page_read_source(page: MkDocsPage, config: MkDocsConfig) -> str | None:
    """Read a page that is not UTF-8 as it was checked, as MkDocs would end at it; leave others to MkDocs."""
    source = build.pages.get(page.file.src_uri)
    return source.text if source and NOT_UTF8 in source.text else None


def on_page_markdown(markdown: str, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
    source = build.pages.get(page.file.src_uri)
    if source:  # MkDocs and its plugins read what is checked, not what they would find themselves
        page.meta = {key: value for key, value in source.meta.items() if not source.is_question or key in ("description", "tags")}
    if "description" in page.meta:  # which the theme's template puts into an attribute as it is
        page.meta["description"] = escape(str(page.meta["description"]))
    if page.file.src_uri == generated.VERIFIED:
        return generated.verification(build.contents, list(build.pages.values()), build.store)
    if source is None:
        return markdown
    build.judge(source)
    build.examples.path = source.path
    if source.is_question:
        return generated.question(markdown, source, build.related.get(source.uri, []), build.store)
    if source.uri == "index.md":
        return home(markdown, build.contents, list(build.pages.values()))
    if source.uri == "myths.md":
        return markdown + myths_page(list(build.pages.values()), build.contents)
    if source.uri == take_away_page.URI:
        return take_away_page.complete(markdown)
    return markdown


def on_page_content(html: str, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
    notebook = notebooks.is_notebook(page.file.src_uri)
    if notebook:
        html = notebooks.linked(notebooks.slim(html), page, files, complain)
    html = PLAIN_SPANS.sub(r"\1", mathml.to_mathml(html))
    source = build.pages.get(page.file.src_uri)
    problem = content_problem(f"docs/{page.file.src_uri}", html)
    if problem and (source or notebook):  # the others are generated, and the theme's tags put marks of their own there
        build.faults.add(problem.path)
        late_log.warning("%s", problem)
    if source and source.is_question:
        if source.path not in build.faults:
            build.records.append(record(source, build.contents, html, build.store))
        html += take_away_page.links(source, config) + generated.mending(source, config.extra.get("repository"))
    return html


def on_post_page(output: str, page: MkDocsPage, config: MkDocsConfig) -> str:
    return protected(tidy(output))


def on_post_template(output: str, template_name: str, config: MkDocsConfig) -> str:
    return protected(tidy(output)) if template_name.endswith(".html") else output


def tidy(output: str) -> str:
    """Name the list of tags; drop the blank lines that templates leave, everywhere but in preformatted text."""
    output = output.replace('<nav class="md-tags"', '<nav class="md-tags" aria-label="Tags"')
    return "".join(part if part.startswith("<pre") else BLANK_LINES.sub("\n", part) for part in PREFORMATTED.split(output))


def on_post_build(config: MkDocsConfig) -> None:
    """Write what is made from the rendered questions; those with faults are left out, as the build fails anyway."""
    if preview.ONLY in config.extra:
        return
    order = {page.uri: number for number, page in enumerate(build.contents.in_order(list(build.pages.values())))}
    records = sorted(build.records, key=lambda record: order[record.page.uri])
    for write in EXPORTS:
        write(records, build.contents, config)


def on_shutdown() -> None:
    build.store.close()
