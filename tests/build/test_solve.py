"""`solve`: a reader's own solution before the judge of an exercise."""

import pytest

from answered.engine.landlock import version
from tests.check.test_exercises import GOOD, JUDGE
from tests.conftest import FRESH, Project

SOLVED = {
    "right": ("def add(x):\n    return x + 1\n", 0, "accepted"),
    "wrong": ("def add(x):\n    return x\n", 1, "rejected: 1 and 1 is 2"),
    "another name": ("def plus(x):\n    return x\n", 1, "defines no add"),
    "an error of its own": ("def add(x):\n    return y\n", 1, 'mine.py", line 2, in add'),
    "an assert of its own": ("def add(x):\n    assert x == 0\n", 1, 'mine.py", line 2, in add'),
    "an end of its own": ("raise SystemExit(0)\n", 1, "mine.py: SystemExit: 0"),
    "no end": ("while True:\n    pass\n", 1, "mine.py: timeout 5 s"),
    "no Python": ("def add(x:\n", 1, 'mine.py", line 1'),
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
    limit = {"ANSWERED_TIMEOUT": "5"} if name == "no end" else {}
    done = exercise.answered("solve", "add-one", str(file), **FRESH, **limit)
    assert (done.returncode, told in done.stdout) == (code, True), done.stdout
    assert "answered/engine" not in done.stdout


def test_what_a_task_asks_for_is_judged_piece_by_piece(exercise, tmp_path):
    """Of two functions both are judged, and one alone is, before the other is missed."""
    second = GOOD.replace("def add(", "def plus(").replace("judge(add)", "judge(plus)")
    begin, end = second.index("## The task"), second.index("## The judge")
    text = GOOD.replace("## The judge", second[begin:end].partition("\n")[2] + "## The judge")
    solution = second[second.index("## A solution") : second.index("## Wrong")].partition("\n")[2]
    exercise.page("tensors/add-one.md").write_text(text.replace("## Wrong", f"{solution}## Wrong"))
    right, file = SOLVED["right"][0], tmp_path / "mine.py"
    for source, code, said, accepted in (
        (right, 1, "defines no plus", 1),
        (right + right.replace("add", "plus"), 0, "", 2),
        (right + SOLVED["another name"][0], 1, "rejected: 1 and 1 is 2", 1),
    ):
        file.write_text(source)
        done = exercise.answered("solve", "add-one", str(file), **FRESH)
        assert (done.returncode, said in done.stdout) == (code, True), done.stdout
        assert done.stdout.count("accepted") == accepted, done.stdout


@pytest.mark.skipif(not version(), reason="THIS SYSTEM LETS EXAMPLES READ ALL FILES")
def test_a_judge_is_confined_as_blocks_are(exercise, tmp_path):
    """It is a file of the repository, which anyone may propose, and need not be read before."""
    steals = f'\n    import os\n    print(os.getenv("TOKEN"))\n    open("{tmp_path}/new", "w")\n'
    (exercise.root / "snippets/judges/add_one.py").write_text(JUDGE + steals)
    file = tmp_path / "mine.py"
    file.write_text(SOLVED["right"][0])
    done = exercise.answered("solve", "add-one", str(file), TOKEN="secret", **FRESH)
    assert done.returncode == 1 and "accepted\nNone\n" in done.stdout, done.stdout
    assert not (tmp_path / "new").exists()


def test_what_cannot_be_judged(exercise, tmp_path):
    done = exercise.answered("solve", "one", str(tmp_path / "mine.py"))
    assert done.returncode == 1 and "tensors/one.md is no exercise" in done.stdout
    done = exercise.answered("solve", "add-one", str(tmp_path / "mine.py"))
    assert done.returncode == 1 and "no such file; write add into it" in done.stdout
    done = exercise.answered("solve", "nothing", str(tmp_path / "mine.py"))
    assert done.returncode == 1 and "no such page" in done.stdout
    (tmp_path / "mine.py").write_bytes(b"# \xe9\n")
    done = exercise.answered("solve", "add-one", str(tmp_path / "mine.py"))
    assert done.returncode == 1 and "mine.py: not UTF-8" in done.stdout
