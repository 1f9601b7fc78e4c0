"""The environment variables that blocks start with."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pytest

from answered.engine.environment import device_environment, environment

from .conftest import SETTINGS, block


@pytest.mark.parametrize("fresh", [False, True], ids=["forked", "fresh"])
def test_nothing_of_the_build_is_in_it(small, monkeypatch, fresh):
    monkeypatch.setenv("DEPLOY_TOKEN", "secret")
    monkeypatch.setenv("WANTED", "yes")
    runner = small(environment={"OWN": "1"}, passed_on=("PATH", "WANTED", "ABSENT"))
    code = "import os\nprint(*sorted(os.environ))\nprint(os.environ['WANTED'], os.environ['OWN'])"
    result = runner.run(block(code, *["fresh"] * fresh))
    names, values = result.output.splitlines()
    fixed = "HOME LANG OWN PATH PYTHONDONTWRITEBYTECODE PYTHONHASHSEED PYTHONPATH TMPDIR TZ WANTED"
    assert set(names.split()) - {"LC_CTYPE"} == set(fixed.split())
    assert values == "yes 1"


def test_a_forked_block_of_a_library_has_no_more(run):
    names = set(run("import os\nprint(*os.environ)").output.split())
    allowed = set(environment(SETTINGS)) | {"HOME", "TMPDIR", "LC_CTYPE"}
    assert {name for name in names - allowed if not name.startswith("TORCHINDUCTOR_")} == set()


def test_what_blocks_on_a_device_get_besides(monkeypatch):
    monkeypatch.setenv("CC", "cc")
    monkeypatch.delenv("CUDA_PATH", raising=False)
    monkeypatch.setenv("PYTHONPATH", "/more")
    folder = Path("/folder")
    assert device_environment(SETTINGS, folder) == {
        "CC": "cc",
        "TRITON_CACHE_DIR": str(folder / "tmp" / "triton_cache_dir"),
        "PYTHONPATH": f"{SETTINGS.root}{os.pathsep}/more",
    }
    monkeypatch.delenv("PYTHONPATH")
    assert device_environment(SETTINGS, folder)["PYTHONPATH"] == str(SETTINGS.root)


def test_the_engine_is_no_part_of_the_path(small, tmp_path):
    """Blocks import from the root alone, wherever the engine stands."""
    runner = small()
    code = "import sys\nprint(sys.path[1], [path for path in sys.path if 'example-' in path][1:])"
    for fresh in ([], ["fresh"]):
        assert runner.run(block(code, *fresh)).output == f"{tmp_path} []\n"


def test_settings_come_over_what_is_fixed():
    changed = dataclasses.replace(SETTINGS, environment={"TZ": "CET"})
    assert environment(changed)["TZ"] == "CET"
