"""Markup in every field of a page and in every kind of output comes out as text everywhere."""

import json
import re
import zipfile

import pytest

from tests.conftest import NO_DEVICE, Project, block

EVIL = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
ONE = "tensors/one.md"
DATA = r'(?: id="__config" type="application/json"| type="application/ld\+json")'
OURS = re.compile(rf'<script(?:{DATA}| src="[\w./-]+"|)>')
FIGURE = f"""
from snippets.figures import canvas, save
fig, ax = canvas()
ax.plot([1, 2], label={EVIL!r})
ax.set_title({IMAGE!r})
ax.legend()
alt = {EVIL + IMAGE!r}
save(fig, "a.svg", alt=alt)
assert True
""".strip()


@pytest.fixture(scope="module")
def attacked(broken: Project) -> Project:
    """A site with markup in a page's front matter, headings, output, exception, figure, code."""
    text = broken.page(ONE).read_text()
    changes = {
        "description: A page for": f"description: 'A page {EVIL} {IMAGE} for",
        "to be one.\n": "to be one.'\n",
        "also_asked: []": f"also_asked: ['What is {EVIL} here', 'What is {IMAGE} there']",
        "# Is this page one?": f"# Is `</title>{EVIL}` in the title?",
        '"It is long"\n\nIt is short.': f'"`{EVIL}` is right"\n\nIt is not, `{IMAGE[2:]}`.',
    }
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    broken.page(ONE).write_text(text)
    printed = (EVIL, IMAGE, "</script> &amp; </code></pre>")
    code = "\n".join(f"print({line!r})" for line in printed)
    broken.append(ONE, block(code, expected="\n".join(printed)))
    broken.append(ONE, block(f"raise ValueError({EVIL!r})", "raises", f"ValueError: {EVIL}"))
    broken.append(ONE, block(FIGURE, expected=None))
    done = broken.build(**NO_DEVICE)
    assert done.returncode == 0, done.stdout
    return broken


def test_markup_is_text_on_every_page(attacked):
    escaped = 0
    pages = [file for file in attacked.site.rglob("*.html") if "vendor" not in file.parts]
    for file in pages:
        html = file.read_text()
        escaped += html.count("&lt;script&gt;alert(1)")
        assert "<script>alert" not in html and "<img src=x" not in html, file
        assert not re.search(r"<[^>]*\sonerror=", re.sub(r'"[^"]*"', '""', html)), file
        for script in re.findall(r"<script[^>]*>", html):
            assert OURS.fullmatch(script), (file, script)
    assert len(pages) > 10 and escaped > 10


def test_output_is_escaped(attacked):
    html = re.sub(r"<(?!/?(?:code|pre|script))[^>]*>", "", attacked.html("questions/tensors/one"))
    assert "&lt;/script&gt; &amp;amp; &lt;/code&gt;&lt;/pre&gt;" in html


def test_scripts_with_data_cannot_be_left(attacked):
    """They are files of their own, so that `</script>` ends nothing; what is HTML is escaped."""
    scripts = [file for file in attacked.site.rglob("*.js") if "alert(1)" in file.read_text()]
    assert {file.parent.name for file in scripts} >= {"search", "practice"}
    practice = (attacked.site / "practice" / "tensors.js").read_text()
    as_text = re.compile(r'"(?:output|title|claim|question)":\s*"(?:[^"\\]|\\.)*"')
    assert "<script>alert" not in as_text.sub("", practice)


def test_downloads_hold_it_as_text(attacked):
    assert EVIL in json.dumps(json.loads((attacked.site / "questions.json").read_text()))
    with zipfile.ZipFile(next(attacked.site.rglob("*.epub"))) as book:
        names = [name for name in book.namelist() if name.endswith("html")]
        for name in names:
            assert b"<script>alert" not in book.read(name), name
            assert b"<img src=x" not in book.read(name), name
    assert len(names) > 3
