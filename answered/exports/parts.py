"""A question's source, taken apart into prose and examples."""

from __future__ import annotations

import re
import textwrap

from .. import ROOT
from ..form import MARK
from ..inclusions import SNIPPET
from ..page import FRONT_MATTER
from ..records import Record, Shown
from ..render import after_expected
from ..update import closing
from .site import Site

FENCE = re.compile(r"( *)(`{3,})")


def parts(record: Record, site: Site) -> list[str | Shown]:
    """Return the examples of a question and the Markdown between them, in order.

    Every level-2 heading begins a new stretch of Markdown. Marks and expected outputs are gone, code shown from snippets
    stands in a fence, links are such as can be followed from outside the site.
    """
    lines = record.page.text.split("\n")
    examples = {shown.example.line: shown for shown in record.examples}
    front = FRONT_MATTER.match(record.page.text)
    found: list[str | Shown] = []
    prose: list[str] = []
    number, indent = front[0].count("\n") if front else 0, ""

    def flush() -> None:
        text = "\n".join(prose).strip("\n")
        if text.strip():
            found.append(site.markdown(text, f"questions/{record.page.topic}/"))
        prose.clear()

    while number < len(lines):
        number += 1
        line = lines[number - 1]
        fence, snippet = FENCE.match(line), SNIPPET.match(line)
        if number in examples:
            flush()
            found.append(examples[number])
            indent = fence[1]
            number = 1 + after_expected(lines, closing(lines, number, fence[2]), examples[number].example)
        elif fence:
            end = closing(lines, number, fence[2])
            prose += lines[number - 1 : end + 1]
            number = end + 1
        elif snippet:
            prose += fenced("python", shown_source(snippet["file"], snippet["section"])).split("\n")
        elif not MARK.match(line.strip()):
            if line.startswith("## "):
                flush()
            if line.strip() and not line.startswith(indent):
                indent = ""
            prose.append(line.removeprefix(indent))
    flush()
    return found


def shown_source(file: str, section: str | None) -> str:
    """Return the section of a snippet file that a page shows, without its markers."""
    text = (ROOT / file).read_text(encoding="utf-8")
    if section:
        text = re.search(rf"\[start:{re.escape(section)}\]\n(.*?)^[^\n]*\[end:{re.escape(section)}\]", text, re.S | re.M)[1]
    return textwrap.dedent("\n".join(line for line in text.split("\n") if "--8<--" not in line)).strip("\n")


def fenced(language: str, text: str) -> str:
    """Return `text` in a fence longer than any inside it."""
    wall = "`" * max([3, *(len(run) + 1 for run in re.findall(r"`{3,}", text))])
    return f"{wall}{language}\n{text.rstrip()}\n{wall}"


def document(found: list[str | Shown]) -> str:
    """Return parts as one Markdown text, every example with its output below it."""
    texts = []
    for part in found:
        if isinstance(part, str):
            texts.append(part)
            continue
        texts.append(fenced("python", part.example.code))
        if "gpu" in part.example.marks:
            texts.append(f"*{part.provenance}*")
        if part.output:
            texts += ["Output:", fenced("text", part.output)]
    return "\n\n".join(texts) + "\n"


def short_answer(found: list[str | Shown]) -> list[str | Shown]:
    """Return the parts of the section "Short answer", without its heading."""
    start = next((i for i, part in enumerate(found) if isinstance(part, str) and part.startswith("## Short answer\n")), len(found))
    end = next((i for i in range(start + 1, len(found)) if isinstance(found[i], str) and found[i].startswith("## ")), len(found))
    return [found[start].partition("\n")[2].strip("\n"), *found[start + 1 : end]] if start < end else []
