import shutil

import pytest

from answered.gpu.device import OVERRIDE

from .toy import MEASURED, MEASURES, ONE, PRINTS, TWO, Toy, block


@pytest.fixture(autouse=True)
def no_pretended_device(monkeypatch):
    monkeypatch.delenv(OVERRIDE, raising=False)


@pytest.fixture
def toy(tmp_path) -> Toy:
    return Toy.make(tmp_path / "toy")


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """A project, its two blocks just recorded, its files before, and what was printed."""
    toy = Toy.make(tmp_path_factory.mktemp("recorded") / "toy")
    toy.write(ONE, block(PRINTS), block(MEASURES, MEASURED))
    before = toy.files()
    code, printed = toy.run(ONE, record=True)
    assert code == 0, printed
    return toy, before, printed


@pytest.fixture
def recorded(recording, tmp_path) -> Toy:
    """The same to be changed, with a second page whose block is not recorded."""
    shutil.copytree(recording[0].root, tmp_path / "recorded")
    toy = Toy(tmp_path / "recorded")
    toy.write(TWO, block("print(1)"))
    return toy
