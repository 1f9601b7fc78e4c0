"""Markup in every field of a page and in every kind of output comes out as text, wherever the site shows it."""

import json
import re
import zipfile

import pytest

from answered.content import Wall
from tests.conftest import Project
from tests.test_build import block

EVIL = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
ONE = "tensors/one.md"
OURS = re.compile(r'<script(?: id="__config" type="application/json"| src="[\w./-]+"|)>')


@pytest.fixture(scope="module")
def attacked(broken: Project) -> Project:
    """A site whose first page carries markup in its front matter, headings, output, exception, figure and code."""
    page = broken.page(ONE)
    text = page.read_text()
    text = text.replace("description: A page", f"description: 'A page {EVIL} {IMAGE}")
    text = re.sub(r"^(description: '.*)$", r"\1'", text, flags=re.M)
    text = text.replace("also_asked: []", f"also_asked: ['What is {EVIL} here', 'What is {IMAGE} there']")
    text = text.replace("# Is this page one?", "# Is `</title><script>alert(1)</script>` in the title?")
    text = text.replace(
        "## What people get wrong\n\nNothing.",
        '## What people get wrong\n\n### "`<script>alert(1)</script>` is right"\n\nIt is not, `<img src=x onerror=alert(1)>`.',
    )
    page.write_text(text)
    broken.append(ONE, block(f"print({EVIL!r}, {IMAGE!r}, '</script>')", expected=f"{EVIL} {IMAGE} </script>"))
    broken.append(ONE, block(f"raise ValueError({EVIL!r})", "raises", expected=f"ValueError: {EVIL}"))
    figure = f"""
from snippets.figures import canvas, save
fig, ax = canvas()
ax.plot([1, 2], label={EVIL!r})
ax.set_title({IMAGE!r})
ax.legend()
save(fig, "a.svg", alt={EVIL + IMAGE!r})
assert True
"""
    broken.append(ONE, block(figure.strip(), expected=None))
    done = broken.build()
    assert done.returncode == 0, done.stdout
    return broken


def served(attacked: Project):
    return [file for file in (attacked.root / "site").rglob("*") if file.suffix in (".html", ".js", ".json", ".xml") and "vendor" not in file.parts]


def test_markup_is_text_on_every_page(attacked):
    seen = 0
    for file in served(attacked):
        if file.suffix != ".html":
            continue
        html = file.read_text()
        seen += html.count("&lt;script&gt;alert(1)")
        assert "<script>alert" not in html and "<img src=x" not in html, file
        assert not re.search(r"<[^>]*\sonerror=", re.sub(r'"[^"]*"', '""', html)), file
        for script in re.findall(r"<script[^>]*>", html):
            assert OURS.fullmatch(script), (file, script)
    assert seen > 10


def test_scripts_with_data_cannot_be_left(attacked):
    """Data scripts are files of their own, so that `</script>` ends nothing; what they hold as HTML is escaped."""
    found = [file for file in served(attacked) if file.suffix == ".js" and "alert(1)" in file.read_text()]
    assert {file.parent.name for file in found} >= {"search", "practice"}
    practice = (attacked.root / "site" / "practice" / "tensors.js").read_text()
    assert "<script>alert" not in re.sub(r'"(?:output|title)":\s*"(?:[^"\\]|\\.)*"', "", practice)


def test_downloads_hold_it_as_text(attacked):
    site = attacked.root / "site"
    questions = json.loads((site / "questions.json").read_text())
    assert EVIL in json.dumps(questions)
    with zipfile.ZipFile(next(site.rglob("*.epub"))) as book:
        for name in book.namelist():
            if name.endswith("html"):
                assert b"<script>alert" not in book.read(name) and b"<img src=x" not in book.read(name), name


@pytest.mark.parametrize("place", ["level", "tags"])
def test_closed_lists_take_no_markup(project, place):
    text = project.page(ONE).read_text()
    old = {"level": "level: junior", "tags": "tags: [basics]"}[place]
    project.page(ONE).write_text(text.replace(old, old.replace("junior", f"'{EVIL}'").replace("basics", f"'{EVIL}'")))
    done = project.check()
    assert done.returncode != 0 and f"docs/questions/{ONE}" in done.stdout and place in done.stdout


@pytest.mark.parametrize(
    "markup", [EVIL, "<img src=x onerror=alert(1)>", "<b onclick=alert(1)>x</b>", "[x](javascript:alert(1))", "<svg onload=alert(1)>", "[x](data:text/html,x)"]
)
def test_markup_in_the_text_is_refused(project, markup):
    line = project.append(ONE, f"Some {markup} text.")
    done = project.check()
    assert done.returncode != 0 and f"docs/questions/{ONE}:{line}" in done.stdout, done.stdout


@pytest.mark.parametrize(
    "html",
    [
        EVIL,
        "<style>p {}</style>",
        '<p onclick="alert(1)">',
        '<p style="position: fixed">',
        '<a href="javascript:alert(1)">x</a>',
        '<a href=" java&Tab;script:alert(1)">x</a>',
        '<a href="//elsewhere.example/">x</a>',
        '<img src="https://elsewhere.example/x.png">',
        "<svg onload=alert(1)></svg>",
        '<svg><image xlink:href="https://elsewhere.example/x.png"/></svg>',
        "<form></form>",
        "<!-- -->",
    ],
)
def test_the_wall_behind_the_checks(html):
    assert Wall(html).found


def test_what_the_checks_of_the_source_cannot_see_is_found_in_the_rendered_page(project):
    """Attribute lists, code spans that aren't, and SVG files that no helper wrote."""
    project.append(ONE, 'A [link](https://a.example/){ href="javascript:alert(1)" }.')
    project.append("tensors/two.md", f"It is \\` {EVIL} \\` here.")
    figure = f"open('a.svg', 'w').write('<svg>{EVIL}</svg>')\nassert True"
    project.append("autograd/three.md", block(figure, expected=None))
    done = project.build()
    assert done.returncode != 0
    for page, found in ((ONE, "<a href="), ("tensors/two.md", "<script>"), ("autograd/three.md", "<script>")):
        assert re.search(rf"docs/questions/{page}:1: the rendered page holds {found}", done.stdout), done.stdout
    assert "javascript:alert" in project.run("-m", "answered", "page", "one").stdout


NOTEBOOK = """# ---
# jupyter:
#   kernelspec: {name: python3, display_name: Python 3, language: python}
# ---

# %% [markdown]
# # A notebook

# %%
import os
from IPython.display import HTML

assert not [name for name in os.environ if "TOKEN" in name] and os.listdir() == []
HTML("<img src=x onerror=alert(1)>")
"""


def test_notebooks_find_no_tokens_and_bring_no_scripts(project):
    folder = project.root / "docs" / "notebooks"
    folder.mkdir()
    (folder / "bad.py").write_text(NOTEBOOK)
    done = project.build(SECRET_TOKEN="secret")
    assert done.returncode != 0 and "a cell of the notebook raised" not in done.stdout, done.stdout
    assert """docs/notebooks/bad.py:1: the rendered page holds <img onerror="alert(1)">""" in done.stdout, done.stdout


def test_what_is_neither_page_nor_asset_is_not_published(project):
    docs = project.root / "docs"
    (docs / "evil.html").write_text(EVIL)
    (docs / "assets").mkdir(exist_ok=True)
    (docs / "assets" / "leak.txt").symlink_to("/etc/hostname")
    done = project.build()
    assert done.returncode != 0
    assert "docs/evil.html:1: neither a page nor a notebook" in done.stdout and "docs/assets/leak.txt:1: a symbolic link" in done.stdout, done.stdout
