"""questions.json, everything machine-readable about the questions, and the schema it keeps."""

from __future__ import annotations

import json
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ..generated import locked_on
from ..myths import myths
from ..records import Record, Shown, text
from .links import page_address
from .notebooks import path
from .parts import document, parts, short_answer
from .site import FOLDER, Site

FILE, SCHEMA = "questions.json", "questions.schema.json"
FORMAT = 1


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Licence(Part):
    text: Literal["CC-BY-4.0"] = Field(description="SPDX identifier for the text")
    code: Literal["MIT"] = Field(description="SPDX identifier for the code")


class TopicEntry(Part):
    id: str = Field(description="the topic's folder, the first half of its questions' ids")
    title: str = Field(description="as the site shows it")
    summary: str = Field(description="what its questions are about")


class ExampleEntry(Part):
    line: int = Field(ge=1, description="of the block in the page's source")
    code: str = Field(description="Python source that stands alone")
    output: str = Field(description="what it prints; for one that raises, the last line of the traceback comes last")
    marks: list[Literal["gpu", "raises", "slow"]] = Field(description="`raises`: it must raise; `gpu`: it needs CUDA; `slow`: it may take minutes")
    executed: bool = Field(description="whether it ran in this build; if not, `output` was recorded on a GPU, or is empty")


class MythEntry(Part):
    claim: str = Field(description="a popular false claim")
    truth: str = Field(description="the first sentence of its refutation, Markdown")
    url: str = Field(description="of the section with the evidence")


class ShortAnswer(Part):
    markdown: str = Field(description="as the page has it, an example included where one stands there")
    text: str = Field(description="the same as one line of plain text")


class Question(Part):
    id: str = Field(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$", description="`topic/slug`, stable for as long as the page exists")
    url: str = Field(description="of the page; relative to this file where the site's address is not configured")
    notebook: str = Field(description="URL of the page's notebook")
    source: str = Field(description="the page's file in the repository")
    title: str = Field(description="the question")
    topic: str = Field(description="the `id` of one of `topics`")
    level: Literal["junior", "mid", "senior", "staff"] = Field(description="of the interview it belongs to")
    tags: list[str] = Field(description="what it is about, from the site's closed list")
    also_asked: list[str] = Field(description="other wordings, API names and error texts that lead to the page")
    description: str = Field(description="the answer in one sentence")
    short_answer: ShortAnswer = Field(description="the answer as one would say it")
    examples: list[ExampleEntry] = Field(description="every code block of the page, in order")
    myths: list[MythEntry] = Field(description="what the page says people get wrong")


class Catalog(Part):
    schema_file: Literal["questions.schema.json"] = Field(SCHEMA, alias="$schema", description="the schema beside this file")
    format: Literal[1] = Field(description="version of this format; a change that breaks readers raises it")
    name: str = Field(description="of the site")
    url: str = Field(description="of the site; empty where it is not configured")
    torch: str = Field(description="version of PyTorch that the examples ran with")
    python: str = Field(description="version of Python that they ran with")
    locked: str = Field(description="date on which all dependencies were locked")
    licence: Licence = Field(description="of what the file holds")
    topics: list[TopicEntry] = Field(description="in reading order")
    questions: list[Question] = Field(description="in reading order")


def write(records: list[Record], site: Site) -> str:
    """Write the questions and their schema."""
    catalog = Catalog(
        format=FORMAT,
        name=site.name,
        url=site.url,
        torch=site.torch,
        python=site.python,
        locked=locked_on(),
        licence=Licence(text="CC-BY-4.0", code="MIT"),
        topics=[TopicEntry(id=topic.id, title=topic.title, summary=topic.summary) for topic in site.contents.topics],
        questions=[question(record, site) for record in records],
    )
    (site.folder / FILE).write_text(catalog.model_dump_json(by_alias=True, indent=1) + "\n", encoding="utf-8")
    (site.folder / SCHEMA).write_text(json.dumps(schema(), indent=1) + "\n", encoding="utf-8")
    return f"{len(records)} questions, {sum(len(record.examples) for record in records)} examples"


def schema() -> dict:
    """Return the JSON Schema of questions.json."""
    made = Catalog.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "required": ["$schema", *made["required"]]}


def question(record: Record, site: Site) -> Question:
    meta = record.page.meta
    return Question(
        id=record.id,
        url=site.address(record.url),
        notebook=site.address(f"{FOLDER}/{path(record)}"),
        source=record.page.path,
        title=record.page.title,
        topic=record.topic.id,
        level=meta["level"],
        tags=meta["tags"],
        also_asked=meta["also_asked"],
        description=meta["description"],
        short_answer=ShortAnswer(markdown=document(short_answer(parts(record, site))).strip(), text=text(record.short_answer)),
        examples=[example(shown) for shown in record.examples],
        myths=[MythEntry(claim=myth.claim, truth=site.markdown(myth.truth, ""), url=site.address(page_address(myth.target))) for myth in myths(record.page)],
    )


def example(shown: Shown) -> ExampleEntry:
    block = shown.example
    return ExampleEntry(line=block.line, code=block.code, output=shown.output, marks=sorted(block.marks), executed=shown.result is not None)
