"""Runs of `gpu` blocks: recorded, compared, continued, refused."""

import os
import re
import subprocess
import sys

import pytest
import yaml

from answered.engine.block import Block
from answered.engine.runner import Runner
from answered.gpu import record
from answered.gpu.device import OVERRIDE, Device
from answered.gpu.recordings import code_hash, this_run
from answered.pages.settings import GPU

from .toy import DEVICE, FIGURES, MEASURED, MEASURES, ONE, PRINTS, RECORDED, REPOSITORY, TWO, block


def test_recording_writes_the_output_and_where_it_comes_from(recording):
    toy, before, printed = recording
    assert printed.startswith("Toy 9000, capability 9.0, driver 580.95.05 (CUDA 13.0); torch 2.")
    lines = [found.line for found in toy.page(ONE).blocks]
    assert re.findall(rf"{ONE}:(\d+)  completed  \d+\.\d s", printed) == ["4", "10"]
    assert f"{ONE}:4  output rewritten\n      from the device\n" in printed
    assert "2 of 2 blocks recorded" in printed and "2 gpu blocks of 1 pages run on Toy" in printed
    after = toy.files()
    assert {name for name in after if after[name] != before.get(name)} == {ONE, RECORDED}
    wanted = before[ONE].decode()
    for code, output in ((PRINTS, "from the device"), (MEASURES, FIGURES)):
        shown = f"<!--pytest-codeblocks:expected-output-->\n```text\n{output}\n```\n"
        wanted = wanted.replace(f"{code}\n```\n", f"{code}\n```\n{shown}")
    assert after[ONE].decode() == wanted and lines == [4, 14]
    for entry in yaml.safe_load(after[RECORDED]).values():
        assert {name: entry[name] for name in vars(DEVICE)} == vars(DEVICE)
        assert re.fullmatch("[0-9a-f]{64}", entry["output"]) and entry["run"] == this_run()


def test_blocks_are_run_again_and_compared(recorded):
    before = recorded.files()
    code, printed = recorded.run(ONE)
    assert code == 0 and "2 gpu blocks of 1 pages run on Toy 9000, 0 problems" in printed
    assert "not recorded" not in printed and recorded.files() == before
    recorded.edit(ONE, "from the device\n```", "typed by hand\n```")
    code, printed = recorded.run(ONE)
    assert code == 1 and f"{ONE}:4: the output is not the expected one" in printed
    assert "-typed by hand\n" in printed and "+from the device\n" in printed
    assert f"run `make gpu RECORD=1 PAGE={ONE}`" in printed


def test_a_comparison_tells_first_how_a_block_failed(toy):
    toy.write(ONE, block("print(1)\n1 / 0", expected="2"))
    code, printed = toy.run(ONE)
    assert code == 1 and f"{ONE}:4: the block raised ZeroDivisionError" in printed
    assert "1 problem\n" in printed and "not the expected one" not in printed


def test_a_block_that_is_not_recorded_is_run_and_reported(recorded):
    code, printed = recorded.run(TWO)
    assert code == 0 and f"{TWO}:4  not recorded yet: `make gpu RECORD=1 PAGE={TWO}`" in printed


def test_unsound_recordings_are_reported_by_a_comparison(recorded):
    recorded.edit(RECORDED, "driver: 580.95.05", "driver: unknown")
    code, printed = recorded.run(ONE)
    assert code == 1 and f"{RECORDED}:2: recording " in printed and "'unknown' is no ver" in printed


SLOWER = """import os

eager, compiled = 3 if os.path.exists(FILE) else 12345, 1.07
print(f"eager: {eager:,} ms")
print(f"compiled: {compiled:.2f} ms")
assert compiled < eager"""


def test_other_figures_pass_until_they_are_recorded_anew(toy):
    slower = SLOWER.replace("FILE", repr(str(toy.root / "fast")))
    toy.write(ONE, block(slower, MEASURED))
    (toy.root / "fast").touch()
    assert toy.run(ONE, record=True)[0] == 0
    before = toy.files()
    (toy.root / "fast").unlink()
    code, printed = toy.run(ONE)
    assert code == 0 and "0 problems" in printed and toy.files() == before
    code, printed = toy.run(ONE, record=True)
    assert code == 0 and "      -eager: 3 ms\n      +eager: 12,345 ms\n" in printed
    [now] = toy.page(ONE).blocks
    assert now.expected == "eager: 12,345 ms\ncompiled: 1.07 ms\n"
    toy.edit(ONE, "compiled: 1.07", "triton: 1.07")
    code, printed = toy.run(ONE)
    assert code == 1 and "-triton:#ms\n      +compiled:#ms" in printed


def test_missing_records_only_what_is_not_recorded(recorded):
    recorded.edit(ONE, "3.2149", "4")
    code, printed = recorded.run(ONE, TWO, record=True, missing=True)
    assert code == 0 and "2 gpu blocks of 2 pages run" in printed
    assert f"{ONE}:14  completed" in printed and f"{ONE}:4  completed" not in printed
    assert len(yaml.safe_load((recorded.root / RECORDED).read_text())) == 2
    code, printed = recorded.run(ONE, TWO, record=True, missing=True)
    assert code == 1 and "nothing is verified: none is missing" in printed


def test_an_interruption_keeps_what_ran_before_it(toy, monkeypatch):
    toy.write(ONE, block("print(1)"), block("print(2)"))
    asked = []

    class Interrupted(Runner):
        def run(self, block):
            asked.append(block.code)
            if len(asked) == 2:
                raise KeyboardInterrupt
            return super().run(block)

    monkeypatch.setattr(record, "Runner", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        toy.run(ONE, record=True)
    assert [found.expected for found in toy.page(ONE).blocks] == ["1\n", None]
    code, printed = toy.run(ONE, record=True, missing=True)
    assert code == 0 and "1 of 1 blocks recorded" in printed
    assert asked == ["print(1)\n", "print(2)\n", "print(2)\n"]
    assert [found.expected for found in toy.page(ONE).blocks] == ["1\n", "2\n"]
    assert len(yaml.safe_load((toy.root / RECORDED).read_text())) == 2


def test_a_false_claim_fails_and_is_not_recorded(recorded):
    recorded.edit(ONE, "1.07", "107.4")
    code, printed = recorded.run(ONE, record=True)
    assert code == 1 and "the block raised AssertionError" in printed
    assert f'File "{ONE}", line 18' in printed and "assert compiled < eager" in printed
    [kept] = yaml.safe_load((recorded.root / RECORDED).read_text())
    assert kept == code_hash(recorded.settings, recorded.page(ONE).blocks[0])


def test_a_block_that_fails_is_not_recorded_and_the_others_are(toy):
    toy.write(ONE, block("print(1)"), block("import sys\nsys.stderr.write('oh')"))
    code, printed = toy.run(ONE, record=True)
    assert code == 1 and f"{ONE}:4  output rewritten" in printed and "1 of 2 blocks rec" in printed
    assert f"{ONE}:13: the block wrote to stderr" in printed  # where it is now
    assert [found.expected for found in toy.page(ONE).blocks] == ["1\n", None]
    assert len(yaml.safe_load((toy.root / RECORDED).read_text())) == 1


@pytest.mark.parametrize("field", ["driver", "driver_cuda", "cuda", "torch", "capability"])
def test_nothing_is_recorded_on_a_stand_in(toy, field):
    toy.write(ONE, block(PRINTS))
    before = toy.files()
    device = Device(**(vars(DEVICE) | {field: "unknown"}))
    code, printed = toy.run(ONE, record=True, device=device)
    assert code == 2 and f"nothing is recorded on this device: {field} 'unknown'" in printed
    assert "completed" not in printed and toy.files() == before


def test_a_pretended_device_compares_and_does_not_record(recorded, monkeypatch):
    monkeypatch.setenv(OVERRIDE, "Toy 2")
    before = recorded.files()
    code, printed = recorded.run(ONE, device=None)
    assert code == 0 and "2 gpu blocks of 1 pages run on Toy 2, 0 problems" in printed
    code, printed = recorded.run(ONE, TWO, record=True, device=None)
    assert code == 2 and "stand-in" in printed and recorded.files() == before


def test_without_a_device_nothing_is_verified(recorded, monkeypatch):
    monkeypatch.setenv(OVERRIDE, "")
    code, printed = recorded.run(ONE, device=None)
    assert code == 2 and printed.startswith("no CUDA device, so nothing was run: ")


def test_running_no_block_is_a_failure(toy):
    toy.write(ONE, block("print(1)", "", "1"))
    code, printed = toy.run(ONE)
    assert code == 1 and "no gpu block was run, so nothing is verified" in printed


@pytest.mark.parametrize(
    ("fault", "told"), [(b"\xff", ":1: the page is not UTF-8"), (b"```python", "unclosed fence")]
)
def test_a_page_that_cannot_be_written_again_is_left_alone(toy, fault, told):
    toy.write(ONE, block(PRINTS))
    with (toy.root / ONE).open("ab") as file:
        file.write(fault)
    before = toy.files()
    code, printed = toy.run(ONE, record=True)
    assert code == 1 and told in printed and "completed" not in printed
    assert toy.files() == before


def test_a_gpu_block_runs_in_a_fresh_process(toy, monkeypatch):
    """No fork, as CUDA does not survive one."""
    monkeypatch.setenv("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
    names = ("TRITON_CACHE_DIR", "TRITON_DEFAULT_FP_FUSION", "CUDA_DEVICE_ORDER")
    asked = f"[name in os.environ for name in {names}]"
    code = f"import os, sys\nprint(os.listdir(), {asked}, 'torch' in sys.modules)\n"
    runner = Runner(toy.settings)
    try:
        result = runner.run(Block("x.md", 1, code, marks=(GPU,)))
        assert runner.server is None
    finally:
        runner.close()
    assert (result.ended, result.errors) == ("completed", "")
    assert result.output == "[] [True, True, True] False\n"


LOGGED = """\
[W1121 10:00:00.123456789 ProcessGroupNCCL.cpp:1250] Warning: a C++ line
W1121 10:00:00.123000 4711 torch/_dynamo/x.py:12] a Python line
[rank0]:[W1121 10:00:00.123456789 ProcessGroupNCCL.cpp:1250] Warning: a line of one rank
[rank12]: W1121 10:00:00.123000 4711 torch/x.py:12] another
"""


@pytest.mark.parametrize("left", ["", "UserWarning: oh\n"])
def test_log_lines_of_torch_are_no_warning(toy, left):
    code = f"import sys\nassert True\nsys.stderr.write({LOGGED + left!r})\n"
    toy.write(ONE, block(code))
    code, printed = toy.run(ONE, record=True)
    assert (code, "UserWarning" in printed) == (int(bool(left)), bool(left)), printed
    assert not re.search(r"[IWE]1121", printed)


BLOCKER = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in {*sys.stdlib_module_names, *ALLOWED}:
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, Blocker())
"""
ALLOWED = ("answered", "yaml", "_yaml", "sitecustomize", "usercustomize")


def test_recording_needs_pyyaml_and_nothing_else(toy, tmp_path):
    """Where torch and little more is to be had; the blocks' own processes are no exception."""
    (tmp_path / "sitecustomize.py").write_text(f"ALLOWED = {ALLOWED}\n{BLOCKER}")
    toy.write(ONE, block(PRINTS), block(MEASURES, MEASURED), block("import psutil"))
    code = f"""
import sys
from pathlib import Path
from answered.gpu.device import Device
from answered.gpu.record import run_pages
from answered.pages.book import load_pages
from answered.pages.settings import settings
made = settings(Path({str(toy.root)!r}))
sys.exit(run_pages(load_pages(made), made, True, False, Device(**{vars(DEVICE)})))
"""
    paths = os.pathsep.join([str(tmp_path), str(REPOSITORY)])
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 1 and "2 of 3 blocks recorded" in done.stdout, done.stdout
    assert "the block raised ImportError: psutil is blocked" in done.stdout
