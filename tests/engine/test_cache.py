"""The cache: what a key depends on, what is kept, what is deleted."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from answered.engine import cache as module
from answered.engine.cache import NOT_RUN, Cache, versions
from answered.engine.result import Result
from answered.engine.settings import Settings

from .conftest import PROJECT, block

ENGINE = PROJECT / "answered" / "engine"


@pytest.fixture
def settings(tmp_path, monkeypatch) -> Settings:
    """A project with helpers and a locked file, and a copy of the engine's files beside it."""
    root = tmp_path / "project"
    (root / "snippets" / "deep").mkdir(parents=True)
    (root / "snippets" / "__init__.py").write_text("")
    (root / "snippets" / "deep" / "one.py").write_text("ONE = 1")
    (root / "requirements.txt").write_text("torch==1")
    copy = tmp_path / "engine"
    shutil.copytree(ENGINE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(module, "__file__", str(copy / "cache.py"))
    return Settings(root=root, depends_on=("psutil",))


USES = block("from snippets.deep import one")
OTHER = block("print(1)")
DEVICE = block("print(1)", "gpu")


def append(file: Path) -> None:
    with file.open("a") as stream:
        stream.write("\n# edited\n")


def rename(file: Path) -> None:
    file.rename(file.with_name("two.py"))


def keys(settings: Settings) -> list[str]:
    cache = Cache(settings)
    return [cache.key(each, "A100") for each in (USES, OTHER, DEVICE)]


@pytest.mark.parametrize("change", [append, rename, Path.unlink])
def test_a_helper_in_a_subfolder_changes_the_keys_of_those_who_import_it(settings, change):
    before = keys(settings)
    change(settings.root / "snippets" / "deep" / "one.py")
    after = keys(settings)
    assert after[0] != before[0] and after[1:] == before[1:]


def test_a_helper_that_moves_changes_the_key(settings):
    before = keys(settings)
    (settings.root / "snippets" / "deep" / "one.py").rename(settings.root / "snippets" / "one.py")
    assert keys(settings)[0] != before[0]


def test_a_file_in_the_blocks_folder_changes_its_key(settings):
    asked = dataclasses.replace(OTHER, files=("snippets/deep/one.py",))
    before = Cache(settings).key(asked)
    assert before != Cache(settings).key(OTHER)
    append(settings.root / asked.files[0])
    changed = Cache(settings).key(asked)
    (settings.root / asked.files[0]).unlink()
    assert len({before, changed, Cache(settings).key(asked)}) == 3


def test_byte_code_of_helpers_changes_nothing(settings):
    before = keys(settings)
    (settings.root / "snippets" / "__pycache__").mkdir()
    (settings.root / "snippets" / "__pycache__" / "one.cpython-311.pyc").write_bytes(b"x")
    assert keys(settings) == before


def test_the_locked_file_changes_every_key(settings):
    before = keys(settings)
    append(settings.root / "requirements.txt")
    changed = keys(settings)
    assert all(one != other for one, other in zip(before, changed, strict=True))
    (settings.root / "requirements.txt").unlink()
    assert not set(keys(settings)) & {*before, *changed}


@pytest.mark.parametrize("name", sorted(file.name for file in ENGINE.glob("*.py")))
def test_files_of_the_engine_change_every_key_if_they_have_a_part_in_running(settings, name):
    before = keys(settings)
    append(Path(module.__file__).with_name(name))
    same = Path(name).stem in NOT_RUN
    assert [one == other for one, other in zip(before, keys(settings), strict=True)] == [same] * 3


def test_what_runs_blocks_is_part_of_the_key():
    run = "cache collect environment limits result runner script server settings spawn worker"
    assert not NOT_RUN & set(run.split())
    assert {file.stem for file in ENGINE.glob("*.py")} >= set(run.split())


@pytest.mark.parametrize("name", ["python_version", "machine", "system"])
def test_versions_change_every_key(settings, monkeypatch, name):
    before = keys(settings)
    monkeypatch.setattr(module.platform, name, lambda: "another")
    assert not set(keys(settings)) & set(before)


def test_versions_of_distributions_change_every_key(settings, monkeypatch):
    before = keys(settings)
    monkeypatch.setattr(module.importlib.metadata, "version", lambda name: "0")
    assert not set(keys(settings)) & set(before)
    assert versions(settings)["psutil"] == "0"


def test_code_marks_language_and_device_change_the_key(settings):
    cache = Cache(settings)
    several = [
        cache.key(OTHER),
        cache.key(block("print(2)")),
        cache.key(block("print(1)", "raises")),
        cache.key(block("print(1)", "slow")),
        cache.key(dataclasses.replace(OTHER, language="other")),
        cache.key(DEVICE),
        cache.key(DEVICE, "A100"),
        cache.key(DEVICE, "H100"),
    ]
    assert len(set(several)) == len(several)
    assert cache.key(OTHER, "A100") == cache.key(OTHER)


def test_where_a_block_stands_does_not_change_the_key(settings):
    elsewhere = dataclasses.replace(OTHER, path="docs/other.md", line=99, expected="1\n")
    assert Cache(settings).key(elsewhere) == Cache(settings).key(OTHER)


def test_the_project_may_move(settings, tmp_path):
    before = keys(settings)
    shutil.copytree(settings.root, tmp_path / "moved")
    assert keys(dataclasses.replace(settings, root=tmp_path / "moved")) == before


def test_files_are_read_again_when_it_is_refreshed_and_not_before(settings):
    cache = Cache(settings)
    before = cache.key(USES)
    append(settings.root / "snippets" / "deep" / "one.py")
    assert cache.key(USES) == before
    cache.refresh()
    assert cache.key(USES) != before


FULL = Result("completed", "out\n", "err\n", "", "", "", 0.5, [("a.svg", "<svg/>")])


def test_a_kept_result_is_the_one_that_was_stored(settings):
    cache = Cache(settings)
    key = cache.key(OTHER)
    assert cache.load(key) is None
    cache.store(key, OTHER, FULL)
    assert cache.load(key) == FULL
    assert [file.suffix for file in cache.folder.iterdir()] == [".json"]


@pytest.mark.parametrize(
    ("ended", "marks", "kept"),
    [
        ("completed", (), True),
        ("raised", ("raises",), True),
        ("completed", ("raises",), False),
        ("raised", (), False),
        *((end, (), False) for end in "exited left killed timeout stopped orphaned".split()),
        ("exited", ("raises",), False),
    ],
)
def test_only_clean_ends_are_kept(settings, ended, marks, kept):
    cache, one = Cache(settings), block("print(1)", *marks)
    cache.store(cache.key(one), one, Result(ended))
    assert (cache.load(cache.key(one)) is not None) is kept


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"ended": "completed"}',
        '{"output": "x", "figures": []}',
        '{"ended": "completed", "figures": [], "more": 1}',
        '{"ended": "completed", "figures": 1}',
        "[" * 100_000,
        *(
            json.dumps(dataclasses.asdict(FULL) | changed)
            for changed in (
                {"ended": "somehow"},
                {"output": None},
                {"seconds": "0.5"},
                {"figures": ["ab"]},
                {"figures": [["a.svg", None]]},
                {"figures": [["a.svg", "<svg/>"]] * 10_000},
                {"figures": [["a.svg", "x" * 300_000]]},
                {"output": "x" * 300_000},
            )
        ),
    ],
)
def test_a_broken_entry_is_a_miss(settings, broken):
    cache = Cache(settings)
    key = cache.key(OTHER)
    cache.store(key, OTHER, FULL)
    (cache.folder / f"{key}.json").write_text(broken)
    assert cache.load(key) is None
    cache.store(key, OTHER, FULL)
    assert cache.load(key) == FULL


def test_an_entry_that_is_no_text_is_a_miss(settings):
    cache = Cache(settings)
    cache.folder.mkdir(parents=True)
    (cache.folder / "key.json").write_bytes(b"\xff")
    (cache.folder / "folder.json").mkdir()
    assert cache.load("key") is None and cache.load("folder") is None


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such files")
@pytest.mark.parametrize("lays", [os.mkfifo, lambda file: file.symlink_to("/dev/zero")])
def test_what_has_no_end_is_a_miss(settings, lays):
    cache = Cache(settings)
    cache.folder.mkdir(parents=True)
    lays(cache.folder / "key.json")
    assert cache.load("key") is None


def test_an_entry_that_is_longer_than_any_is_not_read(settings, monkeypatch):
    cache = Cache(settings)
    cache.store("key", OTHER, FULL)
    monkeypatch.setattr(module, "MAX_ENTRY", 10)
    assert cache.load("key") is None


def test_halves_of_characters_are_kept_as_escapes(settings):
    """No page could be written with one."""
    cache = Cache(settings)
    half = {"output": "\ud800", "figures": [["\udcff.svg", "\ud800"]]}
    cache.keep(cache.folder / "key.json", dataclasses.asdict(FULL) | half)
    found = cache.load("key")
    assert (found.output, found.figures) == ("\\ud800", [("\\udcff.svg", "\\ud800")])


def test_what_cannot_be_kept_is_told_once(settings, capsys):
    """And is computed again by the next build; a folder in the place of an entry as well."""
    cache = Cache(settings)
    (cache.folder / "key.json" / "x").mkdir(parents=True)
    for _ in range(2):
        cache.store("key", OTHER, FULL)
    told = capsys.readouterr().err
    assert told.count("note: results are not kept") == 1 and "key.json" in told
    assert cache.load("key") is None
    cache.prune(set())
    assert [file.name for file in cache.folder.iterdir()] == ["key.json"]


def test_pruning_deletes_what_is_old_and_not_to_be_kept(settings):
    cache = Cache(settings)
    for name in ("kept", "old", "young"):
        cache.store(name, OTHER, FULL)
        file = cache.folder / f"{name}.json"
        age = 0 if name == "young" else 100
        os.utime(file, (file.stat().st_atime, file.stat().st_mtime - age))
    cache.prune({"kept"}, older_than=50)
    assert sorted(file.stem for file in cache.folder.iterdir()) == ["kept", "young"]
    (cache.folder / "kept.json.12345~").touch()  # of a build that was killed
    cache.prune({"kept"})
    assert [file.stem for file in cache.folder.iterdir()] == ["kept"]


def test_pruning_where_there_is_no_folder(settings):
    Cache(settings).prune(set())
