"""A new question page: of `template.md` the sections of its kind, and what is known of it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from string import Template

from markdown.extensions.toc import slugify

from ..check.duplicates import wording, wordings
from ..engine.update import replace_file
from ..pages.book import Book
from ..pages.contents import KINDS, Contents
from ..pages.front_matter import FIELDS, Field
from ..pages.gate import IS_SLUG, is_slug
from ..pages.page import CLAIMS, SECTIONS, SECTIONS_OF

TEMPLATE = Path(__file__).with_name("template.md")


def new(
    root: Path,
    topic: str | None,
    slug: str | None,
    question: str | None,
    level: str | None,
    kind: str | None = None,
) -> int:
    """Write the page; ask for what is not given, but for the kind, which most pages do not have.

    Returns:
        The exit code, 0.

    Raises:
        SystemExit: a given value cannot be used, or there is nobody to ask.
    """
    book = Book.load(root)
    topics, levels = [topic.id for topic in book.contents.topics], book.contents.levels
    topic = answer("topic", f"Topic ({', '.join(topics)})", topic, one_of(topics))
    question = answer("question", "Question", question, lambda q: fault_of_question(q, book))
    suggested = slugify(question.replace("`", "").replace(".", " "), "-")
    slug = answer("slug", "File name", slug, lambda s: fault_of_slug(s, book), suggested)
    level = answer("level", f"Level ({', '.join(levels)})", level, one_of(levels))
    if kind and kind not in KINDS:
        sys.exit(f"--kind: '{kind}' is not one of {', '.join(KINDS)}")
    file = root / "docs" / "questions" / topic / f"{slug}.md"
    file.parent.mkdir(exist_ok=True)
    front = "\n".join(
        line_of_field(field, book.contents, {"level": level, "kind": kind})
        for field in FIELDS
        if not field.optional or (field.name == "kind" and kind)
    )
    template = Template(of_kind(TEMPLATE.read_text(encoding="utf-8"), kind or ""))
    judge = slug.replace("-", "_")
    text = template.substitute(question=question, front_matter=front, judge=judge)
    replace_file(file, text)
    print(f"wrote {file.relative_to(root).as_posix()}")
    print(f"Fill in its TODOs, then run `make update PAGE={slug}` and `make page PAGE={slug}`.")
    return 0


def of_kind(template: str, kind: str) -> str:
    """Return the template with the sections that a question of this kind has, in their order."""
    head, *parts = re.split(r"^(?=## )", template, flags=re.M)
    by_name = {part.partition("\n")[0].removeprefix("## "): part for part in parts}
    names = list(SECTIONS_OF.get(kind, SECTIONS))
    if CLAIMS in names:  # above which the page has sections of its own
        names.insert(names.index(CLAIMS), next(name for name in by_name if "TODO" in name))
    return head + "".join(by_name[name] for name in names)


def line_of_field(field: Field, contents: Contents, given: dict[str, str]) -> str:
    """Return a key of the front matter with its value, or with what is to be filled in."""
    if field.name in given:
        return f"{field.name}: {given[field.name]}"
    if field.values:
        values = ", ".join(getattr(contents, field.values))
        return f"{field.name}: [] # TODO: {field.meaning}: {values}"
    todo = f'"TODO: {field.meaning}"'
    return f"{field.name}: {todo}" if field.entries is None else f"{field.name}:\n  - {todo}"


def answer(
    name: str, prompt: str, given: str | None, fault: Callable[[str], str], default: str = ""
) -> str:
    """Return `given`, or an answer to `prompt`, in which `fault` finds nothing wrong."""
    while True:
        try:
            value = given or input(f"{prompt}{f' [{default}]' if default else ''}: ") or default
        except EOFError:
            sys.exit(f"\nno answer; answer the question, or give --{name}")
        if not (wrong := fault(value.strip())):
            return value.strip()
        if given:
            sys.exit(f"--{name}: {wrong}")
        print(f"  {wrong}")


def one_of(known: Sequence[str]) -> Callable[[str], str]:
    """Return the fault of a value that is not one of `known`."""
    fix = f"is not one of {', '.join(known)}; docs/questions/contents.yml has the lists"
    return lambda value: "" if value in known else f"'{value}' {fix}"


def fault_of_question(value: str, book: Book) -> str:
    if "\n" in value or not value.endswith("?"):
        return "write one line that ends with a question mark"
    if len(value) < 10:
        return "write a whole question, of at least 10 characters"
    asked = wording(value)
    for page in book.questions:
        if asked in map(wording, wordings(page)):
            return f"{page.path} answers that: correct it there, or ask another question"
    return ""


def fault_of_slug(value: str, book: Book) -> str:
    if not is_slug(value):
        return f"'{value}' is not {IS_SLUG}; 'index' is generated"
    same = next((page for page in book.pages if page.slug == value), None)
    return f"{same.path} exists already" if same else ""
