"""Reading times: what a question takes, in minutes and in words."""

from __future__ import annotations

from .page import Page

WORDS_A_MINUTE = 150  # of prose, code and output
SOLVING = 20  # minutes, besides, for an exercise


def minutes(page: Page) -> int:
    """Return the minutes that reading a question takes, and solving it where it is an exercise."""
    words = sum(len(line.split()) for line in page.document.lines)
    return round(words / WORDS_A_MINUTE) + SOLVING * page.is_exercise


def in_words(time: int) -> str:
    """Return minutes in words, such as "about 2½ hours"; from an hour on to the half hour."""
    if time < 60:
        return f"{time} minutes"
    halves = round(time / 30)
    number = f"{halves // 2}{'½' * (halves % 2)}"
    return f"about {number} hour{'s' * (halves > 2)}"
