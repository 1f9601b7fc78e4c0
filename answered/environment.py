"""The environment variables that examples start with."""

from __future__ import annotations

import os
from pathlib import Path

from . import CACHE, ROOT
from .gpu import paths

PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "CUDA_HOME", "SYSTEMROOT")
# What CUDA, and Triton with the C compiler it calls, look for besides.
GPU_PASSED_ON = (
    "CUDA_DEVICE_ORDER",
    "CUDA_PATH",
    "NVIDIA_VISIBLE_DEVICES",
    "NVIDIA_DRIVER_CAPABILITIES",
    "TRITON_LIBCUDA_PATH",
    "CC",
    "CXX",
    "CPATH",
    "C_INCLUDE_PATH",
    "LIBRARY_PATH",
)


def environment() -> dict[str, str]:
    """Return the environment that examples start with: nothing of the build's own but `PASSED_ON`."""
    fixed = {
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONPATH": str(ROOT),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MPLCONFIGDIR": str(CACHE / "matplotlib"),
        **{f"{library}_NUM_THREADS": "1" for library in ("OMP", "MKL", "OPENBLAS")},
    }
    return fixed | {name: os.environ[name] for name in PASSED_ON if name in os.environ}


def gpu_environment(folder: Path) -> dict[str, str]:
    """Return what examples marked `gpu` get besides: compilers' caches that start empty, a place for measured data."""
    caches = {name: str(folder / "tmp" / name.lower()) for name in ("TRITON_CACHE_DIR", "TORCHINDUCTOR_CACHE_DIR", "CUDA_CACHE_PATH")}
    passed_on = {name: os.environ[name] for name in GPU_PASSED_ON if name in os.environ}
    return passed_on | caches | {"PYTHONPATH": paths(), "MEASURED_FILE": str(folder / "measured")}
