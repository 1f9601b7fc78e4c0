"""The front matter of questions: its fields, which checks, template and messages are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Field:
    """One key of the front matter of a question.

    Attributes:
        name: the key.
        meaning: what an author has to write, as the template says it.
        length: fewest and most characters of a text, or of each text of a list.
        entries: fewest and most texts of a list; None where the value is one text.
        values: the attribute of `Contents` that lists what it may hold; "" where it is free text.
        anchors: whether an entry of the list may also be a mapping of one text to the anchor of
            the place that answers it.
        optional: whether a page may do without.
    """

    name: str
    meaning: str
    length: tuple[int, int] = (1, 240)
    entries: tuple[int, int] | None = None
    values: str = ""
    anchors: bool = False
    optional: bool = False


FIELDS = (
    Field(
        "description",
        "the answer in one sentence of 40 to 240 characters; search results and link previews"
        " show it",
        (40, 240),
    ),
    Field("short_title", "three to 32 characters that name it in the navigation", (3, 32)),
    Field("level", "the level at which it is asked", values="levels"),
    Field(
        "kind", "the form of the page, where it has one of its own", values="kinds", optional=True
    ),
    Field("tags", "one to four tags", entries=(1, 4), values="tags"),
    Field(
        "also_asked",
        "one a line: other wordings, names of functions, error texts that people type; with an"
        " anchor after a colon where not the short answer but that section answers it",
        (4, 140),
        entries=(0, 30),
        anchors=True,
    ),
)
KEYS = ", ".join(field.name for field in FIELDS)
DESCRIPTION, SHORT_TITLE = FIELDS[:2]
ERROR_FIELDS = (
    replace(DESCRIPTION, meaning="what the message means in one sentence of 40 to 240 characters"),
    SHORT_TITLE,
    Field("group", "what the error is about", values="error_groups"),
    Field(
        "also_asked",
        "one a line: older wordings of the message, and parts of it that people type",
        (4, 300),
        entries=(0, 30),
    ),
    Field(
        "quoted_from",
        "https address of the source that has the message, where no block of the page can raise it",
        (12, 240),
        optional=True,
    ),
)
# Of pages that are no questions; how those are laid out is for the build to say.
OTHER_FIELDS = (Field("title", "in the browser's title bar"), DESCRIPTION)


def has_kinds(meta: object, fields: Sequence[Field] = FIELDS) -> bool:
    """Whether front matter is a mapping whose `fields` hold text or lists of text."""
    return isinstance(meta, dict) and all(
        is_kind(field, meta[field.name]) for field in fields if field.name in meta
    )


def is_kind(field: Field, value: object) -> bool:
    """Whether a value is a text, or a list of entries where the field holds a list."""
    if field.entries is None:
        return isinstance(value, str)
    return isinstance(value, list) and all(is_entry(field, entry) for entry in value)


def is_entry(field: Field, entry: object) -> bool:
    """Whether an entry of a list is a text, or one text with an anchor where the field has them."""
    if isinstance(entry, dict) and field.anchors and len(entry) == 1:
        return all(isinstance(text, str) for pair in entry.items() for text in pair)
    return isinstance(entry, str)


def text_of(field: Field, entry: object) -> object:
    """Return the text of an entry that stands with an anchor; any other entry as it is."""
    return next(iter(entry)) if isinstance(entry, dict) and is_entry(field, entry) else entry
