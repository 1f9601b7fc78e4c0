"""What machines do: full disks, folders that cannot be written, killed builds, two at once.

The result is right, or there is one clear line; the site and the pages that were there are whole.
"""

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from answered import __main__ as command_line
from answered.check.command import rewritten
from answered.check.outcome import Outcome
from answered.engine.problems import FaultyFileError
from answered.engine.temporary import LOCK, OwnFolder
from answered.pages.page import Page
from answered.pages.settings import settings
from answered.site import config, swap
from answered.site.swap import replace_folder
from tests.conftest import FRESH, NO_DEVICE, PATIENCE, ROOT, Project, block, without_browser

ONE, TWO = "tensors/one.md", "tensors/two.md"
WITHOUT = FRESH | NO_DEVICE
linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone has namespaces")
# Mounts a small disk, copies a project to it, runs a command there, and copies back what is left.
ON_A_SMALL_DISK = """
mount -t tmpfs -o size=$SIZE tmpfs "$DISK" && cp -a "$PROJECT/." "$DISK" && cd "$DISK" || exit 77
"$@"
code=$?
cp -a "$DISK/." "$LEFT"
exit $code
"""
MOUNTS = ("unshare", "--user", "--map-root-user", "--mount")


def run(project: Project, *line: str, **env: str) -> subprocess.CompletedProcess:
    """Run a command line in the project; no answer to what a machine lacks is a traceback."""
    done = subprocess.run(
        line,
        cwd=project.root,
        env=project.environment(**WITHOUT, **env),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert "Traceback" not in done.stdout, done.stdout
    return done


def answered(*command: str) -> tuple[str, ...]:
    return sys.executable, "-m", "answered", *command


@pytest.fixture
def ordinary() -> tuple[str, ...]:
    """What stands before a command that is to run as somebody to whom permissions apply."""
    if os.geteuid():
        return ()
    prefix = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
    if shutil.which("unshare") and not subprocess.run([*prefix, "true"]).returncode:
        return prefix
    pytest.skip("permissions mean nothing to root, and this system has no user namespaces")


@pytest.fixture
def small_disk(tmp_path):
    """Return a function that runs a command in a copy of a project on a disk of some bytes."""
    if subprocess.run([*MOUNTS, "mount", "-t", "tmpfs", "none", tmp_path]).returncode:
        pytest.skip("this system lets nobody but root mount a file system")

    def on_a_small_disk(source: Path, size: int, *line: str, **env: str):
        places = {name: str(tmp_path / name.lower()) for name in ("DISK", "LEFT")}
        for place in places.values():
            os.mkdir(place)
        env |= places | {"PROJECT": str(source), "SIZE": str(size)}
        done = run(Project(source), *MOUNTS, "sh", "-c", ON_A_SMALL_DISK, "sh", *line, **env)
        assert done.returncode != 77, done.stdout
        return done, Project(Path(places["LEFT"]))

    return on_a_small_disk


def pages_of(folder: Path) -> int:
    """Return the bytes that the files of a folder take on a disk that is in memory."""
    sizes = [file.stat().st_size for file in folder.rglob("*") if file.is_file()]
    return sum(-(-size // 4096) * 4096 for size in sizes)


@linux
@pytest.mark.parametrize("share", [0.0, 0.2, 0.9, 0.98])
def test_a_disk_that_gets_full_loses_nothing(project, small_disk, share):
    """It has room for a share of a new site, so the build gets to another point each time."""
    assert project.build(**WITHOUT).returncode == 0
    before = project.files()
    project.edit(ONE, "Because it is a test.", "Because it was changed.")
    room = int(pages_of(project.site) * share) + 4096
    size = pages_of(project.root) + room
    done, left = small_disk(project.root, size, *answered("build"))
    assert done.returncode == 1, done.stdout
    assert re.search(r": No space left on device\n    fix: make room", done.stdout), done.stdout
    assert left.files() == before
    assert not list(left.root.glob(".cache/build-*"))


NO_SPACE = r"docs/questions/tensors/one\.md:\d+: the block's process left without"


@linux
@pytest.mark.parametrize("command", ["build", "update"])
def test_a_full_folder_for_temporary_files(project, small_disk, tmp_path, command):
    """The output of a block must not be lost in silence."""
    project.edit(ONE, 'print("one")', 'print("o" + "ne")')
    before = project.page(ONE).read_text()
    (tmp_path / "empty").mkdir()
    line = ("sh", "-c", 'cd "$HERE" && exec "$@"', "sh", *answered(command))
    places = {"HERE": str(project.root), "TMPDIR": str(tmp_path / "disk")}
    done, _ = small_disk(tmp_path / "empty", 4096, *line, **places)
    assert done.returncode == 1 and re.search(NO_SPACE, done.stdout), done.stdout
    assert project.page(ONE).read_text() == before and not project.site.exists()


def test_a_folder_of_a_process_that_has_ended_is_removed_by_the_next(tmp_path):
    """One that is in use, and one that is somebody else's, are left alone."""
    code = "import os, pathlib, sys; from answered.engine.temporary import OwnFolder; "
    code += "own = OwnFolder('example-', pathlib.Path(sys.argv[1])); print(own.name, flush=True); "

    def starts(end: str) -> tuple[subprocess.Popen, Path]:
        line = [sys.executable, "-c", code + end, tmp_path]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        process = subprocess.Popen(line, cwd=ROOT, text=True, **pipes)
        return process, Path(process.stdout.readline().strip())

    living, used = starts("sys.stdin.read()")
    killed, left = starts("os.kill(os.getpid(), 9)")
    killed.communicate()
    other = tmp_path / "example-of-somebody"
    other.mkdir()
    (tmp_path / "example-file").touch()
    (tmp_path / "example-link").symlink_to(left)
    assert left.is_dir()
    with OwnFolder("example-", tmp_path) as own:
        assert not left.exists() and (used / LOCK).is_file()
        assert other.is_dir() and (tmp_path / "example-file").is_file() and Path(own).is_dir()
    living.communicate()
    assert not used.exists() and not Path(own).exists()


def test_a_killed_build_leaves_nothing_that_the_next_does_not_clear(project, tmp_path):
    sleeps = "import time\n\nopen('begun', 'w').close()\ntime.sleep(600)\nassert True"
    line = project.append(ONE, block(sleeps, expected=None))
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    env = WITHOUT | {"TMPDIR": str(temporary)}
    with project.start("build", **env) as process:
        until(lambda: list(temporary.glob("*/*/cwd/begun")))
        process.send_signal(signal.SIGKILL)
    assert list(temporary.iterdir()) and list(project.root.glob(".cache/build-*"))
    lines = project.page(ONE).read_text().split("\n")
    project.page(ONE).write_text("\n".join(lines[: line - 1] + lines[line + 6 :]))
    done = project.build(**env)
    assert done.returncode == 0, done.stdout
    assert not list(temporary.iterdir()) and not list(project.root.glob(".cache/build-*"))


def until(holds) -> None:
    """Wait until something comes to hold."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("in_one_step", [pytest.param(True, marks=linux), False])
def test_builds_at_once_swap_whole_sites(tmp_path, monkeypatch, in_one_step):
    """Four threads put many sites into one place; who looks always finds a whole one."""
    if in_one_step:
        monkeypatch.delattr(swap, "rename_twice")
    else:
        monkeypatch.setattr(swap, "exchange", lambda one, other: False)
    site = tmp_path / "site"
    errors, threads = [], []

    def replaces(number: int) -> None:
        try:
            for turn in range(40):
                new = tmp_path / f"build-{number}-{turn}" / "site"
                new.mkdir(parents=True)
                for name in ("index.html", "404.html"):
                    (new / name).write_text(f"{number} {turn}")
                replace_folder(new, site)
        except Exception as error:
            errors.append(error)

    for number in range(4):
        threads.append(threading.Thread(target=replaces, args=[number]))
        threads[-1].start()
    until(site.exists)
    while any(thread.is_alive() for thread in threads):
        if in_one_step:
            assert sorted(os.listdir(site)) == ["404.html", "index.html"]
    assert errors == []
    assert sorted(os.listdir(site)) == ["404.html", "index.html"]
    assert (site / "index.html").read_text() == (site / "404.html").read_text()


def test_a_site_that_cannot_be_put_in_place_leaves_the_old_one(tmp_path, monkeypatch):
    """Where the system cannot exchange folders."""
    monkeypatch.setattr(swap, "exchange", lambda one, other: False)
    new, site = tmp_path / "build" / "site", tmp_path / "site"
    for folder in (new, site):
        folder.mkdir(parents=True)
    (site / "index.html").write_text("old")
    rename = Path.rename

    def fails(self: Path, target: Path) -> Path:
        if self == new:
            raise OSError(errno.EXDEV, "Invalid cross-device link", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(OSError, match="cross-device"):
        replace_folder(new, site)
    assert (site / "index.html").read_text() == "old"


def test_two_builds_of_one_site_at_once(project):
    at_once = [project.start("build", **WITHOUT) for _ in range(2)]
    for process in at_once:
        output, _ = process.communicate()
        assert process.returncode == 0 and output.endswith("built site/\n"), output
    files = project.files()
    assert project.build(**WITHOUT).returncode == 0 and project.files().keys() == files.keys()
    assert not list(project.root.glob(".cache/build-*"))


def put_file(place: Path) -> None:
    place.write_text("mine")


def put_link(place: Path) -> None:
    (place.parent / "elsewhere").mkdir()
    place.symlink_to("elsewhere")


def put_broken_link(place: Path) -> None:
    place.symlink_to("nowhere")


@pytest.mark.parametrize(
    ("name", "put"),
    [("site", put_file), ("site", put_link), ("site", put_broken_link), (".cache", put_file)],
)
def test_what_is_in_the_way_is_told_before_anything_runs(project, name, put):
    place = project.root / name
    if place.exists():
        shutil.rmtree(place)
    put(place)
    before = project.files(".")
    project.page("contents.yml").write_text("[")  # would be told if anything were read
    done = run(project, *answered("build"))
    assert done.returncode == 1 and re.fullmatch(r".*\n    fix: .*\n", done.stdout), done.stdout
    assert re.match(rf"(?:.*/)?{name}: ", done.stdout)
    project.page("contents.yml").write_bytes(before["docs/questions/contents.yml"])
    assert project.files(".") == before and place.is_symlink() == (put is not put_file)


def test_what_cannot_be_kept_is_computed_again(project, ordinary):
    """Where .cache is a file, or nobody may write there, a check is right all the same."""
    cache = project.root / ".cache"
    cache.chmod(0o500)
    (cache / "results").chmod(0o500)
    project.edit(ONE, 'print("one")', 'print("o" + "ne")')
    try:
        done = run(project, *ordinary, *answered("check"))
        assert done.returncode == 0 and "1 run anew" in done.stdout, done.stdout
        assert done.stdout.count("note: results are not kept") == 1
        done = run(project, *ordinary, *answered("build"))
        told = r"\.cache/build-\w+: Permission denied\n    fix: .*\n"
        assert done.returncode == 1 and re.fullmatch(told, done.stdout), done.stdout
    finally:
        for folder in (cache, cache / "results"):
            folder.chmod(0o700)
    shutil.rmtree(cache)
    cache.write_text("")
    done = run(project, *answered("check"))
    assert done.returncode == 0 and "3 run anew" in done.stdout, done.stdout
    assert done.stdout.count("note: results are not kept") == 1


def test_pages_that_cannot_be_written_stay(project, ordinary):
    """Building and checking them is right; update and new say it in one line."""
    project.edit(ONE, "```text\none", "```text\nold")
    folders = [project.root / "docs", *(project.root / "docs").rglob("*")]
    for path in folders:
        path.chmod(0o500 if path.is_dir() else 0o400)
    before = project.files("docs")
    given = ("--topic", "tensors", "--slug", "a-new-page", "--question", "Is this a new page?")
    for command, file in (
        (("update",), "docs/questions/tensors/one.md"),
        (("new", *given, "--level", "mid"), "docs/questions/tensors/a-new-page.md"),
    ):
        done = run(project, *ordinary, *answered(*command))
        assert done.returncode == 1, done.stdout
        assert f"{file}: Permission denied\n    fix: have it " in done.stdout, done.stdout
    done = run(project, *ordinary, *answered("check", "two"))
    assert done.returncode == 0, done.stdout
    assert project.files("docs") == before
    for path in folders:
        path.chmod(0o700 if path.is_dir() else 0o600)


def test_a_page_that_cannot_be_read_is_one_line(project, ordinary):
    project.page(ONE).chmod(0)
    done = run(project, *ordinary, *answered("check"))
    told = rf"docs/questions/{ONE}: Permission denied\n    fix: have it readable .*\n"
    assert done.returncode == 1 and re.fullmatch(told, done.stdout), done.stdout


def test_neither_git_nor_a_home(project, tmp_path):
    """As in a slim image, or with an archive of the sources."""
    (tmp_path / "bin").mkdir()
    env = {"PATH": str(tmp_path / "bin"), "SOURCE_DATE_EPOCH": "", "HOME": ""}
    done = run(project, *answered("build"), **env)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("site_name: x\nnav: [", 2, "not YAML: "),
        ("site_name: \x01", 1, "not YAML: "),
        ("", 1, "no site_name"),
        ("- x", 1, "no site_name"),
    ],
)
def test_a_configuration_that_cannot_be_used(project, text, line, what):
    (project.root / "mkdocs.yml").write_text(text)
    with pytest.raises(FaultyFileError) as error:
        config.Config.load(project.root)
    (problem,) = error.value.problems
    assert (problem.path, problem.line) == ("mkdocs.yml", line) and problem.what.startswith(what)


TIMES = ["abc", "-1", "1.5", " 1", "１２", "4294967296", "9" * 5000]


@pytest.mark.parametrize("given", TIMES)
def test_a_time_of_the_build_that_is_none(project, monkeypatch, given):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", given)
    with pytest.raises(SystemExit, match=r"(?s)^SOURCE_DATE_EPOCH is .*\n    fix: unset it"):
        config.Config.load(project.root)


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ("@0 +0000", config.EARLIEST),
        ("@1000000000 +0000", 1_000_000_000),
        ("@99999999999 +0000", config.LATEST),
    ],
)
def test_the_date_of_a_commit_is_brought_into_what_archives_can_hold(
    project, monkeypatch, date, time
):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.setenv("GIT_COMMITTER_DATE", date)
    project.commit()
    assert config.Config.load(project.root).time == time


@pytest.mark.parametrize("given", ["0", str(config.LATEST)])
def test_the_first_and_the_last_time_are_built(project, given):
    done = project.build(SOURCE_DATE_EPOCH=given, **WITHOUT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("given", ["abc", "0", "-1", "nan", "inf", "1e9"])
def test_a_time_limit_that_is_none(tmp_path, monkeypatch, given):
    monkeypatch.setenv("ANSWERED_TIMEOUT", given)
    with pytest.raises(SystemExit, match=r"^ANSWERED_TIMEOUT is .*\n    fix: unset it"):
        settings(tmp_path)


def test_a_time_limit(tmp_path, monkeypatch):
    monkeypatch.setenv("ANSWERED_TIMEOUT", "2.5")
    assert settings(tmp_path).timeout == 2.5
    monkeypatch.setenv("ANSWERED_TIMEOUT", "")
    assert settings(tmp_path).timeout == 60


@pytest.mark.parametrize("given", ["0", "65536", "-1", "http"])
def test_a_port_that_is_none(capsys, given):
    with pytest.raises(SystemExit, match="2"):
        command_line.parser().parse_args(["serve", "--port", given])
    assert "argument --port: invalid port value" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_while_a_library_is_imported(tmp_path, number):
    """Many call `exec` or `eval` then, past which Python has a KeyboardInterrupt end by SIGINT."""
    interrupted = f"import os\nos.kill(os.getpid(), {number:d})\nwhile True: pass"
    program = f"""
import sys
from answered import __main__ as command_line

def check(given):
    exec({interrupted!r})

command_line.check = check
sys.exit(command_line.main())
"""
    (tmp_path / "program.py").write_text(program)
    line = [sys.executable, "-m", "program", "check"]
    env = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"}
    done = subprocess.run(line, env=env, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (128 + number, "interrupted\n")


def fails_with(monkeypatch, error: Exception) -> int:
    def check(given: object) -> int:
        raise error

    monkeypatch.setattr(command_line, "check", check)
    monkeypatch.setattr(sys, "argv", ["answered", "check"])
    monkeypatch.setattr(command_line.signal, "signal", lambda *_: None)
    return command_line.main()


@pytest.mark.parametrize("number", command_line.FIXES)
def test_what_a_machine_lacks_is_one_line(monkeypatch, capsys, number):
    file = str(command_line.ROOT / "docs" / "a.md")
    for error in (OSError(number, "lacks", file), shutil.Error([("a", file, f"[Errno {number}]")])):
        assert fails_with(monkeypatch, error) == 1
        told = capsys.readouterr().err
        assert re.fullmatch(r".+: .+\n    fix: \w.*\n", told), told
        assert told.startswith("docs/a.md: lacks") or error.filename is None


def test_a_fault_of_the_program_shows_where_it_is(monkeypatch):
    for error in (FileNotFoundError(errno.ENOENT, "none", "a"), OSError("odd"), KeyError("a")):
        with pytest.raises(type(error)):
            fails_with(monkeypatch, error)


def test_a_missing_browser_fails_where_one_is_promised(monkeypatch):
    """Elsewhere the tests that need one are skipped, and say so."""
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="NO BROWSER FOUND"):
        without_browser("none")
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="NO BROWSER FOUND"):
        without_browser("none")


def test_a_page_that_is_edited_while_it_runs_is_not_rewritten(project):
    """What its author has saved meanwhile would be lost."""
    project.edit(ONE, "```text\none", "```text\nold")
    page = Page.load(project.page(ONE), settings(project.root))
    found = [Outcome(page.blocks[0], "one", changed=True, problem=page.blocks[0].problem("", ""))]
    project.edit(ONE, "Because it is a test.", "Because it was saved.")
    before = project.page(ONE).read_text()
    changed, (problem,) = rewritten(page, found, project.root)
    assert changed == [] and "was changed while its blocks ran" in problem.what
    assert project.page(ONE).read_text() == before
    page = Page.load(project.page(ONE), settings(project.root))
    assert rewritten(page, found, project.root) == ([found[0].problem], [])
    assert "```text\none" in project.page(ONE).read_text()


def test_two_previews_at_once(project):
    at_once = [project.start("page", name, **WITHOUT) for name in ("one", "two")]
    for process, name in zip(at_once, ("one", "two"), strict=True):
        output, _ = process.communicate()
        assert f"{name}/index.html shows the page" in output and "Traceback" not in output, output
        assert f"Is this page {name}?" in html(project, name)
    assert not list(project.root.glob(".cache/preview-*"))


def html(project: Project, name: str) -> str:
    return (project.root / f".cache/preview/questions/tensors/{name}/index.html").read_text()
