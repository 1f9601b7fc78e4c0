"""Files in snippets/, which pages show in whole or in sections, and blocks start or import."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

SNIPPET_MARK = "-8<-"  # of any number of dashes
SNIPPET = re.compile(r'^--8<-- "(?P<file>snippets/(?!.*\.\.)[^":]+)(?::(?P<section>[^"]+))?"$')

IMPORT = re.compile(r"^\s*(?:from|import)\s+(snippets\b[\w.]*)", re.M)


def modules_of(code: str) -> list[str]:
    """Return the modules of snippets/ that code imports, so that it runs nowhere else."""
    return IMPORT.findall(code)


def module_of(file: str) -> str:
    """Return the name by which blocks import a file of snippets/."""
    return file.removesuffix(".py").replace("/", ".")


def shown_source(root: Path, file: str, section: str | None) -> str | None:
    """Return the section of a snippet file that a page shows, without markers; None if missing."""
    path = root / file
    if not path.is_file():
        return None
    text = path.read_text(encoding="utf-8")
    if section:
        name = re.escape(section)
        match = re.search(rf"\[start:{name}\]\n(.*?)^[^\n]*\[end:{name}\]", text, re.S | re.M)
        if match is None:
            return None
        text = match[1]
    lines = [line for line in text.split("\n") if "--8<--" not in line]
    return textwrap.dedent("\n".join(lines)).strip("\n")
