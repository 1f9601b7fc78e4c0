"""Each question as a Jupyter notebook that runs by itself, with the outputs that were checked."""

from __future__ import annotations

import ast
import builtins
import hashlib
import re
from collections import Counter

import nbformat

from .. import ROOT
from ..records import Record, Shown
from .archive import pack
from .parts import parts
from .site import Site

ARCHIVE = "pytorch-answered-notebooks.zip"
# What a kernel cannot do twice, or would carry into the next example: such an example runs as a file, in a process of its own.
OWN_PROCESS = re.compile(r"""^\s*torch\.(?:set_\w+|use_deterministic_algorithms)\(|os\.environ\[.+\] *=|^if __name__ == "__main__":""", re.M)
IMPORT = re.compile(r"^\s*(?:from snippets\.(\w+) import|import snippets\.(\w+))", re.M)


def path(record: Record) -> str:
    """Where the notebook of a question stands below the folder of the downloads."""
    return f"notebooks/{record.id}.ipynb"


def write(records: list[Record], site: Site) -> str:
    """Write all notebooks and an archive of them."""
    # nbformat's own constructors and writes() check each cell, which takes ten times as long; the tests check them all.
    texts = {path(record): nbformat.v4.writes(nbformat.from_dict(notebook(record, site))) + "\n" for record in records}
    for name, content in texts.items():
        file = site.take_away / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    pack(site.take_away / ARCHIVE, site.time, sorted((name, content.encode()) for name, content in texts.items()))
    return f"{len(texts)} notebooks"


def notebook(record: Record, site: Site) -> dict:
    """Return the notebook of a question, in nbformat 4.5."""
    title, *rest = parts(record, site)
    cells = [markdown(f"{title}\n\n{origin(record, site)}"), *helpers(record)]
    for part in rest:
        cells += [markdown(part)] if isinstance(part, str) else example_cells(part, record.examples.index(part) + 1, site)
    identify(cells)
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python", "version": site.python},
            "pytorch_answered": {"id": record.id, "url": site.address(record.url), "torch": site.torch, "license": "CC-BY-4.0 AND MIT"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def origin(record: Record, site: Site) -> str:
    """Say where the notebook is from and what its outputs hold for."""
    name = f"[{site.name}]({site.url}{record.url})" if site.url else site.name
    return f"*{name} · level: {record.page.meta['level']}. {site.provenance} Other versions may print something else.*"


def markdown(source: str) -> dict:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code(source: str, *outputs: dict, tags: tuple[str, ...] = (), **metadata: object) -> dict:
    tagged = {"tags": list(tags)} if tags else {}
    return {"cell_type": "code", "execution_count": None, "metadata": tagged | metadata, "source": source, "outputs": list(outputs)}


def helpers(record: Record) -> list[dict]:
    """Return cells that write what the question's examples import from `snippets`."""
    names = sorted({match[1] or match[2] for shown in record.examples for match in IMPORT.finditer(shown.example.code)})
    if not names:
        return []
    sources = {name: (ROOT / "snippets" / f"{name}.py").read_text(encoding="utf-8").rstrip() for name in names}
    return [
        markdown("The examples import helpers from `snippets`; these cells put them beside the notebook."),
        code('from pathlib import Path\n\nPath("snippets").mkdir(exist_ok=True)', tags=("helpers",)),
        *(written(f"snippets/{name}.py", source, tags=("helpers",), jupyter={"source_hidden": True}) for name, source in sources.items()),
    ]


def written(file: str, source: str, **options: object) -> dict:
    """Return a cell that writes `source` into `file`."""
    return code(f"%%writefile {file}\n{source}", printed(f"Writing {file}"), **options)


def example_cells(shown: Shown, number: int, site: Site) -> list[dict]:
    """Return the cell of an example, the `number`th, with its output, and one for each figure it leaves, which shows it."""
    example = shown.example
    tags = tuple(sorted(example.marks))
    if example.marks & {"raises", "gpu"}:
        tags += ("raises-exception",)  # for a GPU: on a machine without one the notebook goes on
    cells = [markdown(f"*{shown.provenance}*")] if "gpu" in example.marks else []
    source = example.code.rstrip("\n")
    if loose_names(source):  # which an example above may have left
        cells.append(code("# The next example is about a name that is missing: it starts without those of the examples above.\n%reset -f", tags=("helpers",)))
    if OWN_PROCESS.search(source) and "raises" not in example.marks:
        file = f"example-{number}.py"
        cells += [written(file, source), code(f"import sys\n\n!{{sys.executable}} {file}", *outputs(shown), tags=tags)]
    else:
        cells.append(code(source, *outputs(shown), tags=tags))
    for name, svg in shown.result.figures if shown.result else ():
        data = {"image/svg+xml": site.settled(svg), "text/plain": "<IPython.core.display.SVG object>"}
        output = {"output_type": "display_data", "data": data, "metadata": {"image/svg+xml": {"needs_background": "light"}}}
        cells.append(code(f'from IPython.display import SVG, display\n\ndisplay(SVG("{name}"))', output))
    return cells


def loose_names(source: str) -> set[str]:
    """Return the names that `source` uses without binding them anywhere: it is about what happens then."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:
        return set()
    used = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    bound = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    bound |= {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler))}
    bound |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    bound |= {(node.asname or node.name).partition(".")[0] for node in nodes if isinstance(node, ast.alias)}
    return used - bound - set(dir(builtins)) - {"__file__", "__class__"}


def outputs(shown: Shown) -> list[dict]:
    """Return what an example printed and what it raised, as Jupyter keeps it."""
    exception = shown.result.exception if shown.result and "raises" in shown.example.marks else ""
    text = shown.output.removesuffix(exception).rstrip("\n") if exception else shown.output
    made = [printed(text)] if text else []
    if exception:
        name, _, value = exception.partition(": ")
        made.append({"output_type": "error", "ename": name.rpartition(".")[2], "evalue": value, "traceback": [exception]})
    return made


def printed(text: str) -> dict:
    return {"output_type": "stream", "name": "stdout", "text": text + "\n"}


def identify(cells: list[dict]) -> None:
    """Give each cell an id that stays for as long as its source does; a source that comes again is numbered."""
    seen: Counter[str] = Counter()
    for cell in cells:
        digest = hashlib.sha256(f"{cell['cell_type']}\n{cell['source']}".encode()).hexdigest()[:12]
        seen[digest] += 1
        cell["id"] = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
