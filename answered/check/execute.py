"""The execution of one notebook by mkdocs-jupyter, in a process of its own.

Standard input has the code cells as JSON. Standard output gets the result of each as a line of
JSON when the cell has ended, so that of a notebook that comes to a bad end the cell is known.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import sys
from pathlib import Path

import psutil
from mkdocs_jupyter.convert import get_nbconvert_app
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbconvert.exporters import NotebookExporter
from nbformat.v4 import new_code_cell, new_notebook

from ..engine import limits
from ..engine.collect import LOG_LINE, cut
from ..engine.environment import command

KERNEL = "answered"
PATIENCE = 300  # seconds that a busy machine may take to start a kernel, or to send its output
FIGURE = re.compile(r'<figure class="drawn">(<svg\b.*</svg>)\s*</figure>', re.S)


def main(parent: str, reach: str) -> None:
    """Execute the notebook; the working directory is the one that its kernel gets."""
    limits.die_with(int(parent))
    limits.keep_orphans()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a kernel prints before it captures its output is no answer

    def answer(cell: dict, **ended: str) -> None:
        print(json.dumps(result_of(cell) | ended), file=answers, flush=True)

    begun: list[dict] = []
    install_kernel(Path(os.environ["JUPYTER_PATH"]), reach)
    wanted = json.load(sys.stdin)
    cells = [
        new_code_cell(cell["source"], metadata={"timeout": cell["timeout"]}) for cell in wanted
    ]
    app = get_nbconvert_app(execute=True, kernel_name=KERNEL, allow_errors=True)
    app.config.ExecutePreprocessor.update(
        timeout_func=lambda cell: cell.metadata.timeout,
        on_cell_start=lambda cell, cell_index: begun.append(cell),
        on_cell_executed=lambda cell, cell_index, execute_reply: answer(cell),
        shutdown_kernel="immediate",
        startup_timeout=PATIENCE,
        iopub_timeout=PATIENCE,
        log_level=logging.CRITICAL,
    )
    if os.name == "posix":  # no network, and so no port that others on this machine could reach
        app.config.KernelManager.update(transport="ipc", ip=os.path.join(os.pardir, "kernel"))
    try:
        exporter = NotebookExporter(config=app.config)
        exporter.from_notebook_node(new_notebook(cells=cells), {"metadata": {"path": os.getcwd()}})
    except CellTimeoutError:
        answer(begun[-1], ended="timeout", detail=f"{begun[-1].metadata.timeout:g} s")
    except DeadKernelError:
        answer(begun[-1], ended="killed", detail="the kernel died")
    finally:
        while family := psutil.Process().children(recursive=True):
            for process in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            psutil.wait_procs(family)


def install_kernel(folder: Path, reach: str) -> None:
    """Write the description of the kernel, which gets `reach`, to where Jupyter finds it."""
    line = command("kernel", str(os.getpid()), reach, "{connection_file}", package=__package__)
    spec = {"argv": line, "display_name": "Python as blocks have it", "language": "python"}
    file = folder / "kernels" / KERNEL / "kernel.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(spec), encoding="utf-8")


def result_of(cell: dict) -> dict:
    """Return the outputs of an executed cell as fields of a `CellResult`."""
    texts = {"stdout": "", "stderr": ""}
    result = {"ended": "completed", "figures": [], "rich": []}
    for output in cell.outputs:
        if output.output_type == "stream":
            texts[output.name] += output.text
        elif output.output_type == "error":
            exited = output.ename == "SystemExit"
            headline, trace = output.traceback
            headline, trace = headline[: limits.MAX_OUTPUT], trace[-limits.MAX_OUTPUT :]
            result |= {"ended": "exited" if exited else "raised", "exception": headline}
            result["traceback"] = trace
        elif figure := FIGURE.fullmatch(output.data.get("text/html", "")):
            name = f"figure-{len(result['figures']) + 1}.svg"
            result["figures"].append((name, figure[1][: limits.KEPT_FIGURE]))
        elif set(output.data) == {"text/plain"}:
            texts["stdout"] += output.data["text/plain"] + "\n"
        else:
            others = sorted(set(output.data) - {"text/plain"})
            result["rich"] = (result["rich"] + [name[:100] for name in others])[:10]
    result["figures"] = result["figures"][: limits.MAX_FIGURES + 1]
    errors = LOG_LINE.sub("", texts["stderr"])
    return result | {"output": shortened(texts["stdout"]), "errors": shortened(errors)}


def shortened(text: str) -> str:
    """Return what a cell printed, cut as the output of a block is."""
    return cut(text, len(text.encode()))
