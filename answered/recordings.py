"""Recordings: what a GPU printed and measured, kept beside the page for the machines that have none.

docs/questions/<topic>/recordings/<slug>.yml has an entry for each `gpu` block of the page, under the hash of its
code: what it ran on and with, the hash of the output that stands in the page, and what it measured. `make gpu
RECORD=1` writes it; nobody types it.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import yaml

from snippets.recording import holds

from . import DOCS, ROOT
from .check import normal
from .gpu import OVERRIDE, STAND_IN, Device
from .page import Example, Page
from .problems import Problem

HEADER = "# Written by `make gpu RECORD=1` on a machine with a GPU; not edited by hand.\n"
TOOLS = ("recording", "figures")  # snippets that say how something is shown, not what is run


@dataclass(frozen=True)
class Recording(Device):
    """One run of a `gpu` block: its device, and what came of it.

    Attributes:
        date: of the run, as YYYY-MM-DD.
        output: SHA-256 of the output as a reader sees it; None where there was none.
        measured: as `snippets.recording` has it: {"unit", "claim", "values"}; None where nothing was measured.
    """

    date: str
    output: str | None
    measured: dict | None


def gpu_examples(page: Page) -> list[Example]:
    return [example for example in page.readable_examples if "gpu" in example.marks]


def code_hash(example: Example) -> str:
    """Return the SHA-256 of the block's code and of the snippets it imports."""
    digest = hashlib.sha256(example.code.encode())
    for name in sorted(set(re.findall(r"\bsnippets(?:\.| import )(\w+)", example.code)) - set(TOOLS)):
        file = ROOT / "snippets" / f"{name}.py"
        digest.update(file.read_bytes() if file.is_file() else b"")
    return digest.hexdigest()


def output_hash(output: str | None) -> str | None:
    text = normal(output or "")
    return hashlib.sha256(text.encode()).hexdigest() if text else None


def recordings_file(page_path: str) -> Path:
    page = Path(page_path)
    return ROOT / page.parent / "recordings" / f"{page.stem}.yml"


def read_recordings(page_path: str) -> tuple[dict[str, Recording], list[Problem]]:
    """Return the sound recordings of a page by the hash of their code, and what is wrong with the others."""
    file = recordings_file(page_path)
    if not file.is_file():
        return {}, []
    text = file.read_text(encoding="utf-8")
    place = file.relative_to(ROOT).as_posix()
    again = f"run `make gpu RECORD=1 PAGE={page_path}` on a machine with a GPU, or restore the file"
    try:
        data = yaml.safe_load(text) or {}
        if not isinstance(data, dict):
            raise yaml.YAMLError("it is not a mapping")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or error
        return {}, [Problem(place, mark.line + 1 if mark else 1, f"the recordings cannot be read: {what}", again)]
    sound, problems = {}, []
    for key, entry in data.items():
        try:
            sound[key] = parsed(entry)
        except ValueError as error:
            line = next((i for i, shown in enumerate(text.split("\n"), 1) if shown.startswith(str(key))), 1)
            problems.append(Problem(place, line, f"recording {str(key)[:12]}: {error}", again))
    return sound, problems


def parsed(entry: object) -> Recording:
    """Return a recording as it was written.

    Raises:
        ValueError: it has other keys or kinds of values than it should, or what was measured does not bear out its claim.
    """
    names = [field.name for field in fields(Recording)]
    if not isinstance(entry, dict) or set(entry) != set(names):
        raise ValueError(f"it should have {', '.join(names)}")
    for name in names[:-2]:
        if not isinstance(entry[name], str) or not entry[name].strip():
            raise ValueError(f"{name} is not text")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", entry["date"]):
        raise ValueError("date is not YYYY-MM-DD")
    if entry["output"] is not None and not re.fullmatch(r"[0-9a-f]{64}", str(entry["output"])):
        raise ValueError("output is not a SHA-256")
    if entry["measured"] is not None and not holds(entry["measured"]):
        raise ValueError(f"its claim is false of its figures: {entry['measured']['claim']}")
    if entry["driver"] == STAND_IN and OVERRIDE not in os.environ:
        raise ValueError("it was made with a stand-in for a GPU")
    return Recording(**entry)


def write_recordings(page: Page, recordings: dict[str, Recording]) -> None:
    """Write the recordings of the page's blocks, in their order, in one step; without any, there is no file."""
    file = recordings_file(page.path)
    kept = {key: asdict(recordings[key]) for key in map(code_hash, gpu_examples(page)) if key in recordings}
    if not kept:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}.part")
    part.write_text(HEADER + yaml.safe_dump(kept, sort_keys=False, allow_unicode=True, width=1000), encoding="utf-8")
    part.replace(file)


def recorded(example: Example, recordings: dict[str, Recording]) -> Recording | None:
    """Return the recording of an example as it stands in its page, code and output."""
    found = recordings.get(code_hash(example))
    return found if found and found.output == output_hash(example.expected) else None


def check_recordings(pages: list[Page]) -> list[Problem]:
    """Return outputs of `gpu` blocks that no recording bears out, recordings of nothing, and unsound ones."""
    problems = [problem for page in pages for problem in check_page(page)]
    files = {recordings_file(page.path) for page in pages}
    for file in sorted(DOCS.rglob("recordings/*.yml")):
        if file not in files:
            place = file.relative_to(ROOT).as_posix()
            problems.append(Problem(place, 1, "recordings of a page that does not exist", "move the file with its page, or delete it"))
    return problems


def check_form(page: Page) -> list[Problem]:
    """A `gpu` block shows something that can be checked, and no other block measures."""
    problems = []
    for example in page.readable_examples:
        if "gpu" not in example.marks and re.search(r"\bsnippets\.recording\b", example.code):
            what = "figures measured in a block that is not marked 'gpu' differ from build to build"
            problems.append(Problem(page.path, example.line, what, "mark it <!--pytest.mark.gpu-->, or print what is the same everywhere"))
        if "gpu" in example.marks and "raises" not in example.marks and not re.search(r"print|assert|measured", example.code):
            what = "the block neither prints nor asserts nor measures: nothing is checked"
            problems.append(Problem(page.path, example.line, what, "print or assert the point it makes"))
    return problems


def check_page(page: Page) -> list[Problem]:
    recordings, problems = read_recordings(page.path)
    if problems:
        return problems
    problems = check_form(page)
    examples = gpu_examples(page)
    mend = f"run `make gpu RECORD=1 PAGE={page.path}` on a machine with a GPU, or `make update PAGE={page.path}`, which takes the output away"
    stale = set(recordings) - set(map(code_hash, examples))
    for example in examples:
        found = recordings.get(code_hash(example))
        if found is None and example.expected is not None:
            what = "the block was edited after its output was recorded" if stale else "an output that no GPU has given: GPU output is never typed"
        elif found is not None and found.output != output_hash(example.expected):
            what = "the output is not the recorded one: GPU output is never typed"
        else:
            continue
        problems.append(Problem(page.path, example.line, what, mend))
    if stale and not problems:
        place = recordings_file(page.path).relative_to(ROOT).as_posix()
        problems.append(Problem(place, 1, "a recording of a block that is not on the page as it was", mend.replace("the output", "it")))
    return problems
