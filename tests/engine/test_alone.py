"""The engine without its repository: a copy under another name, with its own README's example."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import answered.engine

from .conftest import PATIENCE

ENGINE = Path(answered.engine.__file__).parent
PAGE = """# A page

```python
print(1 + 1)
```
<!--pytest-codeblocks:expected-output-->
```text
2
```

<!--pytest.mark.raises-->
```python
{}["key"]
```
"""
# Names of what is imported from outside the standard library, the engine itself left out.
IMPORTED = """
import sys
names = {name.partition(".")[0] for name in sys.modules} - before - sys.stdlib_module_names
print("imported:", *sorted(names - {"blocks"}))
"""


def copied(folder: Path) -> Path:
    """Return `folder` with a copy of the engine and a page, and nothing else."""
    shutil.copytree(
        ENGINE, folder / "blocks", ignore=shutil.ignore_patterns("README.md", "__pycache__")
    )
    (folder / "page.md").write_text(PAGE)
    return folder


def run(folder: Path, code: str) -> str:
    """Return what a program prints that has nothing but `folder` to import from."""
    head = 'import sys\nbefore = {name.partition(".")[0] for name in sys.modules}\n'
    (folder / "program.py").write_text(head + code + IMPORTED)
    done = subprocess.run(
        [sys.executable, "program.py"], cwd=folder, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_example_of_the_readme_runs_in_an_empty_folder(tmp_path):
    readme = (ENGINE / "README.md").read_text()
    (example,) = re.findall(r"^```python\n(.*?)^```$", readme, re.S | re.M)
    assert len([line for line in example.splitlines() if "import" not in line and line]) <= 10
    printed = run(copied(tmp_path), example)
    assert printed.splitlines() == [
        "as expected",
        "page.md:12: the block prints, and its page has no expected output",
        "      KeyError: 'key'",
        "    fix: run `make update PAGE=page.md`, which writes it",
        "imported:",  # psutil only where a fresh interpreter is watched, in this process
    ]
    written = (tmp_path / "page.md").read_text()
    assert written.startswith(PAGE) and "\n```text\nKeyError: 'key'\n```" in written


def test_every_module_is_imported_with_the_few_that_are_named(tmp_path):
    names = sorted(file.stem for file in ENGINE.glob("*.py") if file.stem != "__init__")
    printed = run(copied(tmp_path), "".join(f"import blocks.{name}\n" for name in names))
    imported = set(printed.removeprefix("imported:").split())
    theirs = set("_pytest iniconfig packaging pluggy py pygments".split())  # which pytest brings
    assert imported - theirs <= {"psutil", "pytest", "pytest_codeblocks"}


def test_a_copy_has_a_pytest_plugin(tmp_path):
    """Its judgement is that of the engine; a page with a faulty form is an error of collection."""
    copied(tmp_path)
    (tmp_path / "faulty.md").write_text("```py\n1 / 0\n```\n")
    (tmp_path / "conftest.py").write_text(
        """
from pathlib import Path
from blocks import judge
from blocks.pytest_plugin import BlockPlugin
from blocks.session import Session
from blocks.settings import Settings

def pytest_configure(config):
    root = Path(__file__).parent
    session = Session(Settings(root))
    def problem(block):
        return judge.compare(block, judge.shown_output(block, session.get(block)))
    config.pluginmanager.register(BlockPlugin(session, root, problem, lambda block: ""))
"""
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=."]
    options = ["--continue-on-collection-errors"]
    done = subprocess.run(
        command + options, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE
    )
    assert "1 failed, 1 passed, 1 error" in done.stdout, done.stdout + done.stderr
    assert "faulty.md:1: fence ```py" in done.stdout
    assert "page.md:12: the block prints, and its page has no expected output" in done.stdout
