"""The pages that are no questions, and where they stand below docs/."""

HOME = "index.md"
PRACTICE = "practice.md"
MYTHS = "myths.md"
DOWNLOADS = "downloads.md"
WRITTEN = (HOME, PRACTICE, MYTHS, DOWNLOADS)  # files of docs/, which the build completes

VERIFIED = "verified.md"
LEVELS = "levels.md"
TAGS = "tags.md"
ERRORS = "errors/index.md"
PREPARE = "prepare/index.md"
SHEETS = "sheets/index.md"
GENERATED = (VERIFIED, LEVELS, TAGS)  # made by the build alone, as are the topics' indexes

# Anchors of the sections that the build adds to a question.
ALSO_ASKED, RELATED = "also-asked-as", "related-questions"
EXPLAINED = "error-messages"


def topic_index(topic: str) -> str:
    """Return the uri of the page that lists the questions of `topic`."""
    return f"questions/{topic}/index.md"


def path_page(path: str) -> str:
    """Return the uri of the page of the path `path`."""
    return f"prepare/{path}.md"


def sheet_page(topic: str) -> str:
    """Return the uri of the cheat sheet of `topic`."""
    return f"sheets/{topic}.md"
