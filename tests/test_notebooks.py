"""The questions' notebooks: what they hold, and that they run."""

import dataclasses
import os
import re
import subprocess
import sys

import nbformat
import pytest

from answered.exports import notebooks
from tests.exporting import URL


def test_notebooks_are_valid_and_hold_the_page(built):
    named = {"snippets": 0, "raises": 0, "figures": 0}
    for record in built.records:
        notebook = nbformat.read(built.file(notebooks.path(record)), as_version=nbformat.NO_CONVERT)
        nbformat.validate(notebook)
        assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5) and notebook.metadata.pytorch_answered.torch
        assert len({cell.id for cell in notebook.cells}) == len(notebook.cells), record.id
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
        for shown in record.examples:
            cell = next(i for i, cell in enumerate(code) if cell.source.endswith(shown.example.code.rstrip("\n")))
            runs = code[cell + 1 if code[cell].source.startswith("%%writefile") else cell]
            texts = ["".join(o.get("text", "") + (f"{o.ename}: {o.evalue}" if "ename" in o else "")) for o in runs.outputs]
            assert shown.output == "\n".join(text.rstrip("\n") for text in texts), (record.id, shown.example.line)
            named["raises"] += "raises-exception" in runs.metadata.get("tags", []) and "raises" in shown.example.marks
        assert prose.startswith(f"# {re.search('^# (.+)$', record.page.text, re.M)[1]}\n") and "## What people get wrong" in prose
        assert not re.search(r"pytest|--8<--|^level:", prose, re.M) and URL + record.url in prose
        bare = re.sub(r"^```.*?^```|`[^`\n]+`", "", prose, flags=re.S | re.M)
        assert not re.search(r"\]\((?!https?://)", bare), record.id
        svgs = [o.data["image/svg+xml"] for cell in code for o in cell.outputs if "image/svg+xml" in o.get("data", {})]
        assert len(svgs) == record.html.count('<figure class="drawn">') and not any("var(" in svg or "currentColor" in svg for svg in svgs)
        named["figures"] += len(svgs)
        named["snippets"] += any(cell.source.startswith("%%writefile snippets/") for cell in code)
    assert named["snippets"] >= 20 and named["figures"] >= 20 and named["raises"] >= 5


def test_ids_of_cells_stay_when_another_cell_changes(built):
    record = next(r for r in built.records if r.page.slug == "zero-grad")
    before = [cell["id"] for cell in notebooks.notebook(record, built.site)["cells"]]
    edited = dataclasses.replace(record.page, text=record.page.text.replace("Accumulation is deliberate", "Accumulation is intended"))
    after = [cell["id"] for cell in notebooks.notebook(dataclasses.replace(record, page=edited), built.site)["cells"]]
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1


# Figures and snippets; an error that is the point; names that must not be there; processes of its own.
RUN = {"layers/stride": None, "training/torch-save": None, "nn-modules/custom-layers": None, "data/dataloader": "example-4.py"}


@pytest.fixture(scope="module")
def executed(built, tmp_path_factory):
    """Notebooks executed in folders of their own, all at once, by Jupyter's command; the long one up to a cell."""
    runs = {}
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"OMP_NUM_THREADS": "1"}
    for name, last in RUN.items():
        file = tmp_path_factory.mktemp("run") / "notebook.ipynb"
        notebook = nbformat.read(built.file(f"notebooks/{name}.ipynb"), 4)
        if last:
            end = max(i for i, cell in enumerate(notebook.cells) if last in cell.source)
            notebook.cells = [cell for cell in notebook.cells[: end + 1] if cell.cell_type == "markdown" or last in cell.source]
        nbformat.write(notebook, file)
        command = [sys.executable, "-c", "from nbclient.cli import main; main()", "--inplace", "--timeout=300", str(file)]
        runs[name] = notebook, file, subprocess.Popen(command, cwd=file.parent, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    executed = {}
    for name, (notebook, file, process) in runs.items():
        output, _ = process.communicate()
        assert process.returncode == 0, output
        executed[name] = notebook, nbformat.read(file, 4)
    return executed


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
    assert all(cell.execution_count for cell in real.cells if cell.cell_type == "code") and len(list(outputs(real))) > 1
