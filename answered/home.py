"""The home page: its text, the topics, what is verified, and what else there is."""

from __future__ import annotations

from .contents import Contents
from .generated import VERIFIED, count, setting, used
from .page import Page

ELSEWHERE = (
    ("practice.md", "Practise", "Questions without their answers, repeated when you are about to forget them; or predict what a block prints."),
    ("take-away.md", "Take away", "Flashcards, notebooks and the whole site, to use offline."),
    ("myths.md", "What popular answers get wrong", "The worst claims, each with what is true instead and the evidence."),
)


def home(markdown: str, contents: Contents, pages: list[Page]) -> str:
    """Append to the text of the home page the topics, the figures of what is verified, and links to what else is there."""
    topics = [
        card(topic.title, f"questions/{topic.id}/index.md", f"{topic.summary} *{number(len(contents.questions(topic, pages)))}*")
        for topic in used(contents, pages)
    ]
    there = {page.uri for page in pages}
    elsewhere = [card(title, uri, summary) for uri, title, summary in ELSEWHERE if uri in there]
    total = count(len(contents.in_order(pages)), "question")
    return (
        "\n\n".join(
            [
                markdown.rstrip(),
                f"## {total} by topic",
                grid(topics),
                "## What is verified, and with what",
                verified(contents, pages),
                *(["## More than reading", grid(elsewhere)] if elsewhere else []),
            ]
        )
        + "\n"
    )


def number(questions: int) -> str:
    return count(questions, "question").replace(" ", "&nbsp;")


def grid(cards: list[str]) -> str:
    return "\n".join(['<div class="grid cards" markdown>', "", *cards, "", "</div>"])


def card(title: str, uri: str, text: str) -> str:
    return f"- **[{title}]({uri})**\n\n    {text}\n"


def verified(contents: Contents, pages: list[Page]) -> str:
    """Return how many examples ran with what, and how many outputs were checked."""
    examples = [example for page in contents.in_order(pages) for example in page.readable_examples]
    ran = [example for example in examples if "gpu" not in example.marks]
    checked = sum(example.expected is not None for example in ran)
    gpu = f" {count(len(examples) - len(ran), 'more example')} for a GPU." if len(ran) < len(examples) else ""
    return (
        f"**{count(len(ran), 'example')}** run at every build, **{count(checked, 'output')}** compared with what is shown, "
        f"last with {setting()}.{gpu} [What is verified]({VERIFIED}) says it page by page."
    )
