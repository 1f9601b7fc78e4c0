"""The build as a whole: what must stop it, and what must change nothing elsewhere."""

import io
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import psutil
import pytest

from tests.conftest import PAGE, ROOT, Project

ONE, TWO, THREE = "tensors/one.md", "tensors/two.md", "autograd/three.md"


def block(code: str, mark: str = "", expected: str | None = "") -> str:
    head = f"<!--pytest.mark.{mark}-->\n" if mark else ""
    tail = "" if expected is None else f"\n<!--pytest-codeblocks:expected-output-->\n```text\n{expected}\n```"
    return f"{head}```python\n{code}\n```{tail}"


RUNTIME_FAULTS = {
    "wrong expected output": (block("print(96)", expected="24"), 0, "not the expected one"),
    "a block that raises": (block("1 / 0\nassert True", expected=None), 0, "raised ZeroDivisionError"),
    "a raises block that does not": (block("print(1)", "raises", "1"), 1, "did not raise"),
    "sys.exit": (block("import sys\nsys.exit(0)\nassert True", expected=None), 0, "called sys.exit"),
    "os._exit": (block("import os\nos._exit(0)\nassert True", expected=None), 0, "left without finishing"),
    "endless loop": (block("while True: assert True", expected=None), 0, "did not end within 8 s"),
    "a killed child": (block("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\nassert True", expected=None), 0, "was killed (SIGKILL)"),
}
FORM_FAULTS = {
    "markdown-exec fence": ('```python exec="on"\nprint(1)\n```', 0, "never collected"),
    "py fence": ("```py\nprint(1)\n```", 0, "never collected"),
    "tilde fence": ("~~~python\nprint(1)\n~~~", 0, "tilde"),
    "braces": ("```{.python}\nprint(1)\n```", 0, "never collected"),
    "unknown mark": ("<!--pytest.mark.often-->\n```python\nassert 1\n```", 0, "unknown mark"),
    "skip": ("<!--pytest.mark.skip-->\n```python\nassert 1\n```", 0, "no example is skipped"),
    "skipfile": ("<!--pytest-codeblocks:skipfile-->", 0, "not a mark"),
    "unknown snippet section": ('--8<-- "snippets/figures.py:nothing"', 0, "unknown snippet section"),
}
# Each of these spoils the rest of its page, so each has a page of its own.
PAGE_FAULTS = {
    "unclosed fence": (lambda text: text.replace("## What people", "```python\nprint(1)\n\n## What people"), "```python\nprint(1)\n\n", "unclosed fence"),
    "expected output without a block": (
        lambda text: text.replace("## What people", "<!--pytest-codeblocks:expected-output-->\n```text\n1\n```\n\n## What people"),
        "<!--pytest-codeblocks:expected-output-->\n```text\n1",
        "without a Python block",
    ),
    "neither output nor assert": (lambda text: text.replace("## What people", "```python\nx = 1\n```\n\n## What people"), "```python\nx = 1", "neither"),
    "indented code": (lambda text: text.replace("## What people", "    print(1)\n\n## What people"), "    print(1)", "indented code"),
    "missing front matter": (lambda text: text[text.index("# ") :], "", "missing front matter"),
    "front matter that is not YAML": (lambda text: text.replace("description: A page", 'description: "A page'), "---\n\n", "front matter is not YAML"),
    "front matter that is a list": (lambda text: re.sub(r"(?s)^---\n.*?---\n", "---\n- basics\n---\n", text), "", "front matter is not a mapping"),
    "front matter with a date that does not exist": (lambda text: text.replace("level: junior", "level: 2025-02-30"), "", "front matter is not YAML"),
    "tags of the wrong type": (lambda text: text.replace("tags: [basics]", "tags: 3"), "tags:", "front matter 'tags'"),
    "tags that hold a list": (lambda text: text.replace("tags: [basics]", "tags: [[basics]]"), "tags:", "front matter 'tags.0'"),
    "other wordings of the wrong type": (lambda text: text.replace("also_asked: []", "also_asked: 5"), "also_asked:", "front matter 'also_asked'"),
    "a template that does not exist": (lambda text: text.replace("level:", "template: none.html\nlevel:"), "template:", "unknown front matter 'template'"),
    "unknown front matter": (lambda text: text.replace("level:", "mood: good\nlevel:"), "mood:", "unknown front matter 'mood'"),
}


@pytest.fixture(scope="module")
def faulty(broken: Project):
    """Every fault in one copy; returns {name: (page, line, message)}, the build's result and the tests' result."""
    places = {}
    for name, (text, offset, message) in {**RUNTIME_FAULTS, **FORM_FAULTS}.items():
        page = ONE if name in RUNTIME_FAULTS else TWO
        places[name] = page, broken.append(page, text) + offset, message
    for number, (name, (spoil, marker, message)) in enumerate(PAGE_FAULTS.items()):
        page = f"nn-modules/fault-{number}.md"
        broken.page(page).parent.mkdir(exist_ok=True)
        text = spoil(PAGE.format(title=f"Is this fault {number}", text=f"fault {number}"))
        broken.page(page).write_text(text)
        line = text[: text.index(marker)].count("\n") + 1 if marker else 1
        places[name] = page, line, message
    places["broken link"] = THREE, broken.append(THREE, "See [nothing](nothing.md)."), "link 'nothing.md'"
    places["broken anchor"] = THREE, broken.append(THREE, "See [no section](../tensors/one.md#none)."), "anchor"
    broken.page("autograd/twin.md").write_text(broken.page(THREE).read_text())
    twin = broken.page("autograd/twin.md").read_text()
    places["two pages with one title"] = "autograd/twin.md", twin[: twin.index("# Is")].count("\n") + 1, "is asked by"
    broken.page("cooking").mkdir()
    broken.page("cooking/stray.md").write_text(PAGE.format(title="Is this page astray", text="stray"))
    places["a page outside the navigation"] = "cooking/stray.md", 1, "outside the navigation"
    text = PAGE.format(title="Is this page in Latin-1", text="latin").replace("a test.", "a test, déjà vu. See [nothing](nothing.md).")
    broken.page("autograd/latin.md").write_bytes(text.encode("latin-1"))
    places["a page that is not UTF-8"] = "autograd/latin.md", text[: text.index("déjà")].count("\n") + 1, "not UTF-8"
    broken.page("d.md").mkdir()
    places["a folder with the name of a page"] = "d.md", 1, "a folder has the name of a page"
    (broken.root / "docs" / "notebooks").mkdir()
    (broken.root / "docs" / "notebooks" / "bad.py").write_text(
        "# ---\n# jupyter:\n#   kernelspec:\n#     name: python3\n#     display_name: Python 3\n#     language: python\n# ---\n\n"
        "# %% [markdown]\n# # A notebook\n\n# %%\nprint('fine')\n\n# %%\nraise KeyError('lost')\n"
    )
    (broken.root / "docs" / "notebooks" / "astray.py").write_text(
        "# %% [markdown]\n# # A notebook\n#\n# See [one](../questions/tensors/one.md), [two](two.md).\n"
    )
    places["a notebook's broken link"] = "../notebooks/astray.py", 4, "link 'two.md'"
    places["a notebook that raises"] = "../notebooks/bad.py", 16, "KeyError: 'lost'"
    env = {"ANSWERED_TIMEOUT": "8"}
    build = broken.build(**env)
    shutil.copy(ROOT / "conftest.py", broken.root)
    shutil.copy(ROOT / "pytest.ini", broken.root)
    (broken.root / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "test_pages.py", broken.root / "tests")
    tests = broken.run("-m", "pytest", "-q", "-p", "no:cacheprovider", **env)
    return places, build, tests


NAMES = [
    *RUNTIME_FAULTS,
    *FORM_FAULTS,
    *PAGE_FAULTS,
    "broken link",
    "broken anchor",
    "two pages with one title",
    "a page outside the navigation",
    "a notebook's broken link",
    "a page that is not UTF-8",
    "a folder with the name of a page",
    "a notebook that raises",
]


def test_a_faulty_build_fails_and_leaves_no_site(faulty, broken):
    places, build, _ = faulty
    assert set(places) == set(NAMES)
    assert build.returncode != 0
    assert "Aborted" in build.stdout and not (broken.root / "site").exists()


@pytest.mark.parametrize("name", NAMES)
def test_fault_stops_the_build(faulty, name):
    places, build, _ = faulty
    page, line, message = places[name]
    where = f"docs/questions/{page}".replace("questions/../", "")
    told = [m for m in re.split(r"\n(?=WARNING|INFO|ERROR)", build.stdout) if f"{where}:{line}:" in m and message in m]
    assert told, build.stdout[-6000:]
    assert "mend:" in told[0]


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("broken link", "broken anchor", "a notebook's broken link", "a notebook that raises")])
def test_fault_is_caught_by_the_tests(faulty, name):
    places, _, tests = faulty
    page, line, message = places[name]
    assert tests.returncode == 1
    assert re.search(rf"docs/questions/{re.escape(page)}:{line}: .*{re.escape(message)}", tests.stdout), tests.stdout[-6000:]


CONTENTS_FAULTS = {
    "missing": (lambda text: None, "", "cannot be read: No such file or directory"),
    "not YAML": (lambda text: text.replace("\ntags:", "\n'tags:"), "'tags:", "not YAML"),
    "not UTF-8": (lambda text: text.replace("title: Tensors", "title: déjà").encode("latin-1"), "", "not YAML"),
    "a list": (lambda text: "- topics\n", "", "should be"),
    "topics of the wrong type": (lambda text: re.sub(r"(?s)topics:.*?\ntags:", "topics: 3\ntags:", text), "topics:", "'topics':"),
    "a number for a title": (lambda text: text.replace("title: Tensors", "title: 3"), "title: 3", "'topics.1.title':"),
    "no level": (lambda text: re.sub(r"(?m)^levels:.*$", "levels: []", text), "", "topics, tags or levels is an empty list"),
}


@pytest.mark.parametrize("name", CONTENTS_FAULTS)
def test_a_faulty_table_of_contents_is_told(project, name):
    spoil, marker, message = CONTENTS_FAULTS[name]
    file = project.page("contents.yml")
    text = spoil(file.read_text())
    file.unlink()
    if text is not None:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    line = text[: text.index(marker)].count("\n") + 1 if marker else 1
    for done in [project.check(), *([project.build()] if name == "missing" else [])]:
        assert done.returncode == 1 and "Traceback" not in done.stdout, done.stdout
        told = re.search(rf"docs/questions/contents\.yml:(\d+): .*{re.escape(message)}.*\n    mend: ", done.stdout)
        assert told, done.stdout
        assert name == "not YAML" or int(told[1]) == line


def test_an_unreadable_page_is_not_rewritten(project):
    latin = project.page(ONE).read_text().replace("a test.", "a test, déjà vu.").replace('print("one")', 'print("two")').encode("latin-1")
    project.page(ONE).write_bytes(latin)
    done = project.run("-m", "answered", "update", "one")
    assert done.returncode != 0 and f"docs/questions/{ONE}: the page is not UTF-8" in done.stdout
    assert project.page(ONE).read_bytes() == latin


DISTURBANCES = """
import builtins, os, random, sys, threading, warnings
import numpy, torch
torch.set_default_dtype(torch.float64); torch.set_default_device("meta"); torch.set_grad_enabled(False)
torch.manual_seed(1); random.seed(1); numpy.random.seed(1); torch.set_num_threads(3)
os.environ["OMP_NUM_THREADS"] = "7"; os.chdir("/"); warnings.simplefilter("error")
threading.Thread(target=threading.Event().wait, daemon=True).start()
with open(os.environ["HOME"] + "/left", "w") as file: file.write("x")
for _ in range(1_000_000): sys.stdout.write("123456789\\n")
builtins.print = lambda *a: None
""".strip()
WITNESS = """import os, torch, warnings
strict = ('error', None, Warning, None, 0) in warnings.filters
print(torch.ones(1), torch.is_grad_enabled(), torch.get_num_threads(), os.listdir(), strict)"""


def pages_of(site: Path) -> dict[str, bytes]:
    return {str(f.relative_to(site)): f.read_bytes() for f in sorted(site.rglob("*")) if f.is_file()}


def test_a_disturbing_page_changes_no_other(project, tmp_path):
    """With such a page first or last in the navigation, every other page is the same, byte for byte."""
    project.append(TWO, block(WITNESS, expected="tensor([1.]) True 1 [] False"))
    sites = []
    for slug in ("a-first", "z-last"):
        page = project.page(f"tensors/{slug}.md")
        page.write_text(PAGE.format(title="Is this page a disturbance", text="calm"))
        project.append(f"tensors/{slug}.md", block(DISTURBANCES, expected=None))
        assert project.run("-m", "answered", "update", slug).returncode == 0
        assert "[output cut here: 10,000,000 bytes in all]" in page.read_text()
        contents = project.page("contents.yml")
        listed = contents.read_text()
        contents.write_text(listed.replace("      - what-is-a-tensor", f"      - {slug}\n      - what-is-a-tensor") if slug == "a-first" else listed)
        done = project.build()
        assert done.returncode == 0, done.stdout
        sites.append(pages_of(project.root / "site"))
        page.unlink()
        contents.write_text(listed)
        shutil.rmtree(project.root / ".cache")
    project_alone = project.build()
    assert project_alone.returncode == 0, project_alone.stdout
    bodies = [
        article(site[f"questions/{name.removesuffix('.md')}/index.html"]) for site in (*sites, pages_of(project.root / "site")) for name in (ONE, TWO, THREE)
    ]
    assert bodies[:3] == bodies[3:6] == bodies[6:]
    assert b"tensor([1.])" in sites[0]["questions/tensors/two/index.html"]


def article(html: bytes) -> bytes:
    """The page without the navigation and the related questions, which name the other pages."""
    body = html[html.index(b"<article") : html.index(b"</article>")]
    return re.sub(rb'<h2 id="related-questions">.*?</ul>', b"", body, flags=re.S)


def test_building_twice_from_nothing_gives_the_same_bytes(project):
    (project.root / "docs" / "notebooks").mkdir()
    for notebook in (ROOT / "docs" / "notebooks").glob("*.py"):
        links_gone = re.sub(r"\]\(\.\./[^)]*\)", "]", notebook.read_text())  # to pages that this project has not
        (project.root / "docs" / "notebooks" / notebook.name).write_text(links_gone)
    (project.page("autograd/figure.md")).write_text(PAGE.format(title="Is this page a figure", text="figure"))
    project.append(
        "autograd/figure.md",
        block(
            'from snippets.figures import canvas, save\nfig, ax = canvas()\nax.plot([1, 2], label="x")\nax.legend()\nsave(fig, "a.svg", alt="A line.")\nassert True',
            expected=None,
        ),
    )
    sites = []
    for _ in range(2):
        shutil.rmtree(project.root / ".cache", ignore_errors=True)
        done = project.build()
        assert done.returncode == 0, done.stdout
        sites.append(pages_of(project.root / "site"))
    # The verification page alone holds measured seconds; the offline copy has it too.
    for site in sites:
        with zipfile.ZipFile(io.BytesIO(site.pop("take-away/pytorch-answered-offline.zip"))) as archive:
            site |= {f"offline/{entry.filename} {entry.date_time}": archive.read(entry) for entry in archive.infolist()}
        for name in [name for name in site if "verified/index.html" in name]:
            site[name] = re.sub(rb"\d+\.\d", b"0.0", site[name])
    assert sites[0].keys() == sites[1].keys()
    assert [name for name in sites[0] if sites[0][name] != sites[1][name]] == []


def test_a_build_with_nothing_changed_runs_nothing(project):
    assert project.build().returncode == 0
    again = project.run("-X", "importtime", "-m", "mkdocs", "build", "--strict", "--site-dir", "site")
    assert again.returncode == 0, again.stdout[-3000:]
    imported = {line.rsplit("|", 1)[-1].strip() for line in again.stdout.splitlines() if line.startswith("import time:")}
    assert "mkdocs" in imported and "torch" not in imported
    assert "examples run" not in again.stdout and "0 run anew" in project.check().stdout


def test_only_changed_blocks_run_again(project):
    assert project.check().stdout.strip().endswith("3 run anew")
    project.edit(ONE, 'print("one")', 'print("o" + "ne")')
    project.edit(TWO, "Because it is a test.", "Because.\n\nIt is a test.")
    assert project.check().stdout.strip().endswith("1 run anew")
    assert project.check().stdout.strip().endswith("0 run anew")


def test_update_rewrites_outputs_and_only_those(project):
    line = project.append(ONE, "- A list:\n\n    ```python\n    print('a`' + '``b')\n    print('c')\n    ```\n\n" + block("print('new')", expected="old"))
    project.append(TWO, block("1 / 0", expected="never"))
    before = project.page(ONE).read_text()
    done = project.run("-m", "answered", "update")
    assert done.returncode == 1, "a failing block cannot be updated, and is reported"
    assert f"docs/questions/{ONE}:{line + 2}: expected output rewritten" in done.stdout
    assert "2 expected outputs rewritten" in done.stdout and "raised ZeroDivisionError" in done.stdout
    after = project.page(ONE).read_text()
    assert after == before.replace("old", "new").replace(
        "    print('c')\n    ```\n", "    print('c')\n    ```\n    <!--pytest-codeblocks:expected-output-->\n    ````text\n    a```b\n    c\n    ````\n"
    )
    assert "never" in project.page(TWO).read_text()
    assert project.check("one").returncode == 0
    assert "0 expected outputs rewritten" in project.run("-m", "answered", "update", "one").stdout


@pytest.mark.parametrize("folder", [".", "docs", "../elsewhere", ".cache"])
def test_a_build_replaces_no_other_folder(project, folder):
    done = project.run("-m", "answered", "build", "--site-dir", folder)
    assert done.returncode != 0 and f"--site-dir {folder}: name site" in done.stdout
    assert project.page(ONE).is_file() and not list(project.root.glob(".cache/site*"))


SLEEPS = "import time\n\nopen('begun', 'w').close()\ntime.sleep(50)\nassert True"


@pytest.mark.parametrize(("command", "number"), [("build", signal.SIGINT), ("check", signal.SIGINT), ("build", signal.SIGTERM)])
def test_an_interruption_ends_everything(project, tmp_path, command, number):
    """One block runs in a forked process and one in a fresh interpreter; a shell's Ctrl-C goes to the whole process group."""
    project.append(ONE, block(SLEEPS, expected=None))
    project.append(TWO, block(f"import os\n\nos.environ['A'] = '1'\n{SLEEPS}", expected=None))
    (tmp_path / "tmp").mkdir()
    env = os.environ | {"TMPDIR": str(tmp_path / "tmp"), "SOURCE_DATE_EPOCH": "0"}
    command = [sys.executable, "-m", "answered", command]
    with subprocess.Popen(command, cwd=project.root, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, process_group=0) as process:
        deadline = time.monotonic() + 60
        while len(list(tmp_path.glob("tmp/example-*/cwd/begun"))) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        begun, start = sorted(tmp_path.glob("tmp/example-*")), time.monotonic()
        os.killpg(process.pid, number)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 128 + number, output
    assert len(begun) == 2 and time.monotonic() - start < 10
    assert "Traceback" not in output and output.endswith("interrupted\n")
    assert not list(tmp_path.glob("tmp/example-*")) and not list(project.root.glob(".cache/site*"))
    assert not [process for process in psutil.process_iter(["cmdline"]) if str(tmp_path) in " ".join(process.info["cmdline"] or [])]


def test_an_interruption_ends_a_notebook(project, tmp_path):
    """Its kernel notices that the build is gone, and says so."""
    (project.root / "docs" / "notebooks").mkdir()
    (project.root / "docs" / "notebooks" / "long.py").write_text(
        "# ---\n# jupyter:\n#   kernelspec:\n#     name: python3\n#     display_name: Python 3\n#     language: python\n# ---\n\n"
        f"# %% [markdown]\n# # A notebook\n\n# %%\nimport os, time\n\nopen({str(tmp_path / 'begun')!r}, 'w').write(str(os.getpid()))\ntime.sleep(50)\n"
    )
    begun = tmp_path / "begun"
    with subprocess.Popen(
        [sys.executable, "-m", "answered", "build"], cwd=project.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, process_group=0
    ) as process:
        deadline = time.monotonic() + 60
        while not (begun.is_file() and begun.read_text()) and time.monotonic() < deadline:
            time.sleep(0.1)
        start = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in output and "\ninterrupted\n" in output, output
    while psutil.pid_exists(int(begun.read_text())) and time.monotonic() - start < 20:
        time.sleep(0.1)
    assert time.monotonic() - start < 20


def test_two_builds_at_once_do_not_meet(project):
    """Each has a folder of its own until it is done."""
    command = [sys.executable, "-m", "answered", "build", "--site-dir"]
    at_once = [
        subprocess.Popen([*command, target], cwd=project.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for target in ("site", ".cache/other")
    ]
    folders = set()
    for process in at_once:
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0, output
        folders |= set(re.findall(r"to directory: (.+)", output))
    assert len(folders) == 2
    assert pages_of(project.root / "site").keys() == pages_of(project.root / ".cache" / "other").keys()
    assert not list(project.root.glob(".cache/site*"))


def test_update_of_an_unknown_page_says_so(project):
    done = project.run("-m", "answered", "update", "no-such-page")
    assert done.returncode != 0 and "no such page" in done.stdout


def test_output_is_escaped(project):
    hostile = "<script>alert(1)</script> &amp; </code></pre>"
    project.append(ONE, block(f"print({hostile!r})", expected=hostile))
    assert project.build().returncode == 0
    html = (project.root / "site" / "questions" / "tensors" / "one" / "index.html").read_text()
    assert "<script>alert(1)" not in html and "&lt;script&gt;alert(1)" in html
