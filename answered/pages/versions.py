"""The versions that examples run with, without importing any of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ..engine.cache import versions
from .settings import settings


@dataclass(frozen=True)
class Versions:
    """Versions as text; `locked` is the date on which requirements.txt was locked."""

    torch: str
    python: str
    machine: str
    system: str
    locked: str

    @classmethod
    def find(cls, root: Path) -> Versions:
        """Return the versions of this environment and of the project in the folder `root`."""
        text = (root / "requirements.txt").read_text(encoding="utf-8")
        locked = re.search(r"locked on (\d{4}-\d\d-\d\d)", text)
        date = locked[1] if locked else "an unknown date"
        return cls(**versions(settings(root)), locked=date)

    def __str__(self) -> str:
        return f"torch {self.torch}, Python {self.python}, {self.machine}"
