"""Prove that there is a GPU: run as a program, prints what it is as JSON, or says on stderr why there is none."""

from __future__ import annotations

import ctypes
import json
import os
import platform
import sys

import torch


def main() -> None:
    if torch.version.cuda is None:
        sys.exit(f"torch {torch.__version__} is built without CUDA")
    if not torch.cuda.is_available():
        visible = os.environ.get("CUDA_VISIBLE_DEVICES")
        hidden = f"; CUDA_VISIBLE_DEVICES is {visible!r}" if visible is not None else ""
        sys.exit(f"torch {torch.__version__} (CUDA {torch.version.cuda}) finds no device{hidden}")
    ones = torch.ones(64, 64, device="cuda")
    total = (ones @ ones).sum().item()
    if total != 64**3:
        sys.exit(f"{torch.cuda.get_device_name()} computes {total} where {64**3} is right")
    print(
        json.dumps(
            {
                "device": torch.cuda.get_device_name(),
                "capability": ".".join(map(str, torch.cuda.get_device_capability())),
                "driver": driver(),
                "driver_cuda": driver_cuda(),
                "cuda": torch.version.cuda,
                "torch": torch.__version__,
                "python": platform.python_version(),
            }
        )
    )


def driver() -> str:
    """Return the version of NVIDIA's driver, as its management library tells it."""
    try:
        library = ctypes.CDLL("libnvidia-ml.so.1")
    except OSError:
        return "unknown"
    text = ctypes.create_string_buffer(80)
    failed = library.nvmlInit_v2() or library.nvmlSystemGetDriverVersion(text, len(text))
    return "unknown" if failed else text.value.decode()


def driver_cuda() -> str:
    """Return the newest CUDA version that the driver can run."""
    try:
        library = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return "unknown"
    number = ctypes.c_int()
    failed = library.cuDriverGetVersion(ctypes.byref(number))
    return "unknown" if failed else f"{number.value // 1000}.{number.value % 1000 // 10}"


if __name__ == "__main__":
    main()
