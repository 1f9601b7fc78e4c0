"""What blocks can reach, and what a system without the means for it says and does."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest

from answered.engine import confine, namespaces
from answered.engine.cache import Cache
from answered.engine.confine import WITHOUT
from answered.engine.landlock import version
from answered.engine.runner import Runner
from answered.engine.settings import Settings

from .conftest import PROJECT, block

landlock = pytest.mark.skipif(
    not version(),
    reason="THIS SYSTEM LETS EXAMPLES READ AND WRITE ALL FILES: it has no Landlock",
)
alone = pytest.mark.skipif(
    namespaces.available() != namespaces.ALL,
    reason="THIS SYSTEM HAS NO PID NAMESPACES FOR USERS; SECURITY.md says what is less",
)
linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone confines blocks")


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """A project with a helper, a cache, and a page."""
    made = tmp_path_factory.mktemp("root")
    for name in ("snippets/one.py", ".cache/results/key.json", "docs/page.md", ".git/config"):
        (made / name).parent.mkdir(parents=True)
        (made / name).write_text("ONE = 1\n")
    (made / "snippets/__init__.py").write_text("")
    return made


@pytest.fixture(scope="module", params=["forked", "fresh", "landlock alone"])
def run(request, root):
    """Run code; in the last case on a system without namespaces."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(WITHOUT, "namespaces" if request.param == "landlock alone" else "")
        runner = Runner(Settings(root=root), workers=1)
        marks = ["fresh"] if request.param == "fresh" else []
        assert runner.run(block("print(1)", *marks)).output == "1\n"  # it has started
    yield lambda code: runner.run(block(code, *marks))
    runner.close()


REFUSED = {
    "write another page": "open({root!r} + '/docs/page.md', 'a')",
    "read another page": "open({root!r} + '/docs/page.md')",
    "forge a result": "open({root!r} + '/.cache/results/key.json', 'w')",
    "add a result": "open({root!r} + '/.cache/results/new.json', 'w')",
    "empty a result": "import os; os.truncate({root!r} + '/.cache/results/key.json', 0)",
    "delete a result": "import os; os.unlink({root!r} + '/.cache/results/key.json')",
    "put a hook into git": "import os; os.mkdir({root!r} + '/.git/hooks')",
    "change the build": "open({project!r} + '/answered/__init__.py', 'a')",
    "read the build": "open({project!r} + '/answered/__init__.py')",
    "leave a file in the temporary folder": "open({temporary!r} + '/left-behind', 'w')",
    "read the folders of other blocks": "import os; os.listdir('../..')",
    "move its own folder away": "import os; own = os.path.dirname(os.getcwd()); os.rename(own, own + 'x')",
    "link to a file that it cannot write": "import os; os.link({root!r} + '/docs/page.md', 'x')",
    "read the home folder": "import os; os.listdir({home!r})",
    "read passwords": "open('/etc/shadow')",
    "read what the parent holds": "import os; open(f'/proc/{{os.getppid()}}/mem', 'rb')",
    "read the parent's variables": "import os; open(f'/proc/{{os.getppid()}}/environ')",
    "write into the parent's log": "import os; open(f'/proc/{{os.getppid()}}/fd/2', 'w')",
    "import helpers under another name": "__import__('snip' + 'pets.one')",
}


@landlock
@pytest.mark.parametrize("name", REFUSED)
def test_a_block_cannot(run, root, tmp_path, name):
    places = {
        "root": str(root),
        "project": str(PROJECT),
        "temporary": str(tmp_path),
        "home": str(Path.home()),
    }
    result = run(REFUSED[name].format(**places))
    refused = ("PermissionError: ", "OSError: [Errno 18]", "FileNotFoundError: ")
    assert result.ended == "raised" and result.exception.startswith(refused), result
    assert (root / ".cache/results/key.json").read_text() == "ONE = 1\n"


ALLOWED = {
    "import helpers": "from snippets import one\nprint(one.ONE)",
    "use the folders of its own": "import tempfile, os, pathlib\n"
    "with tempfile.TemporaryFile() as file: file.write(b'1')\n"
    "pathlib.Path.home().joinpath('x').write_text('1')\n"
    "os.rename(pathlib.Path.home() / 'x', 'x')\nprint(open('x').read())",
    "start programs": "import subprocess\nsubprocess.run(['sh', '-c', 'echo 1 > x; cat x'])",
    "share memory": "from multiprocessing import shared_memory\n"
    "made = shared_memory.SharedMemory(create=True, size=1)\n"
    "print(made.size)\nmade.close()\nmade.unlink()",
    "see its processes": "import multiprocessing.util, os\nprint(int(os.path.isdir('/proc/self')))",
    "draw random bytes": "import os\nprint(len(open('/dev/urandom', 'rb').read(1)))",
    "signal its children": "import subprocess\nchild = subprocess.Popen(['sleep', '600'])\n"
    "child.kill()\nprint(int(child.wait() == -9))",
    "talk to itself by a socket with a path": "import socket\n"
    "server = socket.socket(socket.AF_UNIX)\nserver.bind('s')\nserver.listen()\n"
    "socket.socket(socket.AF_UNIX).connect('s')\nprint(1)",
}


@pytest.mark.parametrize("name", ALLOWED)
def test_a_block_can(run, name):
    result = run(ALLOWED[name])
    assert (result.output, result.errors, result.exception) == ("1\n", "", ""), result


@linux
@pytest.mark.skipif(version() < confine.SIGNALS, reason="this Landlock confines no signals")
def test_a_block_cannot_signal_processes_outside(run):
    with subprocess.Popen(["sleep", "600"]) as process:
        result = run(f"import os\nos.kill({process.pid}, 0)\nos.kill({process.pid}, 9)")
        assert result.exception.startswith(("PermissionError", "ProcessLookupError")), result
        assert process.poll() is None
        process.kill()


@linux
@pytest.mark.skipif(version() < confine.SIGNALS, reason="this Landlock confines no sockets")
def test_a_block_cannot_reach_an_abstract_socket(run, tmp_path):
    name = f"\0{tmp_path}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        result = run(f"import socket\nsocket.socket(socket.AF_UNIX).connect({name!r})")
    assert result.exception.startswith(("PermissionError", "ConnectionRefusedError")), result


@alone
@pytest.mark.parametrize("marks", [(), ("fresh",)], ids=["forked", "fresh"])
def test_a_block_cannot_reach_a_socket_with_a_path(small, marks):
    """Landlock lets it before Linux 7.1; the temporary folder that it sees is an empty one."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder, socket.socket(socket.AF_UNIX) as server:
        path = f"{folder}/socket"
        server.bind(path)
        server.listen()
        client = "import socket, os\nclient = socket.socket(socket.AF_UNIX)\n"
        ways = [path, os.path.join("..", "..", "..", path.lstrip("/").partition("/")[2])]
        for way in ways:
            result = small().run(block(f"{client}client.connect({way!r})", *marks))
            assert result.exception.startswith("FileNotFoundError"), result


@alone
def test_what_is_to_be_seen_stays_where_it_was(tmp_path):
    inner = tmp_path / "seen" / "inner"
    for name in ("seen/inner/deep", "seen/other", "other"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "link").symlink_to(inner)
    code = f"""
    import os
    from answered.engine import namespaces
    namespaces.hidden = lambda: [{str(tmp_path)!r}, "/", "/nowhere", {str(inner / "deep")!r}]
    os.chdir({str(inner)!r})
    namespaces.enter(namespaces.ALL, [{str(tmp_path / "link")!r}, {str(inner / "deep")!r}, "/no"])
    print(sorted(os.listdir({str(tmp_path)!r})), os.listdir({str(tmp_path / "link")!r}))
    print(os.listdir(), os.listdir(".."), sorted(os.listdir("../..")))
    """
    line = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(line, cwd=PROJECT, capture_output=True, text=True, timeout=60)
    assert done.stdout == "['link', 'seen'] ['deep']\n['deep'] ['inner'] ['link', 'seen']\n", done


@alone
@pytest.mark.parametrize("marks", [(), ("fresh",)], ids=["forked", "fresh"])
def test_a_block_has_no_namespaces_in_which_it_is_privileged(small, monkeypatch, marks):
    monkeypatch.setenv(WITHOUT, "landlock")
    code = f"""
    import ctypes, os
    libc = ctypes.CDLL(None, use_errno=True)
    print(libc.unshare({namespaces.NEW_USER}), os.strerror(ctypes.get_errno()))
    """
    assert small().run(block(code, *marks)).output == "-1 No space left on device\n"


@alone
def test_shared_memory_is_gone_with_its_block(small):
    runner = small()
    left = "import os\nos.makedirs('/dev/shm/a/b')\nopen('/dev/shm/c', 'w').write('x')"
    assert runner.run(block(left)).ended == "completed"
    assert runner.run(block("import os\nprint(os.listdir('/dev/shm'))")).output == "[]\n"
    assert not Path("/dev/shm/c").exists()


@landlock
def test_the_result_of_a_block_that_can_read_helpers_depends_on_them(root, monkeypatch):
    """Those that do not name them cannot read them, but for systems without Landlock."""
    named, unnamed = block("import snippets"), block("__import__('snip' + 'pets')")

    def keys() -> list[str]:
        cache = Cache(Settings(root=root))
        return [cache.key(named), cache.key(unnamed)]

    file = root / "snippets" / "one.py"
    for less, changed in (("", [True, False]), ("landlock", [True, True])):
        monkeypatch.setenv(WITHOUT, less)
        before = keys()
        file.write_text(f"ONE = 1  # {less}, changed\n")
        assert [one != other for one, other in zip(before, keys(), strict=True)] == changed


SIGNAL = "signal your processes, " if version() < confine.SIGNALS else ""
NOTES = {
    "": "",
    "namespaces": f"reach the network, {SIGNAL}leave processes behind",
    "landlock": "read and write your files",
    "landlock namespaces": "read and write your files, reach the network, signal your processes,"
    " leave processes behind",
}


@alone
@landlock
@pytest.mark.parametrize("less", NOTES)
def test_what_is_missing_is_said_once_and_the_blocks_run(small, monkeypatch, capfd, less):
    monkeypatch.setenv(WITHOUT, less)
    runner = small()
    codes = [block("print(1)"), block("print(2)", "fresh"), block("print(3)", "fresh")]
    assert [runner.run(each).output for each in codes] == ["1\n", "2\n", "3\n"]
    told = capfd.readouterr().err
    assert told == (f"note: on this system examples can {NOTES[less]}\n" if less else "")


@pytest.mark.parametrize(
    ("entered", "landlock", "told"),
    [
        (namespaces.ALL, 7, ""),
        (namespaces.ALL, 2, "empty your files"),
        (namespaces.ALL, 0, "read and write your files"),
        (namespaces.NETWORK, 6, "leave processes behind"),
        (0, 3, "reach the network, signal your processes, leave processes behind"),
    ],
)
def test_what_a_system_lacks_is_named(monkeypatch, capsys, entered, landlock, told):
    monkeypatch.setattr(confine, "version", lambda: landlock)
    confine.tell_missing(entered, with_landlock=True)
    note = f"note: on this system examples can {told}\n"
    assert capsys.readouterr().err == (note if told else "")


@landlock
def test_an_older_landlock_refuses_what_it_knows(root):
    """It is asked for no more than its version has; the newest that is known, of any newer."""
    code = """
    import os, sys
    from answered.engine import landlock, namespaces
    landlock.version = lambda: int(sys.argv[1])
    namespaces.drop_privileges()
    try:
        landlock.Landlock({"/usr": landlock.READ}).restrict({})
        open(sys.argv[2])
    except PermissionError:
        print("refused")
    """
    for number in range(2, version() + 1):
        arguments = ["-c", textwrap.dedent(code), str(number), str(root / "docs/page.md")]
        line = [sys.executable, *arguments]
        done = subprocess.run(line, cwd=PROJECT, capture_output=True, text=True, timeout=60)
        assert done.stdout == "refused\n", (number, done)


# As on Ubuntu 24.04, a user namespace can be had, and something that it is for is refused.
HALF_WAY = """
import sys
from pathlib import Path
from answered.engine import namespaces
real = namespaces.call, Path.write_text

def call(name, *arguments):
    if name == {call!r} and {what!r} in repr(arguments):
        raise PermissionError(1, name)
    return real[0](name, *arguments)

def write_text(path, text):
    if {call!r} == "write" and path.name == {what!r}:
        raise PermissionError(1, "Operation not permitted", str(path))
    return real[1](path, text)

namespaces.call, Path.write_text = call, write_text
found = namespaces.available()
print([namespaces.ALL, namespaces.NETWORK, 0].index(found))
"""


@alone
@pytest.mark.parametrize(
    ("call", "what", "level"),
    [
        ("no", "no", 0),
        ("write", "setgroups", 2),
        ("write", "uid_map", 2),
        ("mount", "proc", 1),
        ("mount", "shm", 1),
        ("unshare", str(namespaces.ALL), 1),
        ("unshare", "", 2),
    ],
)
def test_namespaces_that_are_refused_half_way_are_not_entered(call, what, level):
    code = HALF_WAY.format(call=call, what=what)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr) == (f"{level}\n", "")


@linux
def test_a_process_that_waits_for_a_namespace_ends_as_the_first_process_there_does():
    code = """
    import os, signal
    from answered.engine import namespaces
    pid = os.fork()
    namespaces.follow(pid)
    {}
    """
    for end, expected in (("os._exit(3)", 3), ("os.kill(os.getpid(), signal.SIGKILL)", -9)):
        line = [sys.executable, "-c", textwrap.dedent(code).format(end)]
        assert subprocess.run(line, cwd=PROJECT, timeout=60).returncode == expected


def test_the_session_of_the_user_is_not_killed():
    assert os.getpid() != 1
    with subprocess.Popen(["sleep", "600"]) as process:
        namespaces.kill_all()
        assert process.poll() is None
        process.send_signal(signal.SIGKILL)


def test_libraries_find_their_folders_filled_which_blocks_cannot_write(small, tmp_path):
    folder = tmp_path / "caches" / "matplotlib"
    made = {"MPLCONFIGDIR": str(folder)}
    runner = small(environment=made, caches={"MPLCONFIGDIR": "matplotlib.font_manager"})
    assert runner.run(block("print(1)", "fresh")).output == "1\n"
    assert not os.listdir(folder)
    code = "import matplotlib.font_manager\nprint(matplotlib.get_cachedir())"
    result = runner.run(block(code, "fresh"))
    assert (result.output, result.errors) == (f"{folder}\n", "")
    assert [file.name[:8] for file in folder.iterdir()] == ["fontlist"]
