"""Measure the build against its limits, all in one run; print ratios. `make bench`.

The limit of a cold build is what cannot be saved: one Python process that imports torch once and executes every
block, and MkDocs rendering the same pages without executing anything.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from answered import ROOT
from answered.page import load_pages

IN_PROCESS = """
import contextlib, io, json, os, sys, tempfile, time
import torch, torch._dynamo, numpy, matplotlib.pyplot
torch.set_num_threads(1)
sys.path.insert(0, os.getcwd())
blocks = json.load(open(sys.argv[1]))
os.chdir(tempfile.mkdtemp())
failed = 0
for code in blocks:
    torch.set_default_dtype(torch.float32); torch.set_default_device("cpu"); torch.set_grad_enabled(True)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            exec(compile(code, "<block>", "exec"), {"__name__": "block"})
        except BaseException:
            failed += 1
print(failed)
os._exit(0)
"""
STOCK = """
site_name: stock
theme: {name: material, font: false}
plugins: [markdown-exec]
markdown_extensions: [admonition, attr_list, md_in_html, tables, pymdownx.details, pymdownx.highlight, pymdownx.superfences]
"""


def timed(command: list[str], cwd: Path, **env: str) -> tuple[float, float, float, str]:
    """Return wall seconds, CPU seconds and peak MB (largest single process) of a command with all its children."""
    quiet = {"NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": "0", "PYTHONDONTWRITEBYTECODE": "", **env}
    wrapper = (
        "import json, resource, subprocess, sys, time\n"
        "t = time.perf_counter(); done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)\n"
        "u = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(json.dumps([time.perf_counter() - t, u.ru_utime + u.ru_stime, u.ru_maxrss / 1024, done.returncode, done.stdout]))\n"
    )
    done = subprocess.run([sys.executable, "-c", wrapper, *command], cwd=cwd, env=os.environ | quiet, capture_output=True, text=True, check=True)
    wall, cpu, peak, code, output = json.loads(done.stdout)
    if code:
        sys.exit(f"{' '.join(command)} failed:\n{output[-2000:]}")
    return wall, cpu, peak, output


def copy_project(target: Path) -> None:
    for name in ("answered", "snippets", "docs", "mkdocs.yml", "requirements.txt"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__", "notebooks"))
        else:
            shutil.copy(source, target / name)


def without_execution(project: Path) -> None:
    """A hook that answers every example from nothing: what MkDocs alone takes to render the pages."""
    hooks = project / "answered" / "hooks.py"
    hooks.write_text(
        hooks.read_text()
        + "\nfrom answered.results import Result\n"
        + "build.store.prefetch = lambda examples: None\n"
        + "build.store.get = lambda example: Result('completed', output=example.expected or '') if 'gpu' not in example.marks else None\n"
        + "build.judge = lambda page: None\n"
        + "check_pages = lambda *a: []\n"
    )


def stock_project(target: Path, blocks_of: dict[str, list[str]]) -> None:
    """The same blocks as stock markdown-exec fences, executed in the build's own process."""
    (target / "docs").mkdir(parents=True)
    (target / "mkdocs.yml").write_text(STOCK)
    for name, blocks in blocks_of.items():
        text = "\n\n".join(f'````python exec="1" source="above" result="text"\n{code}````' for code in blocks)
        (target / "docs" / f"{name}.md").write_text(f"# {name}\n\n{text}\n")


def notebook_project(target: Path, blocks_of: dict[str, list[str]], pages: int) -> int:
    """The same blocks of a few pages as mkdocs-jupyter notebooks, one kernel a page; return how many blocks."""
    (target / "docs").mkdir(parents=True)
    (target / "docs" / "index.md").write_text("# Home\n")
    plugin = "plugins:\n  - mkdocs-jupyter: {include: ['*.py'], execute: true, cache: false}\n"
    (target / "mkdocs.yml").write_text("site_name: notebooks\ntheme: {name: material, font: false}\n" + plugin)
    chosen = [(name, blocks) for name, blocks in blocks_of.items() if blocks][:pages]
    for name, blocks in chosen:
        cells = "\n\n".join(f"# %%\n{code}" for code in blocks)
        (target / "docs" / f"{name}.py").write_text(f"# %% [markdown]\n# # {name}\n\n{cells}\n")
    return sum(len(blocks) for _, blocks in chosen)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-comparison", action="store_true", help="leave out stock markdown-exec and notebooks")
    parser.add_argument("--no-strict", dest="strict", action="store_false", help="measure although pages have faults")
    arguments = parser.parse_args()
    pages = [page for page in load_pages() if page.is_question]
    examples = [e for page in pages for e in page.examples if not e.marks & {"gpu"}]
    blocks_of = {f"{p.topic}-{p.slug}": [e.code for e in p.examples if not e.marks & {"gpu", "raises"}] for p in pages}
    mkdocs = [sys.executable, "-m", "mkdocs", "build", "--strict" if arguments.strict else "--no-strict", "--site-dir", "site"]
    print(f"{len(pages)} pages, {len(examples)} blocks, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; the notebook is left out")
    with tempfile.TemporaryDirectory() as folder:
        cold, plain = Path(folder, "cold"), Path(folder, "plain")
        for project in (cold, plain):
            project.mkdir()
            copy_project(project)
        without_execution(plain)
        (Path(folder) / "blocks.json").write_text(json.dumps([e.code for e in examples]))
        timed([sys.executable, "-c", "import torch, torch._dynamo, numpy, matplotlib.pyplot"], ROOT)  # warms the disk cache
        process = timed([sys.executable, "-c", IN_PROCESS, str(Path(folder) / "blocks.json")], cold)
        render = timed(mkdocs, plain)
        limit_wall, limit_cpu = process[0] + render[0], process[1] + render[1]
        show("limit: one process", process)
        print(f"    ({process[3].strip()} blocks end differently there: they raise, or need to be a file)")
        show("limit: rendering alone", render)
        built = timed(mkdocs, cold)
        show("(a) cold build", built)
        print(f"    wall {built[0] / limit_wall:.2f} of the limit (target 1.0), CPU {built[1] / limit_cpu:.2f} (target 2.0)")
        warm = min(timed(mkdocs, cold)[:3] for _ in range(2))
        plain_again = min(timed(mkdocs, plain)[:3] for _ in range(2))
        show("(b) nothing changed", warm)
        print(f"    wall {warm[0] / plain_again[0]:.2f} of rendering alone (target 1.1)")
        page = next(p for p in pages if any(not e.marks and e.expected is not None for e in p.examples))
        edited = cold / page.path
        text = edited.read_text()
        first = next(e for e in page.examples if not e.marks)
        edited.write_text(text.replace(first.code, "# edited\n" + first.code, 1))
        (Path(folder) / "block.py").write_text("import torch\n" + first.code)
        alone = timed([sys.executable, str(Path(folder) / "block.py")], Path(folder), PYTHONPATH=str(cold), OMP_NUM_THREADS="1")
        one = timed(mkdocs, cold)
        show("(c) one block edited", one)
        print(f"    wall {one[0] / plain_again[0]:.2f} of rendering alone; as `python block.py` that block takes {alone[0]:.1f} s,")
        print(f"    without which it is {(one[0] - alone[0]) / plain_again[0]:.2f} (target 1.1)")
        print(f"(d) peak memory of one process: cold {built[2]:.0f} MB, limit {max(process[2], render[2]):.0f} MB")
        if not arguments.no_comparison:
            compare(Path(folder), blocks_of, built, len(examples))


def show(name: str, figures: tuple) -> None:
    print(f"{name}: wall {figures[0]:.1f} s, CPU {figures[1]:.1f} s, peak {figures[2]:.0f} MB", flush=True)


def compare(folder: Path, blocks_of: dict[str, list[str]], built: tuple, total: int) -> None:
    stock, notebooks = folder / "stock", folder / "notebooks"
    stock_project(stock, blocks_of)
    in_process = timed([sys.executable, "-m", "mkdocs", "build", "--site-dir", "site"], stock, PYTHONPATH=str(ROOT), OMP_NUM_THREADS="1")
    show("stock markdown-exec, in process, no isolation", in_process)
    print(f"    {in_process[3].count('exited with errors')} blocks fail there: they meet what blocks before them changed")
    blocks = notebook_project(notebooks, blocks_of, pages=5)
    kernels = timed([sys.executable, "-m", "mkdocs", "build", "--site-dir", "site"], notebooks, PYTHONPATH=str(ROOT), OMP_NUM_THREADS="1")
    show(f"mkdocs-jupyter, one kernel a page, 5 pages of {blocks} blocks", kernels)
    print(f"    per block: ours {built[0] / total:.2f} s, stock {in_process[0] / total:.2f} s, notebooks {kernels[0] / blocks:.2f} s")


if __name__ == "__main__":
    main()
