"""Fixtures for every rung: each test gets a workspace of its own, and never the user's."""

import pytest

from data.paths import Workspace
from data.settings import REPOSITORY


@pytest.fixture
def workspace(tmp_path):
    """Return a fresh workspace."""
    return Workspace(tmp_path / "home").create()


@pytest.fixture(autouse=True)
def _home_of_its_own(tmp_path, monkeypatch):
    """Point the environment at a scratch home, so that no test can touch a real workspace."""
    monkeypatch.setenv("ZONELAB_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="session")
def shared():
    """Return the folder of public reference files beside the checkout; skip where it is absent."""
    folder = REPOSITORY.parent / "shared"
    if not (folder / "README.md").is_file():
        pytest.skip("the reference files (../shared) are not here")
    return folder
