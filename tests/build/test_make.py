"""Every goal of the Makefile, on a small project."""

import importlib.util
import re
import subprocess

import pytest

from tests.conftest import FRESH, NO_DEVICE, PAGE, PATIENCE, ROOT, Project, copy

TEXT = (ROOT / "Makefile").read_text()
GOALS = re.findall(r"^([a-z]+):", TEXT, re.M)
ONE, TWO, THREE = "tensors/one.md", "tensors/two.md", "autograd/three.md"
QUESTION = "Does `$HOME` cost $(date) or $5?"


@pytest.fixture(scope="module")
def project(broken: Project) -> Project:
    """A project of its own, whose pages the tests leave as they were."""
    copy(ROOT / "Makefile", broken.root / "Makefile")
    broken.commit()
    return broken


def make(project: Project, *given: str) -> subprocess.CompletedProcess:
    """Run make; .venv is there, whatever the dates of files say."""
    return subprocess.run(
        ["make", "--old-file", ".venv/installed", "--no-print-directory", *given],
        cwd=project.root,
        text=True,
        timeout=PATIENCE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=project.environment(**FRESH, **NO_DEVICE),
    )


def test_every_goal_is_listed_by_help(project):
    for done in (make(project), make(project, "help")):
        assert done.returncode == 0, done.stdout
        listed = [line.split()[0] for line in done.stdout.splitlines()]
        assert listed == GOALS
    phony = re.search(r"^\.PHONY: (.+)$", TEXT, re.M)[1].split()
    assert sorted(phony) == sorted(GOALS)


@pytest.mark.parametrize("goal", GOALS)
def test_goal_is_sound(project, goal):
    """Its commands are programs of .venv or modules that are there."""
    done = make(project, "--dry-run", goal, "PAGE=one")
    assert done.returncode == 0 and done.stdout.strip(), done.stdout
    for module in re.findall(r" -m (tests\.\w+|answered)\b", done.stdout):
        assert importlib.util.find_spec(module), module
    for program in re.findall(r"\.venv/bin/[\w-]+", done.stdout):
        assert (project.root / program).is_file(), program


def test_page(project):
    nothing = make(project, "page")
    assert nothing.returncode == 2
    assert nothing.stdout.startswith("name the page: make page PAGE=path-or-slug\n")
    done = make(project, "page", "PAGE=one")
    assert done.returncode == 0, done.stdout
    file = ".cache/preview/questions/tensors/one/index.html"
    assert f"\n{file} shows the page; " in done.stdout and (project.root / file).is_file()


def test_check_and_update(project):
    for page, count in (("PAGE=one", "1 pages, 1 examples"), ("", "7 pages, 3 examples")):
        done = make(project, "check", *page.split())
        assert done.returncode == 0 and f"\n{count} checked" in done.stdout, done.stdout
    project.edit(ONE, "```text\none", "```text\nold")
    assert make(project, "check").returncode == 2
    assert "\n0 expected outputs rewritten" in make(project, "update", "PAGE=two").stdout
    done = make(project, "update")
    assert done.returncode == 0 and "\n1 expected outputs rewritten" in done.stdout, done.stdout
    assert make(project, "check").returncode == 0


def test_new(project):
    """What is given reaches the page as it is, dollar signs too."""
    given = ["TOPIC=data", "SLUG=a-price", f"QUESTION={QUESTION}", "LEVEL=mid"]
    done = make(project, "new", *given)
    page = project.page("data/a-price.md")
    assert done.returncode == 0 and "wrote docs/questions/data/a-price.md" in done.stdout
    assert f"\n# {QUESTION}\n" in page.read_text()
    page.unlink()
    done = make(project, "new", "TOPIC=data", "SLUG=one", f"QUESTION={QUESTION}", "LEVEL=mid")
    assert done.returncode == 2 and "one.md exists already" in done.stdout, done.stdout


def test_format_fixes_what_it_can_and_lint_passes_then(project):
    project.edit(ONE, 'print("one")', "print( 'one')")
    project.edit(TWO, "## See also", "##See also")
    before = project.page(THREE).read_text()
    found = make(project, "lint")
    assert found.returncode == 2
    assert f"docs/questions/{ONE}:18:" in found.stdout and "[MD018]" in found.stdout, found.stdout
    done = make(project, "format")
    assert done.returncode == 0, done.stdout
    for name, text in ((ONE, "one"), (TWO, "two")):
        page = PAGE.format(title=f"Is this page {text}", text=text)
        assert project.page(name).read_text() == page
    assert project.page(THREE).read_text() == before
    passed = make(project, "lint")
    assert passed.returncode == 0 and "Failed" not in passed.stdout, passed.stdout
    assert passed.stdout.count("Passed") > 4, passed.stdout


def test_gpu_without_a_device(project):
    for given in ([], ["RECORD=1"], ["MISSING=1", "PAGE=one"]):
        done = make(project, "gpu", *given)
        assert done.returncode == 2 and "no CUDA device, so nothing was run" in done.stdout
        assert "Error 2" in done.stdout  # the command's own code


def test_bench(project):
    """It measures, and says the ratios to the limits of the same run."""
    done = make(project, "bench", "QUICK=1")
    assert done.returncode == 0, done.stdout
    assert "\n3 pages, 3 blocks, " in done.stdout
    ratios = re.findall(r"^    (wall|CPU) -?\d+\.\d\d of .*\(target [\d.]+\)$", done.stdout, re.M)
    assert ratios == ["wall", "CPU", "wall", "wall"], done.stdout


def test_clean(project):
    (project.root / "site").mkdir()
    assert make(project, "clean").returncode == 0
    assert not (project.root / "site").exists() and not (project.root / ".cache").exists()
    assert (project.root / ".venv" / "bin").is_dir()


UV = "uv==1.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb"
REQUIREMENTS = (
    f"torch==2.0 \\\n    --hash=sha256:cc\n{UV}\n    # via -r requirements.in\nyaml==1.0\n"
)
# In place of Python: an environment whose programs note what they are called with, and what they read.
STAND_IN = """#!/bin/sh
mkdir -p .venv/bin
for name in pip uv; do
    printf '#!/bin/sh\\necho %s "$@" >> calls\\n' $name > .venv/bin/$name
    chmod +x .venv/bin/$name
done
echo 'cat >> calls' >> .venv/bin/pip
"""


@pytest.fixture
def bare(tmp_path):
    """Return a function that makes .venv on a machine with Python and make; it returns the calls."""
    copy(ROOT / "Makefile", tmp_path / "Makefile")
    (tmp_path / "python3").write_text(STAND_IN)
    (tmp_path / "python3").chmod(0o755)

    def install(requirements: str) -> list[str]:
        calls = tmp_path / "calls"
        calls.write_text("")
        (tmp_path / "requirements.txt").write_text(requirements)
        command = ["make", "--silent", ".venv/installed", "PYTHON=./python3"]
        subprocess.run(command, cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)
        return calls.read_text().splitlines()

    return install


def test_what_installs_the_packages_is_pinned_as_they_are(bare):
    pip, *pinned, uv = bare(REQUIREMENTS)
    assert pip.startswith("pip install ") and "--require-hashes" in pip
    assert "\n".join(pinned) == UV
    assert uv.startswith("uv pip install ") and "--require-hashes" in uv
    locked = (ROOT / "requirements.txt").read_text()
    assert re.search(r"^uv==[\d.]+ \\\n    --hash=sha256:", locked, re.M)


def test_packages_are_installed_where_requirements_differ_and_not_where_they_are_newer(bare):
    """A checkout is newer than a .venv from a cache, and an older one may be checked out."""
    assert bare(REQUIREMENTS) != [] and bare(REQUIREMENTS) == []
    assert bare(REQUIREMENTS.replace("2.0", "1.9")) != []
