"""The gate: what docs/ and snippets/ may hold at all, before a page is read or anything is run.

Both are written by anyone. What lies there is published, run as an example, or shown, by its name
and its place: so there are no links to what lies elsewhere, no files that a tool would read as its
settings or run as its code, and none that no reader of a pull request would look through.
"""

from __future__ import annotations

import io
import os
import re
import tokenize
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path

from ..engine.problems import FaultyFileError, Problem

FOLDERS = ("docs", "snippets")
KEPT = ("results", "notebooks", "preview")  # in .cache, by the build
SETTINGS = ("docs/.ruff.toml", "snippets/.ruff.toml")  # of the formatter
PLACES = (
    re.compile(r"docs/([^/]+/)*[^/]+\.md"),
    re.compile(r"docs/questions/(contents|paths)\.yml"),
    re.compile(r"docs/questions/[^/]+/recordings/[^/]+\.yml"),
    re.compile(r"docs/notebooks/[^/]+\.py"),
    re.compile(r"docs/assets/([^/]+/)*[^/]+\.(css|js|svg|txt)"),
    re.compile(r"snippets/(judges/)?[^/]+\.py"),
)
# What tools and editors leave beside files; it is neither read nor published.
CACHES = ("__pycache__", ".ruff_cache", ".ipynb_checkpoints")
LEFT = re.compile(r"\.DS_Store|\.#.*|#.*#|.*~|\..*\.sw[a-px]|4913")
WRITTEN = (".md", ".yml", ".py")  # by hand, and read by people
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
IS_SLUG = "lower-case letters, digits and single hyphens, at most 80 in all"
LONGEST_SLUG = 80
DEVICES = re.compile(r"con|prn|aux|nul|com\d|lpt\d")  # no file of Windows has such a name
MAX_BYTES = 200_000  # of a file that people read
MAX_LINE = 2_000  # characters
MAX_BRACKETS = 1_000  # in the text of a page: Markdown looks for the end of a link at each
MAX_FENCES = 120  # lines of a page that open or close one
# Depth of lists and quotations, in characters of what stands before the text.
NESTED = re.compile(r"(?:[ >]|[-*+] |\d+[.)] ){60}")
# Of these categories of Unicode are characters without a shape, or with none that is known.
SHAPELESS = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"))
# Shown as nothing or as a blank, though their category says letter, mark or symbol.
BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
NOT_UTF8 = "\ufffd"  # stands for bytes that are not
UNUSUAL = re.compile(r"[^\n\t\x20-\x7e]")


def is_slug(name: str) -> bool:
    """Whether a question's file, a notebook or a topic can have this name; `index` is generated."""
    return (
        SLUG.fullmatch(name) is not None
        and name != "index"
        and len(name) <= LONGEST_SLUG
        and not DEVICES.fullmatch(name)
    )


def is_left(file: Path) -> bool:
    """Whether a tool or an editor has left a file: a cache, a copy, or a lock that leads nowhere."""
    if file.is_symlink():
        return file.name.startswith(".#") and not file.exists()
    return file.name in CACHES if file.is_dir() else LEFT.fullmatch(file.name) is not None


def left_over(folder: str, names: list[str]) -> list[str]:
    """Return those names of a folder's files that `shutil.copytree` is not to copy."""
    return [name for name in names if is_left(Path(folder, name))]


def hidden(line: str) -> str | None:
    """Return the first character of a line that cannot be seen; None where there is none."""
    for match in UNUSUAL.finditer(line):
        if unicodedata.category(match[0]) in SHAPELESS or BLANK.match(match[0]):
            return match[0]
    return None


def foreign_names(code: str) -> Iterator[tuple[int, str, str]]:
    """Yield the line of each name in Python code that is not ASCII, what is wrong, and a fix.

    Two such names can look alike and differ, or differ and be one.
    """
    if code.isascii():
        return
    with suppress(SyntaxError, tokenize.TokenError):  # which running the code tells
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.NAME and not token.string.isascii():
                fix = "write it in the letters a to z; texts and comments may have others"
                yield token.start[0], f"the name {token.string!a} in code", fix


def check_gate(root: Path) -> None:
    """Let nothing but sound files below docs/ and snippets/ of the folder `root` pass.

    Raises:
        FaultyFileError: there are others.
    """
    folders = [root / name for name in FOLDERS if os.path.lexists(root / name)]
    problems = [problem for folder in folders for problem in faults(root, folder)]
    cache = root / ".cache"
    kept = [cache] if cache.is_symlink() else [cache / name for name in KEPT]
    for link in chain.from_iterable(map(links, kept)):
        what = "a symbolic link: what is built is written, and deleted, where it leads"
        problems.append(Problem(link.relative_to(root).as_posix(), 1, what, "delete it"))
    if problems:
        raise FaultyFileError(problems)


def links(folder: Path) -> Iterator[Path]:
    """Yield a folder, if it is a symbolic link, or else those in it."""
    if folder.is_symlink():
        yield folder
        return
    with suppress(OSError):  # it is not there, or another build deletes it
        for entry in os.scandir(folder):  # which knows links without a look at each file
            if entry.is_symlink():
                yield Path(entry)
            elif entry.is_dir():
                yield from links(Path(entry))


def faults(root: Path, file: Path) -> Iterator[Problem]:
    """Yield why a file or a folder, or what lies in it, does not pass."""
    path = file.relative_to(root).as_posix()
    found = fault_of_name(path, file) or (fault_of_file(path, file) if file.is_file() else None)
    if found:
        line, what, fix = found
        yield Problem(path if path.isprintable() else ascii(path), line, what, fix)
    elif file.is_dir():
        for name in sorted(os.listdir(file)):
            if not is_left(file / name):
                yield from faults(root, file / name)


def fault_of_name(path: str, file: Path) -> tuple[int, str, str] | None:
    """Return what is wrong with the kind, the name or the place of a file, and how to fix it."""
    if file.is_symlink():
        return 1, "a symbolic link: what it leads to would be published", "copy the file"
    if not path.isascii() or not path.isprintable():
        return 1, "a name with characters beyond ASCII", f"name it in {IS_SLUG}"
    if file.name.startswith(".") and path not in SETTINGS:
        what = "a file whose name begins with a dot can change what tools and reviewers see"
        return 1, what, "delete it"
    if file.is_dir():
        if file.suffix == ".md":
            return 1, "a folder has the name of a page", "name it without .md"
        return None
    if not file.is_file():
        return 1, "neither a file nor a folder", "delete it"
    if file.suffix == ".ipynb":
        fix = f"convert it: jupytext --to py:percent {path}, in docs/notebooks/"
        return 1, "a notebook is kept as a percent script, without outputs", fix
    if path not in SETTINGS and not any(place.fullmatch(path) for place in PLACES):
        fix = "delete it; docs/ has pages, notebooks, recordings, and scripts, styles and"
        fix += " pictures in docs/assets/, snippets/ has Python files"
        return 1, "no file of this kind has its place here", fix
    if path.startswith("docs/notebooks/") and not is_slug(file.stem):
        return 1, "the notebook's name is not a slug", f"name it in {IS_SLUG}"
    return None


def fault_of_file(path: str, file: Path) -> tuple[int, str, str] | None:
    """Return what nobody could read, or take apart in time, in a file that people write."""
    if file.suffix not in WRITTEN:
        return None
    size = file.stat().st_size
    if size > MAX_BYTES:
        return 1, f"{size:,} bytes; at most {MAX_BYTES:,}", "divide it, or leave most of it out"
    is_page, fences, brackets = file.suffix == ".md", 0, 0
    text = file.read_text("utf-8-sig", "replace")
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > MAX_LINE:
            what = f"a line of {len(line):,} characters; at most {MAX_LINE:,}"
            return number, what, "break it"
        if is_page:
            fences += line.startswith(("```", "~~~"))
            brackets += 0 if fences % 2 else line.count("[")
            if brackets > MAX_BRACKETS:
                return number, f"more than {MAX_BRACKETS:,} brackets", "make several pages of it"
            if fences > MAX_FENCES:
                return number, f"more than {MAX_FENCES // 2} fences", "make several pages of it"
            if NESTED.match(line) and line.lstrip(" ")[:1] in ("-", "*", "+", ">", *"0123456789"):
                return number, "a list or a quotation that is nested too deep", "indent it less"
        elif NOT_UTF8 in line:
            return number, "the file is not UTF-8", "save it as UTF-8; in code, write an escape"
        elif character := hidden(line):
            what = f"an invisible character, U+{ord(character):04X}"
            return number, what, "delete it; in code, write it as an escape"
    return next(foreign_names(text), None) if file.suffix == ".py" else None
