"""The runner: time limits, processes that must not outlive a block or the build, sessions."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import Future
from pathlib import Path

import psutil
import pytest

from answered.engine import namespaces
from answered.engine.confine import WITHOUT
from answered.engine.result import Result
from answered.engine.runner import Runner, preload, timeout
from answered.engine.session import Progress, Session
from answered.engine.settings import FRESH, RAISES, SLOW

from .conftest import GPU, PATIENCE, PROJECT, SETTINGS, block, until

ALONE = namespaces.available() == namespaces.ALL
alone = pytest.mark.skipif(
    not ALONE, reason="THIS SYSTEM HAS NO PID NAMESPACES FOR USERS; SECURITY.md says what is less"
)
# Seconds that a block gets that is to be stopped; more, if the machine was too busy for it to begin.
LIMITS = (2.0, 20.0, 200.0)
linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")

# Blocks that start processes, which are known by their last argument: in a PID namespace, pids are
# others than outside.
SLEEPS = '[sys.executable, "-c", "import time; time.sleep(600)", {name!r}]'
STARTS = f"import os, subprocess, sys\nsubprocess.Popen({SLEEPS})\n"
CHAIN = f"""
import os, sys
read, write = os.pipe()
for number in range(6):  # each in a session of its own
    if os.fork():
        if number:
            os._exit(0)
        break
    os.setsid()
else:
    os.execv(sys.executable, {SLEEPS})
os.close(write)
os.read(read, 1)  # returns when all have closed it, the last when it begins to sleep
"""
FLEES = """
import os
read, write = os.pipe()
if os.fork() == 0:
    os.setsid()
    os.write(write, b"x")
    while not os.fork() or os._exit(0):  # each ends when it has a child: no pid is known for long
        pass
os.read(read, 1)
"""


def running(name: str) -> list[psutil.Process]:
    """Return the processes that have `name` in their arguments, zombies aside."""
    found = psutil.process_iter(["cmdline"])
    return [process for process in found if name in " ".join(process.info["cmdline"] or ())]


@pytest.mark.parametrize("fork", [pytest.param(True, marks=linux), False])
def test_timeout_kills_the_whole_group(plain, tmp_path, fork):
    name = f"{tmp_path}/left"
    endless = "\nprint('started')\nwhile True: pass"
    for limit in LIMITS:
        runner = Runner(dataclasses.replace(plain, timeout=limit), workers=1, fork=fork)
        result = runner.run(block(STARTS.format(name=name) + endless))
        if result.output:
            break
        runner.close()
    try:
        known = result.ended, result.output, result.detail
        assert known == ("timeout", "started\n", f"{limit:g} s")
        assert until(lambda: not running(name))
        runner.settings = plain  # the next one is in no hurry
        assert runner.run(block("print('next')")).output == "next\n"
    finally:
        runner.close()


@pytest.mark.parametrize("code", [STARTS, pytest.param(CHAIN, marks=linux)], ids=["one", "chain"])
@pytest.mark.parametrize("marks", [(), ("fresh",)], ids=["forked", "fresh"])
@pytest.mark.parametrize("less", ["", "landlock namespaces"], ids=["confined", "unconfined"])
def test_processes_left_behind_are_killed(small, tmp_path, monkeypatch, code, marks, less):
    monkeypatch.setenv(WITHOUT, less)
    name = f"{tmp_path}/left"
    result = small().run(block(code.format(name=name), *marks))
    assert (result.ended, result.errors) == ("completed", "")
    assert until(lambda: not running(name))


@alone
@pytest.mark.parametrize("marks", [(), ("fresh",)], ids=["forked", "fresh"])
def test_a_process_that_forks_and_ends_for_ever_is_killed(small, tmp_path, marks):
    runner = small()
    assert runner.run(block(FLEES, *marks)).ended == "completed"
    assert runner.run(block("import psutil\nprint(len(psutil.pids()))")).output == "2\n"
    runner.close()
    assert until(lambda: not running(str(tmp_path)))


@alone
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_block_cannot_signal_what_forks_it(small, monkeypatch, number):
    """The first process of a PID namespace gets no such signal from there, Landlock or not."""
    monkeypatch.setenv(WITHOUT, "landlock")
    runner = small()
    code = f"import os\nos.kill(1, {int(number)})\nprint(os.getppid())"
    assert [runner.run(block(code)).output for _ in range(2)] == ["1\n"] * 2


def test_marks_decide_the_time_limit():
    assert timeout(SETTINGS, block("")) == 60
    assert timeout(SETTINGS, block("", "raises")) == 60
    assert timeout(SETTINGS, block("", "slow")) == 600
    assert timeout(SETTINGS, block("", "gpu")) == 240
    assert timeout(SETTINGS, block("", "gpu", "slow")) == 600


@linux
@pytest.mark.parametrize("parents", [1, 2], ids=["its worker", "the process that forks workers"])
def test_a_block_that_kills_its_parent(small, unconfined, parents):
    """Its result says so, those after it run; of those beside it, those of other workers too."""
    runner = small(workers=2)
    code = f"""
    import os, signal, psutil
    victim = psutil.Process().parents()[{parents} - 1].pid
    os.kill(victim, signal.SIGKILL)
    signal.pause()
    """
    assert runner.run(block(code)).ended == "orphaned"
    later = [
        future.result(PATIENCE) for future in runner.submit([block(f"print({n})") for n in "123"])
    ]
    assert [result.output for result in later] == ["1\n", "2\n", "3\n"]


@linux
def test_a_block_that_kills_its_worker_leaves_others_alone(small, unconfined, tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    runner = small(workers=2)
    beside, guilty = runner.submit(
        [
            block(f"print(open({str(fifo)!r}).read())"),
            block("import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nsignal.pause()"),
        ]
    )
    assert guilty.result(PATIENCE).ended == "orphaned"
    fifo.write_text("beside")
    assert beside.result(PATIENCE).output == "beside\n"


@linux
def test_a_block_that_stops_its_worker(small, unconfined, monkeypatch, tmp_path):
    monkeypatch.setattr("answered.engine.server.GRACE", 0.5)
    name = f"{tmp_path}/left"
    runner = small(timeout=20.0)
    code = """
    import os, signal
    os.kill(os.getppid(), signal.SIGSTOP)
    signal.pause()
    """
    result = runner.run(block(STARTS.format(name=name) + textwrap.dedent(code)))
    assert result.ended == "orphaned"
    assert until(lambda: not running(name))
    assert runner.run(block("print('next')")).output == "next\n"


@linux
def test_a_block_that_stops_the_process_that_forks_workers(small, unconfined, monkeypatch):
    monkeypatch.setattr("answered.engine.server.GRACE", 0.5)
    monkeypatch.setattr("answered.engine.server.START", 2.0)
    runner = small()
    code = """
    import os, signal, psutil
    worker, parent, *_ = psutil.Process().parents()
    os.kill(parent.pid, signal.SIGSTOP)
    os.kill(worker.pid, signal.SIGKILL)
    signal.pause()
    """
    assert runner.run(block("print('before')")).output == "before\n"
    monkeypatch.setattr("answered.engine.server.GRACE", 0.5)
    monkeypatch.setattr("answered.engine.server.START", 2.0)
    assert runner.run(block(code)).ended == "orphaned"
    monkeypatch.setattr("answered.engine.server.START", PATIENCE)
    assert runner.run(block("print('next')")).output == "next\n"


# A build in a process of its own, whose block starts a process and never ends.
BUILD = """
import signal, sys
from pathlib import Path
sys.path.insert(0, {project!r})
from answered.engine.block import Block
from answered.engine.runner import Runner
from answered.engine.settings import Settings
signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background ignores it
runner = Runner(Settings(root=Path({root!r})), workers=1, fork={fork})
runner.submit([Block("page.md", 1, {code!r})])
signal.pause()
"""


@linux
@pytest.mark.parametrize("fork", [True, False], ids=["forked", "spawned"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("less", ["", "landlock namespaces"], ids=["confined", "unconfined"])
def test_nothing_outlives_the_build(tmp_path, number, fork, less):
    code = "import os, signal\nif os.fork():\n    os.mkdir('ready')\nsignal.pause()"
    if less:  # of what a block has started itself, nothing kills the rest
        code = code.replace("os.fork()", "True")
    names = {"project": str(PROJECT), "root": str(tmp_path), "fork": fork, "code": code}
    build = subprocess.Popen(
        [sys.executable, "-c", BUILD.format(**names)],
        stderr=subprocess.PIPE,
        # A build that is killed leaves its folder.
        env={**os.environ, "TMPDIR": str(tmp_path), WITHOUT: less},
    )
    assert until(lambda: list(tmp_path.glob("example-*/0/cwd/ready")))
    family = psutil.Process(build.pid).children(recursive=True)
    # What forks workers, a worker, the block; and what waits for the namespace, and the block's.
    assert len(family) == (3 if less or not ALONE else 5)
    build.send_signal(number)
    build.communicate(timeout=PATIENCE)
    assert psutil.wait_procs(family, timeout=PATIENCE)[1] == []


@pytest.mark.parametrize("marks", [(), ("fresh",)], ids=["forked", "fresh"])
def test_closing_kills_what_runs_and_drops_what_waits(small, tmp_path, marks):
    runner = small()
    code = "import os, signal\nos.mkdir('ready')\nsignal.pause()"
    begun, waiting = runner.submit([block(code, *marks), block("print(1)")])
    assert until(lambda: Path(runner.folder.name, "0/cwd/ready").exists())
    assert running(str(tmp_path))
    runner.close()
    assert not running(str(tmp_path)) and waiting.cancelled()
    assert begun.result(0).ended == "orphaned"
    assert not os.path.exists(runner.folder.name)


def test_closing_one_that_has_not_begun(small):
    runner = small()
    assert runner.submit([]) == [] and runner.threads == []
    runner.close()


@linux
def test_what_is_preloaded_is_decided_by_the_first_blocks_that_fork(small):
    runner = small(preload=("wave",))
    runner.run(block("import wave", "fresh"))
    assert runner.tiers == []
    look = "import sys\nfound = 'wave' in sys.modules\nimport wave\nprint(found)"
    assert runner.run(block(look)).output == "True\n"


def test_a_process_that_cannot_start_is_an_error(small):
    runner = small(environment={"PYTHONHOME": "/nowhere"})
    for _ in range(2):
        with pytest.raises(RuntimeError, match="ended with code 1; its messages stand above"):
            runner.run(block("print(1)"))


def test_two_runners_have_two_roots(tmp_path):
    outputs = []
    for name in ("one", "two"):
        (tmp_path / name / "snippets").mkdir(parents=True)
        (tmp_path / name / "snippets" / "__init__.py").write_text(f"NAME = {name!r}")
    settings = [dataclasses.replace(SETTINGS, root=tmp_path / n, always=()) for n in ("one", "two")]
    runners = [Runner(each, workers=1) for each in settings]
    for runner in runners:
        outputs.append(runner.run(block("import snippets\nprint(snippets.NAME)")).output)
    for runner in runners:
        runner.close()
    assert outputs == ["one\n", "two\n"]


def test_preload_is_what_blocks_import():
    codes = (
        "import torch.nn as nn",
        "from sklearn.datasets import load_digits",
        "import os, json",
        "from torch import optim",
    )
    found = preload(SETTINGS, [block(code) for code in codes])
    assert found == [["torch", "torch._dynamo", "torch.nn"], ["sklearn.datasets"]]
    assert preload(SETTINGS, [block(codes[0])]) == [["torch", "torch.nn"]]


@linux
def test_a_block_is_forked_from_what_it_wants_and_no_more(small):
    """Further tiers begin with what the first has imported."""
    runner = small(always=("email",), preload=("wave",))
    look = "import sys\nfound = set(sys.modules)\n{}print('email' in found, 'wave' in found)"
    blocks = [block(look.format(more)) for more in ("", "import wave\n")]
    outputs = [future.result(PATIENCE).output for future in runner.submit(blocks)]
    assert outputs == ["True False\n", "True True\n"]
    assert runner.tiers == [["email"], ["wave"]]


@linux
def test_a_block_that_kills_the_process_of_the_second_tier(small, unconfined):
    runner = small(preload=("wave",))
    code = """
    import os, signal, psutil, wave
    os.kill(psutil.Process().parents()[1].pid, signal.SIGKILL)
    signal.pause()
    """
    assert runner.run(block(code)).ended == "orphaned"
    again = "import wave\nprint(1)"
    results = [
        future.result(PATIENCE) for future in runner.submit([block(again), block("print(2)")])
    ]
    assert results[0].output == "1\n"
    assert runner.run(block("print(2)")).output == "2\n"


def test_a_module_that_is_not_there_may_be_preloaded(small):
    runner = small(always=("nowhere.at.all",))
    assert runner.run(block("print(1)")).output == "1\n"


def test_fresh_blocks_have_imported_nothing(run):
    """A variable that torch reads while it is imported has its effect in a fresh block alone."""
    code = """
    import os

    os.environ["TORCH_ALLOW_TF32_CUBLAS_OVERRIDE"] = "1"
    import torch

    print(torch.get_float32_matmul_precision())
    """
    assert (run(code, "fresh").output, run(code).output) == ("high\n", "highest\n")


def test_device_blocks_run_one_at_a_time_in_fresh_interpreters(small, tmp_path):
    lock = tmp_path / "lock"
    code = f"""
    import os, sys
    os.mkdir({str(lock)!r})
    print("torch" in sys.modules)
    print(os.listdir(os.environ["TMPDIR"]), os.path.basename(os.environ["TRITON_CACHE_DIR"]))
    os.rmdir({str(lock)!r})
    """
    runner = small(workers=2, device_folders=("TRITON_CACHE_DIR",))
    for result in [future.result(PATIENCE) for future in runner.submit([block(code, "gpu")] * 3)]:
        assert result.output == "False\n[] triton_cache_dir\n", result


@pytest.mark.parametrize(
    ("marks", "error", "tries"),
    [
        (("gpu", "measured"), "AssertionError", 2),
        (("measured",), "AssertionError", 1),
        (("gpu",), "AssertionError", 1),
        (("gpu", "measured"), "ValueError", 1),
    ],
)
def test_a_claim_about_times_is_tried_once_more_on_a_device(
    small, unconfined, tmp_path, marks, error, tries
):
    file = str(tmp_path / "tries")
    code = f"""
    with open({file!r}, "a") as tries:
        tries.write("x")
    if len(open({file!r}).read()) < 2:
        raise {error}("too slow")
    """
    result = small().run(block(code, *marks))
    assert result.ended == ("completed" if tries == 2 else "raised")
    assert (tmp_path / "tries").read_text() == "x" * tries


@pytest.fixture
def session(plain):
    made = Session(dataclasses.replace(plain, marks=(RAISES, SLOW, FRESH, GPU)))
    yield made
    made.close()


def test_a_session_runs_each_block_once_and_keeps_it(plain, session, capfd):
    blocks = [block(f"print({number})") for number in "123"]
    session.prefetch([*blocks, blocks[0]])
    assert [session.get(each).output for each in blocks] == ["1\n", "2\n", "3\n"]
    session.runner.close()
    assert session.executed == 3
    assert "examples run: 3 of 3  docs/page.md" in capfd.readouterr().err
    again = Session(plain)
    assert [again.get(each).output for each in blocks] == ["1\n", "2\n", "3\n"]
    assert again.executed == 0
    again.close()


def test_a_fresh_session_asks_no_cache(plain, session, monkeypatch):
    monkeypatch.setattr(Runner, "submit", lambda self, blocks: [done("ran") for _ in blocks])
    session.cache.store(session.cache.key(block("1")), block("1"), Result("completed", "kept"))
    assert session.get(block("1")).output == "kept"
    fresh = Session(plain, fresh=True)
    assert (fresh.get(block("1")).output, fresh.executed) == ("ran", 1)
    fresh.close()


def done(output: str):
    future: Future[Result] = Future()
    future.set_result(Result("completed", output))
    return future


def test_a_session_without_a_device_runs_no_device_block(session, plain):
    wants = block("print(1)", "gpu")
    assert not session.runs(wants) and session.get(wants) is None
    session.prefetch([wants])
    assert session.executed == 0
    assert session.runs(block("print(1)"))
    other = Session(plain, device="A100")
    assert other.runs(wants)
    other.close()


def test_a_failure_is_run_again_by_the_next_session_and_not_by_this_one(session, plain):
    faulty = block("1 / 0")
    assert session.get(faulty).ended == session.get(faulty).ended == "raised"
    assert session.executed == 1
    session.refresh()
    assert session.executed == 0
    session.get(faulty)
    assert session.executed == 1


def test_a_refreshed_session_sees_edited_helpers(plain, session):
    helper = plain.root / "snippets" / "__init__.py"
    helper.parent.mkdir()
    helper.write_text("NAME = 'before'")
    session.refresh()
    asks = block("import snippets\nprint(snippets.NAME)")
    assert session.get(asks).output == "before\n"
    helper.write_text("NAME = 'after'")
    session.refresh()
    assert session.get(asks).output == "after\n"


def test_run_again_runs_the_block_once_more(session):
    random = block("import random\nprint(random.random())")
    first = session.get(random)
    assert session.run_again(random).output != first.output
    assert session.get(random) == first


def test_a_session_prunes_what_it_was_not_asked_for(session, plain, monkeypatch):
    monkeypatch.setattr(Runner, "submit", lambda self, blocks: [done("ran") for _ in blocks])
    cache = session.cache
    for age, code in ((0, "new"), (2, "old"), (2, "asked")):
        key = cache.key(block(code))
        cache.store(key, block(code), Result("completed"))
        file = cache.folder / f"{key}.json"
        os.utime(file, times=(file.stat().st_atime, file.stat().st_mtime - age * 24 * 3600))
    session.get(block("asked"))
    session.prune()
    kept = [code for code in ("new", "old", "asked") if cache.load(cache.key(block(code)))]
    assert kept == ["new", "asked"]


def test_progress(capsys):
    progress = Progress(every=1000.0)
    progress.expect(2)
    progress.tick("a.md")
    assert capsys.readouterr().err == ""
    progress.tick("b.md")
    assert capsys.readouterr().err == "examples run: 2 of 2  b.md\n"
    progress.expect(1)
    progress.tick("c.md")
    assert capsys.readouterr().err == ""
    often = Progress(every=0.0)
    often.expect(2)
    often.tick("a.md")
    assert capsys.readouterr().err == "examples run: 1 of 2  a.md\n"


def test_a_block_finds_its_files_in_its_folder(tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "one.py").write_text("print('one')\n")
    settings = dataclasses.replace(SETTINGS, root=tmp_path, always=(), environment={}, caches={})
    asked = block("import os, runpy\nprint(os.listdir())\nrunpy.run_path('one.py')")
    runner = Runner(settings, workers=1)
    try:
        found, missing = runner.submit(
            dataclasses.replace(asked, files=files)
            for files in (("lib/one.py",), ("lib/one.py.gone",))
        )
        assert found.result().output == "['one.py']\none\n"
        assert missing.result().exception.startswith("FileNotFoundError")
    finally:
        runner.close()
