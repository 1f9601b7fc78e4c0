"""A small site as it is published, and the same again a day later with one page edited."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Project
from tests.exporting import DAY, TIME, Published


@pytest.fixture(scope="session")
def small(template: Project, tmp_path_factory: pytest.TempPathFactory) -> Published:
    made = Published(template.copied(tmp_path_factory.mktemp("published") / "project"))
    made.fill()
    made.build()
    return made


@pytest.fixture(scope="session")
def published(small: Published) -> Path:
    """The built folder."""
    return small.site


@pytest.fixture(scope="session")
def newer(small: Published, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a day later, with one page edited."""
    made = Published(small.project.copied(tmp_path_factory.mktemp("newer") / "project"))
    made.edit()
    return made.build(TIME + DAY)
