"""The CUDA device of this machine, and its proof: a product computed in a process of its own.

Run as a program, this file prints the device as JSON, or says on stderr why there is none.
"""

from __future__ import annotations

import ctypes
import importlib.metadata
import json
import os
import platform
import re
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path

DRIVER = "libcuda.so.1"  # by which torch's libraries and Triton look for it
DRIVER_FILES = ("/dev/nvidiactl", "/dev/dxg")  # the second under WSL
OVERRIDE = "ANSWERED_CUDA_DEVICE"  # for tests: the name of a device to pretend, or "" for none
TIMEOUT = 120.0  # seconds: importing torch from a cold disk and starting many devices take tens
STAND_IN = "stand-in"  # for a pretended device's versions; the name of one for dry runs has it too
SYMBOL = "answered_stand_in"  # that the library has by which dry runs are made, and no driver
# What a recording says is shown to readers, so both are closed: neither can hold markup.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ()/.+-]{0,79}")
VERSION = re.compile(r"[0-9]+\.[0-9][A-Za-z0-9.+-]{0,79}")


class NoDeviceError(Exception):
    """There is no usable CUDA device; the message says why."""


@dataclass(frozen=True)
class Device:
    """A CUDA device and the versions that blocks on it run with, all as text.

    Attributes:
        device: its name.
        capability: its compute capability, such as "9.0".
        driver: the version of NVIDIA's driver.
        driver_cuda: the newest CUDA version that the driver can run.
        cuda: the version of the CUDA runtime that torch brings.
    """

    device: str
    capability: str
    driver: str
    driver_cuda: str
    cuda: str
    torch: str
    python: str

    def __str__(self) -> str:
        driver = f"driver {self.driver} (CUDA {self.driver_cuda})"
        versions = f"torch {self.torch}, CUDA runtime {self.cuda}, Python {self.python}"
        return f"{self.device}, capability {self.capability}, {driver}; {versions}"

    @property
    def fault(self) -> str:
        """The first thing without which this is no device that can be recorded on, or ""."""
        for field in fields(Device):
            value = getattr(self, field.name)
            if not isinstance(value, str) or not value.strip():
                return f"{field.name} is not text"
            if field.name == "device":
                if STAND_IN in value:
                    return f"device {value!a} is a stand-in"
                if not NAME.fullmatch(value):
                    return f"device {value!a} is no name: letters, digits, blanks and ()/.+- alone"
            elif not VERSION.fullmatch(value):
                return f"{field.name} {value!a} is no version, as a stand-in for a device has none"
        return ""


def find_device(root: Path) -> Device:
    """Return the CUDA device that torch finds when it is started in the folder `root`.

    Raises:
        NoDeviceError: there is none, or it does not work.
    """
    override = os.environ.get(OVERRIDE)
    if override == "":
        raise NoDeviceError(f"{OVERRIDE} is empty, which stands for a machine without one")
    if override is not None:
        versions = importlib.metadata.version("torch"), platform.python_version()
        return Device(override, *[STAND_IN] * 4, *versions)
    probe = subprocess.Popen(
        [sys.executable, "-P", __file__],
        cwd=root,
        # Blocks are not given it either; a stand-in for the driver could be loaded by it.
        env={name: value for name, value in os.environ.items() if name != "LD_PRELOAD"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        output, errors = probe.communicate(timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        probe.kill()  # without a wait: inside a hung driver a process cannot even be killed
        what = f"torch gave no answer within {TIMEOUT:g} s; the driver may hang"
        raise NoDeviceError(what) from None
    if probe.returncode:
        raise NoDeviceError(last_line(errors) or f"asking torch ended with code {probe.returncode}")
    try:
        return Device(*json.loads(last_line(output)))  # before it, site modules may print
    except (ValueError, TypeError):
        raise NoDeviceError(f"the answer is not understood: {last_line(output)!r}") from None


def device_name(root: Path) -> str:
    """Return the name of the CUDA device, or "" where there is none.

    torch is asked only where a driver's device file exists: a build without a GPU does not pay
    for importing it. Where torch finds nothing behind the driver, a note on stderr says why.
    """
    pretended = OVERRIDE in os.environ
    if not pretended and not any(Path(file).exists() for file in DRIVER_FILES):
        return ""
    try:
        return find_device(root).device
    except NoDeviceError as reason:
        if not pretended:
            note = "this machine has a GPU driver and no device for torch, so no gpu block is run"
            print(f"note: {note}: {reason}", file=sys.stderr)
        return ""


def last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2]


def probe() -> None:
    """Print the device as JSON, or exit with the reason why there is none."""
    if stand_in_is_loaded():
        sys.exit("what answers for CUDA is the stand-in of dry runs, which computes nothing")
    import torch

    if torch.version.cuda is None:
        sys.exit(f"torch {torch.__version__} is built without CUDA")
    if not torch.cuda.is_available():
        visible = os.environ.get("CUDA_VISIBLE_DEVICES")
        hidden = f"; CUDA_VISIBLE_DEVICES is {visible!r}" if visible is not None else ""
        sys.exit(f"torch {torch.__version__} (CUDA {torch.version.cuda}) finds no device{hidden}")
    name = torch.cuda.get_device_name()
    ones = torch.ones(64, 64, device="cuda")
    total = (ones @ ones).sum().item()
    if total != 64**3:
        sys.exit(f"{name} computes {total} where {64**3} is right")
    capability = ".".join(map(str, torch.cuda.get_device_capability()))
    versions = torch.version.cuda, str(torch.__version__), platform.python_version()
    print(json.dumps([name, capability, *driver_versions(), *versions]))


def stand_in_is_loaded() -> bool:
    """Whether the library of dry runs is in this process, or found in the place of the driver."""
    for name in (None, DRIVER):
        with suppress(OSError, TypeError):  # there is no driver; Windows has no such names
            if hasattr(ctypes.CDLL(name), SYMBOL):
                return True
    return False


def driver_versions() -> tuple[str, str]:
    """Return the version of NVIDIA's driver, and the newest CUDA version that it can run."""
    text, number = ctypes.create_string_buffer(80), ctypes.c_int()
    try:
        management, cuda = ctypes.CDLL("libnvidia-ml.so.1"), ctypes.CDLL(DRIVER)
    except OSError:
        return "unknown", "unknown"
    failed = management.nvmlInit_v2() or management.nvmlSystemGetDriverVersion(text, len(text))
    if failed or cuda.cuDriverGetVersion(ctypes.byref(number)):
        return "unknown", "unknown"
    return text.value.decode(), f"{number.value // 1000}.{number.value % 1000 // 10}"


if __name__ == "__main__":
    probe()
