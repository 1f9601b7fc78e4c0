"""What a page may not hold outside of its fences: raw HTML, links that are no addresses of pages, indented code."""

from __future__ import annotations

import re
from collections.abc import Iterator

import markdown
from markdown.blockprocessors import CodeBlockProcessor

# Of inline links, of reference definitions and of automatic links.
LINK_SCHEME = re.compile(r"(?:\]\(\s*<?|^\s*\[[^\]]+\]:\s*<?|<)([A-Za-z][A-Za-z0-9+.-]*):")
RAW_HTML = re.compile(r"<(?!https?://|mailto:)[A-Za-z/!?][^>]*>?")
ATTRIBUTES = re.compile(r"\{:?[^{}\n]*\w\s*=[^{}\n]*\}")  # attr_list would set any of them, event handlers included
MATH = re.compile(r"\$[^$\n]+\$")
INLINE_CODE = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)")


def line_faults(line: str) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a line of prose, and how to mend it."""
    line = INLINE_CODE.sub("", line)
    scheme = LINK_SCHEME.search(line)
    if scheme and scheme[1].lower() not in ("http", "https", "mailto"):
        yield f"a link to {scheme[1]}:", "link to a page of this site or to https://"
    attributes = ATTRIBUTES.search(MATH.sub("", line))
    if attributes:
        yield f"attributes: {attributes[0][:40]}", "take them out, or put code between backticks and a formula between $"
    tag = RAW_HTML.search(line)
    if tag:
        yield f"raw HTML: {tag[0][:40]}", "use Markdown, or put code between backticks"


def indented_blocks(text: str) -> Iterator[str]:
    """Yield the text of every indented code block that Markdown sees in `text`."""
    if not re.search(r"^(    |\t)", text, re.M):
        return
    found: list[str] = []

    class Collect(CodeBlockProcessor):
        def run(self, parent, blocks):
            found.append(self.detab(blocks[0])[0])
            super().run(parent, blocks)

    md = markdown.Markdown(extensions=["admonition", "pymdownx.details"])
    md.parser.blockprocessors.register(Collect(md.parser), "code", 80)
    md.convert(text)
    yield from found
