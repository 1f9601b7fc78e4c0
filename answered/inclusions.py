"""Snippet lines: sections of files in snippets/ that a page shows (pymdownx.snippets)."""

from __future__ import annotations

import re

from . import ROOT

SNIPPET_MARK = "-8<-"  # pymdownx.snippets takes any number of dashes
SNIPPET = re.compile(r'^--8<-- "(?P<file>[^":]+)(?::(?P<section>[^"]+))?"$')


def snippet_fault(line: str) -> tuple[str, str] | None:
    """Return what is wrong with a snippet line and how to mend it, or None."""
    match = SNIPPET.match(line)
    if not match or not match["file"].startswith("snippets/") or ".." in match["file"]:
        return "a snippet line that cannot be read", """write --8<-- "snippets/<file>.py:<section>" alone on its line"""
    file, section = ROOT / match["file"], match["section"]
    if not file.is_file():
        return f"unknown snippet file {match['file']}", "name a file in snippets/"
    if section and f"# --8<-- [start:{section}]" not in file.read_text(encoding="utf-8"):
        return f"unknown snippet section '{section}' of {match['file']}", f"put '# --8<-- [start:{section}]' and '[end:{section}]' around it there"
    return None
