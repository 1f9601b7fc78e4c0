"""The frame that the site puts around an answer: actions, level, folds, where next, the foot.

All of it is Markdown of the stage. What is of no use off the site stands between `THEME_BEGIN` and
`THEME_END`, and is no part of the finished article.
"""

from __future__ import annotations

import html
import posixpath
import textwrap
from collections.abc import Sequence
from urllib.parse import urlencode

from ..pages.addresses import ALSO_ASKED, EXPLAINED, LEVELS, PRACTICE, RELATED
from ..pages.page import SEE_ALSO, FollowUp, Page
from .config import Config
from .downloads import notebook_path
from .finish import COPY_PAGE, THEME_BEGIN, THEME_END
from .markup import links, plain

REPORT = "1-wrong-answer.yml"
WHERE_NEXT = "Where next"
ROOT = "../../"  # from a question's source to docs/


def around(page: Page, config: Config) -> dict[int, list[str]]:
    """Return what stands in place of some lines of a question, by the lines' numbers."""
    shown = {}
    for heading in page.headings:
        line = page.document.lines[heading.line - 1]
        if heading.level == 1:
            shown.setdefault(heading.line, [line, "", *actions(page, config), *level(page)])
        elif heading.level == 2 and heading.text == SEE_ALSO:
            shown[heading.line] = [f"## {WHERE_NEXT} {{: #{heading.anchor} }}"]
    for each in page.follow_ups:
        shown |= {number: [] for number in range(each.first, each.last + 1)}
        shown[each.first] = follow_up(each)
    return shown


def actions(page: Page, config: Config) -> list[str]:
    """Return the row below the title: what can be done with a page besides reading it.

    What needs a script is hidden until the script is there, or is a link that does without.
    """

    def address(path: str) -> str:
        return posixpath.relpath(path, page.url)

    practice = f"{address(PRACTICE.removesuffix('.md'))}/#question={page.id}"
    row = [
        f'<a class="action-practice" href="{practice}">Practice this question</a>',
        '<button class="i-know" type="button" hidden>I know this</button>',
        f'<a href="{address(notebook_path(page))}" download>Notebook</a>',
    ]
    if config.colab:
        colab = config.colab.replace("{path}", f"{page.id}.ipynb")
        row.append(f'<a href="{html.escape(colab)}">Open in Colab</a>')
    row += [
        f"{COPY_PAGE}>Copy as Markdown</a>",
        '<button class="copy-link" type="button" hidden>Copy link</button>',
    ]
    if config.repository:
        query = urlencode({"template": REPORT, "page": page.path})
        report = f"{config.repository.rstrip('/')}/issues/new?{query}"
        row.append(f'<a href="{html.escape(report)}">Report an error</a>')
    return of_the_site(f'<p class="actions">{" ".join(row)}<span role="status"></span></p>')


def level(page: Page) -> list[str]:
    """Return the badge of the short answer, which `finish` puts into a box with it."""
    name = page.meta.get("level", "")
    return [f"[{name} level]({ROOT}{LEVELS}#{name})", "{: .level }", ""] if name else []


def follow_up(each: FollowUp) -> list[str]:
    """Return a follow-up question, its answer folded away, with a link to it."""
    name = "Link to this question"
    link = (
        f'<a class="headerlink" href="#{each.anchor}" title="{name}" aria-label="{name}">&para;</a>'
    )
    return [
        "",
        f'<div class="follow-up" markdown><details id="{each.anchor}" markdown>',
        f'<summary markdown="span">{each.question}</summary>',
        "",
        each.answer,
        "",
        "</details>",
        *of_the_site(f"<p>{link}</p>"),
        "</div>",
        "",
    ]


def where_next(page: Page, related: Sequence[Page], errors: Sequence[Page]) -> list[str]:
    """Return what follows a page's own list "See also": other pages, and other wordings."""
    shown = []
    for title, anchor, pages in (
        ("Related questions", RELATED, related),
        ("Error messages", EXPLAINED, errors),
    ):
        if pages:
            shown += [title, f"{{: #{anchor} .related }}", "", links(pages, ROOT)]
    if page.asked:
        asked = "".join(
            f"- [{plain(each.text)}](#{each.anchor})\n"
            if each.anchor
            else f"- {plain(each.text)}\n"
            for each in page.asked
        )
        shown += [
            f'<details id="{ALSO_ASKED}" class="quiet" markdown>',
            "<summary>Also asked as</summary>",
            "",
            asked,
            "</details>",
            "",
        ]
    return shown


def foot(page: Page, facts: str, repository: str) -> list[str]:
    """Return the last line: facts, and links to the tags, the source and how it is changed."""
    tags = [f'<a href="{ROOT}../tags/#tag:{tag}">{tag}</a>' for tag in page.meta.get("tags", [])]
    parts = [f"tags: {', '.join(tags)}"] if tags else []
    if repository:
        home = repository.rstrip("/")
        targets = {
            "edit this page": f"edit/main/{page.path}",
            "how to contribute": "blob/main/CONTRIBUTING.md",
        }
        for text, target in targets.items():
            parts.append(f'<a href="{html.escape(f"{home}/{target}")}">{text}</a>')
    more = "".join(f" · {part}" for part in parts)
    return [f"{facts}{THEME_BEGIN}{more}{THEME_END}", "{: .facts }", ""]


def fold(title: str, lines: Sequence[str]) -> list[str]:
    """Return lines of Markdown folded away under `title`."""
    inside = [textwrap.indent(line, "    ") for line in lines]
    return [f'??? quiet "{title}"', "", *inside, ""]


def of_the_site(text: str) -> list[str]:
    """Return HTML that is no part of the article."""
    return ["", THEME_BEGIN, "", text, "", THEME_END, ""]
