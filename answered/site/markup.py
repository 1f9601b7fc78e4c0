"""Text on its way into Markdown and HTML."""

from __future__ import annotations

import html
import json
import re


def plain(text: str) -> str:
    """Return `text` such that Markdown shows it as it is: no HTML, no markup."""
    return re.sub(r"([\\`*_{}\[\]#|])", r"\\\1", html.escape(text, quote=False))


def count(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where that is right."""
    return f"{number} {noun}{'s' * (number != 1)}"


def front_matter(**fields: str | list[str]) -> str:
    """Return a page's front matter; texts are escaped, for templates write them as they are."""
    escaped = {key: html.escape(v) if isinstance(v, str) else v for key, v in fields.items()}
    lines = (f"{key}: {json.dumps(v, ensure_ascii=False)}\n" for key, v in escaped.items())
    return "---\n" + "".join(lines) + "---\n\n"


def links(pages: list, prefix: str = "") -> str:
    """Return a Markdown list of links to `pages`, by their titles."""
    return "".join(f"- [{plain(page.title)}]({prefix}{page.uri})\n" for page in pages)


def fence_for(text: str) -> str:
    """Return backticks longer than any fence inside `text`."""
    return max(re.findall(r"`{3,}", text), key=len, default="``") + "`"
