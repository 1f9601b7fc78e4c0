"""Measure the build of a project against its limits, all in one run; print ratios. `make bench`.

The limit of a cold build is what cannot be saved: one Python process that imports torch once and
executes every block, and a generator that renders the same pages without executing anything.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from answered import exports
from answered.engine.block import Block
from answered.engine.result import Result
from answered.engine.settings import Settings
from answered.pages.book import load_pages
from answered.pages.page import Page
from answered.pages.settings import settings
from answered.site import build as site_build

HERE = Path(__file__).resolve().parent.parent
IN_PROCESS = """
import contextlib, io, json, os, sys, tempfile
import torch, torch._dynamo, numpy, matplotlib.pyplot
torch.set_num_threads(1)
sys.path.insert(0, os.getcwd())
blocks = json.load(open(sys.argv[1]))
os.chdir(tempfile.mkdtemp())
failed = 0
for code in blocks:
    torch.set_default_dtype(torch.float32)
    torch.set_default_device("cpu")
    torch.set_grad_enabled(True)
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
markdown_extensions:
  [admonition, attr_list, md_in_html, tables, pymdownx.details, pymdownx.highlight,
   pymdownx.superfences]
"""
NOTEBOOKS = """
site_name: notebooks
theme: {name: material, font: false}
plugins:
  - mkdocs-jupyter: {include: ['*.py'], execute: true, cache: false}
"""
TIMED = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
to = subprocess.PIPE
done = subprocess.run(sys.argv[1:], stdout=to, stderr=subprocess.STDOUT, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
wall = time.perf_counter() - start
cpu = used.ru_utime + used.ru_stime
print(json.dumps([wall, cpu, used.ru_maxrss / 1024, done.returncode, done.stdout]))
"""
PARTS = ("snippets", "docs", "mkdocs.yml", "requirements.txt")
BUILD = [sys.executable, "-m", "answered", "build"]
RENDER = [sys.executable, "-m", "tests.bench", "--render"]
COLD_WALL, COLD_CPU, AGAIN = 0.85, 1.4, 1.05  # targets, as ratios to the limits
Figures = tuple[float, float, float, str]


class Expected:
    """A session that runs nothing: every result is what its page expects."""

    device = ""
    executed = 0

    def __init__(self, settings: Settings, device: str = "", fresh: bool = False) -> None:
        self.settings = settings

    def runs(self, block: Block) -> bool:
        return not block.needs_device

    def prefetch(self, blocks: Iterable[Block]) -> None:
        """Do nothing."""

    def get(self, block: Block) -> Result | None:
        """Return a result that `judge` finds nothing wrong with."""
        if block.needs_device:
            return None
        output = block.expected or ""
        if not block.must_raise:
            return Result("completed", output)
        *before, last = output.rstrip("\n").split("\n")
        return Result("raised", "".join(f"{line}\n" for line in before), exception=last)

    def run_again(self, block: Block) -> Result:
        return self.get(block)

    def prune(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def render(root: Path) -> int:
    """Build the site in this process without executing anything."""
    from answered.site import mkdocs

    site_build.Session = Expected
    return site_build.build_site(root, root / "site", mkdocs.build, exports)


def timed(command: list[str], cwd: Path, **env: str) -> Figures:
    """Return wall seconds, CPU seconds, MB at the peak of one process, and output of a command.

    Raises:
        SystemExit: it failed.
    """
    quiet = {"NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": "0", "PYTHONPATH": str(HERE)}
    done = subprocess.run(
        [sys.executable, "-c", TIMED, *command],
        cwd=cwd,
        env=os.environ | quiet | env,
        capture_output=True,
        text=True,
        check=True,
    )
    wall, cpu, peak, code, output = json.loads(done.stdout)
    if code:
        sys.exit(f"{' '.join(command)} failed:\n{output[-2000:]}")
    return wall, cpu, peak, output


def copy_project(root: Path, target: Path) -> Path:
    """Copy the sources of the project in `root`, its notebooks aside."""
    ignored = shutil.ignore_patterns("__pycache__")
    for name in PARTS:
        source = root / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=ignored)
        else:
            shutil.copy(source, target / name)
    for notebook in (target / "docs" / "notebooks").glob("*.py"):
        # Links lead to it; without a cell of code there is nothing to execute.
        cells = notebook.read_text(encoding="utf-8").split("# %%")
        prose = [cell for cell in cells[1:] if cell.startswith(" [markdown]")]
        notebook.write_text("".join(f"# %%{cell}" for cell in prose), encoding="utf-8")
    theme = (HERE / "answered/site/theme").as_posix()
    config = (target / "mkdocs.yml").read_text(encoding="utf-8")
    config = config.replace("custom_dir: answered/site/theme", f"custom_dir: {theme}")
    (target / "mkdocs.yml").write_text(config, encoding="utf-8")
    return target


def stock_project(target: Path, blocks_of: dict[str, list[str]]) -> None:
    """Write the blocks as stock markdown-exec fences, executed in the build's own process."""
    (target / "docs").mkdir(parents=True)
    (target / "mkdocs.yml").write_text(STOCK)
    opening = '````python exec="1" source="above" result="text"'
    for name, blocks in blocks_of.items():
        text = "\n\n".join(f"{opening}\n{code}````" for code in blocks)
        (target / "docs" / f"{name}.md").write_text(f"# {name}\n\n{text}\n")


def notebook_project(target: Path, blocks_of: dict[str, list[str]], pages: int) -> int:
    """Write the blocks of a few pages as mkdocs-jupyter notebooks, one kernel a page.

    Returns:
        How many blocks that are.
    """
    (target / "docs").mkdir(parents=True)
    (target / "docs" / "index.md").write_text("# Home\n")
    (target / "mkdocs.yml").write_text(NOTEBOOKS)
    chosen = [(name, blocks) for name, blocks in blocks_of.items() if blocks][:pages]
    for name, blocks in chosen:
        cells = "\n\n".join(f"# %%\n{code}" for code in blocks)
        (target / "docs" / f"{name}.py").write_text(f"# %% [markdown]\n# # {name}\n\n{cells}\n")
    return sum(len(blocks) for _, blocks in chosen)


def main() -> int:
    """Run the command line; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    add = parser.add_argument
    add("--root", type=Path, default=Path.cwd(), help="folder of the project; this one if not said")
    add("--quick", action="store_true", help="measure once, and not stock tools besides")
    add("--render", action="store_true", help="do nothing but render, as the measurement does")
    given = parser.parse_args()
    root = given.root.resolve()
    if given.render:
        return render(root)
    pages = [page for page in load_pages(settings(root)) if page.is_question]
    blocks = [block for page in pages for block in page.blocks if not block.needs_device]
    print(f"{len(pages)} pages, {len(blocks)} blocks, ", end="")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; cells of notebooks left out")
    with tempfile.TemporaryDirectory() as folder:
        measure(root, Path(folder), pages, blocks, given.quick)
    return 0


def measure(root: Path, folder: Path, pages: list[Page], blocks: list[Block], quick: bool) -> None:
    """Measure the builds in copies of the project below `folder`, and print what they take."""
    times = 1 if quick else 2
    (folder / "cold").mkdir()
    (folder / "plain").mkdir()
    cold, plain = copy_project(root, folder / "cold"), copy_project(root, folder / "plain")
    codes = folder / "blocks.json"
    codes.write_text(json.dumps([block.code for block in blocks]))
    if not quick:  # warm the cache of the disk
        timed([sys.executable, "-c", "import torch, torch._dynamo, numpy, matplotlib.pyplot"], root)
    process = timed([sys.executable, "-c", IN_PROCESS, str(codes)], cold)
    rendered = timed(RENDER, plain)
    limit_wall, limit_cpu = process[0] + rendered[0], process[1] + rendered[1]
    show("limit: one process", process)
    print(f"    ({process[3].strip()} blocks end differently there: they raise, or need a file)")
    show("limit: rendering alone", rendered)
    built = timed(BUILD, cold)
    show("(a) cold build", built)
    print(f"    wall {built[0] / limit_wall:.2f} of the limit (target {COLD_WALL})")
    print(f"    CPU {built[1] / limit_cpu:.2f} of the limit (target {COLD_CPU})")
    warm = min(timed(BUILD, cold) for _ in range(times))
    plain_again = min(timed(RENDER, plain) for _ in range(times))
    show("(b) nothing changed", warm)
    print(f"    wall {warm[0] / plain_again[0]:.2f} of rendering alone (target {AGAIN})")
    one, alone = edited(cold, pages)
    show("(c) one block edited", one)
    rest = (one[0] - alone[0]) / plain_again[0]
    print(f"    as `python block.py` that block takes {alone[0]:.1f} s, without which")
    print(f"    wall {rest:.2f} of rendering alone (target {AGAIN})")
    limit = max(process[2], rendered[2])
    print(f"(d) peak memory of one process: {built[2]:.0f} MB, of the limit {limit:.0f} MB")
    if not quick:
        compare(folder, pages, built, len(blocks))


def edited(project: Path, pages: list[Page]) -> tuple[Figures, Figures]:
    """Return what a build takes after one block was edited, and what that block takes alone."""
    plain = ((page, block) for page in pages for block in page.blocks if not block.marks)
    page, block = next((page, block) for page, block in plain if block.expected is not None)
    file = project / page.path
    text = file.read_text(encoding="utf-8")
    assert block.code in text
    file.write_text(text.replace(block.code, "# edited\n" + block.code, 1), encoding="utf-8")
    code = project.parent / "block.py"
    code.write_text("import torch\n" + block.code, encoding="utf-8")
    path = {"PYTHONPATH": str(project), "OMP_NUM_THREADS": "1"}
    alone = timed([sys.executable, str(code)], project.parent, **path)
    return timed(BUILD, project), alone


def show(name: str, figures: Figures) -> None:
    print(f"{name}: ", end="")
    print(f"wall {figures[0]:.1f} s, CPU {figures[1]:.1f} s, peak {figures[2]:.0f} MB", flush=True)


def compare(folder: Path, pages: list[Page], built: Figures, total: int) -> None:
    """Measure how stock markdown-exec and mkdocs-jupyter do with the same blocks."""
    blocks_of = {
        f"{page.topic}-{page.slug}": [
            block.code for block in page.blocks if not (block.needs_device or block.must_raise)
        ]
        for page in pages
    }
    stock, notebooks = folder / "stock", folder / "notebooks"
    stock_project(stock, blocks_of)
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", "site"]
    env = {"PYTHONPATH": str(folder / "cold"), "OMP_NUM_THREADS": "1"}
    in_process = timed(command, stock, **env)
    show("stock markdown-exec, in process, no isolation", in_process)
    failed = in_process[3].count("exited with errors")
    print(f"    {failed} blocks fail there: they meet what blocks before them changed")
    blocks = notebook_project(notebooks, blocks_of, pages=5)
    kernels = timed(command, notebooks, **env)
    show(f"mkdocs-jupyter, one kernel a page, 5 pages of {blocks} blocks", kernels)
    print(f"    per block: ours {built[0] / total:.2f} s, stock {in_process[0] / total:.2f} s,")
    print(f"    notebooks {kernels[0] / blocks:.2f} s")


if __name__ == "__main__":
    sys.exit(main())
