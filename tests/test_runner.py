"""The runner's promise: an example behaves as `python file.py` in an empty folder, and touches nothing else."""

import subprocess
import sys
import tempfile
import textwrap
import time

import pytest

from answered.check import judge, shown_output
from answered.collect import MAX_OUTPUT
from answered.environment import changes_environment, environment
from answered.page import Example
from answered.runner import Runner, preload
from answered.servers import Spawner

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
    "annotations are objects": ("def f(x: int): ...\nprint(f.__annotations__)", "{'x': <class 'int'>}\n"),
    "main": ("print(__name__)\nif __name__ == '__main__':\n    print('in main')", "__main__\nin main\n"),
    "inspect.getsource": ("import inspect\ndef f():\n    return 1\nprint(inspect.getsource(f))", "def f():\n    return 1\n\n"),
    "pickle of an own class": ("import pickle\nclass A: pass\nprint(type(pickle.loads(pickle.dumps(A()))) is A)", "True\n"),
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
    "torch.multiprocessing.spawn": (
        """
        import torch.multiprocessing as mp
        def work(rank, start):
            with open(f"out{rank}", "w") as f: f.write(str(start + rank))
        if __name__ == "__main__":
            mp.spawn(work, args=(10,), nprocs=2)
            print(open("out0").read(), open("out1").read())
        """,
        "10 11\n",
    ),
    "a gloo group of two processes": (
        """
        import torch, torch.distributed as dist, torch.multiprocessing as mp
        def work(rank):
            dist.init_process_group("gloo", init_method="file://" + __import__("os").path.abspath("store"), rank=rank, world_size=2)
            t = torch.tensor([rank + 1.0])
            dist.all_reduce(t)
            if rank == 0: print(t)
            dist.destroy_process_group()
        if __name__ == "__main__":
            mp.spawn(work, nprocs=2)
        """,
        "tensor([3.])\n",
    ),
    "print with sep and file": ("import sys\nprint(1, 2, sep='-', end='!\\n', file=sys.stdout)", "1-2!\n"),
    "sys.stdout.write": ("import sys\nsys.stdout.write('written\\n')", "written\n"),
    "pprint": ("import pprint\npprint.pprint({'a': 1})", "{'a': 1}\n"),
    "C's stdout, in order": ("import ctypes\nprint('first')\nctypes.CDLL(None).puts(b'from C')\nprint('last')", "first\nfrom C\nlast\n"),
    "a subprocess, in order": ("import subprocess\nprint('first')\nsubprocess.run(['echo', 'child'])\nprint('last')", "first\nchild\nlast\n"),
    "exit handlers": ("import atexit\natexit.register(print, 'bye')", "bye\n"),
    "threads are joined": ("import threading, time\nthreading.Thread(target=lambda: (time.sleep(.2), print('late'))).start()", "late\n"),
    "an empty folder": ("import os\nprint(os.listdir())", "[]\n"),
    "one torch thread": ("import torch\nprint(torch.get_num_threads())", "1\n"),
    "fixed hash seed": ("import sys\nprint(sys.flags.hash_randomization)", "0\n"),
    "asserts are on": ("try:\n    assert False\nexcept AssertionError:\n    print('checked')", "checked\n"),
    "torch.jit-free scripting by source": ("import torch\nf = torch.compile(lambda x: x + 1, backend='eager')\nprint(f(torch.ones(1)))", "tensor([2.])\n"),
    "stdin is empty": ("import sys\nprint(repr(sys.stdin.read()))", "''\n"),
    "snippets": ("from snippets.figures import SERIES\nprint(len(SERIES))", "6\n"),
}


def example(code: str, *marks: str, expected: str | None = None) -> Example:
    return Example("docs/questions/tensors/x.md", 10, textwrap.dedent(code).strip("\n") + "\n", expected, frozenset(marks))


@pytest.fixture(scope="module")
def runner():
    made = Runner()
    yield made
    made.close()


@pytest.fixture(scope="module")
def spawner():
    made = Runner()
    made.server = Spawner()
    yield made
    made.close()


def run(runner: Runner, code: str, *marks: str):
    return runner.submit([example(code, *marks)])[0].result()


@pytest.mark.parametrize("name", WORKS)
def test_works_as_in_a_file(runner, name):
    code, output = WORKS[name]
    result = run(runner, code)
    assert (result.ended, result.output, result.errors) == ("completed", output, ""), result


@pytest.mark.parametrize(
    "name", ["main", "annotations are objects", "inspect.getsource", "pickle of an own class", "C's stdout, in order", "an empty folder", "exit handlers"]
)
def test_the_way_without_fork_gives_the_same(spawner, name):
    code, output = WORKS[name]
    result = run(spawner, code)
    assert (result.ended, result.output, result.errors) == ("completed", output, "")


@pytest.mark.parametrize("name", ["dataclass", "main", "pprint", "a subprocess, in order", "threads are joined"])
def test_python_itself_gives_the_same(tmp_path, name):
    code, output = WORKS[name]
    script = tmp_path / "file.py"
    script.write_text(textwrap.dedent(code))
    env = environment() | {"PYTHONUNBUFFERED": "1"}
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, cwd=tmp_path, env=env)
    assert done.stdout == output


# How a block can fail, and what the problem says.
FAILS = {
    "raises": (
        "x = 1\n1 / 0",
        (),
        'raised ZeroDivisionError: division by zero\nTraceback (most recent call last):\n  File "docs/questions/tensors/x.md", line 12',
    ),
    "syntax error": ("x = (", (), "raised SyntaxError"),
    "marked raises and does not": ("print(1)", ("raises",), "did not raise"),
    "sys.exit": ("import sys\nsys.exit(0)", (), "called sys.exit (SystemExit: 0)"),
    "sys.exit marked raises": ("import sys\nsys.exit(0)", ("raises",), "called sys.exit"),
    "os._exit": ("import os\nos._exit(0)", (), "left without finishing (exit code 0)"),
    "a report that is a list": ("import os\nopen('../report', 'w').write('[1]')\nos._exit(0)", (), "left without finishing (exit code 0)"),
    "a report with a list": ("import os\nopen('../report', 'w').write('{\"ended\": [1]}')\nos._exit(0)", (), "left without finishing (exit code 0)"),
    "a folder as a report": ("import os\nos.mkdir('../report')", (), "left without finishing (exit code 1)"),
    "a folder as stdout": ("import os\nos.remove('../stdout')\nos.mkdir('../stdout')\nos._exit(3)", (), "left without finishing (exit code 3)"),
    "os._exit after closing everything": ("import os\nos.closerange(0, 999)\nos._exit(0)", (), "left without finishing"),
    "killed": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", (), "was killed (SIGKILL)"),
    "killed by a signal without a name": ("import os\nos.kill(os.getpid(), 40)", (), "was killed (signal 40)"),
    "crashed": ("import ctypes\nctypes.string_at(0)", (), "was killed (SIGSEGV)"),
    "a warning": ("import warnings\nwarnings.warn('old', FutureWarning)", (), "wrote to stderr"),
    "an exception in a thread": ("import threading\nthreading.Thread(target=lambda: 1 / 0).start()", (), "wrote to stderr"),
    "a progress bar": (r"print('10 %\r100 %')", (), r"has the control character '\r'"),
    "a colour": (r"print('\x1b[31mred\x1b[0m')", (), r"has the control character '\x1b'"),
    "a path of the machine": ("import os\nprint(os.getcwd())", (), "path of this machine"),
}


@pytest.mark.parametrize("name", FAILS)
def test_failure_is_told(runner, name):
    code, marks, message = FAILS[name]
    block = example(code, *marks)
    problem = judge(block, runner.submit([block])[0].result())
    assert message in problem.what
    assert (problem.path, problem.line) == ("docs/questions/tensors/x.md", 10)
    assert "/example-" not in problem.what.replace(f"path of this machine: {tempfile.gettempdir()}/example-", "")


def test_raises_shows_the_last_line_of_the_traceback(runner):
    block = example("print('before')\nraise ValueError('first line\\nsecond line')", "raises", expected="before\nValueError: first line\n")
    result = runner.submit([block])[0].result()
    assert shown_output(block, result) == "before\nValueError: first line\n"
    assert judge(block, result) is None


def test_timeout_kills_the_whole_group(monkeypatch, tmp_path):
    monkeypatch.setattr("answered.runner.TIMEOUT", 2.0)
    runner = Runner()
    try:
        result = run(
            runner,
            f"""
            import subprocess, sys
            child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
            open({str(tmp_path / "pid")!r}, "w").write(str(child.pid))
            print("started")
            while True: pass
        """,
        )
        assert (result.ended, result.output) == ("timeout", "started\n")
        assert gone(int((tmp_path / "pid").read_text()))
        assert run(runner, "print('next')").output == "next\n"
    finally:
        runner.close()


def test_processes_left_behind_are_killed(runner, tmp_path):
    result = run(
        runner,
        f"""
        import subprocess, sys
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        open({str(tmp_path / "pid")!r}, "w").write(str(child.pid))
    """,
    )
    assert result.ended == "completed"
    assert gone(int((tmp_path / "pid").read_text()))


def gone(pid: int) -> bool:
    """Whether the process has ended (or is a zombie waiting to be reaped), within five seconds."""
    for _ in range(50):
        try:
            with open(f"/proc/{pid}/stat") as file:
                if file.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.1)
    return False


def test_long_output_is_cut_with_a_notice(runner):
    result = run(runner, "for i in range(1_000_000): print('123456789')")
    assert result.ended == "completed"
    assert len(result.output) < MAX_OUTPUT + 100
    assert result.output.endswith("[output cut here: 10,000,000 bytes in all]\n")


def test_unseeded_numbers_differ_from_run_to_run(runner):
    code = "import random, numpy, torch\nprint(random.random(), numpy.random.rand(), torch.rand(1).item())"
    one, two = run(runner, code).output.split(), run(runner, code).output.split()
    assert all(a != b for a, b in zip(one, two, strict=True))


CHANGES = {
    "default dtype": ("import torch; torch.set_default_dtype(torch.float64)", "import torch; print(torch.get_default_dtype())", "torch.float32"),
    "default device": ("import torch; torch.set_default_device('meta')", "import torch; print(torch.ones(1).device)", "cpu"),
    "grad mode": ("import torch; torch.set_grad_enabled(False)", "import torch; print(torch.is_grad_enabled())", "True"),
    "thread count": ("import torch; torch.set_num_threads(4)", "import torch; print(torch.get_num_threads())", "1"),
    "environment": ("import os; os.environ['LEAK'] = '1'", "import os; print('LEAK' in os.environ)", "False"),
    "working directory": ("import os; os.chdir('/')", "import os; print(os.listdir())", "[]"),
    "builtins.print": ("import builtins; builtins.print = lambda *a: None", "print('heard')", "heard"),
    "warnings filters": (
        "import warnings; warnings.simplefilter('error')",
        "import warnings; print(('error', None, Warning, None, 0) in warnings.filters)",
        "False",
    ),
    "modules": ("import sys; sys.modules['torch'] = None", "import torch; print(torch.ones(1))", "tensor([1.])"),
    "files": ("open('left', 'w').write('x')", "import os; print(os.listdir())", "[]"),
    "daemon threads": (
        "import threading, time; threading.Thread(target=time.sleep, args=(600,), daemon=True).start()",
        "import threading; print(threading.active_count())",
        "1",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_no_example_changes_another(runner, name):
    change, look, untouched = CHANGES[name]
    assert run(runner, change).ended == "completed"
    assert run(runner, look).output.strip() == untouched


def test_environment_is_scrubbed(runner, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "x")
    fresh = Runner()
    try:
        names = set(run(fresh, "import os; print(*sorted(os.environ))").output.split())
    finally:
        fresh.close()
    assert "SECRET_TOKEN" not in names
    assert names <= set(environment()) | {"HOME", "TMPDIR", "LC_CTYPE"} | {n for n in names if n.startswith("TORCHINDUCTOR_")}


def test_figures_are_collected(runner):
    result = run(
        runner,
        """
        from snippets.figures import canvas, save
        fig, ax = canvas()
        ax.plot([1, 2], label="a")
        save(fig, "line.svg", alt="A line & <more>.")
    """,
    )
    [(name, svg)] = result.figures
    assert name == "line.svg"
    assert 'aria-label="A line &amp; &lt;more&gt;."' in svg and "var(--figure-1" in svg and "currentColor" in svg
    assert len(svg) < 60_000


LEAVINGS = {
    "a folder for a figure": 'import os\nos.mkdir("a.svg")',
    "a link for a figure": 'import os\nos.symlink("/etc/passwd", "a.svg")',
    "a pipe for its output": 'import os\nos.remove("../stdout")\nos.mkfifo("../stdout")',
    "a figure that is no text": 'open("a.svg", "wb").write(bytes([255]))',
    "a report of its own": 'import os\nopen("../report", "w").write(\'{"foo": 1}\')\nos._exit(0)',
    "a folder for a report": 'import os\nos.mkdir("../report")\nos._exit(0)',
    "a signal without a name": "import os\nos.kill(os.getpid(), 40)",
}


@pytest.mark.skipif(sys.platform != "linux", reason="pipes, links and numbered signals are Linux's")
@pytest.mark.parametrize("name", LEAVINGS)
def test_what_an_example_leaves_breaks_nothing(runner, name):
    (done,) = runner.submit([Example("page.md", 1, LEAVINGS[name])])
    result = done.result(60)
    assert result.ended in ("completed", "left", "killed")
    assert "root:" not in str(result.figures)


def test_a_heavy_figure_is_refused(runner):
    block = example("open('big.svg', 'w').write('x' * 70_000)\nassert True")
    assert "the figure big.svg has 70 KB" in judge(block, runner.submit([block])[0].result()).what


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ('os.environ["OMP_NUM_THREADS"] = "2"', True),
        ('environ.setdefault("TORCH_LOGS", "+dynamo")', True),
        ('def f():\n    del os.environ["A"]', True),
        ('os.environ |= {"A": "1"}', True),
        ('os.environ.update(A="1")', True),
        ("os.environ[name] = value", True),
        ('os.environ["TRITON_INTERPRET"] = "1"', True),  # triton reads it as it is imported, which torch._dynamo does
        ('os.environ["KINETO_LOG_LEVEL"] = "99"', False),
        ('os.environ.pop("CUDA_VISIBLE_DEVICES", None)', False),
        ('environment = os.environ | {"A": os.environ["B"]}\nos.environ.get("C")', False),
        ("x = (", False),
    ],
)
def test_who_changes_the_environment(code, changes):
    assert changes_environment(code) is changes


def test_a_variable_that_torch_reads_while_it_is_imported(runner):
    code = """
    import os

    os.environ["TORCH_ALLOW_TF32_CUBLAS_OVERRIDE"] = "1"
    import torch

    print(torch.get_float32_matmul_precision())
    """
    assert run(runner, code).output == "high\n"


def test_triton_is_told_to_interpret_before_it_is_imported():
    """torch._dynamo, imported for other examples before the first fork, imports Triton, whose own functions are compiled or not from then on."""
    code = """
    import os

    os.environ["TRITON_INTERPRET"] = "1"
    import torch
    from snippets.triton_kernels import softmax

    print(softmax(torch.zeros(1, 2)))
    """
    fresh = Runner()
    try:
        results = [future.result() for future in fresh.submit([example("from torch import optim"), example(code)])]
    finally:
        fresh.close()
    assert [result.output for result in results] == ["", "tensor([[0.5000, 0.5000]])\n"], results[1]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")
def test_a_block_that_kills_the_process_that_forks_examples():
    """It is told from those that ran beside it, which run again, as do those that had not begun."""
    codes = ["import time\ntime.sleep(2)\nprint('beside')", "import os, signal, time\ntime.sleep(0.5)\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(60)"]
    codes += [f"print({number})" for number in range(4)]
    runner = Runner(workers=2)
    try:
        blocks = [example(code) for code in codes]
        beside, guilty, *later = [future.result(timeout=60) for future in runner.submit(blocks)]
    finally:
        runner.close()
    assert "ended its parent, the process that forks examples" in judge(blocks[1], guilty).what
    assert [beside.output, *(result.output for result in later)] == ["beside\n", "0\n", "1\n", "2\n", "3\n"]


def test_preload_is_what_examples_import():
    codes = ("import torch.nn as nn", "from sklearn.datasets import load_digits", "import os, json", "from torch import optim")
    assert preload([example(code) for code in codes]) == ["sklearn.datasets", "torch", "torch._dynamo", "torch.nn"]


def test_a_forkserver_that_cannot_start_is_an_error(monkeypatch):
    monkeypatch.setattr("answered.runner.preload", lambda examples: ["json"])
    monkeypatch.setattr("answered.servers.environment", lambda: {"PYTHONPATH": "/nowhere"})
    runner = Runner()
    with pytest.raises(RuntimeError, match="ended with code 1"):
        run(runner, "print(1)")
    runner.close()
