"""The questions' notebooks: what they hold, and that they run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import nbformat
import pytest

from answered.exports.notebooks import unbound_names
from tests.exporting import EDITED, URL
from tests.sources import Question, questions

FOLDER = "downloads/notebooks"


def read(folder: Path, page: Question) -> nbformat.NotebookNode:
    return nbformat.read(folder / FOLDER / f"{page.id}.ipynb", as_version=nbformat.NO_CONVERT)


def printed(cell) -> str:
    """Return a cell's output as a page shows it: what it printed, then what it raised."""
    texts = [
        o.get("text", "") + (f"{o.ename}: {o.evalue}" if "ename" in o else "") for o in cell.outputs
    ]
    return "\n".join(text.rstrip("\n") for text in texts)


@pytest.fixture(params=["site", "published"])
def built(request) -> tuple[Path, str, list[Question]]:
    """A built folder, its address and its questions."""
    if request.param == "site":
        return request.getfixturevalue("site"), "", questions()
    small = request.getfixturevalue("small")
    return small.site, URL, small.questions


HIDDEN = ("## A solution", "## Wrong in an instructive way")  # readers write their own


def test_notebooks_are_valid_and_hold_the_page(built):
    folder, address, pages = built
    for page in pages:
        notebook = read(folder, page)
        nbformat.validate(notebook)
        assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5), page.id
        about = notebook.metadata.pytorch_answered
        assert about.torch and (about.id, about.url) == (page.id, f"{address}{page.url}")
        assert len({cell.id for cell in notebook.cells}) == len(notebook.cells), page.id
        prose = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
        assert prose.startswith(f"# {re.search('^# (.+)$', page.text, re.M)[1]}\n"), page.id
        claims = "## What people get wrong"
        assert (claims in prose) == (claims in page.text), page.id
        assert ("## A solution" in prose) is False, page.id
        assert not re.search(r"pytest[.-]|--8<--|^level:", prose, re.M), page.id
        assert not address or address + page.url in prose
        bare = re.sub(r"^```.*?^```|`[^`\n]+`", "", prose, flags=re.S | re.M)
        assert not re.search(r"\]\((?!https?://)", bare), page.id


def test_notebooks_hold_every_block_with_its_output(built):
    folder, _, pages = built
    for page in pages:
        notebook = read(folder, page)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        start = 0
        for block in page.blocks:
            above = page.text.split("\n")[: block.line]
            section = next((line for line in reversed(above) if line.startswith("## ")), "")
            task = page.text.find("\n## The task\n")
            shows_how = section in HIDDEN or len("\n".join(above)) < task
            if not block.exported or shows_how:
                assert not shows_how or not any(block.code.strip() in c.source for c in code)
                continue
            number = next(
                i
                for i in range(start, len(code))
                if code[i].source.endswith(block.code.rstrip("\n"))
            )
            start = number + 1
            own_file = code[number].source.startswith("%%writefile")
            runs = code[number + 1 if own_file else number]
            tags = set(runs.metadata.get("tags", []))
            assert block.marks <= tags, (page.id, block.line)
            assert ("raises-exception" in tags) == bool(block.marks & {"raises", "gpu"})
            if page.meta.get("kind") == "predict" and block == page.blocks[0]:
                assert printed(runs) == "" != block.output, "readers are to predict it"
            elif "gpu" not in block.marks or printed(runs):
                assert printed(runs) == (block.output or ""), (page.id, block.line)
        assert not any("snippets" in cell.source for cell in code), page.id


def test_the_archive_holds_the_notebooks(site):
    with zipfile.ZipFile(site / "downloads" / "pytorch-answered-notebooks.zip") as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    folder = site / "downloads"
    assert held == {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*.ipynb")
    }
    assert held.keys() == {f"notebooks/{page.id}.ipynb" for page in questions()}


def test_ids_of_cells_stay_when_others_change(small, published, newer):
    (page,) = (page for page in small.questions if page.id == EDITED)
    old, new = (
        Counter((cell.cell_type, cell.source, cell.id) for cell in read(folder, page).cells)
        for folder in (published, newer)
    )
    sources = {cell[:2] for cell in old} & {cell[:2] for cell in new}
    assert len(sources) > len(old) / 2 and old.keys() != new.keys()
    kept = {cell for cell in old if cell[:2] in sources}
    assert kept <= new.keys()
    gone = {cell[2] for cell in old.keys() - kept}
    assert gone and not gone & {cell[2] for cell in new}


# One with an error that is the point;
# one with a block that needs processes of its own, run up to that block.
RUN = {"autograd/tensor-grad-attribute": None, "data/dataloader": "example-"}
FEATURES = {
    "an error": lambda cell: "raises" in cell.metadata.get("tags", []),
    "a file of its own": lambda cell: cell.source.startswith("%%writefile example-"),
}


@pytest.fixture(scope="module")
def executed(site, tmp_path_factory):
    """Notebooks executed by Jupyter, each in a folder of its own, the long one up to a cell."""
    runs = {}
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    for name, last in RUN.items():
        file = tmp_path_factory.mktemp("run") / "notebook.ipynb"
        notebook = nbformat.read(site / FOLDER / f"{name}.ipynb", 4)
        if last:
            end = max(i for i, cell in enumerate(notebook.cells) if last in cell.source)
            notebook.cells = [
                cell
                for cell in notebook.cells[: end + 1]
                if cell.cell_type == "markdown" or last in cell.source
            ]
        nbformat.write(notebook, file)
        process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                "from nbclient.cli import main; main()",
                "--inplace",
                "--timeout=300",
                str(file),
            ],
            cwd=file.parent,
            env=env | {"OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        runs[name] = notebook, file, process
    executed = {}
    for name, (notebook, file, process) in runs.items():
        output, _ = process.communicate()
        assert process.returncode == 0, output
        executed[name] = notebook, nbformat.read(file, 4)
    return executed


def test_the_notebooks_that_are_executed_have_all_that_is_special(executed):
    cells = [cell for notebook, _ in executed.values() for cell in notebook.cells]
    assert [name for name, has in FEATURES.items() if not any(map(has, cells))] == []


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("print(len(x))", {"x"}),
        ("import torch.nn as nn\nnn.Linear(1, missing)", {"missing"}),
        ("def f(a, *b):\n    return a, b\n\nwith f(1) as c:\n    print(c, __file__)", set()),
        ("try:\n    f = 1\nexcept ValueError as error:\n    print(error, f)", set()),
        ("no Python", set()),
    ],
)
def test_a_block_about_a_missing_name_is_known(source, names):
    """Its cell starts without the names that cells above have left."""
    assert unbound_names(source) == names


@pytest.mark.parametrize("name", RUN)
def test_notebook_executes_and_gives_its_outputs(executed, name):
    def outputs(notebook):
        for cell in notebook.cells:
            if cell.cell_type == "code":
                text = "".join(o.get("text", "") for o in cell.outputs)
                yield (
                    [line.rstrip() for line in text.strip().splitlines()],
                    [o.ename for o in cell.outputs if "ename" in o],
                    [set(o.data) for o in cell.outputs if "data" in o],
                )

    promised, real = executed[name]
    assert list(outputs(real)) == list(outputs(promised))
    ran = [cell.execution_count for cell in real.cells if cell.cell_type == "code"]
    assert len(ran) > 1 and all(ran)
