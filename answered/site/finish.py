"""HTML of a generator, finished: formulas, policy, and the article cut out of each question."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from latex2mathml.converter import convert

from ..check.outcome import Outcome
from ..pages.contents import Topic
from ..pages.page import Page
from .article import Article, Section, ShownBlock

# Markers in the stage, which come through every generator as comments and leave the site here.
CONTENT_BEGIN, CONTENT_END = "<!--content-->", "<!--/content-->"
BLOCK_BEGIN, BLOCK_END = "<!--block {}-->", "<!--/block-->"
# Around what the site adds to the content of a page, which is no part of an article.
THEME_BEGIN, THEME_END = "<!--theme-->", "<!--/theme-->"
THEME = re.compile(rf"{THEME_BEGIN}.*?{THEME_END}\n*", re.S)
# In front of a block whose output readers are to predict, or whose source they need not see.
FOLD_OUTPUT, FOLD_SOURCE = "<!--output-->", "<!--source-->"
MARKER = re.compile(r"<!--/?(?:content|block|theme|output|source)[ \d]*-->\n*")
# The short answer, to the next section, and the level where it stands above it.
ANSWER = re.compile(
    r'(?:<p class="level">[^\n]*</p>\s*)?<h2 id="short-answer".*?(?=<h2 id="|$)', re.S
)
# The link to a question's Markdown, which exports write beside it; it gets its address here, where
# no generator looks for a page of that name.
COPY_PAGE, MARKDOWN = '<a class="copy-page"', "index.html.md"
CODE = re.compile(r"(?<=<pre><span></span><code>).*?(?=</code></pre>)", re.S)
NARROW = 32  # columns that fit on every screen
STEP, STEPS = 4, 5  # columns of an indentation, and how many of them the style sheet knows

FORMULA = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.S)
# Pygments marks names, spaces, operators and punctuation as well; without these marks pages are
# a fifth lighter.
PLAIN_SPAN = re.compile(r'<span class="(?:n|o|p|w)">([^<]*)</span>')
PREFORMATTED = re.compile(r"(<pre.*?</pre>)", re.S)
BLANK_LINES = re.compile(r"\n\s*\n\s*")
TITLE = re.compile(r"<title>(.*)</title>")  # on one line; a title may hold </title> itself
HEADING = re.compile(r'<h([23]) id="([^"]+)">(.*?)<a class="headerlink".*?</h\1>', re.S)
HIGHLIGHTED = re.compile(r'<div class="language-\w+ highlight">.*?</div>', re.S)
OUTPUT = re.compile(rf'<div class="result">\s*({HIGHLIGHTED.pattern})', re.S)
FOLDABLE = re.compile(rf"({FOLD_OUTPUT}.*?)({OUTPUT.pattern}\s*</div>)", re.S)
FOLDED = r"\1<details><summary>Show the output</summary>\2</details>"
FOLDABLE_SOURCE = re.compile(rf"({FOLD_SOURCE}.*?)({HIGHLIGHTED.pattern})", re.S)
FOLDED_SOURCE = r'\1<details class="quiet"><summary>The whole program</summary>\2</details>'


def block_begin(line: int) -> str:
    """Return the marker in front of the block at `line` of its page."""
    return BLOCK_BEGIN.format(line)


def without_markers(content: str) -> str:
    """Return HTML without the stage's markers."""
    return MARKER.sub("", content)


def from_sources(content: str) -> str:
    """Return of the content of a page what comes from its source, without markers."""
    return without_markers(THEME.sub("", content))


def formulas(content: str) -> str:
    """Return HTML with the formulas that arithmatex marked as MathML: no script, no third party."""

    def formula(match: re.Match) -> str:
        display = "block" if match[2] == "[" else "inline"
        return convert(html.unescape(match[3]).strip(), display=display)

    return FORMULA.sub(formula, content)


def with_content(page: str) -> str:
    """Return a page of the generator with its content finished, its markers still around it."""
    page = TITLE.sub(escaped, page, count=1)
    before, content, after = parts(page)
    content = PLAIN_SPAN.sub(r"\1", formulas(content)).strip("\n")
    content = CODE.sub(with_long_lines, content)
    return f"{before}{CONTENT_BEGIN}{content}{CONTENT_END}{after}" if content else page


def parts(page: str) -> tuple[str, str, str]:
    """Return what stands before the content of a page, the content with its markers, and the rest.

    The content is empty where a page has none, such as 404.html.
    """
    before, _, rest = page.partition(CONTENT_BEGIN)
    content, _, after = rest.partition(CONTENT_END)
    return before, content, after


def finished(page: str) -> str:
    """Return what `with_content` has made as it is published, its policy aside."""
    before, content, after = parts(page)
    if not content:
        return tidy(page)
    shown = FOLDABLE.sub(FOLDED, content)  # on the site alone: a book has nothing to press
    shown = FOLDABLE_SOURCE.sub(FOLDED_SOURCE, shown)
    shown = without_markers(shown).replace(COPY_PAGE, f'{COPY_PAGE} href="{MARKDOWN}"')
    shown = ANSWER.sub(r'<div class="short-answer">\g<0></div>\n', shown, count=1)
    return tidy(before + shown + after)


def with_long_lines(code: re.Match) -> str:
    """Return code in which each line that a phone wraps is an element, which can be indented."""
    lines = code[0].split("\n")
    return "".join(map(wrapping, lines[:-1])) + lines[-1]


def wrapping(line: str) -> str:
    """Return a line of highlighted code with its end, in an element if it is a long one."""
    shown = without_tags(line)
    if len(shown) <= NARROW or line.count("<span") != line.count("</span"):
        return f"{line}\n"
    steps = min((len(shown) - len(shown.lstrip(" "))) // STEP, STEPS)
    return f'<span class="long{f" in-{steps}" if steps else ""}">{line}\n</span>'


def escaped(title: re.Match) -> str:
    """Return a title of the theme, which may have lost its escapes, with all of them."""
    return f"<title>{html.escape(html.unescape(title[1]))}</title>"


def tidy(page: str) -> str:
    """Return a page with its list of tags named, and without blank lines outside of code."""
    page = page.replace('<nav class="md-tags"', '<nav class="md-tags" aria-label="Tags"')
    parts = PREFORMATTED.split(page)
    return "".join(p if p.startswith("<pre") else BLANK_LINES.sub("\n", p) for p in parts)


def article(page: Page, topic: Topic, content: str, outcomes: Sequence[Outcome]) -> Article:
    """Return the article in the marked content of the question `page`."""
    blocks = tuple(shown_block(content, outcome) for outcome in outcomes)
    clean = from_sources(content)
    return Article(page, topic, clean, tuple(sections(clean)), blocks)


def shown_block(content: str, outcome: Outcome) -> ShownBlock:
    """Return a block with its HTML, which stands between its markers."""
    begin = content.index(block_begin(outcome.block.line))
    part = content[begin : content.index(BLOCK_END, begin)]
    source, output = HIGHLIGHTED.search(part), OUTPUT.search(part)
    return ShownBlock(outcome, source[0] if source else "", output[1] if output else "")


def sections(content: str) -> list[Section]:
    """Return the sections of an article, in order."""
    starts = list(HEADING.finditer(content))
    ends = [match.start() for match in starts[1:]] + [len(content)]
    first = content[: starts[0].start()] if starts else content
    return [Section("", 1, "", first)] + [
        Section(match[2], int(match[1]), text(match[3]), content[match.end() : end].strip())
        for match, end in zip(starts, ends, strict=False)  # a generator may make no headings
    ]


def text(content: str) -> str:
    """Return the text of HTML on one line."""
    return " ".join(without_tags(content).split())


def without_tags(content: str) -> str:
    """Return HTML without its tags."""
    return html.unescape(re.sub(r"<[^>]+>", "", content))
