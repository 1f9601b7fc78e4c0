"""The one list of rules about pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from ..engine.problems import Problem
from ..pages.book import Book
from ..pages.contents import DEBUG, EXERCISE, PREDICT
from ..pages.page import CLAIMS, Page
from . import blocks, contents, errors, programs, sections, text
from .duplicates import check_duplicates
from .exercises import check_exercise
from .front_matter import check_front_matter
from .links import check_asked, check_links
from .paths import check_paths
from .recordings import check_recordings

Rule = Callable[[Book], Iterable[Problem]]
PageRule = Callable[[Page, Book], Iterable[Problem]]


def of(chosen: Callable[[Book], Iterable[Page]], rule: PageRule) -> Rule:
    """Return the rule about a book that applies `rule` to those chosen pages that can be read."""

    def apply(rule: PageRule, book: Book) -> Iterator[Problem]:
        for page in chosen(book):
            if not text.spoiled(page):
                yield from rule(page, book)

    return partial(apply, rule)


def whole_questions(book: Book) -> list[Page]:
    """Return the questions that have their sections."""
    return [page for page in book.pages if page.is_question and sections.in_order(page)]


def every(*kinds: str) -> Callable[[PageRule], Rule]:
    """Return the rule about the questions of these kinds, "" among them for those without one."""
    return partial(of, lambda book: [page for page in whole_questions(book) if page.kind in kinds])


every_page = partial(of, lambda book: book.pages)
every_question = partial(of, lambda book: filter(lambda page: page.is_question, book.pages))
every_whole_question = partial(of, whole_questions)
every_refuting_question = partial(
    of, lambda book: [page for page in whole_questions(book) if page.section(CLAIMS)]
)
every_error = partial(of, lambda book: filter(lambda page: page.is_error, book.pages))
every_text = partial(of, lambda book: book.texts.values())


# A new rule is a function and a line here. A page that cannot be read, or one of whose fences is
# not closed, has that problem alone, and so has one without its sections, as far as they go: what
# follows from it would bury it.
RULES: tuple[Rule, ...] = (
    text.check_form,
    every_text(text.check_hidden),
    every_text(text.check_prose),
    every_text(text.check_commonmark),
    every_text(text.check_formulas),
    every_text(text.check_indented_code),
    every_text(text.check_todos),
    every_page(text.check_weight),
    every_page(check_front_matter),
    every_page(sections.check_title),
    every_question(sections.check_sections),
    every_question(sections.check_description),
    every_whole_question(sections.check_short_answer),
    every("")(sections.check_in_code),
    every_refuting_question(sections.check_claims),
    every_whole_question(sections.check_follow_ups),
    every_whole_question(sections.check_see_also),
    every(EXERCISE)(check_exercise),
    every(PREDICT, DEBUG)(programs.check_program),
    every(PREDICT)(programs.check_predictable),
    every(DEBUG)(programs.check_debugged),
    every_error(errors.check_error_sections),
    every_error(errors.check_message),
    every_page(blocks.check_collection),
    every_page(blocks.check_blocks),
    every_page(blocks.check_columns),
    every_page(blocks.check_names),
    every_question(blocks.check_number),
    every_page(blocks.check_snippets),
    every_text(check_links),
    every_question(check_asked),
    contents.check_place,
    contents.check_pictures,
    contents.check_topics,
    contents.check_listed,
    contents.check_myths,
    check_paths,
    check_duplicates,
    check_recordings,
)


def check_book(book: Book) -> list[Problem]:
    """Return everything that is wrong with the pages before a block is run, in their order."""
    return sorted({problem for rule in RULES for problem in rule(book)})


def told_once(found: Iterable[Problem], judged: Iterable[Problem]) -> list[Problem]:
    """Return what rules have found and what running blocks has shown, in order.

    A rule that misses an output is silent where the run shows what the output is.
    """
    found, judged = set(found), set(judged)
    ran = {(problem.path, problem.line) for problem in judged}
    unwritten = {p for p in found if p.what in blocks.UNWRITTEN and (p.path, p.line) in ran}
    return sorted((found - unwritten) | judged)
