"""Links of pages, rewritten for places where the site around them is missing."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Callable
from urllib.parse import urlsplit

TAG = re.compile(r"""<[a-zA-Z][\w:-]*(?:\s+[\w:.-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?)*\s*/?>""")
REFERENCE = re.compile(r'\s(href|src)="([^"]*)"')
CODE_OR_LINK = re.compile(r"^( *)(`{3,})[^`\n]*\n.*?\n\1\2$|(`+)(?!`).+?(?<!`)\3(?!`)|\[((?:[^\[\]`]|`[^`]*`)*)\]\(([^()\s]+)\)", re.S | re.M)


def inside(base: str, target: str) -> str | None:
    """Return what `target`, found on the page or in the folder `base`, names: a path from the site's root.

    None where it leads elsewhere: to another site, to mail, to data.
    """
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or target.startswith("/"):
        return None
    path = posixpath.normpath(posixpath.join(base, parts.path)) if parts.path else base
    if parts.path.endswith(("/", "..")) or parts.path in (".", "..") or not parts.path:
        path = path.rstrip("/") + "/"
    path = path.removeprefix("./").removeprefix(".")
    return path.removeprefix("/") + (f"#{parts.fragment}" if parts.fragment else "")


def page_address(path: str) -> str:
    """Return the address, from the site's root, of a page that is named by its source, `topic/page.md#section`."""
    source, hash_, fragment = path.partition("#")
    folder, name = posixpath.split(source)
    stem, suffix = posixpath.splitext(name)
    if suffix not in (".md", ".py"):
        return path
    address = folder if stem == "index" else posixpath.join(folder, stem)
    return (f"{address}/" if address else "") + hash_ + fragment


def relink_html(content: str, resolve: Callable[[str], str | None]) -> str:
    """Give every `href` and `src` in `content` the value that `resolve` returns for it; None takes the attribute out."""

    def attribute(match: re.Match) -> str:
        target = resolve(html.unescape(match[2]))
        return "" if target is None else f' {match[1]}="{html.escape(target)}"'

    return TAG.sub(lambda tag: REFERENCE.sub(attribute, tag[0]) if "=" in tag[0] else tag[0], content)


def relink_markdown(text: str, rewrite: Callable[[str, str], str]) -> str:
    """Replace every inline link in `text` by what `rewrite` makes of its text and target; code is left alone."""
    return CODE_OR_LINK.sub(lambda match: match[0] if match[5] is None else rewrite(match[4], match[5]), text)
