"""What a page must say about itself, and what the pages must be together."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, create_model
from pydantic import Field as field

from . import DOCS, ROOT
from .contents import Contents
from .duplicates import check_duplicates
from .form import check_form
from .myths import check_myths
from .page import FRONT_MATTER, NOT_UTF8, Page
from .problems import Problem
from .prose import INLINE_CODE
from .recordings import check_recordings

SECTIONS = ("Short answer", "What people get wrong", "Follow-up questions", "See also")
SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
# Pages of docs/ that are not questions; mkdocs.yml's navigation names them.
OTHER_PAGES = ("index.md", "myths.md", "practice.md", "take-away.md")


class AnyFrontMatter(BaseModel):
    """Front matter of a page that is no question: MkDocs' own keys, and these if they are there."""

    model_config = ConfigDict(extra="allow", strict=True)
    description: str = ""
    level: str = ""
    tags: list[str] = []
    also_asked: list[str] = []


def front_matter_model(contents: Contents) -> type[BaseModel]:
    """Return the schema of a question's front matter: these keys, these values, no others."""
    line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=140, pattern=r"^[^\n]*$")]
    description = Annotated[str, StringConstraints(min_length=40, max_length=240, pattern=r"^[^\n]*$")]
    return create_model(
        "FrontMatter",
        __config__=ConfigDict(extra="forbid", strict=True),
        description=(description, ...),
        level=(Literal[contents.levels], ...),
        tags=(Annotated[list[Literal[contents.tags]], field(min_length=1, max_length=4)], ...),
        also_asked=(list[line], ...),
    )


def check_pages(pages: list[Page], contents: Contents) -> list[Problem]:
    """Return everything that is wrong with the pages before anything is run."""
    model = front_matter_model(contents)
    problems = [problem for page in pages for problem in check_form(page) + check_encoding(page)] + check_folders()
    for page in pages:
        problems += check_front_matter(page, model if page.is_question else AnyFrontMatter)
        if page.is_question:
            problems += check_sections(page)
        problems += check_place(page, contents) + check_todos(page)
    return problems + check_duplicates(pages) + check_myths(pages, contents) + check_recordings(pages)


def check_encoding(page: Page) -> list[Problem]:
    line = page.text[: page.text.find(NOT_UTF8)].count("\n") + 1
    return [Problem(page.path, line, "the page is not UTF-8", "save it as UTF-8")] if NOT_UTF8 in page.text else []


def check_folders() -> list[Problem]:
    """A folder does not have the name of a page."""
    folders = (path.relative_to(ROOT).as_posix() for path in DOCS.rglob("*.md") if path.is_dir())
    return [Problem(folder, 1, "a folder has the name of a page", "name it without .md") for folder in folders]


def check_front_matter(page: Page, model: type[BaseModel]) -> list[Problem]:
    keys = "description, level, tags, also_asked"
    match = FRONT_MATTER.match(page.text)
    if not match:
        return [] if model is AnyFrontMatter else [Problem(page.path, 1, "missing front matter", f"begin the page with a '---' block that has {keys}")]
    try:
        meta = page.front_matter()
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        return [
            Problem(page.path, line, f"front matter is not YAML: {getattr(error, 'problem', error)}", "quote values that hold a colon or other punctuation")
        ]
    if not isinstance(meta, dict):
        return [Problem(page.path, 1, "front matter is not a mapping", f"write it as 'key: value'; the keys are {keys}")]
    try:
        model.model_validate(meta)
    except ValidationError as error:
        return [front_matter_problem(page, match[1], detail) for detail in error.errors()]
    return []


def front_matter_problem(page: Page, block: str, detail: dict) -> Problem:
    """Say at the line of its key what pydantic found wrong."""
    key = str(detail["loc"][0]) if detail["loc"] else ""
    lines = block.split("\n")
    line = next((i for i, text in enumerate(lines, 2) if re.match(rf"{re.escape(key)}\s*:", text)), 1)
    place = ".".join(map(str, detail["loc"]))
    if detail["type"] == "extra_forbidden":
        return Problem(page.path, line, f"unknown front matter '{place}'", "the keys are description, level, tags, also_asked")
    if detail["type"] == "missing":
        return Problem(page.path, line, f"missing front matter '{place}'", "add it; CONTRIBUTING.md says what it holds")
    return Problem(page.path, line, f"front matter '{place}': {detail['msg']}", "mend the value; the closed lists stand in docs/questions/contents.yml")


def check_sections(page: Page) -> list[Problem]:
    """A question page has one title that ends in '?', and the fixed sections in their order."""
    prose = [line if not fenced else "" for line, fenced in outside_fences(page.text)]
    titles = [i for i, line in enumerate(prose, 1) if re.match(r"# \S", line)]
    if len(titles) != 1:
        return [Problem(page.path, titles[1] if titles else 1, f"{len(titles)} level-1 headings", "the page has one, and it is the question")]
    problems = []
    if not prose[titles[0] - 1].rstrip().endswith("?"):
        problems.append(Problem(page.path, titles[0], "the title is not a question", "end it with a question mark"))
    found = [(line[3:].strip(), i) for i, line in enumerate(prose, 1) if line.startswith("## ")]
    order = [name for name, _ in found if name in SECTIONS]
    if order != list(SECTIONS):
        problems.append(
            Problem(
                page.path,
                titles[0],
                f"sections are {', '.join(order) or 'missing'}",
                f"have these, in this order: {', '.join('## ' + name for name in SECTIONS)}",
            )
        )
    return problems


def outside_fences(text: str):
    """Yield each line of `text` and whether it is inside a fence."""
    fence = ""
    for line in text.split("\n"):
        match = re.match(r"\s*(`{3,})", line)
        if fence:
            yield line, True
            if line.strip() == fence:
                fence = ""
        elif match:
            fence = match[1]
            yield line, True
        else:
            yield line, False


def check_place(page: Page, contents: Contents) -> list[Problem]:
    """Every page stands where the navigation finds it."""
    topics = [topic.id for topic in contents.topics]
    parts = page.uri.split("/")
    if page.uri in OTHER_PAGES:
        return []
    if parts[0] == "questions" and len(parts) == 3 and parts[1] in topics:
        if parts[2] == f"{page.slug}.md" and re.fullmatch(SLUG, page.slug) and page.slug != "index":
            return []
        return [Problem(page.path, 1, "the file's name is not a slug", "name it in lower-case letters, digits and single hyphens; 'index' is generated")]
    return [Problem(page.path, 1, "the page is outside the navigation", f"move it to docs/questions/<topic>/; the topics are {', '.join(topics)}")]


def check_todos(page: Page) -> list[Problem]:
    """Nothing is left to fill in, neither in the text nor in the front matter nor in the code."""
    found = ((i, re.search(r"\bTODO\b:?(.*)", INLINE_CODE.sub("", line))) for i, line in enumerate(page.text.split("\n"), 1))
    return [Problem(page.path, i, "a TODO is left", match[1].strip(" \"'*") or "fill it in") for i, match in found if match]
