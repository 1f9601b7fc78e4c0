"""`solve`: a reader's own solution before the judge of an exercise."""

import pytest

from tests.check.test_exercises import GOOD, JUDGE
from tests.conftest import Project

SOLVED = {
    "right": ("def add(x):\n    return x + 1\n", 0, "accepted"),
    "wrong": ("def add(x):\n    return x\n", 1, "rejected: 1 and 1 is 2"),
    "another name": ("def plus(x):\n    return x\n", 1, "defines no add"),
    "an error of its own": ("def add(x):\n    return y\n", 1, "NameError: name 'y'"),
}


@pytest.fixture
def exercise(project: Project) -> Project:
    (project.root / "snippets/judges").mkdir(exist_ok=True)
    (project.root / "snippets/judges/add_one.py").write_text(JUDGE)
    project.page("tensors/add-one.md").write_text(GOOD)
    return project


@pytest.mark.parametrize("name", SOLVED)
def test_a_solution_is_judged(exercise, tmp_path, name):
    source, code, told = SOLVED[name]
    file = tmp_path / "mine.py"
    file.write_text(source)
    done = exercise.answered("solve", "add-one", str(file))
    assert (done.returncode, told in done.stdout) == (code, True), done.stdout


def test_what_cannot_be_judged(exercise, tmp_path):
    done = exercise.answered("solve", "one", str(tmp_path / "mine.py"))
    assert done.returncode == 1 and "tensors/one.md is no exercise" in done.stdout
    done = exercise.answered("solve", "add-one", str(tmp_path / "mine.py"))
    assert done.returncode == 1 and "no such file; write add into it" in done.stdout
    done = exercise.answered("solve", "nothing", str(tmp_path / "mine.py"))
    assert done.returncode == 1 and "no such page" in done.stdout
