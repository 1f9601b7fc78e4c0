"""Text that is made from the pages: navigation, topic indexes, the facts on a page, the verification page."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlencode

from . import ROOT
from .contents import Contents, Topic
from .form import has_assert
from .page import Example, Page
from .results import versions
from .store import Store

VERIFIED = "verified.md"
NOTEBOOKS = "notebooks"


def navigation(contents: Contents, pages: list[Page]) -> list:
    """Return MkDocs' `nav`: home, every topic with its questions, notebooks, verification."""
    topics = [
        {topic.title: [f"questions/{topic.id}/index.md", *(page.uri for page in contents.questions(topic, pages))]}
        for topic in used(contents, pages)
    ]
    notebooks = [f"{NOTEBOOKS}/{file.name}" for file in notebook_files()]
    return [{"Home": "index.md"}, {"Questions": topics}, {"Notebooks": notebooks}, {"Myths": "myths.md"}, {"What is verified": VERIFIED}]


def notebook_files() -> list[Path]:
    return sorted((ROOT / "docs" / NOTEBOOKS).glob("*.py"))


def used(contents: Contents, pages: list[Page]) -> list[Topic]:
    """Topics that have a question."""
    return [topic for topic in contents.topics if contents.questions(topic, pages)]


def files(contents: Contents, pages: list[Page]) -> dict[str, str]:
    """Return the generated pages: uri to Markdown. The verification page is filled in last, from results."""
    made = {f"questions/{topic.id}/index.md": topic_index(contents, topic, pages) for topic in used(contents, pages)}
    return made | {VERIFIED: "---\nhide: [toc]\n---\n\n# What is verified\n"}


def plain(text: str) -> str:
    """Text of front matter, safe to put into Markdown: no HTML, no markup."""
    return re.sub(r"([\\`*_{}\[\]#|])", r"\\\1", html.escape(text, quote=False))


def topic_index(contents: Contents, topic: Topic, pages: list[Page]) -> str:
    entries = "\n".join(
        f"- [{page.title}]({page.slug}.md)\n\n    {plain(page.meta.get('description', ''))} *{page.meta.get('level', '')}*\n"
        for page in contents.questions(topic, pages)
    )
    return f"---\ndescription: {topic.summary}\n---\n\n# {topic.title}\n\n{topic.summary}\n\n{entries}"


def home(markdown: str, contents: Contents, pages: list[Page]) -> str:
    """Append the topics, with the number of their questions, to the text of the home page."""
    entries = "\n".join(
        f"- [{topic.title}](questions/{topic.id}/index.md) ({len(contents.questions(topic, pages))})\n\n    {topic.summary}\n"
        for topic in used(contents, pages)
    )
    total = len(contents.in_order(pages))
    return f"{markdown.rstrip()}\n\n## {total} questions by topic\n\n{entries}"


def question(markdown: str, page: Page, repository: str | None = None) -> str:
    """Add to a question page what its front matter and its examples say about it, and how to mend it."""
    asked = "".join(f"- {plain(str(line))}\n" for line in page.meta.get("also_asked") or ())
    also = f"\n## Also asked as\n\n{asked}" if asked else ""
    line = f"\n{facts(page)}\n{{: .facts }}\n"
    titled = re.sub(r"^# .+\n", lambda match: match[0] + line, markdown, count=1, flags=re.M)
    return f"{titled.rstrip()}\n{also}{mending(page, repository)}"


def mending(page: Page, repository: str | None) -> str:
    """Links to the page's source and to the form for errors, where `repository`, the address on its host, is known."""
    if not repository:
        return ""
    home = repository.rstrip("/")
    report = urlencode({"template": "1-wrong-answer.yml", "page": page.path})
    links = {"Edit this page": f"edit/main/{page.path}", "Report an error": f"issues/new?{report}", "How to contribute": "blob/main/CONTRIBUTING.md"}
    return "\n" + " · ".join(f"[{text}]({home}/{target})" for text, target in links.items()) + "\n{: .mending }\n"


def facts(page: Page) -> str:
    """One line: the level, and what was run and checked with what."""
    examples = page.readable_examples
    ran = [e for e in examples if "gpu" not in e.marks]
    gpu = len(examples) - len(ran)
    parts = [f"Level: {page.meta.get('level')}"]
    if ran:
        checked = sum(example.expected is not None for example in ran)
        parts.append(f"{count(len(ran), 'example')} run with {setting()}, {count(checked, 'output')} checked")
    if gpu:
        recorded = sum(e.expected is not None for e in examples if "gpu" in e.marks)
        parts.append(f"{count(gpu, 'example')} for a GPU, {recorded} recorded")
    if not examples:
        parts.append("no example: each fact carries its source")
    return f"{' · '.join(parts)} · [what is verified](../../{VERIFIED})"


def count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def setting() -> str:
    """Return what examples run with, as a reader would say it."""
    have = versions()
    return f"torch {have['torch']}, Python {have['python']}, {have['machine']}"


def locked_on() -> str:
    """Return the date that requirements.txt was locked on, from its first line."""
    match = re.search(r"locked on (\d{4}-\d\d-\d\d)", (ROOT / "requirements.txt").read_text(encoding="utf-8"))
    return match[1] if match else "an unknown date"


def tally(examples: Iterable[Example], store: Store) -> list:
    """Return the row of a page: examples, executed here, output checked, assert alone, GPU recorded, not run, seconds."""
    examples = list(examples)
    results = {e: store.get(e) for e in examples}
    ran = [e for e in examples if results[e]]
    waiting = [e for e in examples if not results[e]]
    return [
        len(examples),
        len(ran),
        sum(e.expected is not None for e in ran),
        sum(e.expected is None and has_assert(e.code) for e in ran),
        sum(e.expected is not None for e in waiting),
        sum(e.expected is None for e in waiting),
        round(sum(results[e].seconds for e in ran), 1),
    ]


def verification(contents: Contents, pages: list[Page], store: Store) -> str:
    """Return the page that says what was executed and checked, page by page."""
    questions = contents.in_order(pages)
    rows = [(page, tally(page.readable_examples, store)) for page in questions]
    total = [sum(column) for column in zip(*(row for _, row in rows), strict=True)] if rows else [0] * 7
    total[-1] = round(total[-1], 1)
    lines = [f"| [{page.title}]({page.uri}) | {' | '.join(map(str, row))} |" for page, row in rows]
    notebooks = "\n".join(f"- [{file.stem}]({NOTEBOOKS}/{file.name})" for file in notebook_files())
    return f"""# What is verified

Every example on this site was run in a process of its own when the site was built, and its output compared with
the output committed in the page's source; a difference stops the build.

- torch {versions()['torch']}, Python {versions()['python']}, {versions()['system']} on {versions()['machine']}
- All dependencies as locked on {locked_on()}
- {total[0]} examples: {total[1]} executed here, {total[2]} of them with checked output and {total[3]} with asserts alone;
  {total[4]} shown with an output recorded on a GPU; {total[5]} not run anywhere yet
- Nothing is skipped but examples that need a GPU, where there is none; those are counted in the last two columns.

| Page | Examples | Executed | Output checked | Asserts alone | GPU, recorded | GPU, not yet | Seconds |
|---|--:|--:|--:|--:|--:|--:|--:|
{chr(10).join(lines)}
| **All** | {' | '.join(f'**{value}**' for value in total)} |

Notebooks, executed from the first cell to the last at every build; a cell that raises stops the build:

{notebooks}
"""
