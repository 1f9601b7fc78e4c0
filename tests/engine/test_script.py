"""The runner's promise: a block behaves as `python file.py` in an empty folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from types import SimpleNamespace

import pytest

from answered.engine import script
from answered.engine.environment import environment
from answered.engine.limits import MAX_FIGURES, MAX_OUTPUT
from answered.engine.temporary import LOCK

from .conftest import SETTINGS, block

# Everything that must work inside a block, each with what it prints.
WORKS = {
    "dataclass": (
        """
        from dataclasses import dataclass
        @dataclass
        class Point:
            x: int
        print(Point(1))
        """,
        "Point(x=1)\n",
    ),
    "annotations are objects": (
        "def f(x: int): ...\nprint(f.__annotations__)",
        "{'x': <class 'int'>}\n",
    ),
    "main": (
        "print(__name__)\nif __name__ == '__main__':\n    print('in main')",
        "__main__\nin main\n",
    ),
    "inspect.getsource": (
        "import inspect\ndef f():\n    return 1\nprint(inspect.getsource(f))",
        "def f():\n    return 1\n\n",
    ),
    "pickle of an own class": (
        "import pickle\nclass A: pass\nprint(type(pickle.loads(pickle.dumps(A()))) is A)",
        "True\n",
    ),
    "torch.save of a module": (
        """
        import torch
        class Net(torch.nn.Linear): pass
        torch.save(Net(1, 1), "net.pt")
        print(type(torch.load("net.pt", weights_only=False)) is Net)
        """,
        "True\n",
    ),
    "DataLoader workers": (
        """
        import torch
        from torch.utils.data import DataLoader, Dataset
        class Squares(Dataset):
            def __len__(self): return 4
            def __getitem__(self, i): return i * i
        print([b.tolist() for b in DataLoader(Squares(), batch_size=2, num_workers=2)])
        """,
        "[[0, 1], [4, 9]]\n",
    ),
    "a gloo group of two spawned processes": (
        """
        import os, torch, torch.distributed as dist, torch.multiprocessing as mp
        def work(rank, start):
            where = "file://" + os.path.abspath("store")
            dist.init_process_group("gloo", init_method=where, rank=rank, world_size=2)
            t = torch.tensor([start + rank])
            dist.all_reduce(t)
            if rank == 0: print(t)
            dist.destroy_process_group()
        if __name__ == "__main__":
            mp.spawn(work, args=(1.0,), nprocs=2)
        """,
        "tensor([3.])\n",
    ),
    "print with sep and file": (
        "import sys\nprint(1, 2, sep='-', end='!\\n', file=sys.stdout)",
        "1-2!\n",
    ),
    "sys.stdout.write": ("import sys\nsys.stdout.write('written\\n')", "written\n"),
    "pprint": ("import pprint\npprint.pprint({'a': 1})", "{'a': 1}\n"),
    "C's stdout, in order": (
        "import ctypes\nprint('first')\nctypes.CDLL(None).puts(b'from C')\nprint('last')",
        "first\nfrom C\nlast\n",
    ),
    "a subprocess, in order": (
        "import subprocess\nprint('first')\nsubprocess.run(['echo', 'child'])\nprint('last')",
        "first\nchild\nlast\n",
    ),
    "exit handlers": ("import atexit\natexit.register(print, 'bye')", "bye\n"),
    "threads are joined": (
        """
        import threading, time
        threading.Thread(target=lambda: (time.sleep(.2), print('late'))).start()
        """,
        "late\n",
    ),
    "an empty folder": ("import os\nprint(os.listdir())", "[]\n"),
    "temporary files of its own": (
        "import os, tempfile\nprint(tempfile.gettempdir() == os.environ['TMPDIR'])",
        "True\n",
    ),
    "one torch thread": ("import torch\nprint(torch.get_num_threads())", "1\n"),
    "fixed hash seed": ("import sys\nprint(sys.flags.hash_randomization)", "0\n"),
    "asserts are on": (
        "try:\n    assert False\nexcept AssertionError:\n    print('checked')",
        "checked\n",
    ),
    "source for torch.compile": (
        """
        import torch
        print(torch.compile(lambda x: x + 1, backend='eager')(torch.ones(1)))
        """,
        "tensor([2.])\n",
    ),
    "stdin is empty": ("import sys\nprint(repr(sys.stdin.read()))", "''\n"),
    "helpers": ("from snippets.figures import SERIES\nprint(len(SERIES))", "6\n"),
    "no byte code is written": ("import sys\nprint(sys.dont_write_bytecode)", "True\n"),
}


@pytest.mark.parametrize("name", WORKS)
def test_works_as_in_a_file(run, name):
    code, output = WORKS[name]
    result = run(code)
    assert (result.ended, result.output, result.errors) == ("completed", output, ""), result


WITHOUT_FORK = (
    "main",
    "annotations are objects",
    "inspect.getsource",
    "pickle of an own class",
    "C's stdout, in order",
    "an empty folder",
    "exit handlers",
)


@pytest.mark.parametrize("name", WITHOUT_FORK)
def test_the_way_without_fork_gives_the_same(spawner, name):
    code, output = WORKS[name]
    result = spawner.run(block(code))
    assert (result.ended, result.output, result.errors) == ("completed", output, "")


@pytest.mark.parametrize(
    "name", ["dataclass", "main", "pprint", "a subprocess, in order", "threads are joined"]
)
def test_python_itself_gives_the_same(tmp_path, name):
    code, output = WORKS[name]
    file = tmp_path / "file.py"
    file.write_text(textwrap.dedent(code))
    env = environment(SETTINGS) | {"PYTHONUNBUFFERED": "1"}
    done = subprocess.run(
        [sys.executable, str(file)], stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=env
    )
    assert done.stdout == output


# How a block can end, and what its result says: (code, end, exception, detail, errors).
ENDS = {
    "raises": ("x = 1\n1 / 0", "raised", "ZeroDivisionError: division by zero", ""),
    "syntax error": ("x = (", "raised", "SyntaxError: '(' was never closed", ""),
    "sys.exit": ("import sys\nsys.exit(0)", "exited", "SystemExit: 0", ""),
    "os._exit": ("import os\nos._exit(0)", "left", "", "exit code 0"),
    "a report that is a list": (
        "import os\nopen('../report', 'w').write('[1]')\nos._exit(0)",
        "left",
        "",
        "exit code 0",
    ),
    "a report with a list": (
        "import os\nopen('../report', 'w').write('{\"ended\": [1]}')\nos._exit(0)",
        "left",
        "",
        "exit code 0",
    ),
    "a report of its own": (
        "import os\nopen('../report', 'w').write('{\"foo\": 1}')\nos._exit(0)",
        "left",
        "",
        "exit code 0",
    ),
    "a report that is no JSON": (
        "import os\nopen('../report', 'wb').write(bytes([255]))\nos._exit(0)",
        "left",
        "",
        "exit code 0",
    ),
    "half a character in a message": (
        "raise ValueError('\\ud800')",
        "raised",
        "ValueError: \\ud800",
        "",
    ),
    "a folder as a report": ("import os\nos.mkdir('../report')", "left", "", "exit code 1"),
    "a folder as stdout": (
        "import os\nos.remove('../stdout')\nos.mkdir('../stdout')\nos._exit(3)",
        "left",
        "",
        "exit code 3",
    ),
    "os._exit after closing everything": (
        "import os\nos.closerange(0, 999)\nos._exit(0)",
        "left",
        "",
        "exit code 0",
    ),
    "killed": (
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
        "killed",
        "",
        "SIGKILL",
    ),
    "killed by a signal without a name": (
        "import os\nos.kill(os.getpid(), 40)",
        "killed",
        "",
        "signal 40",
    ),
    "crashed": ("import ctypes\nctypes.string_at(0)", "killed", "", "SIGSEGV"),
}


@pytest.mark.parametrize("name", ENDS)
def test_how_a_block_ended(run, name):
    code, *ended = ENDS[name]
    result = run(code)
    assert [result.ended, result.exception, result.detail] == ended, result


@pytest.mark.parametrize("marks", [(), ("fresh",)], ids=["forked", "fresh"])
def test_a_block_can_be_interrupted_also_where_the_build_ignores_that(small, marks):
    """A build in the background of a shell does, and what it starts inherits it."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        result = small().run(block("import signal\nsignal.raise_signal(signal.SIGINT)", *marks))
    finally:
        signal.signal(signal.SIGINT, before)
    assert result.exception == "KeyboardInterrupt", result


def test_a_traceback_begins_in_the_block(run):
    result = run("def f():\n    1 / 0\nf()")
    assert result.traceback.splitlines()[:2] == [
        "Traceback (most recent call last):",
        f'  File "{script.LABEL}", line 3, in <module>',
    ]
    assert "/" + script.FOLDER not in result.traceback


def test_the_first_line_of_a_long_message_is_the_exception(run):
    result = run("print('before')\nraise ValueError('first line\\nsecond line')", "raises")
    assert (result.output, result.exception) == ("before\n", "ValueError: first line")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import warnings\nwarnings.warn('old', FutureWarning)", "<example>:2: FutureWarning: old"),
        ("import threading\nthreading.Thread(target=lambda: 1 / 0).start()", "ZeroDivisionError"),
    ],
)
def test_stderr_is_kept_with_the_label_for_the_file(run, code, message):
    result = run(code)
    assert result.ended == "completed" and message in result.errors
    assert script.FOLDER not in result.errors


def test_log_lines_are_dropped(run):
    code = """
    import sys
    for line in "[W1121 10:00:00.1 file.cpp:1] x", "W1121 10:00:00.1 x", "kept":
        print(line, file=sys.stderr)
    """
    assert run(code).errors == "kept\n"


def test_long_output_is_cut_with_a_notice(run):
    result = run("for i in range(100_000): print('123456789')")
    assert result.ended == "completed"
    assert MAX_OUTPUT <= len(result.output) < MAX_OUTPUT + 100
    assert result.output.endswith("[output cut here: 1,000,000 bytes in all]\n")


def test_unseeded_numbers_differ_from_run_to_run(run):
    code = """
    import random, numpy, torch
    print(random.random(), numpy.random.rand(), torch.rand(1).item())
    """
    one, two = run(code).output.split(), run(code).output.split()
    assert len(one) == 3 and all(a != b for a, b in zip(one, two, strict=True))


CHANGES = {
    "default dtype": (
        "import torch; torch.set_default_dtype(torch.float64)",
        "import torch; print(torch.get_default_dtype())",
        "torch.float32",
    ),
    "default device": (
        "import torch; torch.set_default_device('meta')",
        "import torch; print(torch.ones(1).device)",
        "cpu",
    ),
    "grad mode": (
        "import torch; torch.set_grad_enabled(False)",
        "import torch; print(torch.is_grad_enabled())",
        "True",
    ),
    "thread count": (
        "import torch; torch.set_num_threads(4)",
        "import torch; print(torch.get_num_threads())",
        "1",
    ),
    "environment": (
        "import os; os.environ['LEAK'] = '1'",
        "import os; print('LEAK' in os.environ)",
        "False",
    ),
    "working directory": ("import os; os.chdir('/')", "import os; print(os.listdir())", "[]"),
    "builtins.print": (
        "import builtins; builtins.print = lambda *a: None",
        "print('heard')",
        "heard",
    ),
    "warnings filters": (
        "import warnings; warnings.simplefilter('error')",
        "import warnings; print(('error', None, Warning, None, 0) in warnings.filters)",
        "False",
    ),
    "modules": (
        "import sys; sys.modules['torch'] = None",
        "import torch; print(torch.ones(1))",
        "tensor([1.])",
    ),
    "files": ("open('left', 'w').write('x')", "import os; print(os.listdir())", "[]"),
    "daemon threads": (
        "import threading as t, time; t.Thread(target=time.sleep, args=(60,), daemon=True).start()",
        "import threading; print(threading.active_count())",
        "1",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_no_block_changes_another(run, name):
    change, look, untouched = CHANGES[name]
    assert run(change).ended == "completed"
    assert run(look).output.strip() == untouched


def test_figures_are_collected(run):
    result = run(
        """
        from snippets.figures import canvas, save
        fig, ax = canvas()
        ax.plot([1, 2], label="a")
        save(fig, "line.svg", alt="A line & <more>.")
        """
    )
    [(name, svg)] = result.figures
    assert name == "line.svg"
    assert 'aria-label="A line &amp; &lt;more&gt;."' in svg
    assert "var(--figure-1" in svg and "currentColor" in svg
    assert len(svg) < 60_000


LEFT = {
    "a folder for a figure": ('import os\nos.mkdir("a.svg")', []),
    "a link for a figure": ('import os\nos.symlink("/etc/passwd", "a.svg")', []),
    "a pipe for its output": ('import os\nos.remove("../stdout")\nos.mkfifo("../stdout")', []),
    "a figure that is no text": ('open("a.svg", "wb").write(bytes([255]))', [("a.svg", "\\xff")]),
    "a heavy figure": ("open('a.svg', 'w').write('x' * 300_000)", [("a.svg", "x" * 240_000)]),
}


@pytest.mark.parametrize("name", LEFT)
def test_what_a_block_leaves_breaks_nothing(run, name):
    code, figures = LEFT[name]
    result = run(code)
    assert (result.ended, result.figures) == ("completed", figures)


@pytest.mark.skipif(sys.platform == "win32", reason="links need privileges there")
def test_no_figures_are_read_from_where_a_block_lays_a_link(small, tmp_path):
    """What reads them is not confined."""
    (tmp_path / "private.svg").write_text("private")
    code = f"""
    import os
    os.rmdir("../cwd")
    os.symlink({str(tmp_path)!r}, "../cwd")
    """
    result = small().run(block(code))
    assert (result.ended, result.figures) == ("completed", [])


def test_of_many_figures_a_few_are_read(run):
    result = run("for n in range(99): open(f'{n}.svg', 'w').write('x')")
    assert len(result.figures) == MAX_FIGURES + 1


DEEP = """
import os
for folder in (".", "/dev/shm"):
    os.chdir(folder)
    for _ in range(3000):
        os.mkdir("d")
        os.chdir("d")
    os.chdir(os.environ["HOME"])
print("deep")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no /dev/shm")
def test_what_a_block_nests_without_end_does_not_stay(small):
    runner = small()
    assert runner.run(block(DEEP)).output == "deep\n"
    assert os.listdir(runner.folder.name) == [LOCK]
    assert runner.run(block("print('next')")).output == "next\n"


@pytest.mark.parametrize("closed", ["a", "a.svg", "../stdout", "../report", ".", ".."])
def test_what_a_block_closes_to_its_owner_is_as_none_and_does_not_stay(small, closed):
    runner = small()
    code = f"""
    import os
    os.makedirs("a/b")
    os.symlink(os.path.abspath("a"), "a/c")
    open("a.svg", "w").close()
    open("../report", "w").close()
    os.chmod({closed!r}, 0)
    os._exit(0)
    """
    assert runner.run(block(code)).ended == "left"
    assert os.listdir(runner.folder.name) == [LOCK]


def test_a_long_report_is_not_read(run):
    """It is the block's own word; 60 MB of it are no word that is listened to."""
    code = """
    import json, os
    report = {"ended": "completed", "traceback": "x" * LENGTH}
    open("../report", "w").write(json.dumps(report))
    os._exit(0)
    """
    assert run(code.replace("LENGTH", "60_000_000")).ended == "left"
    assert run(code.replace("LENGTH", "1_000")).ended == "completed"


def test_a_long_exception_is_cut(run):
    result = run("raise ValueError('\\U0001f525' * 300_000)")
    assert result.ended == "raised" and result.exception.startswith("ValueError: \U0001f525")
    assert len(result.exception) == len(result.traceback) == MAX_OUTPUT


def test_a_second_language_is_one_more_entry(monkeypatch):
    assert set(script.LANGUAGES) == {"python"}
    taken = []
    monkeypatch.setitem(script.LANGUAGES, "upper", lambda path: taken.append(path))
    monkeypatch.setattr(script, "standard_streams", lambda: None)
    monkeypatch.setattr(script, "finish", lambda *arguments: taken.append(arguments))
    script.execute("/folder", "upper")
    assert taken == [
        "/folder/example.py",
        (0, {"ended": "completed"}, "/folder/report"),
    ]


def test_a_language_that_fails_has_raised(monkeypatch):
    def fail(path):
        raise ValueError("exit status 1")

    ends = SimpleNamespace(report=None)
    monkeypatch.setitem(script.LANGUAGES, "upper", fail)
    monkeypatch.setattr(script, "standard_streams", lambda: None)
    monkeypatch.setattr(script, "finish", lambda s, report, f: setattr(ends, "report", report))
    script.execute("/folder", "upper")
    assert ends.report["ended"] == "raised"
    assert ends.report["exception"] == "ValueError: exit status 1"
