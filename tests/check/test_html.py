"""The wall behind the rules about the source: what finished HTML may hold."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from answered.check.html import faults_of
from answered.check.html import html_problem as problem_of

FIX = "a page has no scripts, styles, event handlers, comments, or images from elsewhere"
PATH = "docs/questions/tensors/one.md"
SOURCE = "---\nlevel: <script>\n---\n\n# Title\n\nText.\n\nHere: {}\n\nMore.\n"
LINE = 9  # of what stands for {}


def html_problem(path: str, html: str, source: str):
    """Return what the nodes of a page with `html` in its body may not hold."""
    body = LexborHTMLParser(f"<body>{html}</body>").body
    nodes = [node for node in body.traverse(include_text=True) if node.tag != "body"]
    return problem_of(path, (fault for node in nodes for fault in faults_of(node)), source)


REFUSED = {
    "<script>alert(1)</script>": "<script>",
    "<style>p {}</style>": "<style>",
    '<p onclick="alert(1)">x</p>': '<p onclick="alert(1)">',
    '<p style="position: fixed">x</p>': '<p style="position: fixed">',
    '<a href="javascript:alert(1)">x</a>': '<a href="javascript:alert(1)">',
    '<a href=" java&Tab;script:alert(1)">x</a>': '<a href=" java\tscript:alert(1)">',
    '<a href="//elsewhere.example/">x</a>': '<a href="//elsewhere.example/">',
    '<a href="https:">x</a>': '<a href="https:">',
    '<a href="a\\b">x</a>': '<a href="a\\b">',
    '<img src="https://elsewhere.example/x.png">': '<img src="https://elsewhere.example/x.png">',
    '<img src="//elsewhere.example/x.png">': '<img src="//elsewhere.example/x.png">',
    '<img src="data:image/png;base64,AAAA">': '<img src="data:image/png;base64,AAAA">',
    "<svg onload=alert(1)></svg>": '<svg onload="alert(1)">',
    '<svg><image xlink:href="https://elsewhere.example/x.png"/></svg>': (
        '<image xlink:href="https://elsewhere.example/x.png">'
    ),
    "<form></form>": "<form>",
    "<p contenteditable>x</p>": '<p contenteditable="">',
    "<!-- -->": "<!-- -->",
    "<?php x ?>": "<? ?>",
    "<![foo[ x>": "<!-- -->",
    "<![if x]><img onerror=x>": '<!-- -->, <img onerror="x">',
    '<img src="a" onerror="x">': '<img onerror="x">',
    '<svg><a xlink:href="https://elsewhere.example/">x</a></svg>': (
        '<a xlink:href="https://elsewhere.example/">'
    ),
    '<svg><use href="https://elsewhere.example/#a"/></svg>': (
        '<use href="https://elsewhere.example/#a">'
    ),
    '<svg><rect fill="url(https://elsewhere.example/#a)"/></svg>': (
        '<rect fill="url(https://elsewhere.example/#a)">'
    ),
    '<meta http-equiv="refresh" content="0; url=https://elsewhere.example/">': "<meta>",
    '<p><script src="../../../practice/index.js"></script></p>': "<script>",
    '<h2 id="__config">x</h2>': '<h2 id="__config">',
    '<p class="a md-overlay">x</p>': '<p class="a md-overlay">',
    '<a href="http:/\\elsewhere.example">x</a>': '<a href="http:/\\elsewhere.example">',
    f'<p title="x" onclick="{"y" * 80}">x</p>': f'<p onclick="{"y" * 60}">',
}


@pytest.mark.parametrize("html", REFUSED)
def test_refused_with_its_line(html):
    problem = html_problem(PATH, f"<p>Text.</p>{html}", SOURCE.format(html))
    assert (problem.path, problem.line, problem.fix) == (PATH, LINE, FIX)
    assert problem.what == f"the finished page holds {REFUSED[html]}"


ALLOWED = [
    '<h2 id="a" class="b">A</h2><p>B<br><em>c</em> <strong>d</strong></p>',
    '<a href="../two/#see-also">x</a> <a href="https://x.org/a?b">x</a> <a href="mailto:a@b">x</a>',
    '<img src="../../assets/a.svg" alt="A">',
    '<svg viewBox="0 0 1 1"><path d="M0 0" fill="#000"/><use xlink:href="#a"/></svg>',
    '<svg><image xlink:href="data:image/png;base64,iVBO+/Rw=="/></svg>',
    '<math display="block"><mfrac linethickness="0"><mi>x</mi><mn>1</mn></mfrac></math>',
    '<td align="right">1</td>',
    "",
]


@pytest.mark.parametrize("html", ALLOWED)
def test_allowed(html):
    assert html_problem(PATH, html, SOURCE) is None


def test_all_that_is_found_is_told_up_to_five():
    html = "".join(f"<x{number}></x{number}>" for number in range(7))
    what = "the finished page holds <x0>, <x1>, <x2>, <x3>, <x4>"
    assert html_problem(PATH, html, "").what == what


@pytest.mark.parametrize(
    ("html", "source", "line"),
    [
        ('<script src="a">alert(1)</script>', "# T\n\n*x*\n\nalert(1) {: x }", 5),  # by its text
        ('<a href="javascript:x">y</a>', "# T\n\n[y](javascript:x)", 3),  # by the address
        ('<p onclick="f">x</p>', "# T\n\nx {: onclick=f }", 3),  # by the attribute's name
        ("<b>x</b><p>text below</p>", "# T\n\ntext below", 3),  # by the text that follows
        ("<b>x</b>", "# T\n\nx", 1),  # too short to be searched for
        ("<b>four</b>", "# T\n\nfour", 3),  # long enough
        ("<b>x</b><p>some</p><p>other</p>", "other\n\nsome", 3),  # the nearest text alone
        ("<b>x</b><p>some</p><p>other</p>", "\n\nother", 1),
        ("<b>some\nmore</b>", "\n\nsome", 3),  # its first line
        ("<!-- a -->", "\n\n<!-- b -->", 3),
        ("<b>some</b>", "some\n", 1),
        ("<b></b>", "# T", 1),
        ("<script>", "---\nlevel: <script>\n---\n\n# T\n", 1),  # which is front matter, and text
        ("<!-- note -->", "# T\n\n<!-- note -->", 3),
    ],
)
def test_its_line_is_found_by_what_is_left_of_it(html, source, line):
    assert html_problem(PATH, html, source).line == line
