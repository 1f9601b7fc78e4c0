"""A reader's steps, those on the practice page above all, and the data it is made from."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

from tests.sources import paths, questions

START = datetime(2026, 1, 5, 10, 0)  # a Monday, by the browser's own clock
KEY = "pytorch-answered/practice/1"


def arguments(file: Path) -> list:
    """What a data script hands to the page."""
    return json.loads(
        re.sub(r"^Deck\.\w+\((.*)\);\n$", r"[\1]", file.read_text(encoding="utf-8"), flags=re.S)
    )


def finish_animations(page) -> None:
    """Bring all that moves or changes its colour to its end."""
    page.evaluate("document.getAnimations().forEach(animation => animation.finish())")


def choose(page) -> None:
    """Unfold what can be chosen."""
    options = page.locator("#practice-options")
    if options.get_attribute("open") is None:
        options.locator("summary").click()


def by_importance() -> list:
    """All questions, those first that paths.yml lists first as asked."""
    listed = [slug for entry in paths()["asked"] for slug in entry]
    return sorted(questions(), key=lambda question: listed.index(question.slug))


def begin(page) -> None:
    page.locator("#practice-choice button[type=submit]").click()
    page.locator("#practice > section:not([hidden])").wait_for()


def stored(page) -> dict:
    return json.loads(page.evaluate("key => localStorage.getItem(key)", KEY) or '{"cards": {}}')[
        "cards"
    ]


def await_stored(page, number: int) -> None:
    """Wait until a tab sees the records of so many cards: what another one stores gets there later."""
    while len(stored(page)) < number:
        page.wait_for_timeout(50)


def focused(page) -> str:
    return page.evaluate("document.activeElement.id")


def text(page, name: str) -> str:
    return page.locator(f"#practice-{name}").inner_text()


def reveal(page) -> None:
    page.keyboard.press("Space")
    page.locator("#practice-back").wait_for()


def answer(page, grade: str) -> None:
    """Reveal and grade, and wait for what comes next."""
    reveal(page)
    page.keyboard.press(grade)
    await_next(page)


def await_next(page) -> None:
    asking = "#practice-card:not([hidden]) #practice-reveal:not([hidden])"
    page.locator(f"#practice-summary:not([hidden]), {asking}").wait_for()


def scheduled(page, record: dict | None, grade: int, at: datetime) -> str:
    """What ts-fsrs itself says of the next date."""
    return page.evaluate(
        """([card, grade, at]) =>
          FSRS.fsrs().next(card ?? FSRS.createEmptyCard(at), at, grade).card.due.toISOString()""",
        [record, grade, at.astimezone().isoformat()],
    )


def interval(due: str, now: datetime) -> str:
    """The time until `due` as the page says it."""
    minutes = round((datetime.fromisoformat(due) - now.astimezone()).total_seconds() / 60)
    return f"{minutes} min" if minutes < 60 else f"{round(minutes / 1440)} days"
