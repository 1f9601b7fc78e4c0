"""questions.json, everything machine-readable about the questions, and the schema it keeps."""

from __future__ import annotations

import json
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import GenerateJsonSchema

from ..pages.book import Book
from ..site.article import Article, Edition, ShownBlock
from ..site.downloads import notebook_path
from ..site.finish import text
from .parts import absolute_links, document, exported, parts, short_answer

FILE, SCHEMA = "questions.json", "questions.schema.json"
TITLE = "The questions as JSON"


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


class License(Part):
    text: Literal["CC-BY-4.0"] = Field(description="SPDX identifier for the text")
    code: Literal["MIT"] = Field(description="SPDX identifier for the code")


class TopicEntry(Part, from_attributes=True):
    id: str = Field(description="the topic's folder, the first half of its questions' ids")
    title: str = Field(description="as the site shows it")
    summary: str = Field(description="what its questions are about")


class ExampleEntry(Part):
    line: int = Field(ge=1, description="of the block in the page's source")
    code: str = Field(description="Python source that stands alone")
    output: str = Field(
        description="what it prints; if it raises, the last line of the traceback comes last"
    )
    marks: list[str] = Field(description="what differs for the block")  # `schema` lists them
    executed: bool = Field(
        description="whether it ran in this build; if not, `output` was recorded on a GPU, or is"
        " empty"
    )
    origin: str = Field(
        description="where a block for a GPU ran, or that it has not been recorded; else empty"
    )


class WordingEntry(Part):
    text: str = Field(description="another wording, the name of a function, or an error text")
    url: str = Field(description="of the page, or of its section that answers this wording")


class FollowUpEntry(Part):
    question: str = Field(description="what is asked next, Markdown")
    answer: str = Field(description="in one to three sentences, Markdown")
    url: str = Field(description="of its place on the page")


class MythEntry(Part):
    claim: str = Field(description="a popular false claim")
    truth: str = Field(description="its refutation in a sentence or two, Markdown")
    url: str = Field(description="of the section that refutes it")


class ShortAnswer(Part):
    markdown: str = Field(
        description="as the page has it, an example included where one stands there"
    )
    text: str = Field(description="the same as one line of plain text")


class Question(Part):
    id: str = Field(
        pattern=r"^[a-z0-9-]+/[a-z0-9-]+$",
        description="`topic/slug`, stable for as long as the page exists",
    )
    url: str = Field(
        description="of the page; relative to this file where the site's address is not configured"
    )
    notebook: str = Field(description="URL of the page's notebook")
    source: str = Field(description="the page's file in the repository")
    title: str = Field(description="the question")
    short_title: str = Field(description="its name in the navigation")
    topic: str = Field(description="the `id` of one of `topics`")
    level: str = Field(description="of the interview it belongs to")  # `schema` lists them
    tags: list[str] = Field(description="what it is about, from the site's closed list")
    also_asked: list[WordingEntry] = Field(description="what else leads to the page")
    description: str = Field(description="the answer in one sentence")
    short_answer: ShortAnswer = Field(description="the answer as one would say it")
    examples: list[ExampleEntry] = Field(
        description="the code blocks of the page in order, without those that draw its figures"
    )
    myths: list[MythEntry] = Field(description="what the page says people get wrong")
    follow_ups: list[FollowUpEntry] = Field(description="questions that are asked next")


class Catalog(Part):
    schema_file: Literal["questions.schema.json"] = Field(
        SCHEMA, alias="$schema", description="the schema beside this file"
    )
    format: Literal[2] = Field(
        description="version of this format; a change that breaks readers raises it"
    )
    name: str = Field(description="of the site")
    url: str = Field(description="of the site; empty where it is not configured")
    torch: str = Field(description="version of PyTorch that the examples ran with")
    python: str = Field(description="version of Python that they ran with")
    locked: str = Field(description="date on which all dependencies were locked")
    licence: License = Field(description="of what the file holds")
    topics: list[TopicEntry] = Field(description="in reading order")
    questions: list[Question] = Field(description="in reading order")


def write(articles: list[Article], edition: Edition) -> str:
    """Write the questions and their schema."""
    config = edition.config
    questions = [question(article, edition) for article in articles]
    catalog = Catalog(
        format=2,
        name=config.name,
        url=config.url,
        torch=config.versions.torch,
        python=config.versions.python,
        locked=config.versions.locked,
        licence=License(text="CC-BY-4.0", code="MIT"),
        topics=edition.book.contents.topics,
        questions=questions,
    )
    edition.write(FILE, catalog.model_dump_json(by_alias=True, indent=1) + "\n")
    edition.write(SCHEMA, json.dumps(schema(edition.book), indent=1) + "\n")
    examples = sum(len(each.examples) for each in questions)
    return f"{len(questions)} questions, {examples} examples"


def question(article: Article, edition: Edition) -> Question:
    page, meta = article.page, article.page.meta
    answer = document(short_answer(parts(article, edition))).strip()

    def url(anchor: str = "") -> str:
        return edition.config.url + article.url + (anchor and f"#{anchor}")

    return Question(
        id=article.id,
        url=url(),
        notebook=edition.config.url + notebook_path(page),
        source=page.path,
        title=page.title,
        topic=article.topic.id,
        short_title=page.short_title,
        also_asked=[WordingEntry(text=each.text, url=url(each.anchor)) for each in page.asked],
        **{name: meta[name] for name in ("level", "tags", "description")},
        short_answer=ShortAnswer(markdown=answer, text=text(article.short_answer)),
        examples=[example(shown) for shown in exported(article)],
        myths=[
            MythEntry(
                claim=claim.claim,
                truth=absolute_links(claim.truth, page, edition),
                url=url(claim.anchor),
            )
            for claim in page.claims
        ],
        follow_ups=[
            FollowUpEntry(
                question=absolute_links(each.question, page, edition),
                answer=absolute_links(each.answer, page, edition),
                url=url(each.anchor),
            )
            for each in page.follow_ups
        ],
    )


def example(shown: ShownBlock) -> ExampleEntry:
    block = shown.outcome.block
    return ExampleEntry(
        line=block.line,
        code=block.code,
        output=shown.output,
        marks=list(block.mark_names),
        executed=shown.outcome.ran,
        origin=shown.outcome.provenance,
    )


def schema(book: Book) -> dict:
    """Return the JSON Schema of questions.json, with the levels and marks of `book`."""
    made = Catalog.model_json_schema(mode="serialization")  # no field is left out
    made["$defs"]["Question"]["properties"]["level"]["enum"] = list(book.contents.levels)
    marks = made["$defs"]["ExampleEntry"]["properties"]["marks"]
    marks["items"]["enum"] = [mark.name for mark in book.settings.marks]
    marks["description"] = ". ".join(f"`{m.name}`: {m.meaning}" for m in book.settings.marks)
    return {"$schema": GenerateJsonSchema.schema_dialect, **made}


def fields(book: Book) -> str:
    """Describe the fields of questions.json as Markdown tables, from its schema."""
    made = schema(book)
    tables = []
    for title, part in (("The file", made), *made["$defs"].items()):
        rows = [
            f"| `{name}` | {kind(value)} | {value.get('description', '')} |"
            for name, value in part["properties"].items()
        ]
        tables.append("\n".join([f"| {title} | Type | Meaning |", "|---|---|---|", *rows]))
    return "\n\n".join(tables) + "\n"


def kind(value: dict) -> str:
    """Return the type of a field as a reader would say it."""
    if "$ref" in value:
        return value["$ref"].rpartition("/")[2]
    if "enum" in value:
        return ", ".join(f"`{choice}`" for choice in value["enum"])
    if value.get("type") == "array":
        return f"list of {kind(value['items'])}"
    return f"`{value['const']}`" if "const" in value else value["type"]
