"""What workflows may do, and what their scripts do."""

import os
import re
import subprocess
import sys
import uuid
from pathlib import Path

import psutil
import pytest
import yaml
from markdown import markdown
from markdown_it import MarkdownIt

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


def test_main_alone_is_published():
    """`pages.yml` can be started by hand on any branch."""
    publishing = [
        body for (name, job), body in JOBS.items() if name == "pages.yml" and job != "build"
    ]
    for body in publishing:
        assert "github.ref == 'refs/heads/main'" in body.get("if", "").split(" && "), body["name"]
    assert len(publishing) == 2


def test_no_secrets_and_one_commit_for_each_action():
    text = "".join((FOLDER / name).read_text() for name in WORKFLOWS)
    assert "secrets." not in text
    pins = set(re.findall(r"uses: ([\w-]+/[\w-]+)[\w/-]*@(.+)", text))
    assert len(pins) == len(dict(pins)) > 3
    assert all(re.fullmatch(r"[0-9a-f]{40} # v[\d.]+", pin) for _, pin in pins), pins


def of_job(name: str, job: str) -> list[dict]:
    return JOBS[name, job]["steps"]


def runs_examples(line: str) -> bool:
    return re.search(r"make (site|test|gpu)|-m answered", line) is not None


def lines_of(step: dict) -> list[str]:
    return step.get("run", "").splitlines()


def test_what_pages_print_cannot_speak_to_the_runner():
    """Not even what static checks show of a page."""
    mute = ". .github/mute.sh"
    muted = 0
    for name, job, step in STEPS:
        shows = r"\bmake [a-z]|-m (answered|tests)|recordings\.sh"
        if any(re.search(shows, line) for line in lines_of(step)):
            assert lines_of(step)[0] == mute, (name, job)
            muted += 1
    assert muted > 8


def test_examples_run_where_the_way_to_root_is_closed():
    """On machines of GitHub; the one with a GPU is the owner's to prepare."""
    prepared = set()
    for place, body in JOBS.items():
        steps = [step.get("run", "") for step in body["steps"]]
        runs = [number for number, code in enumerate(steps) if runs_examples(code)]
        if runs and isinstance(body["runs-on"], str):
            assert steps.index(".github/prepare.sh") < runs[0], place
            prepared.add(place)
    assert len(prepared) == 5


def test_nothing_that_an_example_started_is_there_when_its_job_publishes():
    published = 0
    for place, body in JOBS.items():
        uploads = any("/upload-" in step.get("uses", "") for step in body["steps"])
        for line in [line for step in body["steps"] for line in lines_of(step)]:
            if uploads and runs_examples(line) and "make gpu" not in line:
                assert ".github/alone.sh " in line, (place, line)
                published += 1
    assert published == 4


def no_namespaces() -> bool:
    """Whether this machine has no PID namespaces for ordinary users."""
    flags = ["--user", "--map-current-user", "--pid", "--fork", "--mount-proc"]
    try:
        return subprocess.run(["unshare", *flags, "true"], capture_output=True).returncode != 0
    except FileNotFoundError:
        return True


@pytest.mark.skipif(no_namespaces(), reason="no PID namespaces for users here")
def test_what_a_command_started_ends_with_it():
    """In a session of its own, its parent gone; the command's own code comes back."""
    mark = uuid.uuid4().hex
    waits = f"import time; time.sleep(600)  # {mark}"
    code = f"setsid --fork {sys.executable} -c '{waits}' < /dev/null > /dev/null 2>&1; exit 7"
    done = subprocess.run([ROOT / ".github" / "alone.sh", "bash", "-c", code])
    left = [
        process
        for process in psutil.process_iter(["cmdline"])
        if any(mark in word for word in process.info["cmdline"] or [])
    ]
    for process in left:
        process.kill()
    assert done.returncode == 7 and left == []


@pytest.mark.skipif(sys.platform != "linux", reason="for machines of GitHub alone")
def test_nobody_knows_what_would_let_the_runner_listen_again():
    code = f". {ROOT}/.github/mute.sh"
    told = [
        subprocess.run(["bash", "-ec", code], capture_output=True, text=True).stdout.splitlines()
        for _ in range(2)
    ]
    for matcher, stop in told:
        assert matcher.startswith("::remove-matcher ")
        assert re.fullmatch(r"::stop-commands::[0-9a-f-]{36}", stop)
    assert told[0] != told[1]


def test_a_machine_is_prepared_by_root(tmp_path):
    sudo = tmp_path / "sudo"
    sudo.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\n')
    sudo.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    results = tmp_path / ".cache" / "results"  # that somebody has committed
    compiled = tmp_path / "snippets" / "judges" / "__pycache__"
    for folder in (results, compiled):
        folder.mkdir(parents=True)
    (compiled / "mean.cpython-311.pyc").touch()
    script = ROOT / ".github" / "prepare.sh"
    subprocess.run([script], check=True, cwd=tmp_path, env={"PATH": path})
    assert not results.exists() and not compiled.exists()
    assert compiled.parent.exists()
    calls = (tmp_path / "calls").read_text()
    assert "apparmor_restrict_unprivileged_userns=0\n" in calls
    assert "rm -f /run/docker.sock\n" in calls


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


def test_packages_are_kept_as_they_were_installed_and_results_not_at_all():
    """What an example, or a pull request, wrote is in no cache that another run restores."""
    steps = of_job("ci.yml", "site")
    [save] = [step for *_, step in STEPS if "cache/save" in step.get("uses", "")]
    before = [step for step in steps[: steps.index(save)] if "run" in step]
    assert [step["run"] for step in before] == ["make .venv/installed"]
    caches = [step["with"] for *_, step in STEPS if "actions/cache" in step.get("uses", "")]
    assert {made["path"] for made in caches} == {".venv"}
    [key] = {made["key"] for made in caches}
    assert "restore-keys" not in {name for made in caches for name in made}
    # .venv holds links to the interpreter, which GitHub replaces now and then.
    assert "hashFiles('requirements.txt')" in key and "outputs.python-version" in key


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
    """Run a step's script as the host does, without the scripts that need its machines."""
    text = text.replace(". .github/mute.sh\n", "").replace(".github/alone.sh ", "")
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
    fence = project.edit(TWO, 'print("two")', 'raise ValueError("~~~~\\n~~~~\\r# x")') - 1
    project.commit()
    differs = shell(project, script("weekly.yml", "Run all blocks"), **env)
    assert differs.returncode == 0, differs.stderr
    report = (project.root / "report" / "newest.txt").read_text()
    assert re.match(r"torch \d+\.\d+.*, newest\n\nWhat prints something else:\n\n", report)
    assert f"docs/questions/{ONE} | 2 +-\n" in report
    failed = f"docs/questions/{TWO}:{fence}: the block raised ValueError"
    assert "What fails:" in report and failed in report
    shown = summary.read_bytes().decode()
    assert "~~~~" in shown and [made.type for made in MarkdownIt().parse(shown)] == ["code_block"]


PRINTED = "torch 99\n~~~~\n```\n# @all\r# @all\n<img src=x>\n\n[a](b) \x1b[2J\0\x07\n- @all"
ISSUE = {
    "opened": ("", PRINTED, ["issue create"]),
    "updated": ("7", PRINTED, ["issue edit 7"]),
    "of blank lines": ("7", "torch 99\n" + "\n" * 100_000, ["issue edit 7"]),
    "of names": ("7", "torch 99\n" + "@" * 100_000, ["issue edit 7"]),
    "closed": ("7", "", ["issue close 7"]),
    "left alone": ("", "", []),
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
        (tmp_path / "report" / "newest.txt").write_text(differs)
    run = "https://example.org/run"
    path = f"{gh.parent}:{os.environ['PATH']}"
    code = script("weekly.yml", "Open, update or close the issue")
    done = shell(Project(tmp_path), code, PATH=path, OPEN=number, RUN=run)
    assert done.returncode == 0, done.stderr
    calls = (tmp_path / "calls").read_text().splitlines()
    made = [" ".join(call.split()[:3]).removesuffix(" --title") for call in calls[2:]]
    assert made == called, calls
    if differs:
        body = (tmp_path / "body.md").read_text(errors="replace")
        assert len(body) < 65_536 and run in body
        first, *shown = MarkdownIt().parse(body)
        assert [token.type for token in shown] == ["inline", "paragraph_close", "code_block"]
        assert shown[-1].content.startswith("torch 99") and not re.search(r"@\w", body)
        assert not re.search(r"[^\n\t\x20-\x7e\u200b\ufffd]", body)


NOTEBOOKS = ("tensors/one.ipynb", "tensors/two.ipynb", "autograd/three.ipynb")
PUBLISHED = "downloads/notebooks"


def git(folder: Path, *command: str) -> str:
    """Run git, with what it asks for; return what it printed."""
    who = {"GIT_AUTHOR_NAME": "x", "GIT_AUTHOR_EMAIL": "x", "GIT_COMMITTER_NAME": "x"}
    env = os.environ | who | {"GIT_COMMITTER_EMAIL": "x"}
    return subprocess.run(
        ["git", *command], cwd=folder, env=env, check=True, capture_output=True, text=True
    ).stdout


def linked(folder: Path) -> None:
    """Put a link in the place of `folder`, to a folder with something worth stealing."""
    folder.rename(folder.with_name("moved"))
    (folder.parent / "home").mkdir()
    (folder.parent / "home" / "key.ipynb").write_text("secret")
    folder.symlink_to("home")


def repository(folder: Path) -> None:
    """Make `folder` a repository whose settings and hooks run a command."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet")
    attack = "#!/bin/sh\ntouch $RAN\n"
    for name in ("attack", "hooks/pre-commit", "hooks/pre-push", "hooks/reference-transaction"):
        (folder / ".git" / name).write_text(attack)
        (folder / ".git" / name).chmod(0o755)
    git(folder, "config", "core.fsmonitor", str(folder / ".git" / "attack"))
    (folder / ".git" / "index").unlink(missing_ok=True)


# What a process that outlived the build could have put where the notebooks are published.
ATTACKS = {
    "a repository": repository,
    "a repository inside": lambda folder: repository(folder / "tensors"),
    "a repository in all but name": lambda folder: repository(folder / "x.ipynb"),
    "attributes": lambda folder: (folder / ".gitattributes").write_text("* filter=x\n"),
    "a link": lambda folder: (folder / "x.ipynb").symlink_to("/etc/passwd"),
    "a link to a folder": lambda folder: (folder / "x").symlink_to("/etc"),
    "a link for all": linked,
    "a page": lambda folder: (folder / "index.html").write_text("<script>"),
    "a hidden notebook": lambda folder: (folder / ".x.ipynb").write_text("{}"),
}


@pytest.fixture
def publish(tmp_path):
    """Return a function that publishes the notebooks of a site, as the job does."""
    site, work, remote = (tmp_path / name for name in ("site", "work", "remote"))
    for notebook in NOTEBOOKS:
        file = site / PUBLISHED / notebook
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("{}\n")
    (site / "index.html").write_text("<title>")
    work.mkdir()
    git(tmp_path, "init", "--quiet", "--bare", str(remote))
    address = "https://x-access-token:secret@github.com/someone/answered.git"
    (tmp_path / "settings").write_text(f'[url "{remote}"]\ninsteadOf = {address}\n')
    env = {
        "GIT_DIR": str(tmp_path / "notebooks.git"),
        "GIT_CONFIG_GLOBAL": str(tmp_path / "settings"),
        "GITHUB_SHA": "a" * 40,
        "GITHUB_REPOSITORY": "someone/answered",
        "RAN": str(tmp_path / "ran"),
    }

    def run(attack=None) -> list[subprocess.CompletedProcess]:
        if attack:
            attack(site / PUBLISHED)
        tar = ["tar", "--create", "--file", work / "artifact.tar", "--directory", site, "."]
        subprocess.run(tar, check=True)
        code = script("pages.yml", "Commit the notebooks")
        done = [shell(Project(work), code, **env)]
        if not done[0].returncode:
            code = script("pages.yml", 'Replace the branch "notebooks"')
            done.append(shell(Project(work), code, TOKEN="secret", **env))
        assert not (tmp_path / "ran").exists(), "a command of the artifact was run"
        return done

    return run


def test_the_notebooks_are_published_on_their_branch(publish, tmp_path):
    assert [done.returncode for done in publish()] == [0, 0]
    listed = git(tmp_path / "remote", "ls-tree", "-r", "--name-only", "notebooks")
    assert sorted(listed.splitlines()) == sorted(NOTEBOOKS)
    log = git(tmp_path / "remote", "log", "--format=%an: %s", "notebooks")
    assert log == f"github-actions[bot]: Notebooks of {'a' * 40}\n"


@pytest.mark.parametrize("name", ATTACKS)
def test_an_artifact_with_anything_but_notebooks_is_refused(publish, tmp_path, name):
    [done] = publish(ATTACKS[name])
    assert done.returncode == 1 and "that are no notebooks" in done.stdout, done.stderr
    assert git(tmp_path / "remote", "for-each-ref") == ""


def test_only_the_push_of_notebooks_has_the_token():
    """Its step does nothing else, and git's folder is not in what was extracted."""
    steps = of_job("pages.yml", "notebooks")
    assert not any("github.token" in str(step) for step in steps[:-1])
    assert re.fullmatch(r"git push \S+ --force \S+ notebooks", steps[-1]["run"])
    for step in steps[1:]:
        assert step["env"]["GIT_DIR"].startswith("${{ runner.temp }}/")


def test_a_gpu_is_asked_for_by_its_group_on_main_alone():
    job = JOBS["gpu.yml", "gpu"]
    assert job["runs-on"] == {"group": "${{ vars.GPU_RUNNER }}"}
    assert "github.ref == 'refs/heads/main'" in job["if"]
    for place, body in JOBS.items():
        assert place == ("gpu.yml", "gpu") or body["runs-on"] == "ubuntu-24.04", place


def test_a_runner_that_has_run_before_is_refused(tmp_path):
    """Before anything else: a machine of one's own keeps what the last job left."""
    code = of_job("gpu.yml", "gpu")[0]["run"]
    assert shell(Project(tmp_path), code).returncode == 0
    (tmp_path / ".venv").mkdir()
    done = shell(Project(tmp_path), code)
    assert done.returncode == 1 and "--ephemeral" in done.stdout
    steps = of_job("gpu.yml", "gpu")
    late = [step["if"] for step in steps if "!cancelled()" in step.get("if", "")]
    assert len(late) == 3 and all("steps.compare.outcome != 'skipped'" in text for text in late)


PAGE = "docs/questions/tensors/one.md"
OLD, NEW = (f"docs/questions/tensors/recordings/{name}.yml" for name in ("old", "new"))


def write(root: Path, name: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text("written by a run\n")


def execute(root: Path, name: str) -> None:
    (root / name).chmod(0o755)


def remove(root: Path, name: str) -> None:
    (root / name).unlink()


def link(root: Path, name: str) -> None:
    write(root, name)
    remove(root, name)
    (root / name).symlink_to("/etc/passwd")


# What a run may change and what not, how, and which files.
CHANGES = {
    "nothing": (True, write, ()),
    "an output and its recording": (True, write, (PAGE, OLD, NEW)),
    "a recording removed": (True, remove, (OLD,)),
    "a new page": (False, write, ("docs/questions/tensors/two.md",)),
    "a page removed": (False, remove, (PAGE,)),
    "a front page": (False, write, ("docs/index.md",)),
    "a script": (False, write, ("docs/assets/site.js",)),
    "a recording and a script": (False, write, (NEW, "docs/assets/new.js")),
    "the list of topics": (False, write, ("docs/questions/contents.yml",)),
    "a workflow": (False, write, (".github/workflows/ci.yml",)),
    "attributes": (False, write, ("docs/questions/tensors/.gitattributes",)),
    "a recording elsewhere": (False, write, ("docs/recordings/new.yml",)),
    "a name of two lines": (False, write, ("docs/questions/tensors/recordings/a\nb.yml",)),
    "a page that is called a recording": (False, write, (f"{NEW}.html",)),
    "a link for a recording": (False, link, (NEW,)),
    "a link for a page": (False, link, (PAGE,)),
    "a page that is a program": (False, execute, (PAGE,)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_run_on_a_gpu_changes_pages_and_recordings_alone(tmp_path, name):
    sound, change, files = CHANGES[name]
    root, patch, result = tmp_path / "project", tmp_path / "run.patch", tmp_path / "result.patch"
    for file in (PAGE, OLD, "docs/index.md", "docs/assets/site.js", ".github/workflows/ci.yml"):
        write(root, file)
        (root / file).write_text(f"{file}\n")
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "x")
    for file in files:
        change(root, file)
    git(root, "add", ".")
    patch.write_text(git(root, "diff", "--cached", "--no-renames"))
    git(root, "reset", "--quiet", "--hard")
    command = [ROOT / ".github" / "recordings.sh", patch, result]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if sound:
        assert done.returncode == 0 and result.read_text() == patch.read_text(), done.stderr
    else:
        assert done.returncode == 1 and "and nothing else" in done.stderr
        assert done.stderr.startswith("refused: ") and not result.exists()


def test_every_file_but_a_question_has_an_owner():
    """The last rule that fits a file counts, and one without a name takes the owner away."""
    text = (ROOT / ".github" / "CODEOWNERS").read_text()
    rules = [line.split() for line in text.splitlines() if not line.startswith("#")]
    assert rules == [["*", "@OWNER"], ["/docs/questions/*/*.md"]]
