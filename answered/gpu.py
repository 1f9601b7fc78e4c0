"""Whether examples marked `gpu` can run here, and on what."""

from __future__ import annotations

import functools
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from . import ROOT

DRIVER_FILES = ("/dev/nvidiactl", "/dev/dxg")
OVERRIDE = "ANSWERED_CUDA_DEVICE"  # for tests: the name of a device to pretend, or "" for none
PROBE_TIMEOUT = 120.0  # seconds; importing torch from a cold disk and starting many devices take tens of them
STAND_IN = "stand-in"  # the driver of a pretended device


class NoDeviceError(Exception):
    """There is no usable CUDA device; the message says why."""


@dataclass(frozen=True)
class Device:
    """What a `gpu` example runs on and with; versions as text.

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
        return (
            f"{self.device}, capability {self.capability}, driver {self.driver} (CUDA {self.driver_cuda}); "
            f"torch {self.torch}, CUDA runtime {self.cuda}, Python {self.python}"
        )


@functools.cache
def find_device() -> Device:
    """Return the CUDA device, proved by a product it computed in a process of its own.

    Raises:
        NoDeviceError: there is none, or it does not work.
    """
    override = os.environ.get(OVERRIDE)
    if override == "":
        raise NoDeviceError(f"{OVERRIDE} is set to nothing, which stands for a machine without one")
    if override is not None:
        return Device(override, "0.0", STAND_IN, "none", "none", importlib.metadata.version("torch"), platform.python_version())
    probe = subprocess.Popen(
        [sys.executable, "-P", "-m", "answered.probe"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": paths()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        output, errors = probe.communicate(timeout=PROBE_TIMEOUT)
    except subprocess.TimeoutExpired:
        probe.kill()  # and no wait for it: inside a hung driver a process cannot even be killed
        raise NoDeviceError(f"torch gave no answer within {PROBE_TIMEOUT:g} s; the driver may hang") from None
    if probe.returncode:
        raise NoDeviceError(errors.strip().rsplit("\n", 1)[-1] or f"asking torch ended with code {probe.returncode}")
    return Device(**json.loads(output))


def paths() -> str:
    """Return a PYTHONPATH with the project in front of what this process was given."""
    return os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))


@functools.cache
def device_name() -> str:
    """Return the name of the CUDA device, or "" where there is none.

    torch is asked only where a driver's device file exists: a build without a GPU does not pay for importing it.
    """
    if OVERRIDE not in os.environ and not any(Path(file).exists() for file in DRIVER_FILES):
        return ""
    try:
        return find_device().device
    except NoDeviceError as reason:
        if OVERRIDE not in os.environ:
            print(f"note: this machine has a GPU driver and no device for torch, so no gpu block is run: {reason}", file=sys.stderr)
        return ""
