"""Fixtures for every rung: each test gets a workspace of its own, and never the user's."""

import shutil

import pytest

from data.ledger import Ledger
from data.paths import Workspace
from data.settings import REPOSITORY, Settings


@pytest.fixture(scope="session")
def _empty_catalogue(tmp_path_factory):
    """Return an empty catalogue at the newest version, made once by the migrations themselves: each takes 40 ms."""
    made = Workspace(tmp_path_factory.mktemp("catalogue")).create()
    Ledger.open(made, Settings(home=made.home)).close()
    return made.catalog


@pytest.fixture
def workspace(tmp_path, _empty_catalogue):
    """Return a fresh workspace."""
    made = Workspace(tmp_path / "home").create()
    shutil.copyfile(_empty_catalogue, made.catalog)
    return made


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
