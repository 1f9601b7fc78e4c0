"""What hostile or careless examples try, and what becomes of it."""

import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from answered import ROOT
from answered.check import judge
from answered.page import Example
from answered.runner import Runner
from answered.servers import Spawner

linux = pytest.mark.skipif(sys.platform != "linux", reason="subreapers are Linux's")
# In a process of its own: the one that runs the tests keeps its network.
CONFINED = subprocess.run([sys.executable, "-c", "import sys; from answered.sandbox import confine; sys.exit(not confine())"], cwd=ROOT).returncode == 0
confined = pytest.mark.skipif(
    not CONFINED, reason="THIS SYSTEM LETS EXAMPLES REACH THE NETWORK: it has no namespaces for users; SECURITY.md says how to allow them"
)


@pytest.fixture(scope="module", params=["forked", "spawned"])
def runner(request):
    made = Runner()
    if request.param == "spawned":
        made.server = Spawner()
    yield made
    made.close()


def run(runner: Runner, code: str):
    example = Example("docs/questions/tensors/x.md", 10, textwrap.dedent(code).strip("\n") + "\n", None, frozenset())
    result = runner.submit([example])[0].result()
    return result, judge(example, result)


@confined
@pytest.mark.parametrize("address", ["('192.0.2.1', 80)", "('203.0.113.7', 443)"])
def test_the_network_is_out_of_reach(runner, address):
    result, _ = run(
        runner,
        f"""
        import socket
        try:
            socket.create_connection({address}, timeout=5)
        except OSError as error:
            print(error.strerror)
    """,
    )
    assert result.output == "Network is unreachable\n"


@confined
def test_the_loopback_works(runner):
    result, problem = run(
        runner,
        """
        import socket
        server = socket.create_server(("127.0.0.1", 0))
        socket.create_connection(server.getsockname()).close()
        assert server.accept()
    """,
    )
    assert problem is None, problem


@confined
def test_privileges_are_gone(runner):
    result, _ = run(
        runner,
        """
        with open("/proc/self/status") as file:
            print(*[line.split()[1] for line in file if line.startswith(("CapEff", "CapPrm", "NoNewPrivs"))])
    """,
    )
    assert result.output == "0000000000000000 0000000000000000 1\n"


def test_one_process_cannot_take_all_memory(runner):
    result, problem = run(runner, "hoard = bytearray(20 * 1024**3)\nassert hoard")
    assert result.exception == "MemoryError" and "raised MemoryError" in problem.what


def test_many_processes_cannot_take_all_memory(runner, monkeypatch):
    monkeypatch.setattr("answered.watch.MEMORY", 10**9)
    result, problem = run(
        runner,
        """
        import os, time
        for _ in range(8):
            if os.fork() == 0:
                hoard = bytearray(os.urandom(1)) * 250_000_000
                time.sleep(60)
        time.sleep(60)
        assert True
    """,
    )
    assert result.ended == "stopped" and "memory" in problem.what


def test_a_fork_bomb_is_put_out(runner):
    result, problem = run(
        runner,
        """
        import os, time
        for _ in range(300):
            if os.fork() == 0:
                time.sleep(120)
        time.sleep(120)
        assert True
    """,
    )
    assert result.ended == "stopped" and "more than 100 processes" in problem.what
    assert survivors() == 0


@linux
def test_a_process_that_leaves_its_group_is_killed(runner, tmp_path):
    if isinstance(runner.server, Spawner):
        pytest.skip("without the process that forks examples nobody inherits what leaves its group; SECURITY.md says so")
    file = tmp_path / "pid"
    run(
        runner,
        f"""
        import os, sys, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                open({str(file)!r}, "w").write(str(os.getpid()))
                time.sleep(600)
            os._exit(0)
        os.wait()
        while not os.path.exists({str(file)!r}) or not open({str(file)!r}).read():
            time.sleep(0.01)
        assert True
    """,
    )
    assert ended(int(file.read_text()))


def test_files_are_limited(runner):
    result, _ = run(
        runner,
        """
        with open("big", "wb") as file:
            file.truncate(2**40)
    """,
    )
    assert "File too large" in result.exception or result.ended == "killed"


def test_the_environment_holds_nothing_of_the_build(runner, monkeypatch):
    monkeypatch.setenv("DEPLOY_TOKEN", "secret")
    result, _ = run(runner, "import os\nprint('DEPLOY_TOKEN' in os.environ, 'secret' in str(dict(os.environ)))")
    assert result.output == "False False\n"


def survivors() -> int:
    """How many processes run an example's file, after giving the killed ones time to go."""
    deadline = time.monotonic() + 10
    while True:
        left = sum(
            any(part.endswith("example.py") and Path(part).parent.name.startswith("example-") for part in line)
            for process in psutil.process_iter(["cmdline"])
            if (line := process.info["cmdline"] or [])
        )
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.1)


def ended(pid: int) -> bool:
    try:
        psutil.Process(pid).wait(timeout=10)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return False
    return True
