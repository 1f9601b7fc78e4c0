"""Every kind of fault in one project: one build tells them all, and leaves no site.

What each rule finds is tested in process, in tests/check and tests/engine; here is the way from a
fault in a file to the line that a contributor reads.
"""

import re

import pytest

from tests.conftest import EXPECTED, FRESH, NO_DEVICE, PAGE, Project, block

ONE, TWO, THREE = "tensors/one.md", "tensors/two.md", "autograd/three.md"
# What is put into a page: the text, on which of its lines it is told, and what is told.
RUNTIME_FAULTS = {
    "wrong expected output": (block("print(96)", expected="24"), 0, "not the expected one"),
    "a block that raises": (
        block("1 / 0\nassert True", expected=None),
        0,
        "raised ZeroDivisionError",
    ),
    "a raises block that does not": (block("print(1)", "raises", "1"), 1, "did not raise"),
    "sys.exit": (block("import sys\nsys.exit(0)\nassert True", expected=None), 0, "sys.exit"),
    "os._exit": (
        block("import os\nos._exit(0)\nassert True", expected=None),
        0,
        "left without finishing",
    ),
    "endless loop": (
        block("import time\nwhile True: time.sleep(1)\nassert True", expected=None),
        0,
        "did not end within 20 s",
    ),
    "a killed child": (
        block("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\nassert 1", expected=None),
        0,
        "was killed (SIGKILL)",
    ),
}
FORM_FAULTS = {
    "markdown-exec fence": ('```python exec="on"\nprint(1)\n```', 0, "never collected"),
    "py fence": ("```py\nprint(1)\n```", 0, "never collected"),
    "tilde fence": ("~~~python\nprint(1)\n~~~", 0, "tilde"),
    "braces": ("```{.python}\nprint(1)\n```", 0, "never collected"),
    "unknown mark": (block("assert 1", "often", None), 0, "unknown mark"),
    "skip": (block("assert 1", "skip", None), 0, "no example is skipped"),
    "skipfile": ("<!--pytest-codeblocks:skipfile-->", 0, "not a mark"),
    "unknown snippet section": ('--8<-- "snippets/figures.py:none"', 0, "unknown snippet section"),
}


def before_myths(text: str):
    return lambda page: page.replace("## What people", f"{text}\n\n## What people")


def replaced(old: str, new: str):
    return lambda page: page.replace(old, new)


# Each of these spoils the rest of its page, so each has a page of its own: how, a text on the line
# where it is told ("" for line 1), and what is told.
PAGE_FAULTS = {
    "unclosed fence": (
        before_myths("```python\nprint(1)"),
        "```python\nprint(1)\n\n",
        "unclosed fence",
    ),
    "expected output without a block": (
        before_myths(f"{EXPECTED}\n```text\n1\n```"),
        f"{EXPECTED}\n```text\n1",
        "without a Python block",
    ),
    "neither output nor assert": (
        before_myths("```python\nx = 1\n```"),
        "```python\nx = 1",
        "neither",
    ),
    "indented code": (before_myths("    print(1)"), "    print(1)", "indented code"),
    "missing front matter": (lambda page: page[page.index("# ") :], "", "missing front matter"),
    "front matter that is not YAML": (
        replaced("description: A page", 'description: "A page'),
        "also_asked:",
        "front matter is not YAML",
    ),
    "front matter that is a list": (
        lambda page: re.sub(r"(?s)^---\n.*?---\n", "---\n- basics\n---\n", page),
        "",
        "front matter is not a mapping",
    ),
    "front matter with a date that does not exist": (
        replaced("level: junior", "level: 2025-02-30"),
        "",
        "front matter is not YAML",
    ),
    "tags of the wrong type": (
        replaced("tags: [basics]", "tags: 3"),
        "tags:",
        "front matter 'tags'",
    ),
    "tags that hold a list": (
        replaced("tags: [basics]", "tags: [[basics]]"),
        "tags:",
        "front matter 'tags",
    ),
    "other wordings of the wrong type": (
        replaced("also_asked: []", "also_asked: 5"),
        "also_asked:",
        "front matter 'also_asked'",
    ),
    "a template that does not exist": (
        replaced("level:", "template: none.html\nlevel:"),
        "template:",
        "unknown front matter 'template'",
    ),
    "unknown front matter": (
        replaced("level:", "mood: good\nlevel:"),
        "mood:",
        "unknown front matter 'mood'",
    ),
}
OTHER_FAULTS = (
    "broken link",
    "broken anchor",
    "two pages with one title",
    "a page outside the navigation",
    "a page that is not UTF-8",
)


def line_of(text: str, piece: str) -> int:
    return text[: text.index(piece)].count("\n") + 1 if piece else 1


def plant(project: Project) -> dict[str, tuple[str, int, str]]:
    """Put every fault into the project; return the path, line and message of each."""
    places = {}
    for name, (text, offset, message) in {**RUNTIME_FAULTS, **FORM_FAULTS}.items():
        page = ONE if name in RUNTIME_FAULTS else TWO
        places[name] = f"questions/{page}", project.append(page, text) + offset, message
    for number, (name, (spoil, marker, message)) in enumerate(PAGE_FAULTS.items()):
        page = f"nn-modules/fault-{number}.md"
        text = spoil(PAGE.format(title=f"Is this fault {number}", text=f"fault {number}"))
        project.page(page).parent.mkdir(exist_ok=True)
        project.page(page).write_text(text)
        places[name] = f"questions/{page}", line_of(text, marker), message
    three = f"questions/{THREE}"
    places["broken link"] = three, project.append(THREE, "[No](no.md)."), "link 'no.md'"
    line = project.append(THREE, "See [none](../tensors/two.md#none).")
    places["broken anchor"] = three, line, "#none"
    twin = project.page(THREE).read_text()
    project.page("autograd/twin.md").write_text(twin)
    line = line_of(twin, "# Is")
    places["two pages with one title"] = "questions/autograd/twin.md", line, "is asked by"
    project.write("cooking/stray.md", "Is this page astray")
    path = "questions/cooking/stray.md"
    places["a page outside the navigation"] = path, 1, "outside the navigation"
    text = PAGE.format(title="Is this page in Latin-1", text="latin")
    text = text.replace("a test.", "a test, déjà vu. See [nothing](nothing.md).")
    project.page("autograd/latin.md").write_bytes(text.encode("latin-1"))
    path = "questions/autograd/latin.md"
    places["a page that is not UTF-8"] = path, line_of(text, "déjà"), "not UTF-8"
    return places


@pytest.fixture(scope="module")
def faulty(broken: Project):
    """Every fault in one project: where they are, and what the build says."""
    places = plant(broken)
    return places, broken.build(ANSWERED_TIMEOUT="20", **NO_DEVICE)


def test_a_faulty_build_fails_and_leaves_no_site(faulty, broken):
    places, done = faulty
    assert set(places) == {*RUNTIME_FAULTS, *FORM_FAULTS, *PAGE_FAULTS, *OTHER_FAULTS}
    assert done.returncode == 1 and "\nthe site was not built\n" in done.stdout
    assert int(re.search(r"\n(\d+) problems\n", done.stdout)[1]) >= len(places)
    assert not broken.site.exists() and not list(broken.root.glob(".cache/build-*"))


@pytest.mark.parametrize("name", [*RUNTIME_FAULTS, *FORM_FAULTS, *PAGE_FAULTS, *OTHER_FAULTS])
def test_fault_is_told(faulty, name):
    """With its file and line, and how to fix it."""
    places, done = faulty
    path, line, message = places[name]
    told = re.search(
        rf"(?m)^docs/{re.escape(path)}:{line}: .*{re.escape(message)}.*\n(?:     .*\n)*    fix: \w",
        done.stdout,
    )
    assert told, done.stdout


def test_a_page_that_cannot_be_read_has_that_problem_alone(faulty):
    """What follows from it would bury it."""
    assert faulty[1].stdout.count("docs/questions/autograd/latin.md:") == 1


def test_a_fault_of_the_rendered_page_stops_the_build(project):
    """No rule about sources sees what a block draws."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    figure = f"open('a.svg', 'w').write('{svg}')\nassert True"
    line = project.append(ONE, block(figure, expected=None))
    done = project.build(**FRESH, **NO_DEVICE)
    assert done.returncode == 1 and not project.site.exists()
    told = re.search(
        rf"docs/questions/{ONE}:(\d+): the figure a.svg holds <script>\n    fix: \w", done.stdout
    )
    assert told and int(told[1]) == line, done.stdout
