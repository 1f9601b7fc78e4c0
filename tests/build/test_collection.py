"""Blocks as tests: collected without evaluating anything, judged with the lines of their pages."""

import re
import shutil

import pytest

from tests.conftest import FRESH, NO_DEVICE, ROOT, Project, block

ONE, TWO, THREE = "tensors/one.md", "tensors/two.md", "autograd/three.md"
WITHOUT = FRESH | NO_DEVICE
PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
# pytest-codeblocks evaluates the text between the parentheses of a mark.
EVIL = "<!--pytest.mark.slow(open({!r}, 'w').write('x'))-->\n```python\nassert 1\n```"


@pytest.fixture
def project(project) -> Project:
    for name in ("conftest.py", "pytest.ini"):
        shutil.copy(ROOT / name, project.root)
    return project


COMMANDS = {
    "pytest --collect-only": (*PYTEST, "--collect-only", "docs"),
    "pytest": (*PYTEST, "docs"),
    "build": ("-m", "answered", "build"),
    "check": ("-m", "answered", "check"),
    "update": ("-m", "answered", "update"),
    "page": ("-m", "answered", "page", "one"),
    "gpu": ("-m", "answered", "gpu"),
}


def test_no_command_evaluates_a_mark(project, tmp_path):
    """Not while it collects, nor later; that it is no mark is told."""
    project.append(ONE, EVIL.format(str(tmp_path / "evaluated")))
    told = []
    for name, command in COMMANDS.items():
        env = FRESH | {"ANSWERED_CUDA_DEVICE": "Toy" if name == "gpu" else ""}
        done = project.run(*command, **env)
        assert not (tmp_path / "evaluated").exists(), name
        told += [name] if "not a mark of this project" in done.stdout else []
    assert {"build", "check", "update", "page", "gpu"} <= set(told), told


def test_pytest_codeblocks_own_plugin_would_evaluate_it(tmp_path):
    """So the test above can fail: this is what it would find if that plugin were on."""
    page = EVIL.format(str(tmp_path / "evaluated"))
    (tmp_path / "page.md").write_text(page)
    Project(tmp_path).run(*PYTEST, "--codeblocks", "--collect-only", "page.md")
    assert (tmp_path / "evaluated").is_file()


def test_a_block_is_a_test_with_the_line_of_its_page(project):
    raises = project.append(ONE, block("1 / 0\nassert True", expected=None))
    differs = project.append(TWO, block("print('new')", expected="old"))
    project.append(THREE, block("assert 1", "slow", None))
    done = project.run(*PYTEST, "docs", **WITHOUT)
    assert done.returncode == 1 and "2 failed, 4 passed" in done.stdout, done.stdout
    one, two = f"docs/questions/{ONE}", f"docs/questions/{TWO}"
    for path, line, what in (
        (one, raises, "the block raised ZeroDivisionError"),
        (two, differs, "the output is not the expected one"),
    ):
        assert f"FAILED {path}::line {line}" in done.stdout
        assert re.search(rf"{path}:{line}: {what}.*\n(?:      .*\n)*    fix: \w", done.stdout)
    marked = project.run(*PYTEST, "docs", "-m", "slow", **WITHOUT)
    assert "1 passed, 5 deselected" in marked.stdout, marked.stdout
