"""Real outputs, written into pages as expected outputs."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from .block import EXPECTED, Block, Document


def with_outputs(document: Document, outputs: Mapping[Block, str]) -> str:
    """Return the text of a document with `outputs` below their blocks; "" takes an output away."""
    lines = list(document.lines)
    for block in reversed(document.blocks):
        if block in outputs:
            lines[block.end : block.last] = output_lines(outputs[block])
    return "\n".join(lines)


def output_lines(output: str) -> list[str]:
    """Return the lines that announce and fence an output; none for an empty one."""
    if not output:
        return []
    longest = max((len(run) for run in re.findall(r"`{3,}", output)), default=2)
    fence = "`" * max(3, longest + 1)
    shown = [line.rstrip() for line in output.rstrip("\n").split("\n")]
    return [EXPECTED, f"{fence}text", *shown, fence]


def replace_file(file: Path, content: str | bytes) -> None:
    """Write `content`, text or bytes, into `file` in one step, or not at all.

    A process that is killed meanwhile leaves a file whose name ends as those of editors' backups.

    Raises:
        OSError: not at all; it names `file`.
    """
    part = file.with_name(f"{file.name}.{os.getpid()}~")
    try:
        part.write_bytes(content.encode() if isinstance(content, str) else content)
        part.replace(file)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file)) from error
    finally:
        with suppress(OSError):
            part.unlink()
