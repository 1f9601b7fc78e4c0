"""Notebooks are executed, confined, cached and judged: every fault at its line, with its remedy."""

import dataclasses
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from answered.check import notebooks
from answered.check.command import rewritten
from answered.check.notebooks import (
    CellResult,
    NotebookSession,
    outcomes_of_notebooks,
    update_notebook,
)
from answered.engine import limits, namespaces
from answered.engine.block import Block
from answered.engine.landlock import version
from answered.pages.notebook import Notebook
from answered.pages.settings import settings

ROOT = Path(__file__).resolve().parents[2]
HEAD = "# %% [markdown]\n# # A notebook\n"


def project(root: Path) -> Path:
    """Make a project without notebooks in the folder `root`, and return that."""
    (root / "docs" / "notebooks").mkdir(parents=True)
    (root / "requirements.txt").write_text("torch\n")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "snippets", root / "snippets", ignore=ignored)
    return root


def notebook(root: Path, name: str, *cells: str) -> Notebook:
    """Write a notebook of code cells into a project; a cell may bring its own line # %%."""
    parts = [cell if cell.startswith("# %%") else f"# %%\n{cell}" for cell in cells]
    file = root / "docs" / "notebooks" / f"{name}.py"
    file.write_text("\n".join(f"{part}\n" for part in [HEAD.rstrip(), *parts]))
    return Notebook.load(file, settings(root))


# By name: cells, and of the one that is wrong: a piece that stands in the line, message, remedy.
FAULTS = {
    "warning": (
        "import warnings\n\n\ndef warn():\n    warnings.warn('careful')  # here\n",
        None,
    ),
    "forged": (
        "import sys\nprint('<cell-99>:1: File \"<cell-0>\", line 3', file=sys.stderr)",
        ("import sys", "wrote to stderr\n<cell-99>:1:", "catch and print it"),
    ),
    "stderr": ("x = 1\nwarn()", ("# here", "wrote to stderr", "catch and print it")),
    "path": (
        "import os  # the path\nprint(os.getcwd())",
        ("# the path", "a path of this machine", "same everywhere"),
    ),
    "control": ("print('a\\x1b[1mb')", ("x1b", "control character '\\x1b'", "no colors")),
    "heavy": (
        "class Heavy:  # heavy\n    def _repr_html_(self):\n"
        "        return '<figure class=\"drawn\"><svg xmlns=\"http://www.w3.org/2000/svg\">' + 'x' * 90000 + '</svg></figure>'\n\n\n"
        "Heavy()",
        ("# heavy", "figure-1.svg has 90 KB", "60 KB"),
    ),
    "rich": (
        "from IPython.display import HTML  # rich\nHTML('<img src=x onerror=alert(1)>')",
        ("# rich", "shows text/html, which a page cannot hold", "snippets.figures.shown"),
    ),
    "difference": (
        "print('one')\nprint('2')\n# > one\n# > two",
        ("print('one')", "-two\n+2", "run `make update PAGE=docs/notebooks/faulty.py`"),
    ),
    "no output yet": ("6 * 7  # no output", ("# no output", "42", "run `make update")),
    "no seed": (
        "import random  # no seed\nprint(random.random())",
        ("# no seed", "differs from run to run", "set a seed at the top of the notebook"),
    ),
    "no seed in a figure": (
        "class Noise:  # noise\n    def _repr_html_(self):\n"
        '        return f\'<figure class="drawn"><svg xmlns="http://www.w3.org/2000/svg">{random.random()}</svg></figure>\'\n\n\n'
        "Noise()",
        ("# noise", "the figure differs from run to run", "set a seed"),
    ),
}
RAISING = (
    "def lose():\n    raise KeyError('lost')  # here",
    '# %% tags=["raises"]\nprint("before")\nlose()\n# > before\n# > KeyError: \'lost\'',
    '# %% tags=["slow"]\nimport time\ntime.sleep(1.5)',
    "x = 1\nlose()",
    "print(undefined)",
)
SOUND = """import os
from IPython.display import display

assert not [name for name in os.environ if "TOKEN" in name], os.environ
assert os.listdir() == [] and "example-" in os.getcwd()
assert os.environ["HOME"] == os.path.join(os.path.dirname(os.getcwd()), "home")
assert os.environ["PYTHONHASHSEED"] == "0" and os.environ["OMP_NUM_THREADS"] == "1"


class Figure:
    def _repr_html_(self):
        return '<figure class="drawn"><svg xmlns="http://www.w3.org/2000/svg">x</svg>\\n</figure>'


display(Figure())
print("text")
os.write(1, b"from C\\n")
Figure()
"""


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """All notebooks of this module's tests, executed at once: their outcomes by their names."""
    root = project(tmp_path_factory.mktemp("executed"))
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.MonkeyPatch.context() as patch:
        reach = f"socket.create_connection({server.getsockname()!r})"
        check = (
            f"import socket\n\ntry:\n    {reach}\n    assert False\nexcept OSError:\n    pass\n"
            if namespaces.available()
            else ""
        )
        books = [
            notebook(root, "faulty", *(cell for cell, _ in FAULTS.values())),
            notebook(root, "raising", *RAISING),
            notebook(root, "sound", check + SOUND),
            notebook(root, "exits", "x = 1\nimport sys\nsys.exit('enough')  # here", "print(1)"),
            notebook(
                root, "dies", "x = 1", "print('gone', flush=True)\nimport os\nos._exit(3)", "1"
            ),
            notebook(root, "syntax", "x = (1,\ny = 2"),
        ]
        patch.setenv("SECRET_TOKEN", "secret")
        found = outcomes_of_notebooks(books, books[0].settings)
    return {book.slug: (book, found[book.path]) for book in books}


@pytest.mark.parametrize("name", [name for name, (_, fault) in FAULTS.items() if fault])
def test_fault_is_found_at_the_line_of_its_statement_with_a_remedy(executed, name):
    book, outcomes = executed["faulty"]
    piece, what, fix = FAULTS[name][1]
    problem = outcomes[list(FAULTS).index(name)].problem
    assert piece in book.text.split("\n")[problem.line - 1], problem
    assert problem.path == book.path and what in problem.what and fix in problem.fix, problem
    assert "block" not in problem.fix


def test_a_warning_names_the_notebook_and_the_line_that_warned(executed):
    book, outcomes = executed["faulty"]
    problem = outcomes[list(FAULTS).index("stderr")].problem
    assert f"{book.path}:{problem.line}: UserWarning: careful" in problem.what, problem


def test_an_error_is_told_where_it_was_raised_and_what_follows_it_is_not_judged(executed):
    book, outcomes = executed["raising"]
    problems = [outcome.problem for outcome in outcomes]
    assert [bool(problem) for problem in problems] == [False, False, False, True, False]
    problem = problems[3]
    assert book.text.split("\n")[problem.line - 1].endswith("# here")
    assert problem.what.startswith("the cell raised KeyError: 'lost'\nTraceback")
    assert f'File "{book.path}", line {book.code[3].line + 1}, in <module>' in problem.what
    assert "ipykernel" not in problem.what and "\x1b" not in problem.what
    assert 'mark it `# %% tags=["raises"]`' in problem.fix
    assert outcomes[1].output == "before\nKeyError: 'lost'" and outcomes[4].result is None


def test_a_kernel_has_what_a_block_has_and_shows_text_and_figures(executed):
    _, (outcome,) = executed["sound"]
    assert outcome.result.ended == "completed", outcome.problem
    svg = '<svg xmlns="http://www.w3.org/2000/svg">x</svg>'
    assert outcome.figures == (("figure-1.svg", svg), ("figure-2.svg", svg))
    # What C writes reaches Jupyter by a thread of the kernel, which a busy machine may delay.
    assert "text" in outcome.output.split("\n") and "Figure" not in outcome.output


@pytest.mark.parametrize(
    ("name", "cell", "piece", "what"),
    [
        ("exits", 0, "# here", "called sys.exit (SystemExit: enough)"),
        ("dies", 1, "print('gone'", "the cell's process was killed (the kernel died)"),
        ("syntax", 0, "x = (1,", "raised SyntaxError: '(' was never closed"),
    ],
)
def test_a_bad_end_is_told_with_its_line(executed, name, cell, piece, what):
    book, outcomes = executed[name]
    problem = outcomes[cell].problem
    assert piece in book.text.split("\n")[problem.line - 1] and what in problem.what, problem
    assert [bool(outcome.problem) for outcome in outcomes].count(True) == 1


@pytest.mark.parametrize("lays", ["mkfifo('../log')", "symlink('/dev/zero', '../log')"])
def test_what_a_cell_lays_in_the_place_of_the_log_is_not_read(tmp_path, lays):
    """A pipe has no end, and a link leads anywhere."""
    cell = f"import os\nif os.path.exists('../log'):\n    os.remove('../log')\nos.{lays}\nprint(1)\n# > 1"
    book = notebook(project(tmp_path), "book", cell)
    found = outcomes_of_notebooks([book], settings(tmp_path))
    assert [outcome.problem for outcome in found[book.path]] == [None]


def test_update_writes_the_outputs_of_sound_cells_as_a_formatter_leaves_them(executed, tmp_path):
    book, outcomes = executed["faulty"]
    text = update_notebook(book, outcomes)
    assert "print('2')\n# > one\n# > 2\n" in text and "# no output\n# > 42\n" in text
    assert text.count("# >") == 3
    file = tmp_path / "updated.py"
    file.write_text(text)
    ruff = [sys.executable, "-m", "ruff", "format", "--isolated", "--quiet", str(file)]
    subprocess.run(ruff, check=True)
    again = Notebook("docs/notebooks/faulty.py", file.read_text(), book.settings)
    expected = [cell.block.expected for cell in again.code]
    assert [text for text in expected if text] == ["one\n2\n", "42\n"]


def outcomes_with(book: Notebook, *outputs: str):
    """Return outcomes as if the cells had printed `outputs`."""

    class Printed(NotebookSession):
        def run(self, notebook):
            self.executed.append(notebook.path)
            return [CellResult("completed", output=output) for output in outputs]

    return notebooks.outcomes_of(book, Printed(book.settings, fresh=True))


def test_an_updated_notebook_has_nothing_to_update(tmp_path):
    root = project(tmp_path)
    outputs = ("  a\n\nb  \n", "", "c\n", "")
    book = notebook(root, "book", "f()", "g()\n# > old", "h()\n\n# >\n# > x", "i()")
    text = update_notebook(book, outcomes_with(book, *outputs))
    assert text.endswith(
        "# %%\nf()\n# >   a\n# >\n# > b\n\n# %%\ng()\n\n# %%\nh()\n# > c\n\n# %%\ni()\n"
    )
    new = Notebook(book.path, text, book.settings)
    outcomes = outcomes_with(new, *outputs)
    assert not any(outcome.problem for outcome in outcomes)
    assert update_notebook(new, outcomes) == text


def test_the_command_writes_outputs_and_leaves_other_problems(tmp_path):
    root = project(tmp_path)
    book = notebook(root, "book", "f()\n# > 1", "g()", "h()")
    outcomes = outcomes_with(book, "1\n", "2\n", "\x1b\n")
    changed, failed = rewritten(book, outcomes, root)
    assert [problem.line for problem in changed] == [book.code[1].line]
    assert [problem.line for problem in failed] == [book.code[2].line]
    assert (root / book.path).read_text() == book.text.replace("g()\n", "g()\n# > 2\n")
    changed, _ = rewritten(book, outcomes[:1] + outcomes[:1] + outcomes[:1], tmp_path / "no")
    assert not changed


def test_a_session_executes_a_notebook_once_until_it_looks_again(tmp_path):
    book = notebook(project(tmp_path), "book", "x = 1")
    session = NotebookSession(book.settings, fresh=True)
    session.run = lambda book: session.executed.append(book.path) or [CellResult("completed")]
    try:
        session.prefetch([book, book])
        assert session.get(book) is session.get(book) and session.executed == [book.path]
        session.refresh()
        assert session.executed == [] and session.get(book) and session.executed == [book.path]
    finally:
        session.close()


def test_a_cell_is_stopped_at_its_time_limit(tmp_path):
    root = project(tmp_path)
    book = notebook(root, "endless", '# %% tags=["slow"]\nx = 1', "while True:\n    pass")
    quick = dataclasses.replace(book.settings, timeout=1.0)
    first, second = outcomes_of_notebooks([book], quick)[book.path]
    assert first.result.ended == "completed" and not first.problem
    problem = second.problem
    assert problem.line == book.code[1].line and "did not end within 1 s" in problem.what
    assert '`# %% tags=["slow"]`' in problem.fix


def test_a_notebook_that_takes_too_much_is_stopped(tmp_path, monkeypatch):
    book = notebook(project(tmp_path), "greedy", "import time\ntime.sleep(1000)")
    monkeypatch.setattr(limits, "excess", lambda pid: "more than 6 GB of memory")
    (outcome,) = outcomes_of_notebooks([book], book.settings)[book.path]
    assert "the cell was stopped, as it took more than 6 GB of memory" in outcome.problem.what
    assert outcome.problem.line == book.code[0].line


REACHES = """
import os, subprocess, sys

places = {places!r}
for place in [*places, f"/proc/{{os.getppid()}}/environ", f"/proc/{{os.getppid()}}/mem"]:
    try:
        open(place, "rb" if place.startswith("/proc") else "a")
        print("opened", place)
    except OSError:
        pass
    try:
        if {alone}:
            os.chmod(place, 0o777)
            print("changed the mode of", place)
    except OSError:
        pass
left = subprocess.Popen(
    [sys.executable, "-c", "import time; time.sleep(500)", {name!r}], start_new_session=True
)
print("done")
"""


@pytest.mark.skipif(not version(), reason="THIS SYSTEM LETS NOTEBOOKS READ AND WRITE ALL FILES")
def test_a_cell_reaches_no_file_outside_and_leaves_no_process(tmp_path):
    root = project(tmp_path / "project")
    outside = [root / "docs" / "page.md", root / "requirements.txt", tmp_path / "new", ROOT / "new"]
    name = f"{tmp_path}/left"
    alone = namespaces.available() == namespaces.ALL  # else modes can be changed
    code = REACHES.format(places=[*map(str, outside)], name=name, alone=alone)
    book = notebook(root, "reaches", code)
    (outcome,) = outcomes_of_notebooks([book], book.settings)[book.path]
    assert outcome.output == "done", outcome
    assert (root / "requirements.txt").read_text() == "torch\n"
    processes = psutil.process_iter(["cmdline"])
    assert not [process for process in processes if name in (process.info["cmdline"] or ())]


INTERRUPTED = """
import signal
import sys
from pathlib import Path

from answered.check.notebooks import outcomes_of_notebooks
from answered.pages.book import load_notebooks
from answered.pages.settings import settings

signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background ignores it
known = settings(Path(sys.argv[1]))
outcomes_of_notebooks(load_notebooks(known), known)
"""


@pytest.mark.parametrize(
    "number",
    [
        signal.SIGINT,
        pytest.param(
            signal.SIGKILL,
            marks=pytest.mark.skipif(sys.platform != "linux", reason="Linux alone tells children"),
        ),
    ],
    ids=["interrupted", "killed"],
)
def test_no_kernel_outlives_the_build(tmp_path, number):
    root = project(tmp_path / "project")
    (tmp_path / "tmp").mkdir()
    left = "[sys.executable, '-c', 'import time; time.sleep(500)', 'left']"
    cell = f"import os, subprocess, sys, time\nsubprocess.Popen({left}, start_new_session=True)"
    notebook(root, "long", f"{cell}\nos.mkdir('begun')\ntime.sleep(500)")
    env = os.environ | {"TMPDIR": str(tmp_path / "tmp"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", INTERRUPTED, str(root)]
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as process:
        until(lambda: list((tmp_path / "tmp").glob("example-*/cwd/begun")))
        family = psutil.Process(process.pid).children(recursive=True)
        assert family[-1].cmdline()[-1] == "left"
        process.send_signal(number)
        errors = process.communicate()[1]
    assert process.returncode == -number, errors
    assert psutil.wait_procs(family, timeout=300)[1] == []
    if number == signal.SIGINT:
        assert errors.rstrip().endswith("KeyboardInterrupt")
        assert not list((tmp_path / "tmp").glob("example-*"))


def until(condition) -> None:
    """Wait until the condition holds; fail after five minutes."""
    deadline = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def counted(tmp_path):
    """A project with a notebook that uses a snippet, and a function that says whether it runs."""
    root = project(tmp_path)
    notebook(root, "book", "import snippets.figures", '# %% tags=["raises"]\n1 / 0')
    ends = [CellResult("completed", figures=[("a.svg", "<svg/>")]), CellResult("raised")]

    def runs(fresh: bool = False, results=ends, name: str = "book") -> bool:
        file = root / "docs" / "notebooks" / f"{name}.py"
        book = Notebook.load(file, settings(root))
        session = NotebookSession(book.settings, fresh)
        session.run = lambda notebook: session.executed.append(notebook.path) or results
        assert session.results(book) == results
        return session.executed == [book.path]

    return root, runs


def test_a_notebook_runs_again_only_when_something_changed_that_it_depends_on(counted, monkeypatch):
    root, runs = counted
    file = root / "docs" / "notebooks" / "book.py"
    assert runs() and not runs() and runs(fresh=True) and not runs()
    text = file.read_text()
    file.write_text(text.replace("# # A notebook", "# # A notebook\n#\n# More.") + "# > new\n")
    assert not runs()
    for change in (text + "\n# %%\nx = 1\n", text.replace("1 / 0", "2 / 0"), text):
        file.write_text(change)
        more = [CellResult("completed")] if change.endswith("x = 1\n") else []
        ends = [CellResult("completed"), CellResult("raised"), *more]
        assert runs(results=ends) and not runs(results=ends)
    file.write_text(text.replace('["raises"]', '["raises", "slow"]'))
    assert runs() and not runs()
    with (root / "snippets" / "figures.py").open("a") as snippet:
        snippet.write("\n")
    assert runs() and not runs()
    (root / "requirements.txt").write_text("torch==1\n")
    assert runs() and not runs()
    here = Path(notebooks.__file__).parent
    for name in ("kernel.py", "execute.py"):
        real = Path.read_bytes
        with monkeypatch.context() as patch:
            changed = lambda path: real(path) + b"#" * (path == here / name)  # noqa: B023, E731
            patch.setattr(Path, "read_bytes", changed)
            assert runs() and not runs()
        assert runs()


@pytest.mark.parametrize(
    "results",
    [
        [CellResult("completed"), CellResult("completed")],
        [CellResult("raised"), CellResult("raised")],
        [CellResult("completed")],
    ],
    ids=["no error", "error", "too few"],
)
def test_what_failed_runs_again(counted, results):
    _, runs = counted
    assert runs(results=results) and runs(results=results)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"key": 1}', "[" * 100_000])
def test_a_broken_cache_is_as_none(counted, text):
    root, runs = counted
    (root / ".cache" / "notebooks").mkdir(parents=True)
    (root / ".cache" / "notebooks" / "book.json").write_text(text)
    assert runs() and not runs()
    kept = json.loads((root / ".cache" / "notebooks" / "book.json").read_text())
    for broken in ({"unknown": 1}, {"ended": "killed"}, {"rich": [1]}, {"figures": [1]}):
        first = kept["results"][0] | broken
        text = json.dumps(kept | {"results": [first, *kept["results"][1:]]})
        (root / ".cache" / "notebooks" / "book.json").write_text(text)
        assert runs()


def test_a_second_run_is_only_for_what_changed(tmp_path):
    book = notebook(project(tmp_path), "book", "print(1)\n# > 1", "print(2)\n# > 2")
    runs = []

    class Counted(NotebookSession):
        def run(self, notebook):
            runs.append(notebook.path)
            return [CellResult("completed", output="1\n"), CellResult("completed", output=second)]

    for second, times in (("2\n", 1), ("3\n", 2)):
        runs.clear()
        outcomes = notebooks.outcomes_of(book, Counted(book.settings, fresh=True))
        assert len(runs) == times and bool(outcomes[1].problem) == (second == "3\n")
    assert isinstance(outcomes[0].block, Block)
