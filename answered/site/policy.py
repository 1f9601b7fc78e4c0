"""The policy of finished pages: what one may hold, seen as a browser sees it, and what browsers run.

The content, which comes from anyone, is held against the closed list of `check.html`; the rest,
which the theme makes, may have scripts: those of files of the site, and inline ones whose hashes
are committed in `scripts.txt`. A hash is never taken from what is found.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ..check.html import Fault, faults_of, html_problem
from ..engine.problems import FaultyFileError, Problem
from ..pages.book import Book
from ..pages.contents import CONTENTS
from ..pages.page import Page
from .finish import (
    BLOCK_BEGIN,
    BLOCK_END,
    CONTENT_BEGIN,
    CONTENT_END,
    FOLD_OUTPUT,
    FOLD_SOURCE,
    THEME_BEGIN,
    THEME_END,
)

BLOCK = re.compile(rf"{BLOCK_BEGIN.format('[0-9]+')}|{BLOCK_END}|{FOLD_OUTPUT}|{FOLD_SOURCE}")
INLINE_SCRIPTS = Path(__file__).with_name("scripts.txt")
NO_BASE = 'new URL("",location)'
BASE = re.compile(r'new URL\("[\w./-]*",location\)')  # differs by the depth of a page alone
SCRIPT_FILE = re.compile(r"(?:/|\./|(?:\.\./)+)?(?:\w[\w.-]*/)*\w[\w.-]*\.js")
DATA = ("application/json", "application/ld+json")  # which no browser runs
FOREIGN = ("base", "embed", "frame", "iframe", "object", "template")
ADDRESSES = ("href", "src", "action", "formaction", "xlink:href", "data", "srcset")
ABROAD = re.compile(r"\s*//|(?!https?:|mailto:)[\s\x00-\x1f]*[a-z][\sa-z0-9+.-]*:", re.I)
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.S)
CHARSET = '<meta charset="utf-8">'
POLICY = (
    "default-src 'none'; script-src 'self'{hashes}; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'"
)


def sha256(script: str) -> str:
    """Return the hash of a script as policies write it."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def known(script: str, hashes: Collection[str]) -> bool:
    """Whether an inline script is one of those whose `hashes` are committed."""
    return sha256(BASE.sub(NO_BASE, script)) in hashes


@cache
def committed() -> frozenset[str]:
    """Return the hashes of the theme's inline scripts, the first word of each line."""
    lines = INLINE_SCRIPTS.read_text(encoding="utf-8").splitlines()
    return frozenset(line.split()[0] for line in lines if line and not line.startswith("#"))


def problems_of(book: Book, uri: str, page: str) -> list[Problem]:
    """Return what the page `uri`, whose markers are still in it, may not hold: one or none.

    Pages without a source of their own are made from the table of contents.
    """
    source = next((each for each in book.sources if each.uri == uri), None)
    path, text = (source.path, source.text) if source else (CONTENTS, "")
    problem = html_problem(path, faults(page), text)
    return [problem] if problem else []


def faults(page: str) -> Iterator[Fault]:
    """Yield what a page may not hold; its markers are still in it."""
    tree, hashes = LexborHTMLParser(page), committed()
    content = set()
    for node in tree.root.traverse(include_text=True):
        if is_marker(node, CONTENT_BEGIN):
            for found in content_of(node):
                if found is None:
                    yield Fault("an end tag that closes what is around the page's content")
                else:
                    content.add(found.mem_id)
                    yield from faults_of(found)
    for node in tree.root.traverse():
        if node.mem_id not in content:
            yield from faults_of_theme(node, hashes)


def check_part(page: Page, content: str) -> str:
    """Return HTML that was made from a part of a page, if a finished page may hold it.

    Apart from what is around it, Markdown can read the same text in another way.

    Raises:
        FaultyFileError: it may not.
    """
    found = faults(f"<main>{CONTENT_BEGIN}{content}{CONTENT_END}</main>")
    if problem := html_problem(page.path, found, page.text):
        raise FaultyFileError([problem])
    return content


def is_marker(node: LexborNode, *markers: str) -> bool:
    return node.is_comment_node and node.html in markers


def content_of(begin: LexborNode) -> Iterator[LexborNode | None]:
    """Yield the nodes from the marker `begin` to its end, what the theme adds there aside.

    Where the end is not beside the beginning, for what is between them closed what they are in,
    the last is None.
    """
    levels = [begin.next]
    while levels:
        node = levels.pop()
        if node is None:
            if not levels:
                yield None
        elif is_marker(node, THEME_BEGIN):
            while node and not is_marker(node, THEME_END):
                node = node.next
            levels.append(node and node.next)
        elif not is_marker(node, CONTENT_END) or levels:
            levels.append(node.next)
            if not (node.is_comment_node and BLOCK.fullmatch(node.html)):
                yield node
                if node.child:
                    levels.append(node.child)


def faults_of_theme(node: LexborNode, hashes: Collection[str]) -> Iterator[Fault]:
    """Yield what an element around the content may not be or have."""
    attributes = {name: value or "" for name, value in node.attributes.items()}
    tag = node.tag
    if tag == "script" and attributes.get("type") not in DATA:
        source = attributes.get("src")
        if source is None:
            script = node.text(deep=True)
            if attributes or not known(script, hashes):
                hashed = sha256(BASE.sub(NO_BASE, script))
                yield Fault(f"a script whose hash, {hashed}, is not in {INLINE_SCRIPTS.name}")
        elif not SCRIPT_FILE.fullmatch(source):
            yield Fault(f'<script src="{source[:60]}">')
    elif tag in FOREIGN or (tag == "meta" and "http-equiv" in attributes):
        yield Fault(f"<{tag}>")
    for name, value in attributes.items():
        if name.startswith("on") or (name in ADDRESSES and ABROAD.match(value)):
            yield Fault(f'<{tag} {name}="{value[:60]}">')


def protected(page: str) -> str:
    """Return a page with its Content-Security-Policy as the first thing in its head.

    Raises:
        ValueError: the template no longer has the place where the policy goes.
    """
    if CHARSET not in page:
        raise ValueError(f"the page has no {CHARSET}, after which its policy goes")
    hashes = committed()
    scripts = {text for text in INLINE_SCRIPT.findall(page) if known(text, hashes)}
    allowed = "".join(f" '{hashed}'" for hashed in sorted(map(sha256, scripts)))
    meta = f'<meta http-equiv="Content-Security-Policy" content="{POLICY.format(hashes=allowed)}">'
    return page.replace(CHARSET, CHARSET + meta, 1)
