"""Real outputs, written into pages."""

from pathlib import Path

import pytest

from answered.engine.block import EXPECTED
from answered.engine.parser import parse
from answered.engine.settings import Settings
from answered.engine.update import output_lines, replace_file, with_outputs

TEXT = f"""# A

```python
print(1)
```
{EXPECTED}
```text
0
```

Text.

```python
print(2)
```

```python
print(3)
```

{EXPECTED}

````text
```
````
Text.
"""


def parsed(text: str):
    return parse(text, "a.md", Settings(Path("/")))


def with_(*outputs: str | None) -> str:
    """Return `TEXT` with new outputs of its blocks; None leaves one as it is."""
    document = parsed(TEXT)
    pairs = zip(document.blocks, outputs, strict=True)
    return with_outputs(document, {block: text for block, text in pairs if text is not None})


def test_what_is_not_given_stays():
    assert with_(None, None, None) == TEXT


def test_an_output_is_replaced():
    assert with_("1\n", None, None) == TEXT.replace("\n0\n", "\n1\n")


def test_an_output_is_written_below_its_block():
    added = f"print(2)\n```\n{EXPECTED}\n```text\n2\n```\n"
    assert with_(None, "2\n", None) == TEXT.replace("print(2)\n```\n", added)


def test_an_output_is_taken_away():
    assert with_("", None, None) == TEXT.replace(f"{EXPECTED}\n```text\n0\n```\n", "", 1)
    assert with_(None, "", None) == TEXT


def test_blank_lines_inside_an_output_go_with_it():
    old = f"\n{EXPECTED}\n\n````text\n```\n````\n"
    assert with_(None, None, "3\n") == TEXT.replace(old, f"{EXPECTED}\n```text\n3\n```\n")


def test_several_at_once_and_again():
    text = with_("1\n1\n", "2\n", "3\n")
    blocks = parsed(text).blocks
    assert [block.expected for block in blocks] == ["1\n1\n", "2\n", "3\n"]
    assert [block.code for block in blocks] == ["print(1)\n", "print(2)\n", "print(3)\n"]
    assert with_outputs(parsed(text), {block: block.expected for block in blocks}) == text


@pytest.mark.parametrize(
    ("output", "fence"),
    [
        ("1\n", "```"),
        ("``\n", "```"),
        ("```\n", "````"),
        ("a ```` b\n```\n", "`````"),
        ("~~~\n", "```"),
    ],
)
def test_a_fence_is_longer_than_what_it_holds(output, fence):
    lines = output.rstrip("\n").split("\n")
    assert output_lines(output) == [EXPECTED, f"{fence}text", *lines, fence]
    text = with_(None, output, None)
    assert parsed(text).blocks[1].expected == output and parsed(text).faults == ()


def test_lines_of_an_output_have_no_blanks_at_their_ends():
    assert output_lines("a  \n\n b\n\n") == [EXPECTED, "```text", "a", "", " b", "```"]
    assert output_lines("X\n") == [EXPECTED, "```text", "X", "```"]
    assert output_lines("") == []


def test_a_file_is_replaced_in_one_step(tmp_path):
    file = tmp_path / "a.b.md"
    file.write_text("old")
    replace_file(file, "new é\n")
    assert file.read_bytes() == "new é\n".encode()
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_cannot_be_written_stays(tmp_path):
    file = tmp_path / "a.md"
    file.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        replace_file(file, "new \ud800")  # fails in the middle of writing
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_cannot_be_replaced_leaves_nothing(tmp_path):
    folder = tmp_path / "a.md"
    (folder / "x").mkdir(parents=True)
    with pytest.raises(OSError):
        replace_file(folder, "new")
    assert list(tmp_path.iterdir()) == [folder]
