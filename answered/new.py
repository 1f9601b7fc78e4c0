"""A new question page: `template.md` with a topic, a slug, a question and a level."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from string import Template

from markdown.extensions.toc import slugify

from . import DOCS, ROOT
from .contents import Contents, load_contents
from .duplicates import questions, wording
from .page import Page, load_pages
from .rules import SLUG

TEMPLATE = Path(__file__).with_name("template.md")


def new(topic: str | None, slug: str | None, question: str | None, level: str | None) -> int:
    """Write the page; what is not given is asked for. Exits with a message where an answer will not do."""
    contents, pages = load_contents(), load_pages()
    topics = [known.id for known in contents.topics]
    topic = settle("topic", f"Topic ({', '.join(topics)})", topic, lambda value: unknown(value, topics))
    question = settle("question", "Question", question, lambda value: fault_of_question(value, pages))
    suggested = slugify(question.replace("`", "").replace(".", " "), "-")
    slug = settle("slug", "Name of the file", slug, lambda value: fault_of_slug(value, pages), suggested)
    level = settle("level", f"Level ({', '.join(contents.levels)})", level, lambda value: unknown(value, contents.levels))
    file = DOCS / "questions" / topic / f"{slug}.md"
    file.parent.mkdir(exist_ok=True)
    file.write_text(filled(contents, question, level), encoding="utf-8")
    path = file.relative_to(ROOT).as_posix()
    print(f"wrote {path}\nFill in its TODOs, then run `make update PAGE={slug}` and `make page PAGE={slug}`.")
    return 0


def filled(contents: Contents, question: str, level: str) -> str:
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(question=question, level=level, tags=", ".join(contents.tags))


def settle(name: str, prompt: str, given: str | None, fault: Callable[[str], str], default: str = "") -> str:
    """Return `given`, or else an answer to `prompt`, in which `fault` finds nothing wrong; ask again while it does."""
    while True:
        value = (ask(name, prompt, default) if given is None else given).strip()
        wrong = fault(value)
        if not wrong:
            return value
        if given is not None:
            sys.exit(f"--{name}: {wrong}")
        print(f"  {wrong}")


def ask(name: str, prompt: str, default: str) -> str:
    try:
        return input(f"{prompt}{f' [{default}]' if default else ''}: ") or default
    except EOFError:
        sys.exit(f"\nno answer; answer the question, or give --{name}")


def unknown(value: str, known: list[str] | tuple[str, ...]) -> str:
    return "" if value in known else f"'{value}' is not one of {', '.join(known)}"


def fault_of_question(value: str, pages: list[Page]) -> str:
    if not re.fullmatch(r"\S.{8,}\?", value):
        return "write one line that ends with a question mark"
    same = next((page for page in pages if page.is_question and wording(value) in map(wording, questions(page))), None)
    return f"{same.path} answers that: mend it there, or ask another question" if same else ""


def fault_of_slug(value: str, pages: list[Page]) -> str:
    if not re.fullmatch(SLUG, value) or value == "index":
        return f"'{value}' is not lower-case letters, digits and single hyphens"
    same = next((page for page in pages if page.slug == value), None)
    return f"{same.path} is there already" if same else ""
