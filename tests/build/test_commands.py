"""The command line: exit codes, messages, and what is left behind."""

import argparse
import os
import re
import signal
import time

import psutil
import pytest

from answered import __main__ as command_line
from tests.conftest import EXPECTED, FRESH, NO_DEVICE, PATIENCE, block

ONE, TWO, THREE = "tensors/one.md", "tensors/two.md", "autograd/three.md"
WITHOUT = FRESH | NO_DEVICE


def test_a_build_with_nothing_changed_runs_nothing(project):
    assert project.build(**WITHOUT).returncode == 0
    again = project.run("-X", "importtime", "-m", "answered", "build", **NO_DEVICE)
    assert again.returncode == 0, again.stdout[-3000:]
    lines = [line for line in again.stdout.splitlines() if line.startswith("import time:")]
    imported = {line.rsplit("|", 1)[-1].strip() for line in lines}
    assert "mkdocs" in imported and "torch" not in imported
    assert "examples run" not in again.stdout
    assert "0 run anew" in project.check(**WITHOUT).stdout


def test_only_changed_blocks_run_again(project):
    project.edit(ONE, 'print("one")', 'print("o" + "ne")')
    project.edit(TWO, "Because it is a test.", "Because.\n\nIt is a test.")
    first = project.check(**WITHOUT)
    assert first.returncode == 0, first.stdout
    assert first.stdout.endswith("3 examples checked, 0 need a GPU (0 recorded), 1 run anew\n")
    assert project.check(**WITHOUT).stdout.endswith(" 0 run anew\n")


def test_update_rewrites_outputs_and_only_those(project):
    line = project.append(ONE, block("print('a`' + '``b')\nprint('c')", expected=None))
    line = project.append(ONE, block("print('new')", expected="old"))
    project.append(TWO, block("1 / 0", expected="never"))
    before = project.page(ONE).read_text()
    done = project.answered("update", **WITHOUT)
    assert done.returncode == 1, "a block that fails cannot be updated, and is reported"
    place = f"docs/questions/{ONE}:{line}: expected output rewritten"
    assert f"{place}\n      --- expected\n      +++ real\n" in done.stdout, done.stdout
    assert "-old\n" in done.stdout and "+new\n" in done.stdout
    assert "2 expected outputs rewritten" in done.stdout
    assert "raised ZeroDivisionError" in done.stdout
    output = f"print('c')\n```\n{EXPECTED}\n````text\na```b\nc\n````\n"
    after = before.replace("old", "new").replace("print('c')\n```\n", output)
    assert project.page(ONE).read_text() == after
    assert "never" in project.page(TWO).read_text()
    again = project.answered("update", "one", **WITHOUT)
    assert again.returncode == 0 and "0 expected outputs rewritten" in again.stdout
    assert project.check("one", **WITHOUT).returncode == 0


UNSTEADY = {
    "random": ("import random\n\nprint(random.random())", "set a seed at the top of the block"),
    "address": ("print(object())", "print no addresses: no id()"),
    "time": ("import time\n\nprint(time.perf_counter())", "print no times"),
}


def test_an_output_that_differs_from_run_to_run(project):
    """Is written by nothing; both commands say so, with the cause."""
    lines = {name: project.append(ONE, block(UNSTEADY[name][0], expected="1")) for name in UNSTEADY}
    before = project.page(ONE).read_text()
    project.commit()
    for command in ("update", "page"):
        done = project.answered(command, f"docs/questions/{ONE}", **WITHOUT)
        assert done.returncode == 1
        for name, (_, fix) in UNSTEADY.items():
            place = rf"docs/questions/{ONE}:{lines[name]}"
            told = rf"{place}: the output differs from run to run\n(?:      .*\n)*    fix: {fix}"
            assert re.search(told.replace("()", r"\(\)"), done.stdout), done.stdout
    assert project.page(ONE).read_text() == before


def test_an_unreadable_page_is_not_rewritten(project):
    text = project.page(ONE).read_text().replace("a test.", "a test, déjà vu.")
    latin = text.replace('print("one")', 'print("two")').encode("latin-1")
    project.page(ONE).write_bytes(latin)
    done = project.answered("update", "one", **WITHOUT)
    assert done.returncode == 1 and f"docs/questions/{ONE}: the page is not UTF-8" in done.stdout
    assert project.page(ONE).read_bytes() == latin


@pytest.mark.parametrize("command", ["check", "update", "page", "gpu"])
def test_an_unknown_page(project, command):
    done = project.answered(command, "no-such-page", ANSWERED_CUDA_DEVICE="Toy")
    assert done.returncode == 1 and done.stdout.startswith("no-such-page: no such page; name ")


def test_a_slug_of_two_pages_is_no_name(project):
    """Which is a fault as well; the preview asks for the path."""
    project.write("tensors/three.md", "Is this page another three")
    done = project.answered("page", "three", **WITHOUT)
    assert done.returncode == 1 and "? Give the path" in done.stdout


@pytest.mark.parametrize(
    "command", [["build"], ["check"], ["update"], ["page", "one"], ["new", "--topic", "tensors"]]
)
def test_a_faulty_table_of_contents_is_told(project, command):
    """Its kinds of fault are in tests/check/test_contents.py."""
    file = project.page("contents.yml")
    text = file.read_text().replace("title: Tensors", "title: 3")
    file.write_text(text)
    line = text[: text.index("title: 3")].count("\n") + 1
    done = project.answered(*command, **WITHOUT)
    assert done.returncode == 1 and "Traceback" not in done.stdout, done.stdout
    told = rf"docs/questions/contents\.yml:{line}: 'topics\.1\.title': .*\n    fix: have topics"
    assert re.match(told, done.stdout), done.stdout
    assert not project.site.exists()


@pytest.mark.parametrize("folder", [".", "docs", "../elsewhere", ".cache"])
def test_a_build_replaces_no_other_folder(project, monkeypatch, folder):
    monkeypatch.setattr(command_line, "ROOT", project.root)
    before = project.files(".")
    given = argparse.Namespace(site_dir=folder, generator="mkdocs")
    with pytest.raises(SystemExit, match=f"--site-dir {re.escape(folder)}: name site"):
        command_line.build(given)
    assert project.files(".") == before


SLEEPS = "import time\n\nopen('begun', 'w').close()\ntime.sleep(600)\nassert True"
INTERRUPTED = {
    "Ctrl-C in a build": ("build", signal.SIGINT, {}),
    "a build is terminated": ("build", signal.SIGTERM, FRESH),
    "a check is terminated": ("check", signal.SIGTERM, {}),
}


@pytest.mark.parametrize("name", INTERRUPTED)
def test_an_interruption_ends_everything(project, tmp_path, name):
    """One block runs in a forked process, one in a fresh interpreter.

    A shell's Ctrl-C goes to the whole process group.
    """
    command, number, env = INTERRUPTED[name]
    project.append(ONE, block(SLEEPS, expected=None))
    project.append(TWO, block(SLEEPS, "fresh", None))
    (tmp_path / "tmp").mkdir()
    with project.start(command, TMPDIR=str(tmp_path / "tmp"), **NO_DEVICE, **env) as process:
        while len(begun := list(tmp_path.glob("tmp/*/*/cwd/begun"))) < min(2, os.cpu_count()):
            assert process.poll() is None, process.stdout.read()
            time.sleep(0.05)
        os.killpg(process.pid, number)
        output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + number and begun, output
    assert "Traceback" not in output and output.endswith("interrupted\n"), output
    assert not list(tmp_path.glob("tmp/*")) and not list(project.root.glob(".cache/build-*"))
    assert not project.site.exists()
    assert not [p for p in psutil.process_iter(["cmdline"]) if str(tmp_path) in str(p.info)]


def test_two_builds_at_once_do_not_meet(project):
    """Each has folders of its own until it is done."""
    targets = ("site", ".cache/other")
    at_once = [project.start("build", "--site-dir", target, **WITHOUT) for target in targets]
    for process, target in zip(at_once, targets, strict=True):
        output, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0 and output.endswith(f"built {target}/\n"), output
    assert project.files("site") == project.files(".cache/other")
    assert not list(project.root.glob(".cache/build-*"))


def test_a_failed_build_leaves_the_site_that_was_there(project):
    assert project.build(**WITHOUT).returncode == 0
    before = project.files()
    project.append(ONE, "See [nothing](nothing.md).")
    assert project.build(**WITHOUT).returncode == 1 and project.files() == before
    assert not list(project.root.glob(".cache/build-*"))


SPOILED = "Because".replace("au", "ua")


def test_one_page_is_checked_whole(project):
    """Spelling, formatting, output and links, each with its line, whatever else is wrong."""
    project.commit()
    spelling = project.edit(ONE, "Because", SPOILED)
    code = project.edit(ONE, 'print("one")', "print('one')")
    output = project.edit(ONE, "```text\none", "```text\ntwo") - 4
    anchor = project.edit(ONE, "This.", "See [two](two.md#nothing).")
    links = "- [Gone](gone.md) and [here](../autograd/three.md#see-also)."
    link = project.edit(ONE, "This again.", links)
    project.edit(TWO, "This again.", "[Gone](gone.md), but this page was not asked for.")
    path = f"docs/questions/{ONE}"
    done = project.answered("page", path, **WITHOUT)
    assert done.returncode == 1
    for told in (
        rf"{path}:{spelling}: {SPOILED} ==> Because",
        rf"{path}:{code}:\d+: unformatted",
        rf"{path}:{output}: the output is not the expected one",
        rf"{path}:{anchor}: .*#nothing",
        rf"{path}:{link}: .*'gone\.md'",
    ):
        assert re.search(told, done.stdout), (told, done.stdout)
    assert not re.search(r"two\.md:\d|'[./\w]+#see-also'", done.stdout), done.stdout
    assert "dirty" not in done.stdout  # as MkDocs calls a build of one page
    shown = project.root / ".cache/preview/questions/tensors/one/index.html"
    assert "This example fails" in shown.read_text()


def test_a_preview_shows_nothing_that_the_site_may_not_hold(project):
    """Nor an older one of the page; the line is that of the source."""
    project.commit()
    shown = project.root / ".cache/preview/questions/tensors/one/index.html"
    assert project.answered("page", "one", **WITHOUT).returncode == 0 and shown.is_file()
    line = project.edit(ONE, "Because it", '<img src="x" onerror="alert(1)"> Because it')
    done = project.answered("page", "one", **WITHOUT)
    assert done.returncode == 1 and not shown.exists()
    assert f"docs/questions/{ONE}:{line}: the finished page holds <img onerror=" in done.stdout
    assert "the page is not shown" in done.stdout
