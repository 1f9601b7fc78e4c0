"""What blocks can reach, and what a system without the means for it says and does."""

from __future__ import annotations

import errno
import os
import platform
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest

from answered.engine import confine, namespaces, seccomp
from answered.engine.cache import Cache
from answered.engine.confine import WITHOUT
from answered.engine.landlock import version
from answered.engine.runner import Runner
from answered.engine.settings import Settings

from .conftest import PROJECT, block, until

landlock = pytest.mark.skipif(
    not version(),
    reason="THIS SYSTEM LETS EXAMPLES READ AND WRITE ALL FILES: it has no Landlock",
)
alone = pytest.mark.skipif(
    namespaces.available() != namespaces.ALL,
    reason="THIS SYSTEM HAS NO PID NAMESPACES FOR USERS; SECURITY.md says what is less",
)
filtered = pytest.mark.skipif(
    not seccomp.available(),
    reason="THIS SYSTEM LETS EXAMPLES USE THE KERNEL'S KEYS: it has no filters of system calls",
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
    refused = (
        "PermissionError: ",
        "OSError: [Errno 18]",
        "OSError: [Errno 30]",
        "FileNotFoundError: ",
    )
    assert result.ended == "raised" and result.exception.startswith(refused), result
    assert (root / ".cache/results/key.json").read_text() == "ONE = 1\n"


METADATA = {
    "the mode": "os.chmod({path!r}, 0o777)",
    "the times": "os.utime({path!r}, (0, 0))",
    "the owner": "os.chown({path!r}, os.getuid(), os.getgid())",
    "an extended attribute": "os.setxattr({path!r}, 'user.x', b'x')",
    "the mode by an open file": "os.fchmod(os.open({path!r}, os.O_RDONLY), 0o777)",
}


@alone
@pytest.mark.parametrize("less", ["", "landlock"])
@pytest.mark.parametrize("marks", [(), ("fresh",)], ids=["forked", "fresh"])
def test_a_block_changes_nothing_of_a_file_outside(small, root, monkeypatch, marks, less):
    """Landlock has no right for that; what is outside is read-only."""
    monkeypatch.setenv(WITHOUT, less)
    file = root / "snippets" / "one.py"
    before = file.stat()
    runner = small(root=root)
    for path in (str(file), str(file.parent), "../..", "/tmp"):
        for name, code in METADATA.items():
            call = code.format(path=path)
            result = runner.run(block(f"import os, snippets\n{call}", *marks))
            refused = ("OSError: [Errno 30]", "PermissionError: ")
            assert result.exception.startswith(refused), (path, name, result)
    assert file.stat() == before


@alone
@pytest.mark.parametrize("path", ["x", "../home", "/dev/shm/x"])
def test_a_block_changes_what_it_likes_of_its_own_files(run, path):
    code = f"""
    import os, pathlib
    path = {path!r}
    if path.endswith("x"):
        pathlib.Path(path).write_text("x")
    os.chmod(path, 0o700)
    os.utime(path, (0, 0))
    print(oct(os.stat(path).st_mode)[-3:], os.stat(path).st_mtime)
    """
    assert run(code).output == "700 0.0\n"


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


CALLS = """
import ctypes, errno, socket
from answered.engine.seccomp import MACHINES

libc = ctypes.CDLL(None, use_errno=True)
for call in MACHINES[{machine!r}].refused:
    libc.syscall(call, 0, 0, 0, 0, 0)
    print(errno.errorcode[ctypes.get_errno()], end=" ")
for family in range(64):
    try:
        kind = socket.SOCK_RAW if family == socket.AF_NETLINK else socket.SOCK_STREAM
        socket.socket(family, kind).close()
        print(family, end=" ")
    except OSError as error:
        if error.errno != errno.EAFNOSUPPORT:
            print(family, error)
"""


@filtered
@pytest.mark.parametrize("marks", [(), ("fresh",)], ids=["forked", "fresh"])
def test_a_block_has_neither_the_keys_of_the_kernel_nor_sockets_of_virtual_machines(
    small, monkeypatch, marks
):
    monkeypatch.setenv(WITHOUT, "landlock namespaces")
    refused = len(seccomp.MACHINES[platform.machine()].refused)
    result = small(root=PROJECT).run(block(CALLS.format(machine=platform.machine()), *marks))
    assert result.output == "EPERM " * refused + "1 2 10 16 ", result


KEPT = {
    "memory that no process maps": "libc.shmget(4242, 4096, 0o1600)",
    "a queue": "libc.msgget(4242, 0o1600)",
    "semaphores": "libc.semget(4242, 1, 0o1600)",
    "a file in memory": "libc.memfd_create(b'x', 0)",
    "a look at who uses files": "libc.inotify_init1(0)",
    "the same in the new way": "libc.fanotify_init(0x200, 0)",
    "the same in the old way": "libc.fcntl(os.open('.', os.O_RDONLY), 1026, 4)",
    "a lease of a file that others use": "libc.fcntl(os.open('/bin/sh', os.O_RDONLY), 1024, 0)",
}


@filtered
@pytest.mark.parametrize("name", KEPT)
def test_a_block_has_not(small, name):
    code = f"import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nprint({KEPT[name]})"
    assert small().run(block(f"{code}\nprint(ctypes.get_errno())")).output == "-1\n1\n"


@filtered
@pytest.mark.skipif(platform.machine() != "x86_64", reason="other machines have one ABI")
def test_a_block_makes_no_calls_of_32_bit_programs(small):
    """Their numbers are others."""
    code = """
    import ctypes, mmap
    memory = mmap.mmap(-1, 4096, prot=7)
    memory.write(bytes.fromhex("b814000000cd80c3"))  # mov eax, 20; int 0x80; ret
    call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(memory)))
    print(call())
    """
    result = small().run(block(code))
    assert result.output == "-38\n" or result.ended == "killed", result  # ENOSYS; there are none


def verdict(program: bytes, architecture: int, number: int, argument: int) -> tuple[bool, int]:
    """Return what a filter makes of a system call: whether it is allowed, or else the error."""
    seen = {seccomp.ARCHITECTURE: architecture, seccomp.NUMBER: number}
    instructions, at, value = list(struct.iter_unpack("HBBI", program)), 0, 0
    while True:
        code, if_true, if_false, operand = instructions[at]
        at += 1
        if code == seccomp.LOAD:
            value = seen.get(operand, argument)
        elif code == seccomp.RETURN:
            return operand == seccomp.ALLOW, operand & 0xFFFF
        else:
            holds = value == operand if code == seccomp.IF_EQUAL else value >= operand
            at += if_true if holds else if_false


@pytest.mark.parametrize("name", seccomp.MACHINES)
def test_the_filter_of_each_machine(name):
    machine, program = seccomp.MACHINES[name], seccomp.program(name)
    here = machine.architecture
    for number in range(600):
        of_itself, of_another = (verdict(program, here, number, argument) for argument in (0, 1))
        assert of_itself[0] == (number not in (*machine.refused, machine.socket)), number
        assert of_another[0] == (number not in (*machine.refused, machine.prlimit64)), number
    for family in range(64):
        allowed, code = verdict(program, here, machine.socket, family)
        assert allowed == (family in (1, 2, 10, 16)) and (allowed or code == errno.EAFNOSUPPORT)
    for other in ((0x40000003, 41, 2), (here, seccomp.X32 + machine.socket, 2)):
        assert verdict(program, *other) == (False, errno.ENOSYS)
    assert seccomp.program("riscv64") == b""


@filtered
def test_a_block_sets_no_limits_that_later_blocks_inherit(run):
    """They are forked by its parent, which is of the same user; its own limits it may set."""
    head = "import os, resource\nkind = resource.RLIMIT_NOFILE\n"
    result = run(f"{head}resource.prlimit(os.getppid(), kind, (1, 1))")
    assert result.exception.startswith("PermissionError"), result
    code = "resource.setrlimit(kind, (99, 99))\nprint(resource.prlimit(0, kind)[0])"
    assert run(head + code).output == "99\n"


SETS = {
    "processors": "os.sched_setaffinity(os.getppid(), os.sched_getaffinity(0))",
    "the scheduler": "os.sched_setscheduler(os.getppid(), os.SCHED_BATCH, os.sched_param(0))",
    "the priority": "os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)",
}


@alone
@pytest.mark.parametrize("name", SETS)
def test_a_block_does_not_set_how_later_blocks_run(small, name):
    """What forks them has privileges in its user namespace, and blocks have none."""
    result = small().run(block(f"import os\n{SETS[name]}"))
    assert result.exception.startswith("PermissionError"), result


@alone
def test_shared_memory_is_gone_with_its_block(small):
    runner = small()
    left = "import os\nos.makedirs('/dev/shm/a/b')\nopen('/dev/shm/c', 'w').write('x')"
    assert runner.run(block(left)).ended == "completed"
    assert runner.run(block("import os\nprint(os.listdir('/dev/shm'))")).output == "[]\n"
    assert not Path("/dev/shm/c").exists()


@alone
def test_shared_memory_is_as_new_for_the_next_block(small):
    runner = small()
    left = "import os\nos.setxattr('/dev/shm', 'user.x', b'x')\nos.chmod('/dev/shm', 0)"
    assert runner.run(block(left)).ended == "completed"
    seen = "import os\nprint(os.listxattr('/dev/shm'), oct(os.stat('/dev/shm').st_mode))"
    seen += "\nopen('/dev/shm/x', 'w').close()"
    assert [runner.run(block(seen)).output for _ in range(2)] == ["[] 0o41777\n"] * 2


# What a block leaves open for others, and how another would come to it.
SHARED = {
    "network": (
        "import socket\nserver = socket.create_server(('127.0.0.1', 29500))",
        "import socket\nsocket.create_connection(('127.0.0.1', 29500))",
        "ConnectionRefusedError",
    ),
    "memory of System V": (
        "import ctypes\nassert ctypes.CDLL(None).shmget(4242, 4096, 0o1600) >= 0",
        "import ctypes\nassert ctypes.CDLL(None).shmget(4242, 4096, 0o600) >= 0",
        "AssertionError",
    ),
    "shared memory": (
        "open('/dev/shm/left', 'w').close()",
        "open('/dev/shm/left')",
        "FileNotFoundError",
    ),
}


@alone
@pytest.mark.parametrize("name", SHARED)
def test_blocks_beside_each_other_share_no(small, monkeypatch, name):
    """They could have a part in each other's output; each worker has its own, filter or not."""
    monkeypatch.setenv(WITHOUT, "seccomp")
    lays, looks, fails = SHARED[name]
    runner = small(workers=2)
    runner.submit([block(f"{lays}\nimport os, signal\nos.mkdir('ready')\nsignal.pause()")])
    assert until(lambda: Path(runner.folder.name, "0/cwd/ready").exists())
    result = runner.run(block(looks))
    assert result.exception.startswith(fails), result


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
    "namespaces": f"change modes and times of your files, reach the network, {SIGNAL}leave processes"
    " behind",
    "landlock": "read your files",
    "landlock namespaces": "read and write your files, reach the network, signal your processes,"
    " leave processes behind",
    "seccomp": "use the kernel's keys",
}


@alone
@landlock
@filtered
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
        (namespaces.ALL, 2, ""),
        (namespaces.ALL, 0, "read your files"),
        (
            namespaces.NETWORK,
            0,
            "read and write your files, signal your processes, leave processes behind",
        ),
        (
            namespaces.NETWORK,
            2,
            "empty your files, change modes and times of your files, signal your processes, leave processes behind",
        ),
        (namespaces.NETWORK, 6, "change modes and times of your files, leave processes behind"),
        (
            0,
            3,
            "change modes and times of your files, reach the network, signal your processes, leave processes behind",
        ),
    ],
)
def test_what_a_system_lacks_is_named(monkeypatch, capsys, entered, landlock, told):
    monkeypatch.setattr(confine, "version", lambda: landlock)
    confine.tell_missing(entered)
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
        ("syscall", str(namespaces.MOUNT_SETATTR), 1),
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


def test_libraries_find_copies_of_their_folders_filled(small, tmp_path):
    """What a block writes there nobody else reads."""
    folder = tmp_path / "caches" / "matplotlib"
    made = {"MPLCONFIGDIR": str(folder)}
    runner = small(environment=made, caches={"MPLCONFIGDIR": "matplotlib.font_manager"})
    assert runner.run(block("print(1)", "fresh")).output == "1\n"
    assert not folder.exists()
    code = """
    import os, matplotlib.font_manager
    for name in os.listdir(matplotlib.get_cachedir()):
        print(name)
        open(os.path.join(matplotlib.get_cachedir(), name), "w").close()
    """
    results = [runner.run(block(code, "fresh")) for _ in range(2)]
    [file] = folder.iterdir()
    assert [(each.output, each.errors) for each in results] == [(f"{file.name}\n", "")] * 2
    assert file.name.startswith("fontlist") and file.stat().st_size > 1000
