"""Recordings: what a GPU printed, and which GPU it was, kept beside the page for machines without one.

docs/questions/<topic>/recordings/<slug>.yml has an entry for each `gpu` block of the page, under
the hash of its code: what it ran on and with, in which run, and the hash of the output that stands
in the page. `make gpu RECORD=1` writes it; nobody types it.
"""

from __future__ import annotations

import ast
import datetime
import hashlib
import os
import platform
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import yaml

from ..engine.block import Block
from ..engine.judge import normal
from ..engine.problems import Problem
from ..engine.settings import Settings
from ..engine.update import replace_file, with_outputs
from ..pages.page import Page
from ..pages.yaml_lines import fault_of_yaml, load_yaml
from .device import Device

RECORD = "make gpu RECORD=1"  # the command that writes them
HEADER = f"# Written by `{RECORD}` on a machine with a GPU; not edited by hand.\n"
FOLDER = "recordings"  # beside the page
DISPLAY = "figures"  # the helper that decides how something is shown, not what is run
HASH = re.compile(r"[0-9a-f]{64}")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
WORKFLOW_RUN = re.compile(r"https://[a-z0-9.-]+(/[A-Za-z0-9_.-]+){2}/actions/runs/[0-9]+")
LOCAL_RUN = re.compile(r"local: [A-Za-z0-9.-]{1,63}")


@dataclass(frozen=True)
class Recording(Device):
    """One run of a `gpu` block: its device, and what came of it.

    Attributes:
        date: of the run, as YYYY-MM-DD.
        run: the address of the run of the workflow, or the host on which somebody ran it.
        output: SHA-256 of the output as a reader sees it; None where there was none.
    """

    date: str
    run: str
    output: str | None

    @property
    def fault(self) -> str:
        """The first thing without which this is no recording, or ""."""
        if fault := super().fault:
            return fault
        if not isinstance(self.date, str) or not DATE.fullmatch(self.date):
            return "date is not YYYY-MM-DD, as text"
        try:
            datetime.date.fromisoformat(self.date)
        except ValueError:
            return f"date {self.date} does not exist"
        run = str(self.run)
        if not (WORKFLOW_RUN.fullmatch(run) or LOCAL_RUN.fullmatch(run)):
            return "run is neither the address of a workflow's run nor `local: <host>`"
        if self.output is not None and not HASH.fullmatch(str(self.output)):
            return "output is not a SHA-256"
        return ""


def gpu_blocks(page: Page) -> list[Block]:
    """Return the blocks of a page that need a device."""
    return [block for block in page.blocks if block.needs_device]


def code_hash(settings: Settings, block: Block) -> str:
    """Return the SHA-256 of a block's code, the helpers that it imports, and its files."""
    digest = hashlib.sha256(block.code.encode())
    for file in (*helper_files(settings, block.code), *block.files_below(settings.root)):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def helper_files(settings: Settings, code: str) -> list[Path]:
    """Return the helpers that `code` imports, and those that these import, sorted."""
    folder = settings.root / settings.helpers
    found, waiting = set(), [code]
    while waiting:
        names = imported_helpers(waiting.pop(), settings.helpers) - {DISPLAY}
        new = {file for name in names if (file := folder / f"{name}.py").is_file()} - found
        found |= new
        waiting += [file.read_text(encoding="utf-8") for file in new]
    return sorted(found)


def imported_helpers(code: str, package: str) -> set[str]:
    """Return the names of the modules of `package` that `code` imports; none if it is no Python."""
    names: set[str] = set()
    with suppress(SyntaxError):
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                module = f"{package}.{node.module or ''}" if node.level else node.module
                names |= {f"{module}.{alias.name}".replace("..", ".") for alias in node.names}
    return {name.split(".")[1] for name in names if name.startswith(f"{package}.")}


def output_hash(output: str | None) -> str | None:
    """Return the SHA-256 of an output as a reader sees it; None for no output or a blank one."""
    text = normal(output or "")
    return hashlib.sha256(text.encode()).hexdigest() if text else None


def recordings_path(page_path: str) -> str:
    """Return the path of a page's recordings, relative to the root as the page's own is."""
    page = Path(page_path)
    return (page.parent / FOLDER / f"{page.stem}.yml").as_posix()


def read_recordings(root: Path, page_path: str) -> tuple[dict[str, Recording], list[Problem]]:
    """Return a page's sound recordings by the hash of their code, and the faults of others."""
    place = recordings_path(page_path)
    if not (root / place).is_file():
        return {}, []
    fix = f"run `{RECORD} PAGE={page_path}` on a machine with a GPU, or restore the file"
    text = (root / place).read_text(encoding="utf-8", errors="replace")
    try:
        data = load_yaml(text) or {}
        if not isinstance(data, dict):
            raise yaml.YAMLError("it is not a mapping")
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that does not exist
        line, what = fault_of_yaml(error)
        return {}, [Problem(place, line, f"the recordings cannot be read: {what}", fix)]
    sound, problems = {}, []
    for key, entry in data.items():
        try:
            sound[key] = parsed(key, entry)
        except ValueError as error:
            lines = enumerate(text.split("\n"), 1)
            line = next((number for number, shown in lines if shown.startswith(str(key))), 1)
            problems.append(Problem(place, line, f"recording {str(key)[:12]!a}: {error}", fix))
    return sound, problems


def parsed(key: object, entry: object) -> Recording:
    """Return a recording as it was written below `key`.

    Raises:
        ValueError: the key is no hash, or the recording has other keys or kinds of values than it
            should, was made without a real device, or does not say in which run.
    """
    if not isinstance(key, str) or not HASH.fullmatch(key):
        raise ValueError("it should stand below the SHA-256 of a block's code")
    names = [field.name for field in fields(Recording)]
    if not isinstance(entry, dict) or set(entry) != set(names):
        raise ValueError(f"it should have {', '.join(names)}")
    made = Recording(**entry)
    if made.fault:
        raise ValueError(made.fault)
    return made


def this_run() -> str:
    """Return what a recording says of the run that makes it."""
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, number = (os.environ.get(name) for name in names)
    address = f"{server}/{repository}/actions/runs/{number}"
    if WORKFLOW_RUN.fullmatch(address):
        return address
    host = re.sub("[^A-Za-z0-9.-]", "-", platform.node())[:63]
    return f"local: {host or 'unnamed'}"


def find_recording(
    settings: Settings, block: Block, recordings: Mapping[str, Recording]
) -> Recording | None:
    """Return the recording of a block as it stands in its page, code and output."""
    if not recordings or not block.needs_device:
        return None
    found = recordings.get(code_hash(settings, block))
    return found if found and found.output == output_hash(block.expected) else None


def write_recordings(page: Page, settings: Settings, recordings: Mapping[str, Recording]) -> None:
    """Write the recordings of a page's blocks, in their order; without any there is no file."""
    file = settings.root / recordings_path(page.path)
    keys = [code_hash(settings, block) for block in gpu_blocks(page)]
    kept = {key: asdict(recordings[key]) for key in keys if key in recordings}
    if not kept:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(exist_ok=True)
    data = yaml.safe_dump(kept, sort_keys=False, allow_unicode=True, width=1000)
    replace_file(file, HEADER + data)


def drop_unrecorded(page: Page, settings: Settings) -> tuple[list[str], list[Problem]]:
    """Remove outputs of `gpu` blocks without a recording, and recordings of changed blocks.

    Returns:
        (what was removed, a line each, what is wrong with the recordings, to be fixed first).
    """
    recordings, problems = read_recordings(settings.root, page.path)
    if problems:
        return [], problems
    found = {block: find_recording(settings, block, recordings) for block in gpu_blocks(page)}
    sound = {code_hash(settings, block): entry for block, entry in found.items() if entry}
    unrecorded = [block for block in found if not found[block] and block.expected is not None]
    if unrecorded:
        text = with_outputs(page.document, dict.fromkeys(unrecorded, ""))
        replace_file(settings.root / page.path, text)
    if len(sound) < len(recordings):
        write_recordings(page, settings, sound)
    what = 'GPU output without a recording removed; the page says "not recorded yet"'
    dropped = [f"{page.path}:{block.line}: {what}" for block in unrecorded]
    changed = [f"{page.path}: recording of a changed block removed"]
    return dropped + changed * (len(recordings) - len(sound)), []
