"""Blocks that need a GPU on the way through the commands, without one and with one pretended."""

import re
import shutil

import pytest
import yaml

from tests.conftest import FRESH, NO_DEVICE, ROOT, Project, block
from tests.gpu.toy import MEASURED, MEASURES, PRINTS, Toy

ONE, TWO, THREE = "tensors/one.md", "tensors/two.md", "autograd/three.md"
RECORDINGS = "tensors/recordings/one.yml"
WITHOUT = FRESH | NO_DEVICE
WITH = FRESH | {"ANSWERED_CUDA_DEVICE": "Toy *2*"}


@pytest.fixture(scope="module")
def recorded(broken: Project) -> Project:
    """A page with two recorded blocks, and one with a block that is not recorded yet."""
    broken.append(ONE, block(PRINTS, "gpu", None))
    broken.append(ONE, block(MEASURES, MEASURED, None))
    broken.append(TWO, block("print(1)", "gpu", None))
    code, printed = Toy(broken.root).run(f"docs/questions/{ONE}", record=True)
    assert code == 0, printed
    return broken


@pytest.fixture
def changed(recorded, tmp_path) -> Project:
    """The same to be changed."""
    return recorded.copied(tmp_path / "changed")


@pytest.fixture(scope="module")
def built(recorded) -> list[dict[str, str]]:
    """Pages built without a GPU, and with one."""
    sites = []
    for env in (WITHOUT, WITH):
        done = recorded.build(**env)
        assert done.returncode == 0, done.stdout
        assert not list(recorded.site.rglob("*.yml")), "recordings are no part of the site"
        names = ("questions/tensors/one", "questions/tensors/two", "verified")
        sites.append({name: recorded.html(name) for name in names})
    return sites


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_a_page_without_a_gpu_shows_what_was_recorded_and_says_so(built):
    page, verified = built[0]["questions/tensors/one"], words(built[0]["verified"])
    version = re.search(r"torch [\w.+]+, CUDA [\d.]+, \d{4}-\d\d-\d\d", page)[0]
    origin = f'<p class="provenance">Recorded on Toy 9000, {version}.</p>'
    assert page.count(origin) == 2
    assert "eager: 3.21 ms compiled: 1.07 ms" in words(page)
    assert "2 examples for a GPU, 2 recorded" in page
    assert "<code>from the device" in re.sub(r"<(?!code)[^>]*>", "", page)
    states = "3 need a GPU: 0 run at this build, 2 recorded, 1 not recorded yet."
    assert f"Of them, {states}" in verified
    assert "2 examples recorded on Toy 9000, capability 9.0, driver 580.95.05" in verified


def test_a_page_without_a_recording_pretends_nothing(built):
    page, verified = built[0]["questions/tensors/two"], built[0]["verified"]
    assert (
        '<p class="provenance">Needs a CUDA device. Reaches its last line in a dry run; not recorded yet.</p>'
        in page
    )
    assert "1 example for a GPU, 1 not recorded yet" in page and "Recorded on" not in page
    assert page.count('class="result"') == 1  # that of the block that needs no GPU
    waiting = verified[verified.index("have not been recorded yet:") :].split("</ul>")[0]
    link = r'<li><a href="\.\./questions/tensors/two/">Is this page two\?</a>: 1</li>'
    assert re.search(link, waiting) and "page one" not in waiting


def test_a_build_with_a_gpu_says_that_it_ran_here(built):
    page, verified = built[1]["questions/tensors/one"], words(built[1]["verified"])
    assert page.count("Run on Toy *2* at this build.") == 2
    assert "Recorded on" not in page
    assert "3 need a GPU: 3 run at this build, 0 recorded, 0 not recorded yet." in verified


def test_outputs_and_recordings_that_no_gpu_gave(changed):
    """Are refused by build and check; without a GPU `make update` gets the pages right."""
    typed = changed.append(THREE, block(PRINTS, "gpu", "from the device")) + 1
    edited = changed.edit(ONE, PRINTS, "print('from the', 'other', 'device')") - 1
    build, check = changed.build(**WITHOUT), changed.check("one", "three", **WITHOUT)
    for done in (build, check):
        assert done.returncode == 1
        never = "an output that no GPU has given: GPU output is never typed"
        assert f"docs/questions/{THREE}:{typed}: {never}" in done.stdout, done.stdout
        after = "the block was edited after its output was recorded"
        assert f"docs/questions/{ONE}:{edited}: {after}" in done.stdout, done.stdout
    update = changed.answered("update", **WITHOUT)
    assert update.returncode == 0, update.stdout
    removed = "GPU output without a recording removed"
    assert f"docs/questions/{THREE}:{typed}: {removed}" in update.stdout
    assert f"docs/questions/{ONE}: recording of a changed block removed" in update.stdout
    assert "from the device" not in changed.page(THREE).read_text()
    assert len(yaml.safe_load(changed.page(RECORDINGS).read_text())) == 1
    check = changed.check(**WITHOUT)
    assert check.returncode == 0 and "4 need a GPU (1 recorded)" in check.stdout, check.stdout


def test_update_on_a_machine_with_a_gpu_types_nothing(changed):
    before = changed.files("docs")
    assert changed.answered("update", **WITH).returncode == 0
    assert changed.files("docs") == before


def test_without_a_device_the_command_says_why_and_fails(changed):
    """Before it reads any page but those named; nothing is rewritten."""
    before = changed.files("docs")
    done = changed.answered("gpu", "--record", **NO_DEVICE)
    assert done.returncode == 2, done.stdout
    assert done.stdout.startswith("no CUDA device, so nothing was run: ANSWERED_CUDA_DEVICE is")
    assert changed.files("docs") == before
    pretended = changed.answered("gpu", "--record", ANSWERED_CUDA_DEVICE="Toy 2")
    assert pretended.returncode == 2 and "nothing is recorded on this device" in pretended.stdout
    assert changed.files("docs") == before


def test_the_command_compares_on_a_device(changed):
    done = changed.answered("gpu", "one", **WITH)
    assert done.returncode == 0, done.stdout
    assert "2 gpu blocks of 1 pages run on Toy *2*, 0 problems" in done.stdout


IMPORTED = """
import runpy, sys
sys.argv = ["answered", "gpu", "one"]
try:
    runpy.run_module("answered", run_name="__main__")
except SystemExit as end:
    assert end.code == 0, end.code
print(*{name.split(".")[0] for name in sys.modules} - set(sys.stdlib_module_names))
"""


def test_what_the_command_imports(recorded):
    """A machine with a GPU needs little besides torch, which blocks alone import."""
    done = recorded.run("-c", IMPORTED, **WITH)
    names = set(done.stdout.splitlines()[-1].split())
    assert {"answered", "yaml"} <= names, done.stdout
    unwanted = {"torch", "numpy", "mkdocs", "markdown", "pydantic", "matplotlib", "bs4"}
    assert not names & unwanted and "jupytext" not in names


def test_pytest_runs_gpu_blocks_where_there_is_a_gpu_and_counts_them_where_not(recorded):
    for name in ("conftest.py", "pytest.ini"):
        shutil.copy(ROOT / name, recorded.root)
    pages = (f"docs/questions/{ONE}", f"docs/questions/{TWO}")
    command = ("-m", "pytest", "-q", "-p", "no:cacheprovider", *pages)
    skipped = recorded.run(*command, **WITHOUT).stdout
    assert "2 passed, 3 skipped" in skipped, skipped
    assert "SKIPPED [2] " in skipped
    assert "needs a CUDA device; its output is recorded" in skipped
    assert "SKIPPED [1] " in skipped and "needs a CUDA device; not recorded yet" in skipped
    ran = recorded.run(*command, **WITH).stdout
    assert "5 passed" in ran, ran
