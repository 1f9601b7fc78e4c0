"""The static checks hold for this repository, and see what they are there for; what workflows may do."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from answered.lint import TOOLS
from tests.canary import report
from tests.conftest import PAGE, ROOT, Project, copy

WORKFLOWS = {file.name: yaml.safe_load(file.read_text()) for file in sorted((ROOT / ".github/workflows").glob("*.yml"))}
MISSPELT = "Because".replace("au", "ua")
JOBS = {(name, job): body for name, workflow in WORKFLOWS.items() for job, body in workflow["jobs"].items()}
STEPS = [(name, job, step) for (name, job), body in JOBS.items() for step in body["steps"]]


def test_this_repository_passes():
    done = Project(ROOT).run("-m", "answered", "lint")
    assert done.returncode == 0 and f"{len(TOOLS)} of {len(TOOLS)} static checks passed" in done.stdout, done.stdout


@pytest.fixture(scope="module")
def planted(broken) -> tuple[str, dict[str, int]]:
    """What lint says of a copy of the project with a fault for every tool, and the lines of the faults."""
    for part in (".github", "README.md"):
        copy(ROOT / part, broken.root / part)
    lines = {
        "spelling": broken.edit("tensors/one.md", "Because", MISSPELT),
        "block": broken.edit("tensors/one.md", 'print("one")', "print( 'one')"),
        "heading": broken.edit("tensors/two.md", "## See also", "##See also"),
        "import": 1,
    }
    (broken.root / "answered/fresh.py").write_text("import os\n")

    def plant(name: str, path: str, old: str, new: str) -> None:
        file = broken.root / ".github" / path
        text = file.read_text()
        assert old in text
        lines[name] = text[: text.index(old)].count("\n") + 1
        file.write_text(text.replace(old, new, 1))

    plant("unpinned", "workflows/ci.yml", "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683", "actions/checkout@main")
    plant("injection", "workflows/ci.yml", "run: make lint", "run: make lint ${{ github.head_ref }}")
    plant("target", "workflows/ci.yml", "  pull_request:", "  pull_request_target:")
    plant("schema", "workflows/links.yml", "runs-on: ", "runs_on: ")
    plant("no limit", "workflows/labels.yml", "    timeout-minutes: 5\n", "")
    plant("dependabot", "dependabot.yml", "interval: weekly", "interval: sometimes")
    plant("form", "ISSUE_TEMPLATE/1-wrong-answer.yml", "type: input", "type: inputs")
    plant("forms", "ISSUE_TEMPLATE/config.yml", "blank_issues_enabled: false", "blank_issues_enabled: 3")
    done = broken.run("-m", "answered", "lint", CI="true", CLICOLOR_FORCE="1", FORCE_COLOR="1")  # each of them turns colours on somewhere
    assert done.returncode == 1
    return done.stdout, lines


FOUND = {
    "spelling": rf"docs/questions/tensors/one\.md:{{line}}: {MISSPELT} ==> Because",
    "block": r"docs/questions/tensors/one\.md:{line}:\d+: unformatted",
    "heading": r"docs/questions/tensors/two\.md:{line}:\d+: \[MD018\]",
    "import": r"answered/fresh\.py:{line}:\d+: F401",
    "unpinned": r"error\[unpinned-uses\].*\n *--> \.github/workflows/ci\.yml:{line}:",
    "injection": r"error\[template-injection\].*\n *--> \.github/workflows/ci\.yml:{line}:",
    "target": r"error\[dangerous-triggers\].*\n *--> \.github/workflows/ci\.yml:",
    "schema": r"\.github/workflows/links\.yml::\$\.jobs\.links: .*runs_on",
    "no limit": r"\.github/workflows/labels\.yml::\$\.jobs\.labels: (.*\n){1,6} +\$\.jobs\.labels: 'timeout-minutes' is a required",
    "dependabot": r"\.github/dependabot\.yml::\$\.updates\[0\]",
    "form": r"\.github/ISSUE_TEMPLATE/1-wrong-answer\.yml::\$\.body\[0\]",
    "forms": r"\.github/ISSUE_TEMPLATE/config\.yml::\$\.blank_issues_enabled",
}


@pytest.mark.parametrize("name", FOUND)
def test_planted_fault(planted, name):
    """It is named with its file and its line, or its key where the tool counts no lines, and with a remedy."""
    report, lines = planted
    match = re.search(FOUND[name].replace("{line}", str(lines[name])), report)
    assert match, report
    assert "; mend: " in report[match.end() :]


def test_formatting_mends_what_it_can(project):
    project.edit("tensors/one.md", 'print("one")', "print( 'one')")
    project.edit("tensors/two.md", "## See also", "##See also")
    before = project.page("autograd/three.md").read_text()
    assert project.run("-m", "answered", "tidy").returncode == 0
    assert project.page("tensors/one.md").read_text() == PAGE.format(title="Is this page one", text="one")
    assert project.page("tensors/two.md").read_text() == PAGE.format(title="Is this page two", text="two")
    assert project.page("autograd/three.md").read_text() == before


def test_a_commit_runs_the_same_checks():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    (local,) = config["repos"]
    assert local["repo"] == "local"  # nothing is fetched: the tools are those of requirements.txt
    assert [hook["entry"].split(" -m ")[1] for hook in local["hooks"]] == ["answered lint", "answered check"]
    subprocess.run([Path(sys.executable).with_name("pre-commit"), "validate-config"], cwd=ROOT, check=True)


def test_workflows_start_without_rights():
    for name, workflow in WORKFLOWS.items():
        assert workflow["permissions"] in ({}, {"contents": "read"}), name
        assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(workflow[True]), name  # `on` is YAML's true


def test_which_jobs_may_write():
    rights = {place: body["permissions"] for place, body in JOBS.items() if "write" in str(body.get("permissions", ""))}
    assert rights == {
        ("labels.yml", "labels"): {"contents": "read", "pull-requests": "write", "issues": "write"},
        ("pages.yml", "deploy"): {"pages": "write", "id-token": "write"},
        ("pages.yml", "notebooks"): {"contents": "write"},
        ("weekly.yml", "issue"): {"issues": "write"},
    }
    for name, job, step in STEPS:
        if (name, job) in rights:
            assert "checkout" not in step.get("uses", "") and ".venv" not in step.get("run", ""), (name, job)


def test_no_secrets_and_one_commit_for_each_action():
    text = "".join((ROOT / ".github/workflows" / name).read_text() for name in WORKFLOWS)
    assert "secrets." not in text
    pins = set(re.findall(r"uses: ([\w-]+/[\w-]+)[\w/-]*@(.+)", text))
    assert len(pins) == len(dict(pins)) and all(re.fullmatch(r"[0-9a-f]{40} # v[\d.]+", pin) for _, pin in pins), pins


def test_only_main_writes_caches_and_what_is_published_uses_none():
    uses = [(name, job, step["uses"].split("@")[0], step.get("if", "")) for name, job, step in STEPS if "uses" in step]
    caches = [use for use in uses if "actions/cache" in use[2]]
    assert {action for _, _, action, _ in caches} == {"actions/cache/restore", "actions/cache/save"}
    assert all("github.ref == 'refs/heads/main'" in condition for *_, action, condition in caches if action.endswith("save"))
    assert not any(name == "pages.yml" for name, *_ in caches)
    assert not any("cache" in step.get("with", {}) for *_, step in STEPS)


def script(workflow: str, name: str) -> str:
    return next(step["run"] for file, _, step in STEPS if file == workflow and step.get("name") == name)


def shell(project: Project, text: str, **env: str) -> subprocess.CompletedProcess:
    """Run a step's script as the host does."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text], cwd=project.root, capture_output=True, text=True, env=os.environ | env
    )


def commit(project: Project) -> None:
    (project.root / ".venv").symlink_to(sys.prefix)
    (project.root / ".gitignore").write_text(".venv\n.cache\n__pycache__\n")
    for command in (["init", "--quiet"], ["add", "."], ["-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "--quiet", "--message", "x"]):
        subprocess.run(["git", *command], cwd=project.root, check=True)


def test_a_pull_request_checks_its_pages_first(project):
    commit(project)
    line = project.edit("tensors/one.md", "```text\none", "```text\nONE") - 4
    project.page("tensors/two.md").unlink()
    done = shell(project, script("ci.yml", "Changed pages").replace("HEAD^1", "HEAD"))
    assert done.returncode != 0
    assert f"docs/questions/tensors/one.md:{line}: the output is not the expected one" in done.stderr
    assert done.stdout.startswith("1 pages, 1 examples checked")


def test_the_weekly_run_reports_what_differs(project):
    """A page that prints something else and one that fails; nothing is reported where nothing differs."""
    commit(project)
    summary = project.root / ".cache/summary.md"
    same = shell(project, script("weekly.yml", "Run all blocks"), WITH="newest", GITHUB_STEP_SUMMARY=str(summary))
    assert same.returncode == 0 and list((project.root / "report").iterdir()) == [], same.stderr
    (project.root / "report").rmdir()
    project.edit("tensors/one.md", "```text\none", "```text\nan older output")
    fence = project.edit("tensors/two.md", 'print("two")', "1 / 0") - 1
    subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "--quiet", "--all", "--message", "x"], cwd=project.root, check=True)
    differs = shell(project, script("weekly.yml", "Run all blocks"), WITH="newest", GITHUB_STEP_SUMMARY=str(summary))
    assert differs.returncode == 0, differs.stderr
    report = (project.root / "report/newest.md").read_text()
    assert report == summary.read_text()
    assert re.match(r"## torch \d+\.\d+.*, newest\n", report)
    assert "| Is this page one?<br>docs/questions/tensors/one.md | changed | 1 | 0 | 1 |" in report
    assert "What fails:" in report and f"docs/questions/tensors/two.md:{fence}: the block raised ZeroDivisionError" in report


ISSUE = {
    "opened": ("", True, ["issue create"]),
    "updated": ("7", True, ["issue edit 7"]),
    "closed": ("7", False, ["issue close 7"]),
    "left alone": ("", False, []),
}


@pytest.mark.parametrize("name", ISSUE)
def test_the_weekly_run_keeps_one_issue(name, tmp_path):
    """The script of the job that may write issues, with a `gh` that notes what it is called with."""
    number, differs, called = ISSUE[name]
    gh = tmp_path / "bin/gh"
    gh.parent.mkdir()
    gh.write_text('#!/bin/sh\necho "$@" >> calls\n[ "$1 $2" = "issue list" ] && echo "$OPEN" || true\n')
    gh.chmod(0o755)
    if differs:
        (tmp_path / "report").mkdir()
        (tmp_path / "report/newest.md").write_text("## torch 99\n")
    done = shell(
        Project(tmp_path),
        script("weekly.yml", "Open, update or close the issue"),
        PATH=f"{gh.parent}:{os.environ['PATH']}",
        OPEN=number,
        RUN="https://example.org/run",
    )
    assert done.returncode == 0, done.stderr
    calls = (tmp_path / "calls").read_text().splitlines()
    assert [" ".join(call.split()[:3]).removesuffix(" --title") for call in calls[2:]] == called, calls
    if differs:
        assert "## torch 99" in (tmp_path / "body.md").read_text() and "https://example.org/run" in (tmp_path / "body.md").read_text()


def test_the_canary_says_what_is_missing(tmp_path):
    for site, page in (("ours", '<p class="facts">Level</p><div class="result">1</div>'), ("theirs", "<p>Level</p>")):
        (tmp_path / site).mkdir()
        (tmp_path / site / "index.html").write_text(page)
    (tmp_path / "ours/verified.html").write_text("")
    text = report("0.0.1", tmp_path / "ours", tmp_path / "theirs", "\x1b[33mWarning\x1b[0m")
    assert "1 of 2 pages built" in text and "Missing pages: verified.html" in text and "\nWarning\n" in text
    assert "| outputs of examples | 1 | 0 |" in text and "| lines of facts | 1 | 0 |" in text
