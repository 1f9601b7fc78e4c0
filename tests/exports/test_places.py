"""Wordings, claims and follow-up questions: each is exported with the place that answers it."""

import dataclasses
import json
import re

import jsonschema
import pytest

from answered.exports import epub
from answered.pages.book import load_pages
from answered.site.downloads import FOLDER
from answered.site.question import SOURCE_OF_FIGURE

from .small import PAGE, articles, book, edition, write

TEXT = """It is a name.

```python
from snippets.figures import line_figure

line_figure("drawn.svg")
print("drawn")
```
<!--pytest-codeblocks:expected-output-->
```text
drawn
```

```python
print(1)
```
<!--pytest-codeblocks:expected-output-->
```text
1
```

<!--pytest.mark.gpu-->
```python
print(2)
```

## Why not `y`?

Because.

## What people get wrong

### "It is `y`."

It is [`x`](two.md#short-answer). More.

### In one line

- **"It is `z`."** It is $x^2$.
- **"It is nothing."** It is something.

## Follow-up questions

- **What about `y`?** See [below](#see-also).
- **And `z`?** Never.

## See also

- Nothing.
"""
FRONT = """short_title: x
also_asked:
  - what is x
  - "why not y": why-not-y
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder of a site whose first question has all of this."""
    made = book(tmp_path_factory.mktemp("places"), one="", two="Text.\n")
    text = PAGE.replace("also_asked: []\n", FRONT) + TEXT
    (made.root / "docs/questions/tensors/one.md").write_text(text)
    made = dataclasses.replace(made, pages=load_pages(made.settings))
    return write(made)


def script(file):
    """Return the values that a script of the site hands over."""
    return json.loads(re.sub(r"^[\w.]+(?: = |\()(.*?)\)?;\n$", r"[\1]", file.read_text()))


def test_questions_json_has_them(folder):
    data = json.loads((folder / "questions.json").read_text())
    jsonschema.validate(data, json.loads((folder / "questions.schema.json").read_text()))
    one, two = data["questions"]
    url = one["url"]
    assert (one["short_title"], two["short_title"]) == ("x", two["title"])
    assert one["also_asked"] == [
        {"text": "what is x", "url": url},
        {"text": "why not y", "url": f"{url}#why-not-y"},
    ]
    assert [(myth["claim"], myth["url"]) for myth in one["myths"]] == [
        ('"It is `y`."', f"{url}#it-is-y"),
        ('"It is `z`."', f"{url}#in-one-line"),
        ('"It is nothing."', f"{url}#in-one-line"),
    ]
    assert one["follow_ups"] == [
        {
            "question": "What about `y`?",
            "answer": f"See [below]({url}#see-also).",
            "url": f"{url}#what-about-y",
        },
        {"question": "And `z`?", "answer": "Never.", "url": f"{url}#and-z"},
    ]
    assert two["myths"] == two["follow_ups"] == []


def test_practice_has_claims_and_follow_ups(folder):
    one, _ = script(folder / "practice" / "tensors.js")[1]
    claims = {each["claim"]: each for each in one["claims"] if not each["holds"]}
    assert {claim: each["anchor"] for claim, each in claims.items()} == {
        "It is y.": "it-is-y",
        "It is z.": "in-one-line",
        "It is nothing.": "in-one-line",
    }
    assert [each["id"] for each in one["claims"]] == sorted(each["id"] for each in one["claims"])
    link = '<a href="../questions/tensors/two/#short-answer"><code>x</code></a>'
    assert claims["It is y."]["truth"] == f"<p>It is {link}.</p>"
    assert "<math" in claims["It is z."]["truth"] and "$" not in claims["It is z."]["truth"]
    below = '<a href="../questions/tensors/one/#see-also">below</a>'
    assert one["followUps"] == [
        {"anchor": "what-about-y", "question": "What about y?", "answer": f"<p>See {below}.</p>"},
        {"anchor": "and-z", "question": "And z?", "answer": "<p>Never.</p>"},
    ]


def test_search_leads_to_the_place_that_answers(folder):
    (index,) = script(folder / "search" / "index.js")
    (details,) = script(folder / "search" / "details.js")
    urls = [page["url"] for page in index["pages"]]
    (number,) = (number for number, url in enumerate(urls) if url.endswith("/one/"))
    assert len(urls) == len(details) and "asked" not in index["pages"][number]
    one = details[number]
    assert one["asked"] == [["what is x", ""], ["why not y", "why-not-y"]]
    for place in (
        ["in-one-line", "", ['"It is z."']],
        ["what-about-y", "", ["What about y?"]],
        ["and-z", "", ["And z?"]],
    ):
        assert place in one["sections"]


def test_what_a_figure_is_drawn_with_stays_on_the_site(folder):
    notebook = json.loads((folder / FOLDER / "notebooks/tensors/one.ipynb").read_text())
    sources = ["".join(cell["source"]) for cell in notebook["cells"]]
    one, _ = script(folder / "practice" / "tensors.js")[1]
    data = json.loads((folder / "questions.json").read_text())["questions"]
    markdown = (folder / "questions/tensors/one/index.html.md").read_text()
    for text in (str(sources), str(one), str(data), markdown, (folder / "llms.txt").read_text()):
        assert "snippets" not in text and "line_figure" not in text
    assert "print(1)" in sources and one["example"] == one["blocks"][0]["id"]
    assert [example["code"] for example in data[0]["examples"]] == ["print(1)\n", "print(2)\n"]


def test_a_block_for_a_gpu_says_why_it_has_no_output(folder):
    why = "Needs a CUDA device. Reaches its last line in a dry run; not recorded yet."
    here, waiting = json.loads((folder / "questions.json").read_text())["questions"][0]["examples"]
    assert (here["origin"], waiting["origin"], waiting["output"]) == ("", why, "")
    markdown = (folder / "questions/tensors/one/index.html.md").read_text()
    assert f"print(2)\n```\n\n*{why}*\n" in markdown
    notebook = json.loads((folder / FOLDER / "notebooks/tensors/one.ipynb").read_text())
    assert f"*{why}*" in ["".join(cell["source"]) for cell in notebook["cells"]]


def test_the_book_shows_figures_without_their_source(tmp_path):
    made = book(tmp_path, one="")
    (article,) = articles(made)
    fold = f'<details class="quiet">\n<summary>{SOURCE_OF_FIGURE}</summary>\n<p>code</p></details>'
    other = "<details><summary>More</summary><p>kept</p></details>"
    drawn = '<figure class="drawn"><svg></svg></figure>'
    article = dataclasses.replace(article, html=f"{drawn}{fold}<p>Text</p>{other}")
    shown = epub.body(article, edition(made), {})
    assert shown == f"{drawn}<p>Text</p><div><p>More</p><p>kept</p></div>"
