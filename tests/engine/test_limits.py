"""The limits: what hostile or careless blocks try, and what becomes of it."""

from __future__ import annotations

import os
import subprocess
import sys

import psutil
import pytest

from answered.engine import limits, namespaces
from answered.engine.runner import Runner
from answered.engine.settings import Settings

from .conftest import PATIENCE, PROJECT, block, until

linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone has this")
confined = pytest.mark.skipif(
    not namespaces.available(),
    reason="THIS SYSTEM LETS EXAMPLES REACH THE NETWORK: it has no namespaces for users;"
    " SECURITY.md says how to allow them",
)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("root")


@pytest.fixture(scope="module", params=[pytest.param(True, marks=linux), False])
def run(request, root):
    """Run code, once forked and once in a fresh interpreter."""
    runner = Runner(Settings(root=root), workers=1, fork=request.param)
    yield lambda code: runner.run(block(code))
    runner.close()


@confined
@pytest.mark.parametrize("address", ["('192.0.2.1', 80)", "('203.0.113.7', 443)"])
def test_the_network_is_out_of_reach(run, address):
    code = f"""
    import socket
    try:
        socket.create_connection({address}, timeout=5)
    except OSError as error:
        print(error.strerror)
    """
    assert run(code).output == "Network is unreachable\n"


@confined
def test_the_loopback_works(run):
    code = """
    import socket
    server = socket.create_server(("127.0.0.1", 0))
    socket.create_connection(server.getsockname()).close()
    assert server.accept()
    """
    assert run(code).ended == "completed"


@confined
def test_privileges_are_gone(run):
    code = """
    names = ("CapEff", "CapPrm", "NoNewPrivs")
    with open("/proc/self/status") as file:
        print(*[line.split()[1] for line in file if line.startswith(names)])
    """
    assert run(code).output == "0000000000000000 0000000000000000 1\n"


def test_one_process_cannot_take_all_memory(run):
    assert run("hoard = bytearray(20 * 1024**3)").exception == "MemoryError"


def test_files_are_limited(run):
    result = run("with open('big', 'wb') as file:\n    file.truncate(2**40)")
    assert "File too large" in result.exception


def test_no_core_is_dumped(run):
    code = "import resource\nprint(resource.getrlimit(resource.RLIMIT_CORE))"
    assert run(code).output == "(0, 0)\n"


def test_a_fork_bomb_is_put_out(run, root):
    """Its processes are in groups of their own, and their parents have ended."""
    code = """
    import os, signal
    for _ in range(11):
        if os.fork() == 0:
            os.setsid()
            for _ in range(11):
                if os.fork() == 0:
                    os.setsid()
                    signal.pause()
            os._exit(0)
    signal.pause()
    """
    result = run(code)
    assert (result.ended, result.detail) == ("stopped", "more than 100 processes")
    # The plan of the processes that are forked from has the root in their arguments.
    assert until(lambda: len(running(str(root))) <= 3)


@linux
def test_threads_are_limited(run):
    code = """
    import threading
    waiting = threading.Event()
    threading.stack_size(65536)
    for _ in range(2100):
        threading.Thread(target=waiting.wait).start()
    """
    result = run(code)
    assert (result.ended, result.detail) == ("stopped", "more than 2000 threads")


@linux
def test_a_process_has_not_so_many_files_open_that_a_look_at_them_takes_long(run):
    code = "import resource\nprint(max(resource.getrlimit(resource.RLIMIT_NOFILE)) <= 4096)"
    assert run(code).output == "True\n"


@linux
def test_all_processes_of_a_block_count():
    """What two processes have each counts together; what they share counts once."""
    code = """
import os, signal
hoard = bytearray(os.urandom(1)) * 60_000_000
if os.fork() == 0:
    own = bytearray(os.urandom(1)) * 60_000_000
    print("ready", flush=True)
signal.pause()
"""
    line = [sys.executable, "-c", code]
    with subprocess.Popen(line, stdout=subprocess.PIPE, start_new_session=True) as process:
        try:
            process.stdout.readline()
            assert limits.excess(process.pid) == ""
            assert limits.excess(process.pid, memory=170_000_000) == ""
            assert "GB of memory" in limits.excess(process.pid, memory=110_000_000)
            assert limits.excess(process.pid, processes=1) == "more than 1 processes"
            assert limits.excess(process.pid, processes=2) == ""
        finally:
            limits.kill_group(process.pid)
    assert limits.excess(process.pid) == ""


@linux
def test_files_in_memory_count_though_no_process_maps_them():
    code = """
import os, signal
descriptor = os.memfd_create("hidden")
os.write(descriptor, bytes(60_000_000))
os.dup(descriptor)
print("ready", flush=True)
signal.pause()
"""
    line = [sys.executable, "-c", code]
    with subprocess.Popen(line, stdout=subprocess.PIPE) as process:
        try:
            process.stdout.readline()
            assert "GB of memory" in limits.excess(process.pid, memory=55_000_000)
            assert limits.excess(process.pid, memory=110_000_000) == ""
        finally:
            process.kill()


@linux
@pytest.mark.parametrize("look", ["memory_info", "memory_full_info"])
def test_a_process_that_ends_during_a_look_hides_no_other(monkeypatch, look):
    """Here the second of two has ended when its memory is looked at."""
    code = (
        "import signal\nhoard = bytearray(b'x') * 60_000_000\nprint(1, flush=True)\nsignal.pause()"
    )
    first, second = (
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) for _ in range(2)
    )
    real = getattr(psutil.Process, look)

    def ended(process: psutil.Process):
        if process.pid == second.pid:
            second.kill()
            second.wait()
        return real(process)

    with first, second:
        first.stdout.readline()
        second.stdout.readline()
        monkeypatch.setattr(psutil.Process, look, ended)
        monkeypatch.setattr(
            psutil.Process,
            "children",
            lambda process, recursive: [psutil.Process(first.pid), psutil.Process(second.pid)],
        )
        try:
            found = limits.excess(os.getpid(), memory=55_000_000, itself=False)
        finally:
            first.kill()
            second.kill()
    assert "GB of memory" in found


HIDDEN = """
import ctypes, os, signal
from answered.engine import limits, namespaces
namespaces.drop_privileges()  # nothing is hidden from root
read, write = os.pipe()
pid = os.fork()
if pid == 0:
    {hide}
    os.write(write, b"x")
    signal.pause()
os.close(write)
os.read(read, 1)
print(limits.excess(os.getpid(), memory=1, itself=False), limits.excess(os.getpid()), sep="|")
os.kill(pid, signal.SIGKILL)
"""


@linux
@pytest.mark.parametrize(
    ("hide", "told"),
    [
        ("pass", "more than 9.31323e-10 GB of memory|"),
        ("ctypes.CDLL(None).prctl(4, 0)", "{0}|{0}"),  # PR_SET_DUMPABLE: its /proc is closed
        ("os._exit(0)", "|"),  # its parent has not asked yet how it ended
    ],
)
def test_a_process_cannot_hide_what_it_holds(hide, told):
    line = [sys.executable, "-c", HIDDEN.format(hide=hide)]
    done = subprocess.run(line, cwd=PROJECT, capture_output=True, text=True, timeout=PATIENCE)
    assert done.stdout == told.format("a process whose memory cannot be counted") + "\n", done


@linux
def test_a_process_dies_with_its_parent():
    code = """
import os, signal
from answered.engine.limits import die_with
parent, (read, write) = os.getpid(), os.pipe()
pid = os.fork()
if pid == 0:
    die_with(parent)
    os.write(write, b"x")
    signal.pause()
os.read(read, 1)
print(pid)
"""
    line = [sys.executable, "-c", code]
    done = subprocess.run(line, cwd=PROJECT, stdout=subprocess.PIPE, text=True, timeout=PATIENCE)
    assert until(lambda: not alive(int(done.stdout)))


def running(name: str) -> list[psutil.Process]:
    """Return the processes that have `name` in their arguments."""
    found = psutil.process_iter(["cmdline"])
    return [process for process in found if name in " ".join(process.info["cmdline"] or ())]


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@linux
def test_a_process_whose_parent_has_ended_before_ends():
    code = "from answered.engine.limits import die_with\ndie_with(1_000_000_000)\nprint('alive')"
    line = [sys.executable, "-c", code]
    done = subprocess.run(line, cwd=PROJECT, stdout=subprocess.PIPE, text=True, timeout=PATIENCE)
    assert (done.returncode, done.stdout) == (1, "")


def test_killing_a_group_that_is_gone():
    limits.kill_group(2**22 - 1)
