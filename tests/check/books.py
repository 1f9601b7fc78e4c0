"""Small books in temporary folders, whole or with one fault."""

from pathlib import Path

from answered.check.book import check_book
from answered.engine.problems import FaultyFileError, Problem
from answered.pages.book import Book

ONE = "docs/questions/tensors/one.md"
TWO = "docs/questions/tensors/two.md"
CONTENTS_FILE = "docs/questions/contents.yml"
CONTENTS = """topics:
  - id: tensors
    title: Tensors
    summary: What they are.
    questions: []
  - id: autograd
    title: Autograd
    summary: How gradients are recorded.
tags:
  - basics
  - tensors
levels: [junior, mid]
"""
PAGE = """---
description: A page for tests, whose description is long enough to be one.
short_title: Page {title}
level: junior
tags: [basics]
also_asked:
  - "Is the page called {title}?"
---

# Is this page {title}?

## Short answer

Because it is a test. WORDS

## In code

```python
print("{title}")
```
<!--pytest-codeblocks:expected-output-->
```text
{title}
```

## The evidence

HERE

## What people get wrong

### "It has no claim"

It has this one claim. The rest is silence.

### "It has one claim"

It has two.

## Follow-up questions

- **What is asked first?** This.
- **What is asked second?** That.
- **What is asked third?** This again.
- **What is asked fourth?** That again.
- **What is asked fifth?** Nothing more.

## See also

- [The documentation](https://docs.pytorch.org/docs/stable/)
- [Its source](https://github.com/pytorch/pytorch)
""".replace("WORDS", ("It is as short as an answer can be. " * 10).strip())
HERE = PAGE[: PAGE.index("HERE")].count("\n") + 1  # the line where faults are put
SNIPPET = '''"""Tools."""


# --8<-- [start:double]
def double(x):
    return 2 * x
# --8<-- [end:double]
'''


def page(title: str = "one", here: str = "Text.") -> str:
    """Return a page without faults, with `here` in its line `HERE`."""
    return PAGE.replace("{title}", title).replace("HERE", here)


def book(root: Path, files: dict[str, str | bytes | None] | None = None) -> Book:
    """Write a small project, with `files` by path besides or instead (None: without)."""
    whole: dict[str, str | bytes | None] = {
        CONTENTS_FILE: CONTENTS,
        "docs/index.md": "# Home\n\nWelcome.\n",
        "docs/assets/a.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
        "docs/notebooks/digits.py": "# %% [markdown]\n# # Digits\n",
        "snippets/tools.py": SNIPPET,
        ONE: page("one"),
        TWO: page("two"),
    }
    for name, text in (whole | (files or {})).items():
        if text is not None:
            file = root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode() if isinstance(text, str) else text)
    return Book.load(root)


def problems(root: Path, files: dict[str, str | bytes | None] | None = None) -> list[Problem]:
    """Return all problems of the small project with `files`."""
    try:
        return check_book(book(root, files))
    except FaultyFileError as error:
        return error.problems


def the_problem(root: Path, files: dict[str, str | bytes | None]) -> tuple[str, int, str, str]:
    """Return the only problem of the small project with `files`: path, line, what and fix."""
    (found,) = problems(root, files)
    assert found.fix.strip()
    return found.path, found.line, found.what, found.fix
