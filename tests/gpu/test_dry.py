"""Dry runs: of the blocks of all pages, of planted faults, and refused where one would be recorded."""

import os
import re
import subprocess
import sys

import pytest

from answered.engine.block import Block
from answered.engine.cache import Cache
from answered.engine.confine import landlock_works
from answered.gpu import device
from answered.gpu.device import Device, NoDeviceError, find_device
from answered.gpu.dry import run, stand_in
from answered.gpu.dry.out_of_reach import OUT_OF_REACH
from answered.gpu.dry.run import (
    DryRun,
    interpreted,
    outdated,
    programs,
    run_pages,
    watched,
    without_asserts,
)
from answered.gpu.recordings import gpu_blocks
from answered.pages.book import load_pages
from answered.pages.settings import GPU, MEASURED, settings
from tests.conftest import ROOT

from .toy import DEVICE, MEASURES, ONE, PRINTS, block
from .toy import MEASURED as BOTH

PAGES = load_pages(settings(ROOT))
BLOCKS = [found for page in PAGES for found in gpu_blocks(page)]
LACKING = stand_in.lacking()
needs_stand_in = pytest.mark.skipif(bool(LACKING), reason=LACKING)


@pytest.fixture(scope="module")
def dry():
    """Dry runs of all blocks, begun."""
    made = DryRun(settings(ROOT))
    made.prefetch(BLOCKS)
    yield made
    made.close()


@pytest.fixture(scope="module")
def library() -> str:
    return str(stand_in.build(settings(ROOT).cache))


def of(code: str, *marks) -> Block:
    return Block("docs/questions/gpu/planted.md", 1, code, marks=(GPU, *marks))


@needs_stand_in
@pytest.mark.parametrize("found", BLOCKS, ids=lambda found: f"{found.path}:{found.line}")
def test_a_block_reaches_its_last_line_or_stops_where_the_list_says(dry, found):
    assert not (problem := dry.problem(found)), problem


def test_the_list_holds_blocks_that_there_are():
    assert outdated(BLOCKS) == []
    assert all(re.fullmatch(r"\w.*\w", why) for why in OUT_OF_REACH.values())
    twice = {("planted", "x = 1"): "why"}
    assert outdated([of("x = 1"), of("  x = 1\n")], twice) == list(twice) == outdated([], twice)


PLANTED = {
    "tensors on two devices": (
        "torch.ones(2, device='cuda') + torch.ones(2)",
        "Expected all tensors to be on the same device",
    ),
    "a misspelt name": ("torch.cuda.memory_alocated()", "has no attribute 'memory_alocated'"),
    "a misspelt device": ("torch.ones(2, device='cudda')", "device type"),
    "a device too many": ("torch.ones(2, device='cuda:1')", "invalid device ordinal"),
    "a wrong keyword": ("torch.cuda.Event(enable_timings=True)", "unexpected keyword argument"),
    "a missing argument": (
        "torch.cuda.Stream().wait_stream()",
        "missing 1 required positional argument: 'stream'",
    ),
    "a missing type": ("with torch.autocast(dtype=torch.float16):\n    pass", "device_type"),
    "a wrong shape": (
        "a = torch.ones(2, 3, device='cuda')\na @ a",
        "mat1 and mat2 shapes cannot be multiplied",
    ),
    "wrong dtypes": (
        "a = torch.ones(2, 2, device='cuda')\na @ a.half()",
        "to have the same dtype",
    ),
    "a wait in a capture": (
        "x = torch.ones(1, device='cuda')\n"
        "with torch.cuda.graph(torch.cuda.CUDAGraph()):\n    (x + x).item()",
        "operation not permitted when stream is capturing",
    ),
    "a time that is not there yet": (
        "start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))\n"
        "start.record()\nend.record()\nstart.elapsed_time(end)",
        "Both events must be completed",
    ),
    "more memory than there is": (
        "torch.empty(2**40, dtype=torch.uint8, device='cuda')",
        "CUDA out of memory",
    ),
    "memory that is not as claimed": (
        "x = torch.ones(2**20, device='cuda')\nassert torch.cuda.memory_allocated() == 2**20",
        "AssertionError",
    ),
    "a tensor that NumPy cannot have": ("torch.ones(1, device='cuda').numpy()", "Tensor.cpu"),
    "a stream that does not wait": (
        "side = torch.cuda.Stream()\nx = torch.ones(2, device='cuda')\n"
        "with torch.cuda.stream(side):\n    x + 1",
        "CUDASanitizerErrors",
    ),
    "a misspelt name in a program that it starts": (
        'import subprocess, sys\n\ncode = """\nimport torch\n\ntorch.onse(2)\n"""\n'
        "subprocess.run([sys.executable, '-c', code], capture_output=True)",
        'planted.md", line 9, in <module>',
    ),
    "nothing that is printed": (
        "try:\n    torch.ones(2, device='cuda')\nexcept RuntimeError as error:\n    print(error)",
        "the block prints nothing",
    ),
    "a word on stderr": ("import warnings\nwarnings.warn('so')", "wrote to stderr"),
    "no end": ("import os\nos._exit(0)", "left without finishing"),
}
PLANTED_MEASURES = {
    "no figure": ("print('fast')", "prints no number"),
    "a misspelt name in what is asserted": ("print(1)\nassert eagr < 1", "'eagr' is not defined"),
}


@needs_stand_in
@pytest.mark.parametrize("name", [*PLANTED, *PLANTED_MEASURES])
def test_a_planted_fault_is_found(dry, name):
    code, told = (PLANTED | PLANTED_MEASURES)[name]
    marks = [MEASURED] if name in PLANTED_MEASURES else []
    problem = dry.problem(of(f"import torch\n\n{code}", *marks))
    assert problem and told in problem.what, problem
    assert problem.what.startswith("on a stand-in for a GPU, ")
    assert "answered/gpu/dry/out_of_reach.py" in problem.fix


KERNEL = """import torch
import triton
import triton.language as tl


@triton.jit
def double(x_ptr, out_ptr, n, BLOCK: tl.constexpr):
    place = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + place, mask=place < n)
    tl.store(out_ptr + place, x * 2, mask=place < n)


x = torch.arange(5.0).cuda()
out = torch.empty(5, device="cuda")
double[(2,)](x, out, 5, BLOCK=4)
"""


@needs_stand_in
def test_a_kernel_in_triton_is_compiled_and_interpreted(dry):
    """The compiler sees types and names; the interpreter gives values."""
    assert not (problem := dry.problem(of(KERNEL))), problem
    [made] = interpreted(dry.prepared(of(f"{KERNEL}print(out.tolist())")))
    assert dry.session.get(made).output == "[0.0, 2.0, 4.0, 6.0, 8.0]\n"
    wrong = dry.problem(of(KERNEL.replace("tl.arange(0, BLOCK)", "tl.arange(0, 3)")))
    assert wrong and "power of 2" in wrong.what
    wrong = dry.problem(of(KERNEL.replace(', device="cuda"', "")))
    assert wrong and "cannot be accessed from Triton (cpu tensor?)" in wrong.what
    assert interpreted(of(KERNEL, MEASURED)) == interpreted(of("x = 1")) == []


def test_what_else_is_run_of_a_block():
    streams = "side = torch.cuda.Stream()\n"
    [made] = watched(of(streams))
    assert made.code.endswith(f"; {streams}")
    assert watched(of(f"{streams}torch.cuda.CUDAGraph()")) == watched(of("x = 1")) == []
    held = of(
        "x = 1\ncode = 'import torch'\nother = f'import torch, {x}', 'import os', 1", MEASURED
    )
    [made] = programs(held)
    assert (made.code, made.marks) == ("\nimport torch", (GPU,))
    assert programs(of("x =")) == []


TRITON = [
    found
    for page in PAGES
    for found in page.blocks
    if run.TRITON in found.code and not found.needs_device
]


@needs_stand_in
@pytest.mark.parametrize("found", TRITON, ids=lambda found: f"{found.path}:{found.line}")
def test_what_pages_have_interpreted_is_compiled_for_a_gpu_too(dry, found):
    """What it computes then means nothing, so that nothing asserted is held."""
    asked = 'os.environ["TRITON_INTERPRET"] = "1"'
    assert asked in found.code
    code = found.code.replace(asked, "import torch; torch.set_default_device('cuda')")
    problem = dry.problem(of(f"{code}\nprint(1)", MEASURED))
    assert not problem, problem


@needs_stand_in
def test_an_entry_is_refused_where_the_block_gets_through_or_stops_elsewhere(dry, monkeypatch):
    place = ("planted", "x = torch.ones(2, device='cuda')[5]")
    monkeypatch.setattr(dry, "listed", {place: "no kernel checks a place"})
    stops = of(f"import torch\n\n{place[1]}")
    assert dry.problem(stops) is None and dry.why_not(stops) == "no kernel checks a place"
    before = dry.problem(of(f"import torch\n\n1 / 0\n{place[1]}"))
    assert "ZeroDivisionError" in before.what
    through = dry.problem(of(f"import torch\n\nif False:\n    {place[1]}"))
    assert "gets past" in through.what and "out_of_reach.py" in through.fix


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("assert 1 < 0, 'no'\nx = 1", "_ = 1 < 0, 'no'\nx = 1"),
        ("if 1:\n    é = 1; assert(\n  é)", "if 1:\n    é = 1; _ =(\n  é)"),
        ("# assert\n'assert 0'", "# assert\n'assert 0'"),
        ("assert", "assert"),
    ],
)
def test_what_is_asserted_of_times_is_evaluated_and_not_held(code, wanted):
    assert without_asserts(code) == wanted


@needs_stand_in
def test_the_result_of_a_dry_run_is_no_other_runs(dry):
    """Its key is another than that of the same block on a GPU, whatever it is called."""
    asked = of("print(1)")
    kept, name = Cache(dry.session.settings), stand_in.NAME
    assert kept.key(dry.prepared(asked)) not in {kept.key(asked, each) for each in ("", name)}


@needs_stand_in
@pytest.mark.skipif(not landlock_works(), reason="this system has no Landlock")
def test_a_block_is_confined(dry):
    """As all blocks are that need no GPU."""
    file = ROOT / "written-by-a-block"
    problem = dry.problem(of(f"open({str(file)!r}, 'w')"))
    assert "Error" in problem.what and not file.exists()


@needs_stand_in
def test_the_command_tells_what_came_of_each_block_and_writes_nothing(toy, capsys):
    page = toy.write(ONE, block(PRINTS), block(MEASURES, BOTH), block("1 / 0"))
    before = toy.files()
    code = run_pages([page], toy.settings)
    printed = capsys.readouterr()
    assert code == 1 and "3 gpu blocks, 0 out of reach, 1 problems" in printed.out
    assert re.search(rf"{ONE}:4  reaches its last line  \d", printed.out)
    line = page.blocks[2].line
    assert f"{ONE}:{line}: on a stand-in for a GPU, the block raised Zero" in printed.err
    assert "from the device" not in printed.out + printed.err and toy.files() == before


def test_where_there_can_be_no_stand_in_the_reason_is_told(toy, monkeypatch, capsys):
    monkeypatch.setattr(stand_in.sys, "platform", "darwin")
    assert run_pages([toy.write(ONE, block(PRINTS))], toy.settings) == 2
    assert capsys.readouterr().err == "nothing was run: a stand-in for a GPU needs Linux\n"
    monkeypatch.undo()
    monkeypatch.setattr(stand_in, "package", lambda name: toy.root)
    assert "needs a CUDA build of torch" in run.lacking() or sys.platform != "linux"


@needs_stand_in
def test_a_library_without_the_symbol_is_no_stand_in(library):
    listed = subprocess.run(["nm", "-D", library], capture_output=True, text=True, check=True)
    assert f" {device.SYMBOL}\n" in listed.stdout
    sources = [stand_in.Path(stand_in.__file__).with_name(name) for name in stand_in.SOURCES]
    uses = sum(source.read_text().count(device.SYMBOL) for source in sources)
    assert uses > 3, "it can be taken out"


REFUSED = "what answers for CUDA is the stand-in of dry runs, which computes nothing"


@needs_stand_in
@pytest.mark.parametrize("way", ["LD_PRELOAD", "LD_LIBRARY_PATH", "PYTHONPATH"])
def test_nothing_is_recorded_on_a_stand_in(library, recorded, tmp_path, monkeypatch, way):
    """Whichever way it comes into a process; what is preloaded does not reach blocks either."""
    loads = f"import ctypes; ctypes.CDLL({library!r}, ctypes.RTLD_GLOBAL)"
    (tmp_path / "sitecustomize.py").write_text(loads)
    values = {"LD_PRELOAD": library, "PYTHONPATH": str(tmp_path)}
    monkeypatch.setenv(way, values.get(way, os.path.dirname(library)))
    asked = subprocess.run([sys.executable, device.__file__], capture_output=True, text=True)
    assert asked.returncode == 1 and asked.stderr.strip() == REFUSED
    before = recorded.files()
    code, printed = recorded.run(ONE, record=True, device=None)
    assert code == 2 and "no CUDA device, so nothing was run" in printed
    assert recorded.files() == before
    with pytest.raises(NoDeviceError, match=None if way == "LD_PRELOAD" else REFUSED):
        find_device(recorded.root)


def test_a_stand_in_by_its_name_is_no_device_to_record_on(recorded):
    before = recorded.files()
    for changed in ({"device": "stand-in for a GPU"}, {"driver": "unknown"}, {"driver": "580"}):
        code, printed = recorded.run(ONE, record=True, device=Device(**(vars(DEVICE) | changed)))
        assert code == 2 and "nothing is recorded on this device" in printed
    assert recorded.files() == before
