"""Figures: what one may hold, which is written as it was parsed."""

import pytest

from answered.check.figures import sound_figures, sound_svg
from answered.engine.block import Block

XMLNS = 'xmlns="http://www.w3.org/2000/svg"'
XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
PNG = "data:image/png;base64,iVBO+/Rw=="


def svg(inside: str, attributes: str = "") -> str:
    return f"<svg {XMLNS} {XLINK} {attributes}>{inside}</svg>"


REFUSED = {
    "a script": (svg("<script>alert(1)</script>"), "<script>"),
    "a script of HTML": (
        svg('<h:script xmlns:h="http://www.w3.org/1999/xhtml">x</h:script>'),
        "<{http://www.w3.org/1999/xhtml}script>",
    ),
    "what is no SVG": ("<p>x</p>", "<p>, and not <svg"),
    "no namespace": ("<svg></svg>", "<svg>, and not <svg"),
    "nothing": ("", "no XML: no element found"),
    "an element that is not closed": (f"<svg {XMLNS}><g></svg>", "no XML: mismatched tag"),
    "an end of what is around it": (svg("</g></figure></main>"), "no XML: mismatched tag"),
    "two roots": (svg("") + "<img/>", "no XML: junk after document element"),
    "an image of HTML": (svg("<img src='x' onerror='y'/>"), "<img>"),
    "a redirect": (svg("<meta http-equiv='refresh'/>"), "<meta>"),
    "HTML inside": (svg("<foreignObject><p/></foreignObject>"), "<foreignObject>"),
    "a link": (svg('<a href="https://a.example"/>'), "<a>"),
    "an animation": (svg('<set attributeName="href" to="x"/>'), "<set>"),
    "an event handler": (svg("", 'onload="alert(1)"'), '<svg onload="alert(1)">'),
    "a style": (svg('<rect style="fill: red"/>'), '<rect style="fill: red">'),
    "an image from elsewhere": (
        svg('<image href="https://a.example/p.png"/>'),
        '<image href="https://a.example/p.png">',
    ),
    "the same in the old way": (
        svg('<use xlink:href="//a.example/#a"/>'),
        '<use href="//a.example/#a">',
    ),
    "another kind of data": (
        svg('<image href="data:image/svg+xml;base64,AAAA"/>'),
        '<image href="data:image/svg+xml;base64,AAAA">',
    ),
    "a paint from elsewhere": (
        svg('<rect fill="URL(https://a.example/#a)"/>'),
        '<rect fill="URL(https://a.example/#a)">',
    ),
    "the same with an escape": (
        svg('<rect fill="u\\72l(https://a.example)"/>'),
        '<rect fill="u\\72l(https://a.example)">',
    ),
    "a thousand groups in each other": (
        svg("<g>" * 1000 + "</g>" * 1000),
        "elements in each other, more than 50 deep",
    ),
    "what is used in what is used": (
        svg('<g id="a"><path d="M0 0"/></g><g id="b"><use href="#a"/><use xlink:href="#a"/></g>'),
        "<use> of what holds other elements",
    ),
    "entities": (
        f'<!DOCTYPE svg [<!ENTITY a "aaaa">]>{svg("&a;")}',
        "no XML: DTDForbidden(name='svg', system_id=None, public_id=None)",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    text, what = REFUSED[name]
    with pytest.raises(ValueError) as error:
        sound_svg(text)
    assert str(error.value).startswith(what)


def test_what_stands_as_text_stays_text():
    """A browser may take for markup what a lenient parser takes for text: it is escaped anew."""
    text = sound_svg(svg("<text><![CDATA[><script>x</script>]]>\n\n# b <!-- c --><?d e?></text>"))
    assert "&gt;&lt;script&gt;x&lt;/script&gt; # b </text>" in text
    assert "<!" not in text and "<?" not in text and "\n" not in text


def test_a_figure_as_it_is_drawn():
    text = svg(
        '<defs><clipPath id="p1"><rect width="1" height="1"/></clipPath></defs>'
        f'<g clip-path="url(#p1)"><path d="M0 0" fill="none" stroke="#000"/><use xlink:href="#a"/>'
        f'<image xlink:href="{PNG}" width="2"/><text x="1">a &lt; b</text></g>',
        'viewBox="0 0 1 1" role="img" aria-label="A figure"',
    )
    assert sound_svg(sound_svg(text)) == sound_svg(text)
    assert 'viewBox="0 0 1 1"' in sound_svg(text) and "a &lt; b" in sound_svg(text)


def test_the_first_that_is_unsound_is_told_at_the_line_of_its_block():
    block = Block("docs/a.md", 7, "x", 9, 9, None, (), "python")
    found, problem = sound_figures(block, [("a.svg", svg("")), ("b\n.svg", svg("<script/>"))])
    assert found == () and (problem.path, problem.line) == ("docs/a.md", 7)
    assert problem.what == "the figure b\\n.svg holds <script>" and problem.fix
    found, problem = sound_figures(block, [("a.svg", svg(""))])
    assert problem is None and [name for name, _ in found] == ["a.svg"]
