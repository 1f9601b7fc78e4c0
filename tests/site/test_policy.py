"""What a finished page may hold around its content, and how its content stays in its place."""

import pytest

from answered.site.policy import (
    CHARSET,
    INLINE_SCRIPT,
    INLINE_SCRIPTS,
    committed,
    faults,
    known,
    protected,
    sha256,
)


def page(content: str = "<p>x</p>", head: str = "", foot: str = "") -> str:
    return (
        f"<!doctype html><html><head>{CHARSET}{head}</head><body><main>"
        f"<!--content-->{content}<!--/content--></main>{foot}</body></html>"
    )


def found(text: str) -> list[str]:
    return [fault.what for fault in faults(text)]


CLOSED = "an end tag that closes what is around the page's content"
INSIDE = {
    "nothing wrong": ("<p>x</p>", []),
    "a script": ("<p><script>alert(1)</script></p>", ["<script>"]),
    "a script of the site": ('<script src="../assets/site.js"></script>', ["<script>"]),
    "what the theme adds": (
        '<!--theme--><button type="button">x</button><!--/theme--><p>x</p>',
        [],
    ),
    "what the theme adds in a line": ("<p>x<!--theme--><button>x</button><!--/theme--></p>", []),
    "a script behind what the theme adds": (
        "<!--theme--><b>x</b><!--/theme--><p>x</p><form></form>",
        ["<form>"],
    ),
    "an end of what is around it": ("<p>x</p></main><p>y</p>", [CLOSED]),
    "a beginning of the theme alone": ("<p>x</p><!--theme--><form></form>", [CLOSED]),
    "a comment": ("<!-- x -->", ["<!-- -->"]),
    "a block": ("<!--block 12--><p>x</p><!--/block-->", []),
}


@pytest.mark.parametrize("name", INSIDE)
def test_the_content(name):
    content, what = INSIDE[name]
    assert found(page(content)) == what


AROUND = {
    '<script src="../../assets/javascripts/bundle.12ab.min.js"></script>': [],
    '<script src="index.js"></script>': [],
    '<script id="__config" type="application/json">{"a": 1}</script>': [],
    '<script src="https://elsewhere.example/a.js"></script>': [
        '<script src="https://elsewhere.example/a.js">'
    ],
    '<script src="//elsewhere.example/a.js"></script>': [
        '<script src="//elsewhere.example/a.js">',
        '<script src="//elsewhere.example/a.js">',
    ],
    '<script src="data:text/javascript,x"></script>': [
        '<script src="data:text/javascript,x">',
        '<script src="data:text/javascript,x">',
    ],
    "<script>alert(1)</script>": [
        "a script whose hash, sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=, is not in"
        " scripts.txt"
    ],
    '<meta http-equiv="refresh" content="0">': ["<meta>"],
    '<base href="/x/">': ["<base>"],
    "<iframe></iframe>": ["<iframe>"],
    '<p onclick="x">y</p>': ['<p onclick="x">'],
    '<a href=" java&Tab;script:x">y</a>': ['<a href=" java\tscript:x">'],
    '<a href="https://elsewhere.example">y</a>': [],
}


@pytest.mark.parametrize("text", AROUND)
def test_around_the_content(text):
    assert found(page(head=text)) == AROUND[text] or found(page(foot=text)) == AROUND[text]


def test_an_inline_script_is_known_by_its_hash_whatever_the_depth_of_its_page(site):
    scripts = set(INLINE_SCRIPT.findall((site / "index.html").read_text()))
    deep = next(site.glob("questions/*/*/index.html")).read_text()
    assert len(scripts) == len(committed()) == 4 and scripts != set(INLINE_SCRIPT.findall(deep))
    for script in scripts | set(INLINE_SCRIPT.findall(deep)):
        assert known(script, committed()) and not known(f"{script};x", committed())
        assert f"'{sha256(script)}'" in protected(page(head=f"<script>{script}</script>"))


def test_what_is_not_committed_gets_no_hash():
    assert sha256("alert(1)") not in protected(page(head="<script>alert(1)</script>"))
    assert all(len(line) > 53 for line in INLINE_SCRIPTS.read_text().splitlines())


def test_a_template_without_the_place_of_the_policy():
    with pytest.raises(ValueError, match="after which its policy goes"):
        protected("<html></html>")
