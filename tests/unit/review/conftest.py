"""Houses, each a copy of one that was prepared once: empty, with a delivery that waits, with one that is approved."""

import shutil

import pytest

from data.paths import Workspace
from tests.unit.review.review_house import FIRST, STEWARD, House


def prepared(factory, name, *lines):
    folder = factory.mktemp(name)
    house = House(Workspace(folder / "home").create(), folder)
    assert house.send(*lines) == FIRST
    return house


@pytest.fixture(scope="session")
def waiting(tmp_path_factory):
    return prepared(tmp_path_factory, "waiting", "01,1,", "02,2,").workspace.home


@pytest.fixture(scope="session")
def approved(tmp_path_factory):
    from quality.review import acts

    house = prepared(tmp_path_factory, "approved", "01,1,secret words", "02,-1,")
    acts.take_up(house.desk, FIRST, actor=STEWARD)
    acts.approve(house.desk, FIRST, actor=STEWARD)
    return house.workspace.home


@pytest.fixture
def house_empty(workspace, tmp_path):
    return House(workspace, tmp_path)


@pytest.fixture
def house_waiting(waiting, workspace, tmp_path):
    shutil.copytree(waiting, workspace.home, dirs_exist_ok=True)
    return House(workspace, tmp_path)


@pytest.fixture
def house_approved(approved, workspace, tmp_path):
    shutil.copytree(approved, workspace.home, dirs_exist_ok=True)
    return House(workspace, tmp_path)
