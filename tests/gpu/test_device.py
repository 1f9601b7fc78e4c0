"""The search for a device, with modules in place of torch."""

import os
import re
import signal
import subprocess

import pytest

from answered.gpu import device
from answered.gpu.device import Device, NoDeviceError, device_name, find_device

from .toy import DEVICE

TORCH = """
import types

class Product:
    def __matmul__(self, other): return self
    def sum(self): return self
    def item(self): return TOTAL

TOTAL = 64**3
__version__ = "2.15.0"
version = types.SimpleNamespace(cuda="13.2")
cuda = types.SimpleNamespace(
    is_available=lambda: True,
    get_device_name=lambda: "Fake",
    get_device_capability=lambda: (9, 0),
)
def ones(*size, device): return Product()
"""


@pytest.fixture
def torch(tmp_path, monkeypatch):
    """Return a function that puts a module in torch's place."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return (tmp_path / "torch.py").write_text


def test_a_device_is_described(torch, tmp_path):
    torch(TORCH)
    found = find_device(tmp_path)
    assert (found.device, found.capability, found.cuda) == ("Fake", "9.0", "13.2")
    assert found.torch == "2.15.0" and re.match(r"3\.\d+\.\d+", found.python)


def test_what_modules_print_before_the_answer_is_passed_over(torch, tmp_path):
    (tmp_path / "sitecustomize.py").write_text('print(\'{"device": "noise"}\\nmore noise\')')
    torch(TORCH)
    assert find_device(tmp_path).device == "Fake"


def test_a_stand_in_is_not_preloaded(torch, tmp_path, monkeypatch):
    monkeypatch.setenv("LD_PRELOAD", str(tmp_path / "standin.so"))
    torch(f"import os\n{TORCH}".replace('"Fake"', "str(sorted(os.environ))"))
    names = find_device(tmp_path).device
    assert "LD_PRELOAD" not in names and "PYTHONPATH" in names


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        (TORCH.replace("64**3", "1"), "Fake computes 1 where 262144 is right"),
        (TORCH.replace('cuda="13.2"', "cuda=None"), "torch 2.15.0 is built without CUDA"),
        (TORCH.replace("True", "False"), r"torch 2.15.0 \(CUDA 13.2\) finds no device"),
        ("print('before')\nraise OSError('libcudart.so is missing')", "libcudart.so is missing"),
        ("import os\nos._exit(7)", "asking torch ended with code 7"),
        ("import os\nprint('hello', flush=True)\nos._exit(0)", "not understood: 'hello'"),
        ("import os\nprint('{}', flush=True)\nos._exit(0)", "not understood: '{}'"),
    ],
)
def test_the_reason_why_there_is_no_device(torch, tmp_path, monkeypatch, module, reason):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    torch(module)
    with pytest.raises(NoDeviceError, match=reason):
        find_device(tmp_path)


def test_torch_itself_is_asked(tmp_path, monkeypatch):
    """The variable hides a device from torch, whatever this machine has."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    reason = r"torch \S+ (\(CUDA \S+\) finds no device; CUDA_VIS.* is ''|is built without CUDA)"
    with pytest.raises(NoDeviceError, match=reason):
        find_device(tmp_path)


@pytest.fixture
def driver(monkeypatch):
    """Have a driver's device file on this machine."""
    monkeypatch.setattr(device, "DRIVER_FILES", (os.devnull,))


class Started:
    """Starts processes as `subprocess.Popen` does, and keeps them."""

    def __init__(self):
        self.start, self.processes = subprocess.Popen, []

    def __call__(self, *args, **options):
        self.processes.append(self.start(*args, **options))
        return self.processes[-1]


def test_a_driver_that_hangs_is_reported(driver, torch, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(device, "TIMEOUT", 0.5)
    monkeypatch.setattr(device.subprocess, "Popen", started := Started())
    torch("import time\ntime.sleep(20)\n")
    assert device_name(tmp_path) == ""
    told = "no gpu block is run: torch gave no answer within 0.5 s; the driver may hang"
    assert told in capsys.readouterr().err
    assert started.processes[0].wait() == -signal.SIGKILL


def test_a_driver_without_a_device_is_reported(driver, tmp_path, monkeypatch, capsys):
    """As under WSL, or with a torch for the CPU alone."""
    asked = []

    def none(root):
        asked.append(root)
        raise NoDeviceError("none")

    monkeypatch.setattr(device, "find_device", none)
    assert device_name(tmp_path) == "" and asked == [tmp_path]
    assert capsys.readouterr().err.count("no gpu block is run: none") == 1


def test_a_device_behind_the_driver_is_named(driver, tmp_path, monkeypatch):
    monkeypatch.setattr(device, "find_device", lambda root: DEVICE)
    assert device_name(tmp_path) == DEVICE.device


def test_without_a_driver_torch_is_not_asked(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(device, "DRIVER_FILES", (str(tmp_path / "none"),))
    monkeypatch.setattr(device, "find_device", lambda root: 1 / 0)
    assert device_name(tmp_path) == "" and capsys.readouterr().err == ""


def test_a_device_can_be_pretended_but_not_recorded_on(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(device.OVERRIDE, "Toy 2")
    assert device_name(tmp_path) == "Toy 2" and "stand-in" in find_device(tmp_path).fault
    monkeypatch.setenv(device.OVERRIDE, "")
    assert device_name(tmp_path) == "" and capsys.readouterr().err == ""


def test_a_real_device_has_no_fault():
    assert DEVICE.fault == ""
    assert Device(**(vars(DEVICE) | {"python": "3.14.0rc1+", "driver": "610.12"})).fault == ""
