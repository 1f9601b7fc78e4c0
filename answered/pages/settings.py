"""The engine's settings for pages about PyTorch."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from ..engine.settings import FRESH, RAISES, SLOW, TIMEOUT, Mark, Settings
from .snippets import SNIPPET

DAY = 24 * 60 * 60  # seconds
GPU = Mark(
    "gpu",
    "needs a CUDA device; elsewhere its recorded output is shown",
    timeout=4 * TIMEOUT,  # compilers may be at work
    device=True,
)
MEASURED = Mark(
    "measured",
    "measures on a GPU: its numbers are others at every run, and it asserts what they show",
    measures=True,
)
MARKS = (GPU, MEASURED, RAISES, SLOW, FRESH)
DEVICE_VARIABLES = tuple(
    """CUDA_DEVICE_ORDER CUDA_PATH NVIDIA_VISIBLE_DEVICES NVIDIA_DRIVER_CAPABILITIES
    TRITON_LIBCUDA_PATH CC CXX CPATH C_INCLUDE_PATH LIBRARY_PATH""".split()
)
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def settings(root: Path) -> Settings:
    """Return the settings of the project in the folder `root`.

    Raises:
        SystemExit: ANSWERED_TIMEOUT is no number of seconds.
    """
    return Settings(
        root=root,
        marks=MARKS,
        timeout=time_limit(),
        shown=SNIPPET.pattern,
        always=("torch",),
        preload=("torch", "torchvision", "numpy", "sklearn", "matplotlib", "scipy"),
        implied={
            r"\b(optim|compile)\b": ("torch._dynamo",),  # which the first optimizer imports
            r"\btorch\.(compile|export)\b": ("torch._inductor.compile_fx", "networkx"),
            r"\btorch\.(save|load)\b": ("torch.utils.serialization.config",),
            r"\bsnippets\.figures\b": (
                "matplotlib.pyplot",
                "matplotlib.backends.backend_svg",
                "matplotlib.layout_engine",
                "scour.scour",
            ),
        },
        reseed=("torch:default_generator.seed", "numpy.random:seed"),
        environment={
            "MPLCONFIGDIR": str(root / ".cache" / "matplotlib"),
            **dict.fromkeys(THREADS, "1"),
            "KINETO_LOG_LEVEL": "99",  # where there is CUPTI, it tells stages of a profile on stderr
            "TRITON_DEFAULT_FP_FUSION": "1",  # its default; Inductor warns where it is unset
        },
        caches={"MPLCONFIGDIR": "matplotlib.font_manager"},
        passed_on=("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "CUDA_VISIBLE_DEVICES", "CUDA_HOME"),
        device_passed_on=DEVICE_VARIABLES,
        device_folders=("TRITON_CACHE_DIR", "TORCHINDUCTOR_CACHE_DIR", "CUDA_CACHE_PATH"),
        advice={
            r"NVIDIA driver|not compiled with CUDA|CUDA": (
                f"mark the block {GPU.comment} if it needs a GPU, or let it do without"
            )
        },
        depends_on=("torch",),
    )


def time_limit() -> float:
    """Return the seconds that a block may take: ANSWERED_TIMEOUT, or what the engine says."""
    given = os.environ.get("ANSWERED_TIMEOUT") or str(TIMEOUT)
    with suppress(ValueError):
        if 0 < float(given) <= DAY:
            return float(given)
    what = f"ANSWERED_TIMEOUT is {given!a}, not a number of seconds"
    sys.exit(f"{what}\n    fix: unset it, or give a number above 0, at most {DAY}")
