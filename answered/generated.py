"""Text that is made from the pages: navigation, topic indexes, the facts on a page, the verification page."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlencode

from . import ROOT
from .browse import LEVELS, TAGS, levels_page, tags_page
from .contents import Contents, Topic
from .form import has_assert
from .markup import plain
from .page import Example, Page
from .recordings import gpu_examples
from .results import versions
from .store import Store

VERIFIED = "verified.md"
COLUMNS = ("Examples", "Executed", "Output checked", "Asserts alone", "GPU, run here", "GPU, recorded", "GPU, not yet", "Seconds")
TAKE_AWAY = "take-away.md"
NOTEBOOKS = "notebooks"


def navigation(contents: Contents, pages: list[Page]) -> list:
    """Return MkDocs' `nav`: home, every topic with its questions, practice, notebooks, myths, verification."""
    topics = [{topic.title: [f"questions/{topic.id}/index.md", *(page.uri for page in contents.questions(topic, pages))]} for topic in used(contents, pages)]
    notebooks = [f"{NOTEBOOKS}/{file.name}" for file in notebook_files()]
    downloads = [{"Take away": TAKE_AWAY}] if any(page.uri == TAKE_AWAY for page in pages) else []
    return [
        {"Home": "index.md"},
        {"Practise": "practice.md"},
        {"Questions": topics},
        {"Notebooks": notebooks},
        {"By level": LEVELS},
        {"By tag": TAGS},
        {"Myths": "myths.md"},
        *downloads,
        {"What is verified": VERIFIED},
    ]


def notebook_files() -> list[Path]:
    return sorted((ROOT / "docs" / NOTEBOOKS).glob("*.py"))


def used(contents: Contents, pages: list[Page]) -> list[Topic]:
    """Topics that have a question."""
    return [topic for topic in contents.topics if contents.questions(topic, pages)]


def files(contents: Contents, pages: list[Page]) -> dict[str, str]:
    """Return the generated pages: uri to Markdown. The verification page is filled in last, from results."""
    made = {f"questions/{topic.id}/index.md": topic_index(contents, topic, pages) for topic in used(contents, pages)}
    made |= {LEVELS: levels_page(contents, pages), TAGS: tags_page()}
    return made | {VERIFIED: "---\nhide: [toc]\n---\n\n# What is verified\n"}


def topic_index(contents: Contents, topic: Topic, pages: list[Page]) -> str:
    entries = "\n".join(
        f"- [{plain(page.title)}]({page.slug}.md)\n\n    {plain(page.meta.get('description', ''))} *{page.meta.get('level', '')}*\n"
        for page in contents.questions(topic, pages)
    )
    return f"---\ndescription: {topic.summary}\n---\n\n# {topic.title}\n\n{topic.summary}\n\n{entries}"


def question(markdown: str, page: Page, related: list[Page], store: Store) -> str:
    """Add to a question page what its front matter, its examples and other pages say about it."""
    asked = "".join(f"- {plain(line)}\n" for line in page.meta.get("also_asked", []))
    also = f"\n## Also asked as\n\n{asked}" if asked else ""
    line = f"\n{facts(page, store)}\n{{: .facts }}\n"
    titled = re.sub(r"^# .+\n", lambda match: match[0] + line, markdown, count=1, flags=re.M)
    near = "".join(f"- [{plain(other.title)}](../../{other.uri})\n" for other in related)
    return f"{titled.rstrip()}\n{also}" + (f"\n## Related questions\n\n{near}" if near else "")


def mending(page: Page, repository: str | None) -> str:
    """Return the links to a page's source and to the form for errors, where `repository`, the sources' address, is known."""
    if not repository:
        return ""
    home = repository.rstrip("/")
    report = urlencode({"template": "1-wrong-answer.yml", "page": page.path})
    links = {"Edit this page": f"edit/main/{page.path}", "Report an error": f"issues/new?{report}", "How to contribute": "blob/main/CONTRIBUTING.md"}
    shown = " · ".join(f'<a href="{html.escape(f"{home}/{target}")}">{text}</a>' for text, target in links.items())
    return f'\n<p class="mending">{shown}</p>\n'


def facts(page: Page, store: Store) -> str:
    """One line: the level, and what was run and checked with what."""
    examples = page.readable_examples
    ran = [e for e in examples if "gpu" not in e.marks]
    gpu = [e for e in examples if "gpu" in e.marks]
    parts = [f"Level: {page.meta.get('level')}"]
    if ran:
        checked = sum(example.expected is not None for example in ran)
        parts.append(f"{count(len(ran), 'example')} run with {setting()}, {count(checked, 'output')} checked")
    if gpu:
        here, recorded, waiting = gpu_tally(gpu, store)
        told = [f"{number} {what}" for number, what in ((here, "run at this build"), (recorded, "recorded"), (waiting, "not recorded yet")) if number]
        parts.append(f"{count(len(gpu), 'example')} for a GPU, {', '.join(told)}")
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


def gpu_tally(examples: Iterable[Example], store: Store) -> tuple[int, int, int]:
    """Return how many `gpu` examples were run here, are recorded and not run here, and are not recorded yet."""
    examples = [example for example in examples if "gpu" in example.marks]
    here = sum(store.get(example) is not None for example in examples)
    recorded = sum(store.get(example) is None and store.recorded(example) is not None for example in examples)
    return here, recorded, len(examples) - here - recorded


def tally(examples: Iterable[Example], store: Store) -> list:
    """Return the row of a page: its number in each of the columns of `COLUMNS`."""
    examples = list(examples)
    results = {e: store.get(e) for e in examples}
    ran = [e for e in examples if results[e]]
    return [
        len(examples),
        len(ran),
        sum(e.expected is not None for e in ran),
        sum(e.expected is None and (has_assert(e.code) or results[e].measured is not None) for e in ran),
        *gpu_tally(examples, store),
        round(sum(results[e].seconds for e in ran), 1),
    ]


def verification(contents: Contents, pages: list[Page], store: Store) -> str:
    """Return the page that says what was executed and checked, page by page."""
    questions = contents.in_order(pages)
    rows = [(page, tally(page.readable_examples, store)) for page in questions]
    total = [sum(column) for column in zip(*(row for _, row in rows), strict=True)] if rows else [0] * len(COLUMNS)
    total[-1] = round(total[-1], 1)
    lines = [f"| [{plain(page.title)}]({page.uri}) | {' | '.join(map(str, row))} |" for page, row in rows]
    for_gpu = [example for page in questions for example in gpu_examples(page)]
    notebooks = "\n".join(f"- [{file.stem}]({NOTEBOOKS}/{file.name})" for file in notebook_files())
    return f"""# What is verified

Every example that needs no GPU was run in a process of its own when the site was built, and its output compared with
the output committed in the page's source; a difference stops the build. An example that needs a GPU shows what a GPU
has printed, with the device and the versions, or says that it has not been recorded yet.

- torch {versions()["torch"]}, Python {versions()["python"]}, {versions()["system"]} on {versions()["machine"]}
- All dependencies as locked on {locked_on()}
- {total[0]} examples: {total[1]} executed here, {total[2]} of them with checked output and {total[3]} with asserts alone
- Of them, {len(for_gpu)} need a GPU: {total[4]} run at this build, {total[5]} recorded, {total[6]} not recorded yet.
  Nothing else is ever skipped.
{recorded_on(for_gpu, store)}

| Page | {" | ".join(COLUMNS)} |
|---|{"--:|" * len(COLUMNS)}
{chr(10).join(lines)}
| **All** | {" | ".join(f"**{value}**" for value in total)} |

{not_recorded(questions, store)}Notebooks, executed from the first cell to the last at every build; a cell that raises stops the build:

{notebooks}
"""


def recorded_on(examples: list[Example], store: Store) -> str:
    """Return a list entry for every device and setting that a shown recording comes from."""
    found = [recording for e in examples if not store.get(e) and (recording := store.recorded(e))]
    entries = Counter(f"{plain(str(recording))}, {recording.date}" for recording in found)
    return "".join(f"    - {count(number, 'example')} recorded on {entry}\n" for entry, number in sorted(entries.items()))


def not_recorded(pages: list[Page], store: Store) -> str:
    """Return the pages with an example that has run nowhere yet, as a list; "" where there is none."""
    waiting = [(page, gpu_tally(page.readable_examples, store)[2]) for page in pages]
    entries = "".join(f"- [{plain(page.title)}]({page.uri}): {number}\n" for page, number in waiting if number)
    return f"Examples that need a GPU and have not been recorded yet:\n\n{entries}\n" if entries else ""
