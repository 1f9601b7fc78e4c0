"""MkDocs checks links and anchors; this adds the line to what it says."""

from __future__ import annotations

import logging
import re

from . import DOCS

MESSAGE = re.compile(r"Doc file '(?P<page>[^']+)' contains .*?link '(?P<target>[^']*)'")


class LineNumbers(logging.Filter):
    """Puts `page:line` before MkDocs' warnings about links."""

    def filter(self, record: logging.LogRecord) -> bool:
        match = MESSAGE.search(record.getMessage())
        if match:
            file = DOCS / match["page"]
            lines = file.read_text(encoding="utf-8", errors="replace").split("\n") if file.is_file() else []
            line = next((i for i, text in enumerate(lines, 1) if f"]({match['target']}" in text), 1)
            record.msg = f"docs/{match['page']}:{line}: {record.getMessage()}\n    mend: point the link at a page and a heading that exist"
            record.args = ()
        return True

    @classmethod
    def install(cls) -> None:
        for name in ("mkdocs.structure.pages", "mkdocs.structure.nav", "mkdocs.structure.files"):
            logging.getLogger(name).addFilter(cls())
