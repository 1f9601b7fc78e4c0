"""Whether examples marked `gpu` can run here."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from pathlib import Path

DRIVER_FILES = ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")
QUESTION = "import torch; print(torch.cuda.get_device_name() if torch.cuda.is_available() else '')"


@functools.cache
def device_name() -> str:
    """Return the name of the CUDA device, or "" where there is none.

    torch is asked in a process of its own, and only where a driver's device file exists: a build without a
    GPU does not pay for importing torch. ANSWERED_CUDA_DEVICE overrides the answer, for tests.
    """
    override = os.environ.get("ANSWERED_CUDA_DEVICE")
    if override is not None:
        return override
    if not any(Path(file).exists() for file in DRIVER_FILES):
        return ""
    done = subprocess.run([sys.executable, "-c", QUESTION], capture_output=True, text=True, check=True)
    return done.stdout.strip()
