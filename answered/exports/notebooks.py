"""Each question as a Jupyter notebook that runs by itself, with the outputs that were checked."""

from __future__ import annotations

import ast
import builtins
import hashlib
import itertools
import re
from collections import Counter
from pathlib import Path

import nbformat

from ..pages.exercises import judge_path, judged_names
from ..pages.page import JUDGE, SHORT_ANSWER, SOLUTION, TASK, WRONG
from ..pages.snippets import shown_source
from ..site.article import Article, Edition, ShownBlock
from ..site.downloads import FOLDER, notebook_path
from .archive import pack
from .parts import parts
from .style import with_colors

FILE = f"{FOLDER}/pytorch-answered-notebooks.zip"
TITLE = "Every question as a Jupyter notebook"
# What a kernel cannot do twice, or would carry into the next block: such a block runs as a file,
# in a process of its own.
OWN_PROCESS = re.compile(
    r"^\s*torch\.(?:set_\w+|use_deterministic_algorithms)\(|os\.environ\[.+\] *=|"
    r"""^if __name__ == "__main__":""",
    re.M,
)
HOW_TO_SOLVE = (
    "Fill in the cell above, then run the two below: the judge says what is wrong. A solution, and"
    " wrong ones with what the judge says of each, are on the page that this notebook is from."
)
RESET = """\
# The next example is about a name that is missing: it starts without those of the examples above.
%reset -f"""


def write(articles: list[Article], edition: Edition) -> str:
    """Write all notebooks and an archive of them."""
    entries = []
    for article in articles:
        # nbformat's constructors and writes() check each cell, which takes ten times as long; the
        # tests check them all.
        made = nbformat.v4.writes(nbformat.from_dict(notebook(article, edition))) + "\n"
        file = notebook_path(article.page)
        edition.write(file, made)
        entries.append((file.removeprefix(f"{FOLDER}/"), made.encode()))
    pack(edition, FILE, sorted(entries))
    return f"{len(articles)} notebooks"


def notebook(article: Article, edition: Edition) -> dict:
    """Return the notebook of a question, in nbformat 4.5."""
    title, *rest = parts(article, edition)
    cells = [markdown(f"{title}\n\n{origin(article, edition)}")]
    numbers = itertools.count(1)
    if article.page.is_exercise:
        rest = without_solutions(rest)
    for part in rest:
        if isinstance(part, str):
            cells.append(markdown(part))
        else:
            cells += block_cells(part, next(numbers), edition.book.root)
        if isinstance(part, str) and part.startswith(f"## {JUDGE}\n"):
            cells += judge_cells(article, edition)
        if not isinstance(part, str) and part.outcome.block == article.page.predicted:
            cells[-1]["outputs"] = []  # readers get it by running the cell
    identify(cells)
    about = {
        "id": article.id,
        "url": edition.config.url + article.url,
        "torch": edition.config.versions.torch,
        "license": "CC-BY-4.0 AND MIT",
    }
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": kernel,
            "language_info": {"name": "python", "version": edition.config.versions.python},
            "pytorch_answered": about,
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def without_solutions(found: list[str | ShownBlock]) -> list[str | ShownBlock]:
    """Return the parts of an exercise that say what to write, and not how.

    What stands between the short answer and the task shows how it is done, so it goes as well.
    """
    kept, hidden, asked = [], False, False
    for part in found:
        if isinstance(part, str) and part.startswith("## "):
            heading = part.partition("\n")[0].removeprefix("## ")
            asked = asked or heading == TASK
            hidden = heading in (SOLUTION, WRONG) or not (asked or heading == SHORT_ANSWER)
            if heading == JUDGE:
                part = f"## {JUDGE}\n\n{HOW_TO_SOLVE}"
        if not hidden:
            kept.append(part)
    return kept


def judge_cells(article: Article, edition: Edition) -> list[dict]:
    """Return the judge of an exercise, and the cells that call it."""
    source = (edition.book.root / judge_path(article.page)).read_text(encoding="utf-8")
    calls = [
        code(f"judge({name})", tags=("raises-exception",)) for name in judged_names(article.page)
    ]
    return [code(source.rstrip("\n")), *calls]


def origin(article: Article, edition: Edition) -> str:
    """Return where the notebook is from and what its outputs hold for."""
    name, url = edition.config.name, edition.config.url
    if url:
        name = f"[{name}]({url}{article.url})"
    level = article.page.meta["level"]
    made = f"{edition.provenance} Other versions may print something else."
    return f"*{name} · level: {level}. {made}*"


def markdown(source: str) -> dict:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code(source: str, *outputs: dict, tags: tuple[str, ...] = ()) -> dict:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {"tags": list(tags)} if tags else {},
        "source": source,
        "outputs": list(outputs),
    }


def written(file: str, source: str) -> dict:
    """Return a cell that writes `source` into `file`."""
    return code(f"%%writefile {file}\n{source}", printed(f"Writing {file}"))


def block_cells(shown: ShownBlock, number: int, root: Path) -> list[dict]:
    """Return the cells of the `number`th block with its output, and one for each of its figures.

    Its files, below `root`, are written beside the notebook before.
    """
    block = shown.outcome.block
    source, tags = block.code.rstrip("\n"), block.mark_names
    if block.language != "python":
        return [code(f"%%{block.language}\n{source}", *outputs(shown), tags=tags)]
    if block.must_raise or block.needs_device:  # without a device the notebook goes on
        tags += ("raises-exception",)
    cells = [markdown(f"*{shown.outcome.provenance}*")] if block.needs_device else []
    if unbound_names(source):  # which a block above may have left
        cells.append(code(RESET, tags=("helpers",)))
    for file in block.files:
        cells.append(written(Path(file).name, shown_source(root, file, None) or ""))
    alone = OWN_PROCESS.search(source) or any(mark.fresh for mark in block.marks)
    if alone and not block.must_raise:
        file = f"example-{number}.py"
        run = f"import sys\n\n!{{sys.executable}} {file}"
        cells += [written(file, source), code(run, *outputs(shown), tags=tags)]
    else:
        cells.append(code(source, *outputs(shown), tags=tags))
    for name, svg in shown.outcome.figures:
        display = f'from IPython.display import SVG, display\n\ndisplay(SVG("{name}"))'
        cells.append(code(display, drawn(svg)))
    return cells


def drawn(svg: str) -> dict:
    """Return a figure as the output of a cell."""
    text = "<IPython.core.display.SVG object>"
    return {
        "output_type": "display_data",
        "data": {"image/svg+xml": with_colors(svg), "text/plain": text},
        "metadata": {"image/svg+xml": {"needs_background": "light"}},
    }


def unbound_names(source: str) -> set[str]:
    """Return the names that `source` uses and binds nowhere: it is about what happens then."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:
        return set()
    defining = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler)
    used, bound = set(), set(dir(builtins)) | {"__file__", "__class__"}
    for node in nodes:
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, defining):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).partition(".")[0])
    return used - bound


def outputs(shown: ShownBlock) -> list[dict]:
    """Return what a block printed and what it raised, as Jupyter keeps it."""
    result = shown.outcome.result
    exception = result.exception if result and shown.outcome.block.must_raise else ""
    text = shown.output.removesuffix(exception).rstrip("\n") if exception else shown.output
    made = [printed(text)] if text else []
    if exception:
        name, _, value = exception.partition(": ")
        error = {"ename": name.rpartition(".")[2], "evalue": value, "traceback": [exception]}
        made.append({"output_type": "error", **error})
    return made


def printed(text: str) -> dict:
    return {"output_type": "stream", "name": "stdout", "text": text + "\n"}


def identify(cells: list[dict]) -> None:
    """Give each cell an id that stays as long as its source; a repeated source is numbered."""
    known: Counter[str] = Counter()
    for cell in cells:
        source = f"{cell['cell_type']}\n{cell['source']}".encode()
        digest = hashlib.sha256(source).hexdigest()[:12]
        known[digest] += 1
        cell["id"] = digest if known[digest] == 1 else f"{digest}-{known[digest]}"
