"""Give pytest-codeblocks' items the build's own runner and checks; nothing is skipped without being counted."""

from functools import partial

import pytest
from pytest_codeblocks.plugin import TestBlock

from answered.check import judge
from answered.page import MARKS, Page
from answered.store import Store


def pytest_configure(config):
    for name, meaning in MARKS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")
    config.stash[STORE] = Store(fresh=True)


def pytest_collection_modifyitems(config, items):
    """Start running all collected examples; replace how each item runs by waiting for its result."""
    store = config.stash[STORE]
    chosen = []
    for item in items:
        if isinstance(item, TestBlock):
            page = Page.load(item.path)
            example = next(e for e in page.examples if e.line == item.obj.lineno)
            item.runtest = partial(run_example, store, example)
            item.repr_failure = lambda info: str(info.value)
            if not store.runs(example):
                state = "its output is recorded" if store.recorded(example) else "not recorded yet"
                item.add_marker(pytest.mark.skip(reason=f"needs a CUDA device; {state}"))
            chosen.append(example)
    if not config.option.collectonly:
        store.prefetch(chosen)


def run_example(store, example):
    problem = judge(example, store.get(example))
    if problem:
        raise AssertionError(str(problem))


def pytest_unconfigure(config):
    config.stash[STORE].close()


def pytest_sessionfinish(session, exitstatus):
    """A run in which nothing was executed has not passed; pytest-xdist's workers leave that to their parent."""
    if exitstatus == pytest.ExitCode.OK and session.testscollected == 0:
        session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED


STORE = pytest.StashKey[Store]()
