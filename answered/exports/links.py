"""Links of pages, rewritten for places where the site around them is missing."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Callable
from urllib.parse import urljoin

from ..engine.block import INLINE_CODE

ROOT = "file:///"  # stands for the site's root while addresses are resolved
TAG = re.compile(
    r"""<[a-zA-Z][\w:-]*(?:\s+[\w:.-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?)*\s*/?>"""
)
REFERENCE = re.compile(r'\s(href|src)="([^"]*)"')
CODE_OR_LINK = re.compile(
    rf"{INLINE_CODE.pattern}|\[(?P<text>(?:[^\[\]`]|`[^`]*`)*)\]\((?P<target>[^()\s]+)\)", re.S
)


def inside(base: str, target: str) -> str | None:
    """Return what `target`, found at `base`, names: both are paths from the root.

    None where it leads elsewhere: to another site, to mail, to data.
    """
    absolute = urljoin(ROOT + base, target)
    if target.startswith("/") or not absolute.startswith(ROOT):
        return None
    return absolute.removeprefix(ROOT)


def outside(base: str, target: str, url: str) -> str | None:
    """Return `target`, found at `base`, for use off the site that is published at `url`.

    None where it leads to a page of the site and `url` is empty.
    """
    path = inside(base, target)
    if path is None:
        return target
    return url + path if url else None


def relative(path: str, base: str) -> str:
    """Return the address of `path` as seen from the page at `base`, which ends with a slash."""
    path, mark, fragment = path.partition("#")
    slash = "/" if not path or path.endswith("/") else ""
    return posixpath.relpath(path or ".", base) + slash + mark + fragment


def page_address(path: str) -> str:
    """Return the address of a page that is named by its source, `topic/page.md#section`."""
    source, mark, fragment = path.partition("#")
    if source.endswith((".md", ".py")):
        source = re.sub(r"(^|(?<=/))index/$", "", f"{source[:-3]}/")
    return source + mark + fragment


def relink_html(content: str, resolve: Callable[[str], str | None]) -> str:
    """Give each `href` and `src` the value that `resolve` returns; None removes the attribute."""

    def attribute(match: re.Match) -> str:
        target = resolve(html.unescape(match[2]))
        return "" if target is None else f' {match[1]}="{html.escape(target)}"'

    def tag(match: re.Match) -> str:
        return REFERENCE.sub(attribute, match[0]) if "=" in match[0] else match[0]

    return TAG.sub(tag, content)


def relink_markdown(text: str, rewrite: Callable[[str, str], str]) -> str:
    """Replace each inline link of prose by what `rewrite` makes of its text and target."""

    def replaced(match: re.Match) -> str:
        is_link = match["target"] is not None
        return rewrite(match["text"], match["target"]) if is_link else match[0]

    return CODE_OR_LINK.sub(replaced, text)
