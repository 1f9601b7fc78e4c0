"""An article as parts: text and blocks in order, and nothing that only the site understands."""

import pytest

from answered.engine.problems import FaultyFileError
from answered.exports import practice
from answered.exports.links import inside, outside, page_address, relative, relink_html
from answered.exports.parts import document, parts, short_answer
from answered.site.article import ShownBlock

from .small import articles, book, edition

TEXT = """It is [a name](two.md), see `[this](two.md)` and [below](#more).

```python
print("[a](two.md)")
```
<!--pytest-codeblocks:expected-output-->
```text
[a](two.md)
```

After.

## More

--8<-- "snippets/helper.py:part"

```console
$ echo '```' [a](two.md)
```

<!--pytest.mark.gpu-->
```python
device()
```

[Two
lines](../../index.md#top), [else](https://example.com/), [What is `x`?](two.md)
"""


@pytest.fixture
def made(tmp_path):
    (tmp_path / "snippets").mkdir()
    (tmp_path / "snippets" / "helper.py").write_text(
        "class A:\n    # --8<-- [start:part]\n    a = 1\n    # --8<-- [end:part]\n"
    )
    return book(tmp_path, one=TEXT, two="Text.\n")


def test_text_and_blocks_come_in_order(made):
    first, second = articles(made)
    found = parts(first, edition(made))
    one = "https://example.org/questions/tensors/one/"
    two = one.replace("one", "two")
    assert [part if isinstance(part, str) else part.outcome.block.line for part in found] == [
        "# What is `x`?",
        f"## Short answer\n\nIt is [a name]({two}), see `[this](two.md)` and [below]({one}#more).",
        14,
        "After.",
        "## More\n\n```python\na = 1\n```\n\n```console\n$ echo '```' [a](two.md)\n```",
        33,
        "[Two\nlines](https://example.org/#top), [else](https://example.com/),"
        f" [What is `x`?]({two})",
    ]
    assert [part for part in found if isinstance(part, ShownBlock)] == list(first.blocks)
    assert parts(second, edition(made))[1:] == ["## Short answer\n\nText."]


def test_without_an_address_links_become_their_text(made):
    first, _ = articles(made)
    text = document(parts(first, edition(made, url="")))
    assert "It is a name, see `[this](two.md)` and below." in text
    assert "\nTwo\nlines, [else](https://example.com/), What is `x`?\n" in text


def test_document_has_each_block_with_its_output_or_why_there_is_none(made):
    first, _ = articles(made)
    text = document(parts(first, edition(made)))
    assert '```python\nprint("[a](two.md)")\n```\n\nOutput:\n\n```text\n[a](two.md)\n```\n' in text
    assert (
        "```python\ndevice()\n```\n\n*Needs a CUDA device. Reaches its last line in a dry run; not recorded yet.*\n"
        in text
    )
    assert "pytest" not in text and "level:" not in text


def test_short_answer_is_its_section_without_the_heading(made):
    first, second = articles(made)
    answer = short_answer(parts(first, edition(made)))
    assert answer[0].startswith("It is [a name]") and answer[1:] == [first.blocks[0], "After."]
    assert short_answer(parts(second, edition(made))) == ["Text."]
    assert short_answer(["# Title", "## Other\n\nText."]) == []


def test_a_part_of_a_page_holds_no_more_than_a_page_may(made):
    """Cut out of what is around it, it could: Practice shows it as HTML."""
    page = made.questions[0]
    assert practice.shown("It is `<b>`.", page) == "<p>It is <code>&lt;b&gt;</code>.</p>"
    for text in ("`` <img src=x onerror=alert(1)>", "a <form>b</form>", "</main>", "<!-- x -->"):
        with pytest.raises(FaultyFileError, match=f"{page.path}:.*: the finished page holds"):
            practice.shown(text, page)


def test_addresses():
    page = "questions/a/b/"
    targets = {"../c/#x": "questions/a/c/#x", "../../..": "", "#x": f"{page}#x", ".": page}
    assert {target: inside(page, target) for target in targets} == targets
    assert inside("questions/a/b.md", "../c/d.md#x") == "questions/c/d.md#x"
    assert inside("questions/a/b.md", "#x") == "questions/a/b.md#x"
    assert {inside("", target) for target in ("https://x/", "mailto:x", "data:,x", "/x")} == {None}
    assert outside(page, "../c/", "https://x/") == "https://x/questions/a/c/"
    assert outside(page, "../c/", "") is None and outside(page, "mailto:x", "") == "mailto:x"
    paths = ("a/b.md#c", "a/index.md", "index.md#c", "n/x.py", "a/myindex.md", "a/b/")
    addresses = ["a/b/#c", "a/", "#c", "n/x/", "a/myindex/", "a/b/"]
    assert [page_address(path) for path in paths] == addresses
    paths = ("questions/a/", "practice/#x", "", "a.json")
    addresses = ["../questions/a/", "./#x", "../", "../a.json"]
    assert [relative(path, "practice/") for path in paths] == addresses


def test_attributes_are_rewritten_in_tags_alone():
    text = '<a title="1 > 0" href="x/" download>x</a> &lt;a href="x/"> <img src="y">'
    relinked = relink_html(text, lambda target: f"{target}?a&b" if target == "x/" else None)
    assert relinked == text.replace('"x/" ', '"x/?a&amp;b" ', 1).replace(' src="y"', "")
