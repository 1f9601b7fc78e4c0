"""What workflows may do, and what their scripts do."""

import os
import re
import subprocess

import pytest
import yaml
from markdown import markdown

from tests.conftest import FRESH, NO_DEVICE, ROOT, Project

FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = {file.name: yaml.safe_load(file.read_text()) for file in sorted(FOLDER.glob("*.yml"))}
JOBS = {
    (name, job): body
    for name, workflow in WORKFLOWS.items()
    for job, body in workflow["jobs"].items()
}
STEPS = [(*place, step) for place, body in JOBS.items() for step in body["steps"]]
ONE, TWO = "tensors/one.md", "tensors/two.md"


def test_workflows_start_without_rights():
    dangerous = {"pull_request_target", "workflow_run", "issue_comment"}
    for name, workflow in WORKFLOWS.items():
        assert workflow["permissions"] in ({}, {"contents": "read"}), name
        assert not dangerous & set(workflow[True]), name  # `on` is YAML's true


def test_which_jobs_may_write():
    """None of them runs anything of the repository."""
    rights = {
        place: {right for right, value in body["permissions"].items() if value == "write"}
        for place, body in JOBS.items()
        if "write" in body.get("permissions", {}).values()
    }
    assert rights == {
        ("labels.yml", "labels"): {"pull-requests", "issues"},
        ("pages.yml", "deploy"): {"pages", "id-token"},
        ("pages.yml", "notebooks"): {"contents"},
        ("weekly.yml", "issue"): {"issues"},
    }
    for name, job, step in STEPS:
        if (name, job) in rights:
            code = step.get("run", "")
            assert "checkout" not in step.get("uses", ""), (name, job)
            assert ".venv" not in code and "make" not in code.split(), (name, job)


def test_no_secrets_and_one_commit_for_each_action():
    text = "".join((FOLDER / name).read_text() for name in WORKFLOWS)
    assert "secrets." not in text
    pins = set(re.findall(r"uses: ([\w-]+/[\w-]+)[\w/-]*@(.+)", text))
    assert len(pins) == len(dict(pins)) > 3
    assert all(re.fullmatch(r"[0-9a-f]{40} # v[\d.]+", pin) for _, pin in pins), pins


def test_only_main_writes_caches_and_what_is_published_uses_none():
    caches = [
        (name, step["uses"].split("@")[0], step.get("if", ""))
        for name, _, step in STEPS
        if "actions/cache" in step.get("uses", "")
    ]
    assert {action for _, action, _ in caches} == {"actions/cache/restore", "actions/cache/save"}
    for name, action, condition in caches:
        assert name != "pages.yml"
        assert action.endswith("restore") or "github.ref == 'refs/heads/main'" in condition
    assert not any("cache" in step.get("with", {}) for *_, step in STEPS)


def test_make_goals_of_workflows_are_there():
    goals = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    scripts = [step["run"] for *_, step in STEPS if "run" in step]
    named = {goal for code in scripts for goal in re.findall(r"^\s*make ([a-z]+)", code, re.M)}
    assert {"lint", "test", "site", "gpu"} <= named <= goals
    commands = {word for code in scripts for word in re.findall(r"-m answered (\w+)", code)}
    assert commands <= {"check", "update"}


def script(workflow: str, name: str) -> str:
    return next(
        step["run"] for file, _, step in STEPS if file == workflow and step.get("name") == name
    )


def shell(project: Project, text: str, **env: str) -> subprocess.CompletedProcess:
    """Run a step's script as the host does."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text],
        cwd=project.root,
        capture_output=True,
        text=True,
        env=project.environment(**FRESH, **NO_DEVICE, **env),
    )


def test_a_pull_request_checks_its_pages_first(project):
    """Those that it changes, whatever their names, and none that it deletes."""
    project.commit()
    line = project.edit(ONE, "```text\none", "```text\nONE") - 4
    project.page(TWO).unlink()
    done = shell(project, script("ci.yml", "Changed pages").replace("HEAD^1", "HEAD"))
    assert done.returncode != 0
    told = f"docs/questions/{ONE}:{line}: the output is not the expected one"
    assert told in done.stderr and done.stdout.startswith("1 pages, 1 examples checked")


HOSTILE = ("~~~~", "```", "a\n~~~~\nb", "<script>alert(1)<", "| [a](b) _new_", "~~~~text")


def test_the_list_of_changed_files_is_text(project, tmp_path):
    """File names come from anyone; none ends the fence."""
    project.commit()
    project.edit(ONE, "```text\none", "```text\nONE")
    for name in HOSTILE:
        (project.root / "docs" / name).write_text("x\n")
    project.git("add", ".")
    summary = tmp_path / "summary.md"
    code = script("ci.yml", "Summary of changed pages").replace("HEAD^1", "HEAD")
    assert shell(project, code, GITHUB_STEP_SUMMARY=str(summary)).returncode == 0
    text = summary.read_text()
    first, *lines, last = text.splitlines()
    assert (first, last) == ("~~~~text", "~~~~")
    assert len(lines) == len(HOSTILE) + 2 and not any(line.startswith("~") for line in lines)
    assert f"docs/questions/{ONE} | 2 +-" in text and "<script>" in text
    shown = markdown(text, extensions=["pymdownx.superfences"])
    assert shown.count("<pre") == 1 and "<script>" not in shown
    assert shown.rstrip().endswith("</div>") and "7 files changed" in shown


def test_the_weekly_run_reports_what_differs(project):
    """A page that prints something else and one that fails; nothing where nothing differs."""
    project.commit()
    summary = project.root / ".cache" / "summary.md"
    env = {"WITH": "newest", "GITHUB_STEP_SUMMARY": str(summary)}
    same = shell(project, script("weekly.yml", "Run all blocks"), **env)
    assert same.returncode == 0 and not list((project.root / "report").iterdir()), same.stderr
    (project.root / "report").rmdir()
    project.edit(ONE, "```text\none", "```text\nan older output")
    fence = project.edit(TWO, 'print("two")', "1 / 0") - 1
    project.commit()
    differs = shell(project, script("weekly.yml", "Run all blocks"), **env)
    assert differs.returncode == 0, differs.stderr
    report = (project.root / "report" / "newest.md").read_text()
    assert report == summary.read_text()
    assert re.match(
        r"## torch \d+\.\d+.*, newest\n\nWhat prints something else:\n\n~~~~text\n", report
    )
    assert f"docs/questions/{ONE} | 2 +-\n" in report
    failed = f"docs/questions/{TWO}:{fence}: the block raised ZeroDivisionError"
    assert "What fails:" in report and failed in report
    shown = markdown(report, extensions=["pymdownx.superfences"])
    assert shown.count("<pre") == 2


ISSUE = {
    "opened": ("", True, ["issue create"]),
    "updated": ("7", True, ["issue edit 7"]),
    "closed": ("7", False, ["issue close 7"]),
    "left alone": ("", False, []),
}


@pytest.mark.parametrize("name", ISSUE)
def test_the_weekly_run_keeps_one_issue(name, tmp_path):
    """The script of the job that may write issues, with a `gh` that notes its arguments."""
    number, differs, called = ISSUE[name]
    gh = tmp_path / "bin" / "gh"
    gh.parent.mkdir()
    listed = '[ "$1 $2" = "issue list" ] && echo "$OPEN" || true'
    gh.write_text(f'#!/bin/sh\necho "$@" >> calls\n{listed}\n')
    gh.chmod(0o755)
    if differs:
        (tmp_path / "report").mkdir()
        (tmp_path / "report" / "newest.md").write_text("## torch 99\n")
    run = "https://example.org/run"
    path = f"{gh.parent}:{os.environ['PATH']}"
    code = script("weekly.yml", "Open, update or close the issue")
    done = shell(Project(tmp_path), code, PATH=path, OPEN=number, RUN=run)
    assert done.returncode == 0, done.stderr
    calls = (tmp_path / "calls").read_text().splitlines()
    made = [" ".join(call.split()[:3]).removesuffix(" --title") for call in calls[2:]]
    assert made == called, calls
    if differs:
        body = (tmp_path / "body.md").read_text()
        assert "## torch 99" in body and run in body
