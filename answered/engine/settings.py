"""Settings of the engine: marks of blocks, limits, and what every block's process starts with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Mark:
    """A mark above a block, and everything that differs for the blocks that carry it.

    Attributes:
        name: as in `<!--pytest.mark.name-->`.
        meaning: one line for authors, and for pytest's list of markers.
        timeout: seconds that the block may take; 0 leaves the default.
        must_raise: the block ends with an exception, whose last line ends its output.
        fresh: the block starts in a fresh interpreter and not as a fork.
        device: the block needs a device that a machine may lack; it runs unconfined, one at a
            time, in a fresh interpreter, and without the device it does not run.
        measures: the numbers that the block prints are others at every run, and are compared as
            any number; what they show is asserted, and on a device tried twice.
    """

    name: str
    meaning: str
    timeout: float = 0.0
    must_raise: bool = False
    fresh: bool = False
    device: bool = False
    measures: bool = False

    @property
    def comment(self) -> str:
        """The line that stands above a block."""
        return f"<!--pytest.mark.{self.name}-->"


TIMEOUT = 60.0  # seconds
RAISES = Mark(
    "raises", "must raise; the last line of the traceback ends its output", must_raise=True
)
SLOW = Mark("slow", f"may take {10 * TIMEOUT:g} s", timeout=10 * TIMEOUT)
FRESH = Mark("fresh", "starts in a fresh interpreter, before anything is imported", fresh=True)


@dataclass(frozen=True)
class Settings:
    """A project, as far as the engine has to know it.

    Attributes:
        root: the project's folder, from which blocks can import `helpers`.
        marks: those that a block may carry; a closed list.
        languages: of fences that are shown and not run; a closed list.
        shown: pattern of a line of a page that shows the file, below `root`, of its group `file`;
            a block that names such a file finds it in its folder. "" for none.
        timeout: seconds that a block may take, unless a mark says otherwise.
        always: modules that are imported once, before the first fork.
        preload: packages whose modules are imported then too, if a block imports them.
        implied: modules that are worth importing too, by a pattern in a block's code.
        reseed: functions, as "module:name", that give a forked block a new random state; called
            if their module is imported.
        environment: variables that every block starts with.
        caches: those of them that name a folder of which blocks get copies, with the module whose
            import fills it.
        passed_on: variables that a block gets from the environment of the build.
        device_passed_on: the same for blocks that need a device.
        device_folders: variables that name a folder of its own, empty at the start, for each
            block that needs a device.
        advice: how to fix a block that raised, by a pattern in its exception.
        helpers: the package below `root` that blocks may import, and on which results depend.
        depends_on: installed distributions whose versions decide results.
        locked: the file, below `root`, that locks all other versions.
    """

    root: Path
    marks: tuple[Mark, ...] = (RAISES, SLOW, FRESH)
    languages: tuple[str, ...] = ("text", "console")
    shown: str = ""
    timeout: float = TIMEOUT
    always: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()
    implied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reseed: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    caches: Mapping[str, str] = field(default_factory=dict)
    passed_on: tuple[str, ...] = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
    device_passed_on: tuple[str, ...] = ()
    device_folders: tuple[str, ...] = ()
    advice: Mapping[str, str] = field(default_factory=dict)
    helpers: str = "snippets"
    depends_on: tuple[str, ...] = ()
    locked: str = "requirements.txt"

    def helpers_in(self, code: str) -> list[str]:
        """Return the folder of helpers, as all that code can read of the project, if it names it.

        What the result of other code depends on has no helpers in it: they are out of its reach.
        """
        named = re.search(rf"\b{re.escape(self.helpers)}\b", code)
        return [str(self.root / self.helpers)] if named else []

    @property
    def cache(self) -> Path:
        """The folder of everything that can be made anew."""
        return self.root / ".cache"
