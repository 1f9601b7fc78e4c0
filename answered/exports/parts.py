"""An article as Markdown for use off the site: stretches of text, and blocks."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import groupby
from types import MappingProxyType

from markdown import Markdown

from ..engine.block import Block
from ..pages.contents import Topic
from ..pages.exercises import FOLDER, judge_path
from ..pages.folded import draws, runs_anywhere
from ..pages.page import JUDGE, SEE_ALSO, SHORT_ANSWER, TASK, Page
from ..pages.snippets import SNIPPET, modules_of, shown_source
from ..site.article import Article, Edition, ShownBlock
from ..site.finish import formulas
from ..site.markup import fence_for
from .links import inside, page_address, relink_markdown

# Of a block whose output readers predict: lines of code and of output, and decimals beyond them.
MOST_LINES, MOST_OUTPUT = 20, 5
DIFFERS = "Against the solution above:"
SHOWN_JUDGE = "The judge's code is shown on the question's page, and is a cell of its notebook."
# What a solution has for its page's judge, which is no part of it, and what the judge prints.
FOR_JUDGE = re.compile(
    rf"^from {FOLDER.replace('/', '.')}\.\w+ import judge\n|\n*^judge\(\w+\)$", re.M
)
ACCEPTED = re.compile(r"^.*\baccepted: \d+ checks$", re.M)
ALT = re.compile(r'aria-label="([^"]*)"')
DECIMALS = re.compile(r"\d\.\d{3}")


def parts(article: Article, edition: Edition) -> list[str | ShownBlock]:
    """Return the blocks of an article that are exported, and the Markdown between them, in order.

    Each level-2 heading begins a new stretch of Markdown. What snippet lines show stands in
    fences, links can be followed from outside the site, in place of figures stands what they
    show, and in place of an exercise's judge, which is longer than the rest, where it is shown.
    """
    page = article.page
    shown = {block.outcome.block.line: block for block in article.blocks}
    starts = {heading.line for heading in page.headings if heading.level == 2}
    found: list[str | ShownBlock] = []
    for piece in page.document.pieces():
        if isinstance(piece, Block):
            block = shown[piece.line]
            found += figures(block) if draws(piece) else [block]
            continue
        stretches: list[list[tuple[int, str]]] = [[]]
        for number, line in piece:
            if number in starts:
                stretches.append([])
            stretches[-1].append((number, line))
        for stretch in stretches:
            texts = []
            for is_code, lines in groupby(
                stretch, key=lambda line: line[0] in page.document.fenced
            ):
                text = "\n".join(line for _, line in lines)
                texts.append(text if is_code else prose(text, page, edition))
            if text := "\n".join(texts).strip("\n"):
                found.append(text)
    return found


def figures(shown: ShownBlock) -> list[str]:
    """Return what the figures of a block show, in words."""
    told = (ALT.search(svg) for _, svg in shown.outcome.figures)
    return [f"*Figure: {html.unescape(alt[1])}*" for alt in told if alt]


def exported(article: Article) -> list[ShownBlock]:
    """Return the blocks that run wherever they are pasted: they need nothing of snippets/."""
    return [
        shown
        for shown in article.blocks
        if not modules_of(shown.code) and not shown.outcome.block.files
    ]


def decidable(shown: ShownBlock) -> bool:
    """Whether a reader can work out what a block prints: it is short, and so is what it prints.

    It ran in this build without a device, and prints no number to many decimals.
    """
    code = [line for line in shown.code.split("\n") if line.strip()]
    return bool(
        shown.output
        and shown.outcome.ran
        and runs_anywhere(shown.outcome.block)
        and len(code) <= MOST_LINES
        and shown.output.count("\n") < MOST_OUTPUT
        and not DECIMALS.search(shown.output)
    )


def prose(text: str, page: Page, edition: Edition) -> str:
    """Return prose of a page with absolute links and the code that snippet lines show."""

    lines = absolute_links(text, page, edition).split("\n")
    for number, line in enumerate(lines):
        if match := SNIPPET.match(line):
            source = shown_source(edition.book.root, match["file"], match["section"]) or ""
            if match["file"] == judge_path(page):
                lines[number] = SHOWN_JUDGE
            else:
                lines[number] = fence("python", source)
    return "\n".join(lines)


def absolute_links(text: str, page: Page, edition: Edition) -> str:
    """Return prose of a page with absolute links; if the site has no address, their text alone."""

    def rewrite(label: str, target: str) -> str:
        path = inside(page.uri, target)
        if path is None:
            return f"[{label}]({target})"
        if edition.config.url:
            return f"[{label}]({edition.config.url}{page_address(path)})"
        return label

    return relink_markdown(text, rewrite)


def html_of(text: str) -> str:
    """Return prose of a page, without code in fences, as HTML."""
    return formulas(converter().reset().convert(text))


@cache
def converter() -> Markdown:
    """Return a converter for `html_of`, which takes longer to make than a sentence to convert."""
    configs = {"pymdownx.arithmatex": {"generic": True}}
    return Markdown(extensions=["tables", *configs], extension_configs=configs)


def fence(language: str, text: str) -> str:
    """Return `text` in a fence longer than any inside it."""
    marks = fence_for(text)
    return f"{marks}{language}\n{text.rstrip()}\n{marks}"


def document(
    found: list[str | ShownBlock], different: Mapping[Block, Sequence[str]] = MappingProxyType({})
) -> str:
    """Return parts as one Markdown text, each block with its output below it.

    Of the blocks in `different` the lines there are shown in place of the code, as a diff. Code
    that calls a judge stands without the call, so that it runs where the judge is not.
    """
    texts = []
    for part in found:
        if isinstance(part, str):
            texts.append(part)
            continue
        block = part.outcome.block
        output, accepted = part.output, ACCEPTED.findall(part.output)
        if block in different:
            texts += [DIFFERS, fence("diff", "\n".join(different[block]))]
        else:
            texts.append(fence(block.language, FOR_JUDGE.sub("", part.code)))
        if part.outcome.provenance:
            texts.append(f"*{part.outcome.provenance}*")
        if accepted:
            output = ACCEPTED.sub("", output).strip("\n")
        if output:
            texts += ["Output:", fence("text", output)]
        if accepted:
            texts.append(f"What the page's judge says of it: {', '.join(accepted)}.")
    return "\n\n".join(texts) + "\n"


def answer_first(found: list[str | ShownBlock]) -> list[str | ShownBlock]:
    """Return parts with the task and the judge of an exercise behind what answers it.

    A page folds its solution, for who wants to try first. A text folds nothing, and who reads it
    came for the answer; whoever tries has the page and the notebook.
    """
    answer, task, rest = [], [], []
    into = answer
    for part in found:
        if isinstance(part, str) and part.startswith("## "):
            heading = part.partition("\n")[0].removeprefix("## ")
            into = task if heading in (TASK, JUDGE) else rest if heading == SEE_ALSO else answer
        into.append(part)
    return answer + task + rest


def short_answer(found: list[str | ShownBlock]) -> list[str | ShownBlock]:
    """Return the parts of the section "Short answer", without its heading."""
    inside_it, answer = False, []
    for part in found:
        if isinstance(part, str) and part.startswith("## "):
            heading, _, part = part.partition("\n")
            inside_it, part = heading == f"## {SHORT_ANSWER}", part.strip("\n")
        if inside_it:
            answer.append(part)
    return answer


def by_topic(articles: list[Article]) -> list[tuple[Topic, list[Article]]]:
    """Return the articles, which are in reading order, of each topic."""
    groups = groupby(articles, key=lambda article: article.topic)
    return [(topic, list(group)) for topic, group in groups]
