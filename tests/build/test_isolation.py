"""No page changes another, and the same sources give the same bytes."""

import io
import re
import shutil
import zipfile

import pytest

from answered.engine.limits import MAX_OUTPUT
from tests.conftest import NO_DEVICE, Project, block

ONE, TWO, THREE = "tensors/one.md", "tensors/two.md", "autograd/three.md"
DISTURBANCES = """
import builtins, os, random, sys, threading, warnings
import numpy, torch
import snippets.figures  # which folds the block: so long is no other
torch.set_default_dtype(torch.float64); torch.set_default_device("meta")
torch.set_grad_enabled(False); torch.set_num_threads(3)
torch.manual_seed(1); random.seed(1); numpy.random.seed(1)
os.environ["OMP_NUM_THREADS"] = "7"; os.chdir("/")
warnings.simplefilter("error")
threading.Thread(target=threading.Event().wait, daemon=True).start()
with open(os.environ["HOME"] + "/left", "w") as file: file.write("x")
for _ in range(1_000_000): sys.stdout.write("123456789\\n")
builtins.print = lambda *a: None
""".strip()
PRINTED = "123456789\n" * (MAX_OUTPUT // 10) + "[output cut here: 10,000,000 bytes in all]"
WITNESS = """import os, torch, warnings
strict = ('error', None, Warning, None, 0) in warnings.filters
modes = torch.is_grad_enabled(), torch.get_num_threads()
print(torch.ones(1), *modes, os.listdir(), strict)"""
FIGURE = """from snippets.figures import canvas, save
fig, ax = canvas()
ax.plot([1, 2], label="x")
ax.legend()
save(fig, "a.svg", alt="A line.")
assert True"""
NOTEBOOK = """# %% [markdown]
# # A notebook

# %%
from snippets.figures import canvas, shown

fig, ax = canvas()
ax.plot([1, 2])
print("drawn")
shown(fig, "a", alt="A line.")
# > drawn
"""


@pytest.fixture(scope="module")
def built(broken: Project) -> tuple[dict, dict, Project]:
    """The files of a site, those of building it again from nothing, and the project."""
    broken.append(TWO, block(WITNESS, expected="tensor([1.]) True 1 [] False"))
    broken.append(THREE, block(FIGURE, expected=None))
    (broken.root / "docs" / "notebooks").mkdir()
    (broken.root / "docs" / "notebooks" / "drawn.py").write_text(NOTEBOOK)
    return from_nothing(broken), from_nothing(broken), broken


def from_nothing(project: Project) -> dict[str, bytes]:
    shutil.rmtree(project.root / ".cache", ignore_errors=True)
    shutil.rmtree(project.site, ignore_errors=True)
    done = project.build(**NO_DEVICE)
    assert done.returncode == 0, done.stdout
    return project.files()


def test_building_twice_from_nothing_gives_the_same_bytes(built):
    """But for the measured seconds on one page, which the offline copy has too."""
    sites = []
    for files in built[:2]:
        site = dict(files)
        (name,) = (name for name in site if name.endswith("-offline.zip"))
        with zipfile.ZipFile(io.BytesIO(site.pop(name))) as archive:
            entries = archive.infolist()
            site |= {f"{name} {e.filename} {e.date_time}": archive.read(e) for e in entries}
        measured = [name for name in site if "verified/index.html" in name]
        assert len(measured) == 2
        for name in measured:
            site[name] = re.sub(rb"\d+\.\d", b"0.0", site[name])
        sites.append(site)
    assert sites[0].keys() == sites[1].keys()
    assert [name for name in sites[0] if sites[0][name] != sites[1][name]] == []
    assert b'<figure class="drawn"' in sites[0]["notebooks/drawn/index.html"]
    assert b'<figure class="drawn"' in sites[0]["questions/autograd/three/index.html"]


def test_a_disturbing_page_changes_no_other(built):
    """One before and one after all others in their topic; each other article is the same."""
    before, _, project = built
    for slug in ("a-first", "z-last"):
        page = project.write(f"tensors/{slug}.md", f"Is this page a disturbance {slug[0]}")
        project.append(f"tensors/{slug}.md", block(DISTURBANCES, expected=PRINTED))
        assert page.is_file()
    after = from_nothing(project)
    for slug in ("a-first", "z-last"):
        assert b"output cut here: 10,000,000 bytes" in after[f"questions/tensors/{slug}/index.html"]
    for name in (ONE, TWO, THREE):
        page = f"questions/{name.removesuffix('.md')}/index.html"
        assert article(before[page]) == article(after[page])
    assert b"tensor([1.])" in after["questions/tensors/two/index.html"]


def article(html: bytes) -> bytes:
    """Return a page without its navigation and its related questions, which name other pages."""
    body = html[html.index(b"<article") : html.index(b"</article>")]
    return re.sub(rb'<p class="related".*?</ul>', b"", body, flags=re.S)
