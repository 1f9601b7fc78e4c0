"""The front matter of questions: its fields, which checks, template and messages are made from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """One key of the front matter of a question.

    Attributes:
        name: the key.
        meaning: what an author has to write, as the template says it.
        length: fewest and most characters of a text, or of each text of a list.
        entries: fewest and most texts of a list; None where the value is one text.
        values: the attribute of `Contents` that lists what it may hold; "" where it is free text.
        optional: whether a question may be without it; the template of new pages then is.
    """

    name: str
    meaning: str
    length: tuple[int, int] = (1, 240)
    entries: tuple[int, int] | None = None
    values: str = ""
    optional: bool = False


FIELDS = (
    Field(
        "description",
        "the answer in one sentence of 40 to 240 characters; search results and link previews"
        " show it",
        (40, 240),
    ),
    Field("level", "the level at which it is asked", values="levels"),
    Field("tags", "one to four tags", entries=(1, 4), values="tags"),
    Field(
        "also_asked",
        "one a line: other wordings, names of functions, error texts that people type",
        (4, 140),
        entries=(0, 30),
    ),
)
KEYS = ", ".join(field.name for field in FIELDS)


def has_kinds(meta: object) -> bool:
    """Whether front matter is a mapping whose known keys hold text or lists of text."""
    return isinstance(meta, dict) and all(
        is_kind(field, meta[field.name]) for field in FIELDS if field.name in meta
    )


def is_kind(field: Field, value: object) -> bool:
    """Whether a value is a text, or a list of texts where the field holds a list."""
    if field.entries is None:
        return isinstance(value, str)
    return isinstance(value, list) and all(isinstance(text, str) for text in value)
