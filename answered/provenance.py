"""What a page says below a `gpu` example: where its output and its figures come from."""

from __future__ import annotations

from snippets.recording import written

from .check import shown_output
from .gpu import device_name
from .markup import plain
from .page import Example
from .store import Store

NOT_RECORDED = "Needs a CUDA device. Not recorded yet."


def seen(example: Example, store: Store) -> str:
    """Return the output that a reader sees: the live one, else the recorded one, else ""."""
    result = store.get(example)
    if result:
        return shown_output(example, result).rstrip("\n")
    return (example.expected or "").rstrip("\n") if store.recorded(example) else ""


def label(example: Example, store: Store) -> str:
    """Return one sentence on where a `gpu` example ran; "" for any other."""
    if "gpu" not in example.marks:
        return ""
    if store.get(example):
        return f"Run on {device_name()} at this build."
    recording = store.recorded(example)
    if recording is None:
        return NOT_RECORDED
    return f"Recorded on {recording.device}, torch {recording.torch}, CUDA {recording.cuda}, {recording.date}."


def below(example: Example, store: Store) -> list[str]:
    """Return the Markdown that stands below a `gpu` example: its figures as a table, and its label."""
    result, recording = store.get(example), store.recorded(example)
    measured = result.measured if result else recording.measured if recording else None
    if measured is None:
        return [plain(label(example, store)), "{: .provenance }", ""]
    device = device_name() if result else recording.device
    rows = [f"| {name.replace('_', ' ')} | {written(value)} |" for name, value in measured["values"].items()]
    return [
        f"| Measured on {plain(device)} | {measured['unit']} |",
        "|---|--:|",
        *rows,
        "",
        f"Holds: `{measured['claim']}`. {plain(label(example, store))}",
        "{: .provenance }",
        "",
    ]
