"""The blocks of docs/ as tests: run by the build's own engine, held against the same rules."""

import sys
from pathlib import Path

import pytest

from answered.check.outcome import problem_of
from answered.engine.problems import FaultyFileError
from answered.engine.pytest_plugin import BlockPlugin
from answered.engine.session import Session
from answered.gpu.device import device_name
from answered.gpu.recordings import find_recording, read_recordings
from answered.pages.gate import check_gate
from answered.pages.settings import settings

ROOT = Path(__file__).resolve().parent
try:  # here, before pytest imports what it takes for tests or settings below docs/
    check_gate(ROOT)
except FaultyFileError as error:
    sys.exit(str(error))


def pytest_configure(config: pytest.Config) -> None:
    session = Session(settings(ROOT), device_name(ROOT))

    def problem(block):
        return problem_of(block, session.get(block), session)

    def missing(block):
        recordings, _ = read_recordings(ROOT, block.path)
        recorded = find_recording(session.settings, block, recordings)
        state = "its output is recorded" if recorded else "not recorded yet"
        return f"needs a CUDA device; {state}"

    plugin = BlockPlugin(session, ROOT / "docs", problem, missing)
    config.pluginmanager.register(plugin, "blocks")
