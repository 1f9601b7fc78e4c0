"""The engine's settings for tests, as a project about PyTorch has them, and one runner for all."""

from __future__ import annotations

import dataclasses
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from answered.engine.block import Block
from answered.engine.confine import WITHOUT
from answered.engine.result import Result
from answered.engine.runner import Runner
from answered.engine.settings import FRESH, RAISES, SLOW, Mark, Settings

PATIENCE = 600.0  # seconds in which what must happen happens, however busy the machine is
PROJECT = Path(__file__).resolve().parents[2]
GPU = Mark("gpu", "needs a GPU", timeout=240.0, device=True)
MEASURED = Mark("measured", "measures", measures=True)
THREADS = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "MKL", "OPENBLAS")}
SETTINGS = Settings(
    root=PROJECT,
    marks=(RAISES, SLOW, FRESH, GPU, MEASURED),
    always=("torch",),
    preload=("torch", "torchvision", "numpy", "sklearn", "matplotlib", "scipy"),
    implied={
        r"\b(optim|compile)\b": ("torch._dynamo",),
        r"\bsnippets\.figures\b": ("matplotlib.pyplot", "matplotlib.backends.backend_svg"),
    },
    reseed=("torch:default_generator.seed", "numpy.random:seed"),
    environment={**THREADS, "MPLCONFIGDIR": str(PROJECT / ".cache" / "matplotlib")},
    caches={"MPLCONFIGDIR": "matplotlib.font_manager"},
    passed_on=("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "CUDA_VISIBLE_DEVICES", "CUDA_HOME"),
    device_passed_on=("CUDA_PATH", "CC"),
    device_folders=("TRITON_CACHE_DIR",),
    depends_on=("torch",),
)
BY_NAME = {mark.name: mark for mark in SETTINGS.marks}


def block(code: str, *marks: str) -> Block:
    """Return a block with dedented code."""
    source = textwrap.dedent(code).strip("\n") + "\n"
    return Block("docs/page.md", 10, source, marks=tuple(BY_NAME[name] for name in marks))


def until(condition: Callable[[], object]) -> bool:
    """Whether something comes to hold in time."""
    deadline = time.monotonic() + PATIENCE
    while not (holds := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(holds)


@pytest.fixture(scope="session")
def runner() -> Iterator[Runner]:
    """A runner that forks, shared by all tests; they leave it as it was."""
    always = ("torch", "torch._dynamo", "torch.multiprocessing")
    made = Runner(dataclasses.replace(SETTINGS, always=always), workers=2)
    yield made
    made.close()


@pytest.fixture(scope="session")
def spawner() -> Iterator[Runner]:
    """A runner that starts a fresh interpreter for each block, shared by all tests."""
    made = Runner(SETTINGS, workers=2, fork=False)
    yield made
    made.close()


@pytest.fixture
def run(runner) -> Callable[..., Result]:
    """Run code, and return its result."""
    return lambda code, *marks: runner.run(block(code, *marks))


@pytest.fixture
def unconfined(monkeypatch) -> None:
    """Do without what confines blocks, as on a system that has none of it."""
    monkeypatch.setenv(WITHOUT, "landlock namespaces")


@pytest.fixture
def plain(tmp_path) -> Settings:
    """Settings of a project without libraries, whose process is ready at once."""
    return Settings(root=tmp_path)


@pytest.fixture
def small(plain) -> Iterator[Callable[..., Runner]]:
    """Make runners of `plain` blocks with other settings; they are closed after the test."""
    made: list[Runner] = []

    def make(workers: int = 1, **changes) -> Runner:
        made.append(Runner(dataclasses.replace(plain, **changes), workers=workers))
        return made[-1]

    yield make
    for each in made:
        each.close()
