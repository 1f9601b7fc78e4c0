"""The environment variables that examples start with, and which of them set their own."""

from __future__ import annotations

import ast
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
# What is read when it is first needed, not when torch is imported; blocks that set it show that it has its effect.
READ_LATE = ("CUDA_VISIBLE_DEVICES", "KINETO_LOG_LEVEL")


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


def changes_environment(code: str) -> bool:
    """Whether code sets or deletes an environment variable that a module may read while it is imported."""
    try:
        nodes = list(ast.walk(ast.parse(code)))
    except SyntaxError:
        return False
    is_environ = {id(node) for node in nodes if getattr(node, "attr", getattr(node, "id", None)) == "environ"}
    for node in nodes:
        if isinstance(node, ast.AugAssign) and id(node.target) in is_environ:
            key = None
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, (ast.Store, ast.Del)) and id(node.value) in is_environ:
            key = node.slice
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and id(node.func.value) in is_environ:
            if node.func.attr not in ("update", "setdefault", "pop", "clear"):
                continue
            key = node.args[0] if node.args else None
        else:
            continue
        if not (isinstance(key, ast.Constant) and key.value in READ_LATE):
            return True
    return False
