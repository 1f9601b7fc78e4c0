"""The site built in the tests' own process, with the records that its exports are made from."""

import dataclasses
import os
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig

from answered import CACHE, ROOT
from answered.contents import load_contents
from answered.exports.site import Site
from answered.page import load_pages
from answered.records import Record

CONTENTS = load_contents()
QUESTIONS = CONTENTS.in_order(load_pages())
URL = "https://example.org/answered/"
TIME = "1700000000"


@dataclasses.dataclass
class Built:
    """The site of this process's build, with the records that its exports were made from."""

    config: MkDocsConfig
    records: list[Record]
    site: Site

    def file(self, name: str) -> Path:
        return self.site.take_away / name


@pytest.fixture(scope="session")
def built():
    """The whole site as it is published: with its address and with Colab configured."""
    before = dict(os.environ)
    os.environ.update(SITE_URL=URL, COLAB="https://colab.example/{path}", SOURCE_DATE_EPOCH=TIME)
    try:
        config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(CACHE / "exported-site"))
        config.plugins.on_startup(command="build", dirty=False)
        build(config)
        config.plugins.on_shutdown()
        hooks = config.hooks["answered/hooks.py"].build
        records = sorted(hooks.records, key=lambda record: QUESTIONS.index(record.page))
        assert [record.page for record in records] == QUESTIONS
        return Built(config, records, Site.of(records, hooks.contents, config))
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture
def nowhere(built, tmp_path) -> Site:
    """The same site, whose address is not configured, with an empty folder for its exports."""
    for record in built.records:
        (tmp_path / record.url).mkdir(parents=True)
    return dataclasses.replace(built.site, url="", folder=tmp_path)
