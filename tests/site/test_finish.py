"""HTML of a generator, finished: lines that may wrap, the box of the short answer, and their like."""

from answered.site.finish import (
    CONTENT_BEGIN,
    CONTENT_END,
    FOLD_OUTPUT,
    FOLD_SOURCE,
    finished,
    from_sources,
    parts,
    with_content,
)
from answered.site.frame import of_the_site

LONG = "x = " + "1 + " * 10 + "1"
HEAD = "<head><title>T</title></head>"


def shown(content: str) -> tuple[str, str]:
    """Return content as it is on the page, and as exports get it."""
    page = with_content(f"{HEAD}{CONTENT_BEGIN}\n{content}\n{CONTENT_END}<footer></footer>")
    page, kept = finished(page), parts(page)[1]
    return page.removeprefix(HEAD).removesuffix("<footer></footer>").strip(), kept


def code(text: str) -> str:
    return f"<pre><span></span><code>{text}</code></pre>"


def test_a_line_that_a_phone_wraps_is_an_element_that_knows_its_indentation():
    page, kept = shown(code(f"x = 1\n{LONG}\n        {LONG}\n\n{' ' * 40}{LONG}\n"))
    lines = f'<span class="long">{LONG}\n</span><span class="long in-2">        {LONG}\n</span>'
    assert page == code(f'x = 1\n{lines}\n<span class="long in-5">{" " * 40}{LONG}\n</span>')
    assert kept == page, "flash cards and the book have the same code"


def test_a_line_is_measured_as_it_is_read_and_markup_is_not_torn():
    short = "<span>" * 9 + "&lt;" * 32 + "</span>" * 9
    torn = f'<span class="s2">"""{LONG}\nthe end"""</span>'
    inline = f"<p><code>a</code> {LONG}\n</p>"
    for text in (code(f"{short}\n"), code(f"{torn}\n"), inline):
        assert shown(text)[0] == text


def test_the_short_answer_is_in_a_box_on_the_page_alone():
    answer = '<p class="level">mid</p>\n<h2 id="short-answer">Short answer</h2>\n<p>Yes.</p>\n'
    rest = '<h2 id="in-code">In code</h2>'
    page, kept = shown(answer + rest)
    assert page == f'<div class="short-answer">{answer}</div>\n{rest}'
    assert kept == answer + rest
    assert shown("<p>No question.</p>")[0] == "<p>No question.</p>"


def test_the_short_answer_is_in_its_box_where_a_program_stands_above_it():
    program = '<p class="level">mid</p>\n<h2 id="what-does-it-print">What?</h2>\n<p>x</p>\n'
    answer = '<h2 id="short-answer">Short answer</h2>\n<p>Yes.</p>\n'
    page, _ = shown(f'{program}{answer}<h2 id="rest">Rest</h2>')
    boxed = f'{program}<div class="short-answer">{answer}</div>\n<h2 id="rest">Rest</h2>'
    assert page == boxed


def test_an_output_to_predict_is_folded_on_the_page_alone():
    output = '<div class="result">\n<div class="language-text highlight">1</div>\n</div>'
    page, kept = shown(f"{FOLD_OUTPUT}\n<p>x</p>\n{output}\n<p>y</p>\n{output}")
    folded = f"<details><summary>Show the output</summary>{output}</details>"
    assert page == f"<p>x</p>\n{folded}\n<p>y</p>\n{output}"
    assert "<details" not in kept and output in kept


def test_a_source_that_need_not_be_seen_is_folded_on_the_page_alone():
    diff, source = (f'<div class="language-{n} highlight">x</div>' for n in ("diff", "python"))
    page, kept = shown(f"{diff}\n{FOLD_SOURCE}\n{source}\n<p>y</p>\n{source}")
    folded = f'<details class="quiet"><summary>The whole program</summary>{source}</details>'
    assert page == f"{diff}\n{folded}\n<p>y</p>\n{source}"
    assert "<details" not in kept and source in kept


def test_what_is_of_the_site_is_no_part_of_an_article():
    row = "\n".join(of_the_site('<p class="actions"><a class="copy-page">Copy</a></p>'))
    page, kept = shown(f"<h1>T</h1>\n{row}\n<p>Text.</p>")
    assert '<a class="copy-page" href="index.html.md">Copy</a>' in page and "<!--" not in page
    assert "".join(from_sources(kept).split()) == "<h1>T</h1><p>Text.</p>"
