"""The stand-in for CUDA: one library in the place of the driver, the runtime, cuBLAS and others.

All of torch above it is real: device checks, the allocator, streams and events, captures of graphs,
autocast, compilers, messages. It computes nothing, so what a block prints on it means nothing: no
values, no times, no order of what runs beside each other, no records for the profiler.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ...engine.cache import digest
from ..device import DRIVER as NAME

SOURCES = ("runtime.c", "libraries.c")  # beside this file
LINKED = ("c10_cuda", "caffe2_nvrtc", "torch_cpu", "torch_cuda", "torch_cuda_linalg")
REPLACED = re.compile(
    r"(__)?cuda[A-Z]|cu[A-Z](?!File)|cublas|cudnn|cufft|cusolver|cusparse|nccl|cupti"
)
# These work without a device, so that they are left to the real libraries.
REAL = re.compile(r"Version|ErrorString|ErrorName|StatusString|StatusName|ResultString|Property")


def lacking() -> str:
    """Return why there can be no stand-in here, or ""."""
    if sys.platform != "linux":
        return "a stand-in for a GPU needs Linux"
    if not (package("torch") / "lib" / "libtorch_cuda.so").is_file() or not headers().is_dir():
        return "a stand-in for a GPU needs a CUDA build of torch, and Triton"
    tools = [tool for tool in ("gcc", "nm") if not shutil.which(tool)]
    return f"a stand-in for a GPU needs {' and '.join(tools)}" if tools else ""


def package(name: str) -> Path:
    """Return the folder of an installed package, which is not imported for it."""
    found = importlib.util.find_spec(name)
    return Path(found.origin).parent if found and found.origin else Path(name)


def headers() -> Path:
    return package("triton") / "backends" / "nvidia" / "include"


def build(cache: Path) -> Path:
    """Return the library, in a folder of its own below `cache`, compiled if it is not there yet.

    Raises:
        subprocess.CalledProcessError: it cannot be compiled; the messages stand on stderr.
    """
    here = Path(__file__)
    sources = [here.with_name(name) for name in SOURCES]
    versions = [importlib.metadata.version(name) for name in ("torch", "triton")]
    made_of = digest(*versions, *(file.read_bytes() for file in (here, *sources)))
    library = cache / "stand-in" / made_of[:16] / NAME
    if not library.is_file():
        library.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=library.parent) as folder:
            stubs, made = Path(folder, "stubs.c"), Path(folder, NAME)
            stubs.write_text(stub_code())
            flags = ["-shared", "-fPIC", "-O1", "-w", f"-Wl,-soname,{NAME}", f"-I{headers()}"]
            subprocess.run(["gcc", *flags, *sources, stubs, "-o", made], check=True)
            made.replace(library)
    return library


def stub_code() -> str:
    """Return C that defines, weakly, every function that is asked for and needs a device."""
    files = [package("torch") / "lib" / f"lib{name}.so" for name in LINKED]
    command = ["nm", "--dynamic", "--undefined-only", "--format=posix", *files]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    names = {line.partition("@")[0].partition(" ")[0] for line in listed.splitlines()}
    triton = (headers().parent / "driver.c").read_text(encoding="utf-8")
    names |= set(re.findall(r"\bcu[A-Z]\w+(?<!_t)\b", triton)) | {"cuInit"}
    stubs = sorted(name for name in names if REPLACED.match(name) and not REAL.search(name))
    weak = "__attribute__((weak)) long {}(void) {{ stand_in_queues_work(); return 0; }}\n"
    return "void stand_in_queues_work(void);\n" + "".join(
        map(weak.format, [*stubs, "stand_in_stub"])
    )
