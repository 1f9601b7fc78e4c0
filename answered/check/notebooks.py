"""The execution and judgment of notebooks: one `Outcome` for each code cell."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO, Self

import psutil

from ..engine import limits
from ..engine.block import Block
from ..engine.cache import BROKEN, Cache, digest, files_digest, read
from ..engine.confine import without
from ..engine.environment import command, environment, folders, own_caches
from ..engine.judge import compare, judge, normal, shown_output, unsteady
from ..engine.problems import Problem
from ..engine.result import Result
from ..engine.runner import timeout
from ..engine.script import FOLDER
from ..engine.settings import Settings
from ..engine.temporary import OwnFolder
from ..pages.book import NOTEBOOKS
from ..pages.notebook import Cell, Notebook
from .figures import sound_figures
from .outcome import Outcome

GAVE_UP = ("timeout", "killed")  # ends after which `execute` leaves the other cells
RUNNERS = ("execute.py", "kernel.py")
CELL = re.compile(r'(File "|)<cell-(\d+)>(", line |:)(\d+)')  # see `kernel.CELL`


@dataclass
class CellResult(Result):
    """The result of a cell.

    Attributes:
        rich: MIME types of outputs that are neither text nor a figure of ours.
    """

    rich: list[str] = field(default_factory=list)

    @classmethod
    def load(cls, kept: dict) -> Self:
        made = super().load(kept)
        "".join(made.rich)  # a TypeError where one is no text
        return made


def outcomes_of_notebooks(
    notebooks: Iterable[Notebook], settings: Settings, fresh: bool = False
) -> dict[str, tuple[Outcome, ...]]:
    """Execute notebooks, several at a time, and return the outcomes of their cells by their paths.

    `fresh` executes them whatever the cache holds. An interruption ends their kernels.
    """
    notebooks = list(notebooks)
    with contextlib.closing(NotebookSession(settings, fresh)) as session:
        session.prefetch(notebooks)
        return {notebook.path: session.get(notebook) for notebook in notebooks}


def outcomes_of(notebook: Notebook, session: NotebookSession) -> tuple[Outcome, ...]:
    """Return the outcomes of a notebook's code cells.

    A cell below one that has come to a bad end has no result and no problem of its own. A notebook
    with an output that is not the expected one is executed a second time, so that an output that
    differs from run to run is never committed.
    """
    outcomes: list[Outcome] = []
    bad = False
    for cell, result in zip_longest(notebook.code, session.results(notebook)):
        if bad or result is None:
            outcomes.append(Outcome(cell.block, ""))
        else:
            outcomes.append(outcome_of(cell, result, notebook))
            bad = not clean(cell, result)
    if bad or not any(outcome.changed for outcome in outcomes):
        return tuple(outcomes)
    runs = zip_longest(outcomes, session.run(notebook))
    return tuple(judged_again(notebook, outcome, again) for outcome, again in runs)


def outcome_of(cell: Cell, result: CellResult, notebook: Notebook) -> Outcome:
    """Return the outcome of one cell that ran."""
    shown = shown_output(cell.block, result)
    figures, unsound = sound_figures(cell.block, result.figures)
    problem = fault_of(cell, result, notebook) or (unsound and of_cell(unsound, cell.line))
    change = None if problem else compare(cell.block, shown)
    if change:
        problem = of_cell(change, cell.line)
    output = shown.rstrip("\n")
    return Outcome(
        cell.block, output, result, problem=problem, changed=bool(change), figures=figures
    )


def clean(cell: Cell, result: Result) -> bool:
    """Whether a cell ended as its marks promise."""
    return result.ended == ("raised" if cell.block.must_raise else "completed")


def all_clean(notebook: Notebook, results: Sequence[Result]) -> bool:
    """Whether all cells of a notebook ran, and each ended as its marks promise."""
    code = notebook.code
    return len(results) == len(code) and all(map(clean, code, results))


def fault_of(cell: Cell, result: CellResult, notebook: Notebook) -> Problem | None:
    """Return what is wrong with a result, its output aside: at the line of the statement."""
    traceback, errors = (located(text, notebook) for text in (result.traceback, result.errors))
    known = replace(result, traceback=traceback, errors=errors)
    problem = judge(cell.block, known, notebook.settings)
    if problem is None:
        if not result.rich:
            return None
        what = f"the cell shows {', '.join(result.rich)}, which a page cannot hold"
        fix = "show a figure by snippets.figures.shown, and anything else by print"
        return Problem(notebook.path, cell.line, what, fix)
    place = re.compile(rf'{re.escape(notebook.path)}(?:", line |:)(\d+)')
    raised = [] if clean(cell, result) else place.findall(traceback)[-1:]
    lines = [*raised, *place.findall(errors), cell.line]
    return of_cell(problem, int(lines[0]))


def located(text: str, notebook: Notebook) -> str:
    """Return a traceback or a warning with the notebook and its lines in place of cells."""

    cells = dict(enumerate(notebook.code, 1))

    def place(match: re.Match) -> str:
        before, number, between, line = match.groups()
        if int(number) not in cells:  # somebody printed it
            return match[0]
        return f"{before}{notebook.path}{between}{cells[int(number)].line + int(line) - 1}"

    return CELL.sub(place, text)


def judged_again(notebook: Notebook, outcome: Outcome, again: Result | None) -> Outcome:
    """Return the outcome with what a second run has shown: another output, or another figure."""
    line = outcome.block.line + 1
    problem = None
    if outcome.changed:
        code = "\n".join(cell.source for cell in notebook.code if cell.line <= line)
        second = shown_output(outcome.block, again) if again else ""
        problem = unsteady(replace(outcome.block, code=code), normal(outcome.output), second)
    elif not outcome.problem and not (again and again.figures == outcome.result.figures):
        fix = "set a seed at the top of the notebook, such as torch.manual_seed(0)"
        problem = Problem(notebook.path, line, "the figure differs from run to run", fix)
    return replace(outcome, problem=of_cell(problem, line), changed=False) if problem else outcome


def of_cell(problem: Problem, line: int) -> Problem:
    """Return a problem of a block as one of a cell, at `line`."""
    first, *rest = problem.what.split("\n")
    first = first.replace("the block", "the cell").replace("its page", "the notebook")
    what = "\n".join([first, *rest])
    fix = problem.fix.replace("the top of the block", "the top of the notebook")
    fix = re.sub(r"<!--pytest\.mark\.(\w+)-->", r'`# %% tags=["\1"]`', fix)
    return replace(problem, line=line, what=what, fix=fix.replace("the block", "the cell"))


def update_notebook(notebook: Notebook, outcomes: Sequence[Outcome]) -> str:
    """Return the text of a notebook with the real outputs as its expected ones.

    Cells that have another problem than their output stay as they are.
    """
    lines = notebook.text.split("\n")
    for outcome in reversed(outcomes):
        if outcome.changed:
            shown = [f"# > {line}".rstrip() for line in outcome.output.splitlines()]
            lines[outcome.block.end - 1 : outcome.block.last] = shown
    return "\n".join(lines)


class NotebookSession:
    """Executes notebooks, each by a process with a kernel of its own; clean results are kept.

    Attributes:
        executed: paths of the notebooks that were executed, and not found in the cache.
    """

    def __init__(self, settings: Settings, fresh: bool = False) -> None:
        """`fresh` executes every notebook, whatever the cache holds."""
        self.settings = settings
        self.fresh = fresh
        self.cache = Cache(settings)
        self.executed: list[str] = []
        self.closing = threading.Event()
        self.pool = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="notebook")
        self.pending: dict[tuple[str, str], Future[tuple[Outcome, ...]]] = {}

    def prefetch(self, notebooks: Iterable[Notebook]) -> None:
        """Start executing notebooks in the background, several at a time."""
        for notebook in notebooks:
            key = notebook.path, notebook.text
            if key not in self.pending:
                self.pending[key] = self.pool.submit(outcomes_of, notebook, self)

    def get(self, notebook: Notebook) -> tuple[Outcome, ...]:
        """Wait for the outcomes of a notebook's code cells, and return them in order."""
        self.prefetch([notebook])
        return self.pending[notebook.path, notebook.text].result()

    def refresh(self) -> None:
        """Look again at what results depend on, at the next `prefetch`."""
        self.cache.refresh()
        self.pending.clear()
        self.executed.clear()

    def close(self) -> None:
        """End the kernels that still run, as nobody waits for their results."""
        self.closing.set()
        self.pool.shutdown(cancel_futures=True)

    def results(self, notebook: Notebook) -> list[CellResult]:
        """Return the results of the code cells up to the first that came to a bad end."""
        file = self.settings.cache / NOTEBOOKS / f"{notebook.slug}.json"
        key = self.key(notebook)
        if not self.fresh:
            with contextlib.suppress(*BROKEN):
                kept = read(file)
                results = [CellResult.load(fields) for fields in kept["results"]]
                if kept["key"] == key and all_clean(notebook, results):
                    return results
        results = self.run(notebook)
        if all_clean(notebook, results):
            kept = {"key": key, "results": [asdict(result) for result in results]}
            self.cache.keep(file, kept)
        return results

    def key(self, notebook: Notebook) -> str:
        """Return a digest of everything that the results depend on."""
        here = Path(__file__).parent
        cells = [part for cell in notebook.code for part in (cell.source, *cell.block.mark_names)]
        code = Block(notebook.path, 1, "\n".join(cells))
        runners = files_digest(here, [here / name for name in RUNNERS])
        return digest(self.cache.key(code), runners, *cells)

    def run(self, notebook: Notebook) -> list[CellResult]:
        """Execute a notebook in folders of its own."""
        print(f"executing {notebook.path}", file=sys.stderr, flush=True)
        self.executed.append(notebook.path)
        code = "\n".join(cell.source for cell in notebook.code)
        reach = {
            "root": str(self.settings.root),
            "readable": self.settings.helpers_in(code),
            "without": sorted(without()),
        }
        cells = [
            {"source": cell.source, "timeout": timeout(self.settings, cell.block)}
            for cell in notebook.code
        ]
        # The log is where no cell can put something else in its place.
        with OwnFolder(FOLDER) as name, tempfile.TemporaryFile() as log:
            folder = Path(name)
            for part in ("cwd", "home", "tmp", "run"):
                (folder / part).mkdir()
            (folder / "cells").write_text(json.dumps(cells), encoding="utf-8")
            caches = own_caches(self.settings, folder, code)
            output, stopped = self.execute(folder, reach, caches, log)
            last = last_line(log)
        empty = asdict(CellResult(""))
        results = [CellResult.load(empty | json.loads(line)) for line in output.splitlines()]
        if len(results) < len(cells) and not (results and results[-1].ended in GAVE_UP):
            ended, detail = ("stopped", stopped) if stopped else ("killed", last)
            results.append(CellResult(ended, detail=detail))
        return results

    def execute(self, folder: Path, reach: dict, caches: dict, log: BinaryIO) -> tuple[str, str]:
        """Have the cells in `folder` executed; return the answers, and why it was stopped.

        `reach`: see `kernel.main`. `caches`: see `own_caches`.
        """
        own = {"JUPYTER_PATH": str(folder / "jupyter"), "JUPYTER_RUNTIME_DIR": str(folder / "run")}
        with open(folder / "cells", encoding="utf-8") as cells:
            process = subprocess.Popen(
                command("execute", str(os.getpid()), json.dumps(reach), package=__package__),
                cwd=folder / "cwd",
                env=environment(self.settings) | folders(folder) | caches | own,
                stdin=cells,
                stdout=subprocess.PIPE,
                stderr=log,
                encoding="utf-8",
                start_new_session=True,
            )
        stopped = ""
        try:
            while True:
                try:
                    return process.communicate(timeout=limits.LOOK)[0], stopped
                except subprocess.TimeoutExpired:
                    stopped = "closing" if self.closing.is_set() else limits.excess(process.pid)
                if stopped:
                    kill_family(process.pid)
        finally:
            if process.poll() is None:
                kill_family(process.pid)
                process.wait()


def last_line(log: BinaryIO) -> str:
    """Return the last line that was written into a file."""
    size = log.seek(0, os.SEEK_END)
    log.seek(max(0, size - limits.MAX_OUTPUT))
    return "".join(log.read(limits.MAX_OUTPUT).decode("utf-8", "replace").splitlines()[-1:])


def kill_family(pid: int) -> None:
    """Kill a process and its descendants, which may have groups of their own."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for member in [*process.children(recursive=True), process]:
            member.kill()
