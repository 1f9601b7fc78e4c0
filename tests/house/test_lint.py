"""The static checks hold for this repository, and find what they are there for."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT, Project, copy

HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
NAMES = {hook["name"]: hook["id"] for hook in HOOKS}
MISSPELT = "Because".replace("au", "ua")
HEADLINE = re.compile(r"^(.+?)\.{3,}(?:\(no files to check\))?(Passed|Failed|Skipped)$", re.M)


def lint(root: Path) -> dict[str, tuple[str, str]]:
    """Return how each hook ended, and what it said, by its id."""
    done = subprocess.run(
        [Path(sys.executable).with_name("pre-commit"), "run", "--all-files", "--color=never"],
        cwd=root,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | {"SKIP": "pages", "PYTHONPATH": ""},
    )
    parts = HEADLINE.split(re.sub(r"\x1b\[[\d;]*m", "", done.stdout))
    found = {
        NAMES[name]: (ended, text)
        for name, ended, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
    }
    assert done.returncode == any(ended == "Failed" for ended, _ in found.values()), done.stdout
    return found


def test_this_repository_passes():
    found = lint(ROOT)
    expected = dict.fromkeys(NAMES.values(), "Passed") | {"pages": "Skipped"}
    assert {name: ended for name, (ended, _) in found.items()} == expected, found


def test_tools_are_those_of_the_environment():
    """Nothing is fetched at a commit; every hook but that of pages says how to fix what it finds."""
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert [repo["repo"] for repo in config["repos"]] == ["local"]
    for hook in HOOKS:
        program = hook["entry"].split()[0]
        assert hook["language"] == "system" and (ROOT / program).is_file(), hook
        assert "fix" in hook["name"] or hook["id"] == "pages", hook
    assert len(NAMES) == len(set(NAMES.values())) == len(HOOKS)


# By the place of a fault: the hook, and what it says; {line} is that of the fault.
ONE, TWO = "tensors/one.md", "tensors/two.md"
FOUND = {
    "word": ("spelling", rf"docs/questions/tensors/one\.md:{{line}}: {MISSPELT} ==> Because"),
    "heading": ("markdown", r"docs/questions/tensors/two\.md:{line}:\d+: \[MD018\]"),
    "block": ("format", r"docs/questions/tensors/one\.md:{line}:\d+: unformatted"),
    "long line": ("format", r"answered/engine/fresh\.py:{line}:\d+: unformatted"),
    "import": ("code", r"answered/engine/fresh\.py:{line}:\d+: F401"),
    "room": ("rooms", r"answered\.engine\.fresh -> answered\.check\.book \(l\.{line}\)"),
    "generator": ("rooms", r"answered\.check\.fresh -> mkdocs \(l\.1\)"),
    "schema": ("workflow-schema", r"\.github/workflows/links\.yml::\$\.jobs\.links: .*runs_on"),
    "no limit": (
        "workflow-timeouts",
        r"workflows/labels\.yml::\$\.jobs\.labels: (.*\n){1,6}.*'timeout-minutes' is a required",
    ),
    "dependabot": ("dependabot", r"\.github/dependabot\.yml::\$\.updates\[0\]"),
    "config": ("issue-config", r"ISSUE_TEMPLATE/config\.yml::\$\.blank_issues_enabled"),
    "form": ("issue-forms", r"ISSUE_TEMPLATE/1-wrong-answer\.yml::\$\.body\[0\]"),
    "unpinned": (
        "workflows",
        r"error\[unpinned-uses\].*\n *--> \.github/workflows/ci\.yml:{line}:",
    ),
    "injection": (
        "workflows",
        r"error\[template-injection\].*\n *--> \.github/workflows/ci\.yml:{line}:",
    ),
    "target": ("workflows", r"error\[dangerous-triggers\].*\n *--> \.github/workflows/ci\.yml:"),
}
IN_GITHUB = {  # the file, and what is replaced by what
    "unpinned": ("workflows/ci.yml", r"actions/checkout@.*", "actions/checkout@main"),
    "injection": ("workflows/ci.yml", r"  make lint", r"\g<0> ${{ github.head_ref }}"),
    "target": ("workflows/ci.yml", r"  pull_request:", "  pull_request_target:"),
    "schema": ("workflows/links.yml", r"runs-on: ", "runs_on: "),
    "no limit": ("workflows/labels.yml", r"    timeout-minutes: .*\n", ""),
    "dependabot": ("dependabot.yml", r"interval: \w+", "interval: sometimes"),
    "form": ("ISSUE_TEMPLATE/1-wrong-answer.yml", r"type: input\b", "type: inputs"),
    "config": ("ISSUE_TEMPLATE/config.yml", r"blank_issues_enabled: .*", "\\g<0>3"),
}


@pytest.fixture(scope="module")
def planted(broken: Project) -> tuple[dict[str, tuple[str, str]], dict[str, int]]:
    """What lint says of a project with a fault for every hook, and the lines of the faults."""
    for part in ("answered", ".github", "README.md"):
        copy(ROOT / part, broken.root / part)
    lines = {
        "word": broken.edit(ONE, "Because", MISSPELT),
        "block": broken.edit(ONE, 'print("one")', "print( 'one')"),
        "heading": broken.edit(TWO, "## See also", "##See also"),
        "import": 1,
        "room": 3,
        "generator": 1,
        "long line": 5,
    }
    long = "x = [" + "1, " * 40 + "1]"
    code = f"import os\n\nfrom ..check.book import check_book as other\n\n{long}\ny = other\n"
    (broken.root / "answered/engine/fresh.py").write_text(code)
    (broken.root / "answered/check/fresh.py").write_text("import mkdocs as other\n\ny = other\n")
    for name, (path, old, new) in IN_GITHUB.items():
        file = broken.root / ".github" / path
        text = file.read_text()
        match = re.search(old, text)
        lines[name] = text[: match.start()].count("\n") + 1
        file.write_text(text[: match.start()] + match.expand(new) + text[match.end() :])
    broken.commit()
    return lint(broken.root), lines


@pytest.mark.parametrize("name", FOUND)
def test_planted_fault(planted, name):
    """It is named with its file and its line, or its key where the tool counts no lines."""
    found, lines = planted
    hook, pattern = FOUND[name]
    ended, text = found[hook]
    assert ended == "Failed" and re.search(pattern.replace("{line}", str(lines[name])), text), text


def test_every_hook_has_a_fault():
    assert {hook for hook, _ in FOUND.values()} == set(NAMES.values()) - {"pages"}


def test_the_hook_of_pages_checks_pages(project):
    """At a commit; it is the one that takes longer, and `make lint` leaves it to `make check`."""
    project.commit()
    line = project.edit(ONE, "```text\none", "```text\nold") - 4
    done = subprocess.run(
        [Path(sys.executable).with_name("pre-commit"), "run", "pages", "--all-files"],
        cwd=project.root,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=project.environment(ANSWERED_FORK="0", ANSWERED_CUDA_DEVICE=""),
    )
    assert done.returncode == 1
    assert f"docs/questions/{ONE}:{line}: the output is not the expected one" in done.stdout
