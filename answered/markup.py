"""Text on its way into Markdown."""

from __future__ import annotations

import html
import re


def plain(text: str) -> str:
    """Return `text` such that Markdown shows it as it is: no HTML, no markup."""
    return re.sub(r"([\\`*_{}\[\]#|])", r"\\\1", html.escape(text, quote=False))
