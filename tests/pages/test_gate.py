"""What may not lie below docs/ and snippets/, told with file and line before anything is read."""

import os
import shutil
import subprocess
import sys

import pytest

from answered.engine.problems import FaultyFileError
from answered.pages.gate import (
    IS_SLUG,
    MAX_BYTES,
    MAX_FENCES,
    MAX_LINE,
    check_gate,
    is_slug,
    left_over,
)
from tests.check.books import CONTENTS_FILE, ONE, book, page
from tests.conftest import NO_DEVICE, ROOT, Project

NO_PLACE = "no file of this kind has its place here"
DOT = "a file whose name begins with a dot can change what tools and reviewers see"
PLACES = {
    "docs/evil.html": NO_PLACE,
    "docs/assets/evil.html": NO_PLACE,
    "docs/assets/picture.png": NO_PLACE,
    "docs/page.mkd": NO_PLACE,
    "docs/questions/tensors/page.markdown": NO_PLACE,
    "docs/conftest.py": NO_PLACE,
    "docs/questions/tensors/test_it.py": NO_PLACE,
    "docs/questions/tensors/notebooks/e.py": NO_PLACE,
    "docs/questions/tensors/notes.yml": NO_PLACE,
    "docs/notebooks/data.csv": NO_PLACE,
    "docs/notebooks/deep/a.py": NO_PLACE,
    "docs/notebooks/test_x.py": "the notebook's name is not a slug",
    "docs/notebooks/a.ipynb": "a notebook is kept as a percent script, without outputs",
    "docs/.gitattributes": DOT,
    "docs/questions/.ruff.toml": DOT,
    "docs/assets/.htaccess": DOT,
    "docs/.hidden/page.md": DOT,
    "snippets/deep/a.py": NO_PLACE,
    "snippets/data.pkl": NO_PLACE,
    "snippets/.env": DOT,
}
INVISIBLE = {
    "no width": "\u200b",
    "the other direction": "\u202e",
    "a soft hyphen": "\u00ad",
    "a tag": "\U000e0041",
    "a letter without a shape": "\u3164",
    "a variation": "\ufe0f",
    "a rarer variation": "\U000e0100",
    "an empty pattern of Braille": "\u2800",
    "a joiner": "\u034f",
    "a separator of lines": "\u2028",
    "a separator of Mongolian": "\u180e",
    "an annotation": "\ufff9",
    "a blank that does not break": "\u00a0",
    "a private character": "\ue000",
}


def told(root) -> list[tuple[str, int, str]]:
    with pytest.raises(FaultyFileError) as error:
        check_gate(root)
    assert all(problem.fix for problem in error.value.problems)
    return [(problem.path, problem.line, problem.what) for problem in error.value.problems]


@pytest.fixture
def root(tmp_path):
    """A small project that passes."""
    made = book(tmp_path, {"docs/.ruff.toml": "", "docs/assets/deep/a.js": "x"}).root
    check_gate(made)
    return made


@pytest.mark.parametrize("path", PLACES)
def test_what_has_no_place_does_not_pass(root, path):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text("x")
    if path.startswith("docs/.hidden"):
        path = "docs/.hidden"
    assert told(root) == [(path, 1, PLACES.get(path, DOT))]


def test_what_python_and_editors_leave_passes_and_is_not_published(root, tmp_path_factory):
    (root / "snippets/__pycache__").mkdir()
    (root / "snippets/__pycache__/tools.cpython-311.pyc").write_bytes(b"x")
    assets = root / "docs/assets"
    for name in (".a.js.swp", "a.js~", "#a.js#", ".DS_Store"):
        (assets / name).write_text("x")
    (assets / ".#a.js").symlink_to("someone@somewhere.1234")
    check_gate(root)
    target = tmp_path_factory.mktemp("other") / "assets"
    shutil.copytree(assets, target, ignore=left_over)
    assert sorted(file.name for file in target.rglob("*")) == ["a.js", "a.svg", "deep"]


@pytest.mark.parametrize(
    "path", ["docs/assets/a.txt", "docs/assets/pictures", ONE, CONTENTS_FILE, "snippets/keys.py"]
)
@pytest.mark.parametrize("outside", [True, False])
def test_no_link_passes_whatever_it_leads_to(root, tmp_path_factory, path, outside):
    target = tmp_path_factory.mktemp("other") if outside else root / "docs" / "assets"
    (root / path).unlink(missing_ok=True)
    (root / path).symlink_to(target)
    assert told(root) == [(path, 1, "a symbolic link: what it leads to would be published")]


def test_no_folder_and_no_link_passes_as_what_an_editor_left(root, tmp_path_factory):
    (root / "docs/evil~").mkdir()
    (root / "docs/evil~/conftest.py").write_text(EVIL)
    other = tmp_path_factory.mktemp("other")
    (root / "docs/assets/a~").symlink_to(other)
    (root / "docs/assets/.#b").symlink_to(other)
    (root / "docs/assets/pages~").mkdir()
    assert [path for path, _, _ in told(root)] == [
        "docs/assets/.#b",
        "docs/assets/a~",
        "docs/evil~/conftest.py",
    ]


@pytest.mark.parametrize(
    "folder",
    [".cache", ".cache/results", ".cache/notebooks", ".cache/preview", ".cache/preview/questions"],
)
def test_results_are_kept_where_they_seem_to_be(root, tmp_path_factory, folder):
    (root / folder).parent.mkdir(parents=True, exist_ok=True)
    (root / folder).symlink_to(tmp_path_factory.mktemp("other"))
    what = "a symbolic link: what is built is written, and deleted, where it leads"
    assert told(root) == [(folder, 1, what)]


@pytest.mark.parametrize("folder", ["docs", "snippets"])
def test_the_folders_themselves_are_no_links(root, folder):
    (root / folder).rename(root / "elsewhere")
    (root / folder).symlink_to(root / "elsewhere")
    assert told(root)[0][0] == folder


def test_a_folder_with_the_name_of_a_page_and_a_pipe(root):
    (root / "docs/questions/d.md").mkdir()
    os.mkfifo(root / "docs/questions/pipe.md")
    assert told(root) == [
        ("docs/questions/d.md", 1, "a folder has the name of a page"),
        ("docs/questions/pipe.md", 1, "neither a file nor a folder"),
    ]


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[2Jb", "a\u202eb", "a\u00e9"])
def test_a_name_is_told_without_its_control_characters(root, name):
    (root / f"docs/questions/{name}.md").write_text("x")
    [(path, line, what)] = told(root)
    assert (line, what) == (1, "a name with characters beyond ASCII")
    assert path.isprintable() and "docs/questions/a" in path


@pytest.mark.parametrize("name", INVISIBLE)
def test_invisible_characters_are_refused_wherever_people_read(root, name):
    character = INVISIBLE[name]
    what = f"an invisible character, U+{ord(character):04X}"
    for path in ("snippets/tools.py", CONTENTS_FILE, "docs/notebooks/digits.py"):
        text = (root / path).read_text()
        (root / path).write_text(f"{text}# a{character}b\n")
        assert told(root) == [(path, text.count("\n") + 1, what)]
        (root / path).write_text(text)


@pytest.mark.parametrize("path", ["snippets/judges/a.py", "docs/notebooks/digits.py"])
def test_code_in_another_encoding_does_not_pass(root, path):
    """Python would run it, and a page that shows it could not be written."""
    (root / path).parent.mkdir(exist_ok=True)
    (root / path).write_bytes(b"# -*- coding: latin-1 -*-\n# \xe9\n")
    assert told(root) == [(path, 2, "the file is not UTF-8")]


def test_letters_and_signs_of_other_scripts_can_be_seen(root):
    (root / "snippets/tools.py").write_text('"""αβ² → ∂ŷ/∂x, √n ≤ μ, x̂, 中文, é."""\n')
    check_gate(root)


@pytest.mark.parametrize("path", ["snippets/tools.py", "docs/notebooks/digits.py"])
def test_names_in_code_are_ascii(root, path):
    (root / path).write_text("# %%\nmean = 1\nm\u0435an = 2  # é\nprint('é', mean)\n")
    assert told(root) == [(path, 3, "the name 'm\\u0435an' in code")]


def test_what_takes_too_long_to_read(root):
    for path, text, line, what in (
        (ONE, "x\n" * (MAX_BYTES // 2 + 1), 1, "200,002 bytes; at most 200,000"),
        (ONE, "x\n" + "{a=" * MAX_LINE, 2, "a line of 6,000 characters; at most 2,000"),
        (CONTENTS_FILE, f"# {'x' * MAX_LINE}", 1, "a line of 2,002 characters; at most 2,000"),
        (ONE, "```text\n```\n" * (MAX_FENCES // 2 + 1), MAX_FENCES + 1, "more than 60 fences"),
        (ONE, "\n" + "[" * 600 + "\n" + "[" * 600, 3, "more than 1,000 brackets"),
        (ONE, "\n" + "- " * 70 + "x", 2, "a list or a quotation that is nested too deep"),
        (ONE, " " * 70 + "1. x", 1, "a list or a quotation that is nested too deep"),
        (ONE, "> " * 70 + "x", 1, "a list or a quotation that is nested too deep"),
    ):
        before = (root / path).read_text()
        (root / path).write_text(text)
        assert told(root) == [(path, line, what)]
        (root / path).write_text(before)
    (root / ONE).write_text(page(here="-" * 79 + "\n\n" + " " * 70 + "x"))
    check_gate(root)


def test_names_that_no_system_refuses():
    assert is_slug("tensor-2d") and is_slug("console")
    for name in ("", "index", "A", "a--b", "-a", "a_b", "con", "nul", "com1", "lpt9", "a" * 81):
        assert not is_slug(name), name
    assert "80" in IS_SLUG


EVIL = 'open("ran", "w").write("x")\n'


@pytest.mark.parametrize("command", ["check", "update", "build", "page one", "gpu"])
def test_every_command_stops_at_the_gate(project: Project, command):
    (project.root / "docs/conftest.py").write_text(EVIL)
    (project.root / "snippets/sitecustomize.py").symlink_to("pets.py")
    done = project.answered(*command.split(), **NO_DEVICE)
    assert done.returncode == 1 and "Traceback" not in done.stdout
    assert f"docs/conftest.py:1: {NO_PLACE}" in done.stdout
    assert "snippets/sitecustomize.py:1: a symbolic link" in done.stdout
    assert not (project.root / "ran").exists()


@pytest.mark.parametrize("name", ["docs/conftest.py", "docs/questions/tensors/test_evil.py"])
def test_pytest_runs_nothing_that_a_page_brings(project: Project, name):
    for file in ("conftest.py", "pytest.ini"):
        (project.root / file).write_text((ROOT / file).read_text())
    (project.root / "tests").mkdir()
    (project.root / name).write_text(EVIL)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"],
        cwd=project.root,
        env=project.environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0 and f"{name}:1: {NO_PLACE}" in done.stdout + done.stderr
    assert not (project.root / "ran").exists()
