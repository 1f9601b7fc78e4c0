"""Blocks that need a GPU: with a stand-in for one, with none, and what may stand in a page."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from answered import recordings
from answered.page import Example, Page
from answered.recordings import check_recordings, code_hash
from answered.runner import Runner
from snippets.recording import holds
from tests.conftest import PAGE, ROOT, Project
from tests.test_build import block

# None of the blocks here imports torch, so a process that has it ready would only cost time.
TOY, NONE = ({"ANSWERED_CUDA_DEVICE": name, "ANSWERED_FORK": "0"} for name in ("Toy *9000*", ""))
ONE, TWO, THREE = "tensors/one.md", "tensors/two.md", "autograd/three.md"
PRINTS = "print('from the', 'device')"
MEASURES = 'from snippets.recording import measured\n\nmeasured("ms", claim="compiled < eager", eager=3.2149, compiled=1.07)'


def gpu(project: Project, *arguments: str, **env: str):
    return project.run("-m", "answered", "gpu", *arguments, **(TOY | env))


def files(root: Path) -> dict[str, bytes]:
    ours = (f for part in ("docs", "snippets", "answered") for f in (root / part).rglob("*") if f.is_file() and f.suffix != ".pyc")
    return {str(f.relative_to(root)): f.read_bytes() for f in ours}


@pytest.fixture(scope="module")
def recorded(template, tmp_path_factory):
    """A project with two recorded blocks on one page and an unrecorded one on another; and how recording it went."""
    project = Project(tmp_path_factory.mktemp("recorded") / "project")
    shutil.copytree(template, project.root)
    lines = [project.append(ONE, block(code, "gpu", None)) + 1 for code in (PRINTS, MEASURES)]
    before = files(project.root)
    done = gpu(project, "--record", "one")
    project.append(TWO, block("print(1)", "gpu", None))
    return project, lines, before, done


@pytest.fixture
def copy_of_recorded(recorded, tmp_path) -> Project:
    shutil.copytree(recorded[0].root, tmp_path / "project", ignore=shutil.ignore_patterns("site"))
    return Project(tmp_path / "project")


def test_recording_writes_the_output_and_where_it_comes_from(recorded):
    project, lines, before, done = recorded
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("Toy *9000*, capability 0.0, driver stand-in")
    assert all(re.search(rf"docs/questions/{ONE}:{line}  completed  \d+\.\d s", done.stdout) for line in lines)
    assert f"docs/questions/{ONE}:{lines[0]}  output rewritten" in done.stdout and "2 of 2 blocks recorded" in done.stdout
    page, kept = f"docs/questions/{ONE}", "docs/questions/tensors/recordings/one.yml"
    after = files(project.root)
    assert {name for name in after if after[name] != before.get(name)} == {page, kept, f"docs/questions/{TWO}"}
    output = "<!--pytest-codeblocks:expected-output-->\n```text\nfrom the device\n```\n"
    assert after[page].decode() == before[page].decode().replace(f"{PRINTS}\n```\n", f"{PRINTS}\n```\n{output}")
    printed, figures = yaml.safe_load(after[kept]).values()
    assert printed["device"] == "Toy *9000*" and printed["measured"] is None and len(printed["output"]) == 64
    assert figures["output"] is None
    assert figures["measured"] == {"unit": "ms", "claim": "compiled < eager", "values": {"eager": 3.21, "compiled": 1.07}}


def test_what_is_recorded_is_run_again_and_compared(copy_of_recorded):
    project = copy_of_recorded
    done = gpu(project, "one")
    assert done.returncode == 0, done.stdout
    assert "2 gpu blocks of 1 pages run on Toy *9000*, 0 problems" in done.stdout and "not recorded" not in done.stdout
    line = project.edit(ONE, "from the device\n```", "typed by hand\n```") - 5
    done = gpu(project, "one")
    assert done.returncode == 1
    assert f"docs/questions/{ONE}:{line}: the output is not the expected one" in done.stdout
    assert "-typed by hand\n" in done.stdout and "+from the device\n" in done.stdout


def test_missing_records_only_what_is_not_recorded(copy_of_recorded):
    done = gpu(copy_of_recorded, "--record", "--missing")
    assert done.returncode == 0 and "1 gpu blocks of 1 pages run" in done.stdout, done.stdout
    done = gpu(copy_of_recorded, "--record", "--missing")
    assert done.returncode == 1 and "nothing is verified: none is missing" in done.stdout


def test_a_false_claim_fails_and_is_not_recorded(copy_of_recorded):
    line = copy_of_recorded.edit(ONE, "compiled=1.07", "compiled=107.4")
    done = gpu(copy_of_recorded, "--record", "one")
    assert done.returncode == 1
    assert "raised AssertionError: the claim is false: compiled < eager, with eager=3.21, compiled=107.0 (ms)" in done.stdout
    assert f'File "docs/questions/{ONE}", line {line}' in done.stdout
    kept = yaml.safe_load(copy_of_recorded.page("tensors/recordings/one.yml").read_text())
    assert [entry["measured"] for entry in kept.values()] == [None]


def test_without_a_device_nothing_is_verified(recorded):
    """CUDA_VISIBLE_DEVICES hides a device from torch itself, so this asks torch, whatever this machine has."""
    project = recorded[0]
    env = {"CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import os, runpy, sys; os.environ.pop('ANSWERED_CUDA_DEVICE', 0); sys.argv = ['', 'gpu']; runpy.run_module('answered', run_name='__main__')",
        ],
        cwd=project.root,
        env={"PATH": "/usr/bin:/bin", **env},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert re.search(r"no CUDA device, so nothing was run: torch \S+ (\(CUDA \S+\) finds no device|is built without CUDA)", done.stderr)
    assert gpu(project, **NONE).returncode == 2


def test_a_driver_without_a_device_is_asked_once_and_told(tmp_path):
    """As on WSL, or with a CPU-only torch: each question costs an import of torch."""
    code = (
        "import answered.gpu as gpu; gpu.DRIVER_FILES = ('.',); asked = []\n"
        "def none(): asked.append(1); raise gpu.NoDeviceError('none')\n"
        "gpu.find_device = none; print([gpu.device_name() for _ in range(3)], len(asked))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert done.stdout == "['', '', ''] 1\n"
    assert done.stderr.count("no gpu block is run: none") == 1


def test_a_driver_that_hangs_is_told(tmp_path):
    """The build goes on as without a device; a module that sleeps stands in for torch."""
    (tmp_path / "torch.py").write_text("import time\ntime.sleep(60)\n")
    code = "import answered.gpu as gpu; gpu.DRIVER_FILES = ('.',); gpu.PROBE_TIMEOUT = 1.0; print([gpu.device_name()])"
    paths = os.pathsep.join((str(ROOT), str(tmp_path)))
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": paths}, capture_output=True, text=True, timeout=30)
    assert done.stdout == "['']\n" and "no gpu block is run: torch gave no answer within 1 s; the driver may hang" in done.stderr


def test_running_no_block_is_a_failure(recorded):
    done = gpu(recorded[0], "three")
    assert done.returncode == 1 and "no gpu block was run" in done.stdout


def test_what_the_command_imports(recorded):
    """Where only torch and a few pure Python packages are to be had, it must run."""
    code = "import sys, answered.__main__, answered.on_gpu; print(*{name.split('.')[0] for name in sys.modules} - set(sys.stdlib_module_names))"
    names = set(recorded[0].run("-c", code).stdout.split())
    assert {"answered", "snippets", "yaml", "pytest_codeblocks"} <= names
    assert not names & {"torch", "numpy", "mkdocs", "markdown", "pydantic", "matplotlib", "material", "bs4", "jupytext"}


@pytest.fixture(scope="module")
def built(recorded):
    """The recorded project, built without a GPU twice, the second time from nothing, and with one."""
    project = recorded[0]
    sites = []
    for env in (NONE, NONE, TOY | {"ANSWERED_CUDA_DEVICE": "Toy 2"}):
        shutil.rmtree(project.root / ".cache", ignore_errors=True) if len(sites) == 1 else None
        done = project.build(**env)
        assert done.returncode == 0, done.stdout
        assert not list((project.root / "site").rglob("*.yml")), "recordings are no part of the site"
        sites.append(
            {name: (project.root / "site" / name / "index.html").read_text() for name in ("questions/tensors/one", "questions/tensors/two", "verified")}
        )
    return sites


def test_a_page_without_a_gpu_shows_what_was_recorded_and_says_so(built):
    page, verified = built[0]["questions/tensors/one"], built[0]["verified"]
    version = re.search(r"torch [\w.+]+, CUDA none, \d{4}-\d\d-\d\d", page)[0]
    assert f'<p class="provenance">Recorded on Toy *9000*, {version}.</p>' in page
    assert f'<p class="provenance">Holds: <code>compiled &lt; eager</code>. Recorded on Toy *9000*, {version}.</p>' in page
    table = re.sub(r"\s+|<[^>]*>", " ", page[page.index("<table>") : page.index("</table>")]).split()
    assert " ".join(table) == "Measured on Toy *9000* ms eager 3.21 compiled 1.07"
    assert "2 examples for a GPU, 2 recorded" in page
    assert "<code>from the device" in re.sub(r"<(?!code)[^>]*>", "", page)
    assert "Of them, 3 need a GPU: 0 run at this build, 2 recorded, 1 not recorded yet." in verified
    assert "2 examples recorded on Toy *9000*, capability 0.0, driver stand-in" in verified


def test_a_page_without_a_recording_pretends_nothing(built):
    page, verified = built[0]["questions/tensors/two"], built[0]["verified"]
    assert '<p class="provenance">Needs a CUDA device. Not recorded yet.</p>' in page
    assert "1 example for a GPU, 1 not recorded yet" in page and "Recorded on" not in page
    assert page.count('class="result"') == 1, "the block that needs no GPU has the page's only output"
    waiting = verified[verified.index("have not been recorded yet:") :]
    assert re.search(r'<li><a href="\.\./questions/tensors/two/">Is this page two\?</a>: 1</li>', waiting)
    assert "page one" not in waiting.split("</ul>")[0]


def test_recordings_give_the_same_bytes(built):
    for name in ("questions/tensors/one", "questions/tensors/two"):
        assert built[0][name] == built[1][name]


def test_a_build_with_a_gpu_says_that_it_ran_here(built):
    page, verified = built[2]["questions/tensors/one"], built[2]["verified"]
    assert page.count("Run on Toy 2 at this build.") == 2 and "Recorded on" not in page and "Measured on Toy 2" in page
    assert "3 need a GPU: 3 run at this build, 0 recorded, 0 not recorded yet." in verified


def test_a_build_refuses_outputs_and_recordings_that_no_gpu_gave(copy_of_recorded):
    """The tests run the same checks; a contributor without a GPU gets the pages right by `make update`."""
    project = copy_of_recorded
    typed = project.append(THREE, block(PRINTS, "gpu", "from the device")) + 1
    edited = project.edit(ONE, PRINTS, "print('from the', 'other', 'device')") - 1
    build, check = project.build(**NONE), project.check("one", "three", **NONE)
    for done in (build, check):
        assert done.returncode == 1
        assert f"docs/questions/{THREE}:{typed}: an output that no GPU has given: GPU output is never typed" in done.stdout
        assert f"docs/questions/{ONE}:{edited}: the block was edited after its output was recorded" in done.stdout
        assert f"make gpu RECORD=1 PAGE=docs/questions/{ONE}` on a machine with a GPU, or `make update PAGE=" in done.stdout
    update = project.run("-m", "answered", "update", **NONE)
    assert update.returncode == 0, update.stdout
    assert f"docs/questions/{THREE}:{typed}: GPU output without a recording removed" in update.stdout
    assert f"docs/questions/{ONE}: recording of a changed block removed" in update.stdout
    assert "from the device" not in project.page(THREE).read_text()
    assert len(yaml.safe_load(project.page("tensors/recordings/one.yml").read_text())) == 1
    check = project.check(**NONE)
    assert check.returncode == 0 and "4 need a GPU (1 recorded)" in check.stdout, check.stdout


def test_update_on_a_machine_with_a_gpu_types_nothing(copy_of_recorded):
    before = files(copy_of_recorded.root)
    assert copy_of_recorded.run("-m", "answered", "update", **TOY).returncode == 0
    assert files(copy_of_recorded.root) == before


def test_the_tests_run_gpu_blocks_where_there_is_one_and_count_them_where_not(copy_of_recorded):
    project = copy_of_recorded
    for name in ("conftest.py", "pytest.ini"):
        shutil.copy(ROOT / name, project.root)
    command = ("-m", "pytest", "-q", "-p", "no:cacheprovider", f"docs/questions/{ONE}", f"docs/questions/{TWO}")
    skipped = project.run(*command, **NONE).stdout
    assert "2 passed, 3 skipped" in skipped, skipped
    assert "SKIPPED [2] " in skipped and "needs a CUDA device; its output is recorded" in skipped
    assert "SKIPPED [1] " in skipped and "needs a CUDA device; not recorded yet" in skipped
    assert "5 passed" in project.run(*command, **TOY).stdout


# What may stand in a file of recordings: each fault with the line it is told at, the change that makes it, and what is told.
FAULTS = {
    "not YAML": ("  output", " output", r":11: .*cannot be read"),
    "not a mapping": (r"(?s)\A.*\Z", "- one", r":1: .*not a mapping"),
    "a key too few": ("  driver: .*\n", "", r":2: .*it should have device"),
    "a key too many": ("  driver:", "  mood: good\n  driver:", r":2: .*it should have device"),
    "a number for text": ("cuda: .*", "cuda: 13.0", r":2: .*cuda is not text"),
    "a date that is none": ("date: .*", "date: today", r":2: .*date is not"),
    "a hash that is none": ("output: .*", "output: abc", r":2: .*not a SHA-256"),
    "a false claim": ("eager: 3.21", "eager: 0.5", r":2: .*claim is false of its figures"),
    "a claim that calls": ("compiled < eager", "print(1) < eager", r":2: .*the claim has 'print\(1\)'"),
    "unrounded figures": ("eager: 3.21", "eager: 3.2149", r":2: .*more than 3 significant digits"),
    "another output": ("output: .*", f"output: {'a' * 64}", r"one.md:\d+: the output is not the recorded one"),
    "another block": (r"(?m)^[0-9a-f]{64}:", f"{'a' * 64}:", r"yml:1: a recording of a block that is not on the page"),
    "a stand-in": ("driver: .*", "driver: stand-in", r":2: .*made with a stand-in"),
}
ENTRY = {
    "device": "NVIDIA H100",
    "capability": "9.0",
    "driver": "580.1",
    "driver_cuda": "13.0",
    "cuda": "13.0",
    "torch": "2.11.0",
    "python": "3.12.3",
    "date": "2026-01-31",
    "output": None,
    "measured": {"unit": "ms", "claim": "compiled < eager", "values": {"eager": 3.21, "compiled": 1.07}},
}


@pytest.fixture
def page(tmp_path, monkeypatch):
    """A page with one block and its recording, both as they should be."""
    monkeypatch.setattr(recordings, "ROOT", tmp_path)
    monkeypatch.setattr(recordings, "DOCS", tmp_path / "docs")
    monkeypatch.delenv("ANSWERED_CUDA_DEVICE", raising=False)
    text = PAGE.format(title="One", text="one").replace("## What people", block(MEASURES, "gpu", None) + "\n\n## What people")
    made = Page("docs/questions/tensors/one.md", text)
    file = recordings.recordings_file(made.path)
    file.parent.mkdir(parents=True)
    [example] = recordings.gpu_examples(made)
    file.write_text(recordings.HEADER + yaml.safe_dump({code_hash(example): ENTRY}, sort_keys=False))
    return made


def test_a_sound_recording_is_accepted(page):
    assert check_recordings([page]) == []


@pytest.mark.parametrize("name", FAULTS)
def test_an_unsound_recording_is_refused(page, name):
    old, new, told = FAULTS[name]
    file = recordings.recordings_file(page.path)
    text = re.sub(old, new, file.read_text(), count=1)
    assert text != file.read_text()
    file.write_text(text)
    [problem] = check_recordings([page])
    assert re.search(told, str(problem).split("\n    mend:")[0]), problem
    assert "make gpu RECORD=1" in problem.mend


def test_recordings_of_no_page_are_refused(page):
    [problem] = check_recordings([])
    assert str(problem).startswith("docs/questions/tensors/recordings/one.yml:1: recordings of a page that does not exist")


@pytest.mark.parametrize(
    ("code", "marks", "told"),
    [
        (MEASURES, "slow", "not marked 'gpu'"),
        ("x = 1", "gpu", "neither prints nor asserts nor measures"),
    ],
)
def test_form_of_blocks(page, code, marks, told):
    made = Page("docs/questions/tensors/two.md", block(code, marks, None))
    [problem] = recordings.check_page(made)
    assert told in problem.what and problem.line == 2


def test_an_edited_snippet_makes_the_recording_stale(page, tmp_path):
    (tmp_path / "snippets").mkdir()
    kernel = tmp_path / "snippets" / "kernel.py"
    example = Example("x.md", 1, "from snippets.kernel import add\nfrom snippets.recording import measured\n")
    kernel.write_text("add = 1")
    before = code_hash(example)
    kernel.write_text("add = 2")
    assert code_hash(example) != before


CLAIMS = {
    "a < b": True,
    "b > 2 * a": True,
    "a > b": False,
    "a < b < 3 * b and not a == b": True,
    "(a + 1) / b - 1 >= -0.7 and b != 8": True,
}
BAD_CLAIMS = {
    "c < b": "the claim names 'c'",
    "max(a, b) > 1": "has 'max(a, b)'",
    "a.real < b": "has 'a.real'",
    "a[0] < b": "has 'a[0]'",
    "a ** 2 < b": "has 'a ** 2'",
    "[x for x in b]": "has '[x for x in b]'",
    "'a' < b": "has",
    "True": "has 'True'",
    "a": "neither true nor false",
    "a and b": "neither true nor false",
    "1 < 2": "says nothing of the figures",
    "a < b / 0": "division by zero",
    "a <": "invalid syntax",
    "a := 1": "syntax",
    "": "syntax",
    "(lambda: a)() < 1": "has",
}


@pytest.mark.parametrize("claim", CLAIMS)
def test_claims_are_evaluated(claim):
    assert holds({"unit": "ms", "claim": claim, "values": {"a": 1.5, "b": 7}}) is CLAIMS[claim]


@pytest.mark.parametrize("claim", BAD_CLAIMS)
def test_a_claim_of_another_form_is_refused(claim):
    with pytest.raises(ValueError, match=re.escape(BAD_CLAIMS[claim])):
        holds({"unit": "ms", "claim": claim, "values": {"a": 1.5, "b": 7}})


@pytest.mark.parametrize(
    ("unit", "values"),
    [("", {"a": 1}), ("m|s", {"a": 1}), ("ms", {}), ("ms", {"a": float("nan")}), ("ms", {"a": True}), ("ms", {"a": "1"}), ("ms", {"a-b": 1})],
)
def test_figures_of_another_form_are_refused(unit, values):
    with pytest.raises(ValueError):
        holds({"unit": unit, "claim": "a > 0", "values": values})


def test_a_gpu_block_runs_in_a_fresh_process_and_leaves_its_figures():
    """No fork, as CUDA does not survive one; what it measures stands neither in its folder nor in its output."""
    runner = Runner()
    code = f"import os\n{MEASURES}\nprint(os.listdir(), 'TRITON_CACHE_DIR' in os.environ)\n"
    try:
        [result] = [future.result() for future in runner.submit([Example("x.md", 1, code, marks=frozenset({"gpu"}))])]
        assert runner.server is None
    finally:
        runner.close()
    assert (result.ended, result.output, result.errors) == ("completed", "[] True\n", "")
    assert result.measured["values"] == {"eager": 3.21, "compiled": 1.07}


def test_measured_twice_is_an_error_and_elsewhere_prints(tmp_path):
    script = f"{MEASURES}\nmeasured('MiB', claim='a > 1', a=67108)\n"
    run = {"cwd": tmp_path, "capture_output": True, "text": True}
    done = subprocess.run([sys.executable, "-c", script], env={"PYTHONPATH": str(ROOT)}, **run)
    assert done.stdout == "eager     3.21 ms\ncompiled  1.07 ms\nholds: compiled < eager\na  67,100 MiB\nholds: a > 1\n"
    done = subprocess.run([sys.executable, "-c", script], env={"PYTHONPATH": str(ROOT), "MEASURED_FILE": str(tmp_path / "data")}, **run)
    assert "measured() was called before" in done.stderr and done.stdout == ""
    assert json.loads((tmp_path / "data").read_text())["unit"] == "ms"
