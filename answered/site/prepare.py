"""The page Prepare, and a page for each path through the questions."""

from __future__ import annotations

from ..pages.addresses import PRACTICE, PREPARE, SHEETS, path_page
from ..pages.book import Book
from ..pages.paths import Part, PreparationPath
from ..pages.reading import SOLVING, WORDS_A_MINUTE, in_words, minutes
from .frame import of_the_site
from .listings import entry
from .markup import count, front_matter

TITLE = "Prepare for an interview"
SUMMARY = "Which questions to prepare, in which order: for an evening, a week, a month, or a role."
CHOOSE = """Choose by the time that you have, or by the role. A path names its questions and exercises in order, each with a
reason, shows how far you are, and starts practice on just these. What is asked most comes first."""
TO_PRINT = f"A page to print for each topic: the [cheat sheets](../{SHEETS})."
HOW = f"""The questions were weighed by the number of public question lists, interview reports and forum threads that ask
them, as far as we gathered them in November 2026; then by how much of the other questions they carry.

Times are for reading {WORDS_A_MINUTE} words a minute, code and output among them, with {SOLVING} minutes more for an
exercise that you solve. Saying the answers aloud comes on top."""


def pages(book: Book) -> dict[str, str]:
    """Return the pages about preparation by their uris; none where there is no path."""
    paths = book.paths.paths
    found = {path_page(path.id): path_of(path, book) for path in paths}
    return {PREPARE: prepare(paths, book), **found} if paths else {}


def prepare(paths: tuple[PreparationPath, ...], book: Book) -> str:
    """Return the page that lists the paths."""
    entries = "\n".join(
        f"- [{path.title}]({path.id}.md)\n\n    {path.summary} *{size(path.questions, book)}*\n"
        for path in paths
    )
    head = f"{front_matter(description=SUMMARY)}# {TITLE}"
    return "\n\n".join(
        [head, CHOOSE, TO_PRINT, "## Paths", entries, "## How they were chosen", HOW]
    )


def path_of(path: PreparationPath, book: Book) -> str:
    """Return the page of one path."""
    practice = f"../../{PRACTICE.removesuffix('.md')}/#path={path.id}"  # the page is a folder
    start = (
        f'<p class="actions"><a class="action-practice" href="{practice}">Practice these questions</a>'
        ' <span class="standing" hidden></span></p>'
    )
    parts = "\n".join(part_of(part, book) for part in path.parts)
    about = f"{path.summary} *{size(path.questions, book)}*"
    head = f"{front_matter(description=path.summary)}# {path.title}\n\n{about}"
    return "\n".join([head, *of_the_site(start), parts])


def part_of(part: Part, book: Book) -> str:
    """Return the section of one part of a path."""
    found = [book.by_slug[slug] for slug in part.questions]
    entries = "\n".join(entry(page, f"../{page.uri}", book.paths.why[page.slug]) for page in found)
    return f"## {part.title}\n\n*{size(part.questions, book)}*\n\n{entries}"


def size(slugs: tuple[str, ...], book: Book) -> str:
    """Return how many questions there are and how long they take, in words."""
    time = sum(minutes(book.by_slug[slug]) for slug in slugs)
    return f"{count(len(slugs), 'question')}, {in_words(time)}"
