"""A release minus one person is what the pinned lake gives when it is built again: the two ways end in the same table."""

import pytest

from data import releases
from data.erasure import withdraw
from data.ledger import Ledger
from data.paths import Workspace
from data.verify import verify_workspace
from quality.panel import build_panels
from tests.golden import golden_lake

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_the_released_panels_minus_the_person_are_those_that_the_lake_gives(tmp_path):
    workspace = Workspace(tmp_path / "home").create()
    ledger = Ledger.open(workspace)
    golden_lake.fill(workspace, ledger)
    build_panels(workspace, ledger, run_id="golden")
    made = releases.build(workspace, ledger, actor="registry.office", run_id="golden")
    done = withdraw("HF-P00002", zone="hefei", actor="registry.office", workspace=workspace, ledger=ledger)
    assert done.certificate["erased"]["lake"]["rows"] > 0
    after = releases.load_release(workspace, made.release_id)
    build_panels(workspace, ledger, run_id="again")
    rebuilt = releases.build(workspace, ledger, actor="registry.office", run_id="again")
    assert rebuilt.release_id != made.release_id
    assert {mart: rebuilt.tables[mart].fingerprint for mart in made.tables} == {
        mart: after.now(mart).fingerprint for mart in made.tables
    }
    assert after.now("panel_individual_wave").rows < made.tables["panel_individual_wave"].rows
    assert verify_workspace(workspace, ledger) == []
