"""Every row that came in is shown, or it is known why not: after corrections, returned deliveries and a withdrawal."""

import json
from dataclasses import replace

import pytest

from data import delta, releases
from data.erasure import withdraw
from data.lake import Lake
from quality.corrections import acts as corrections
from quality.corrections.items import Item
from quality.review import acts as review
from quality.review.desk import Desk
from quality.row_balance import balances
from tests.integration.erasure.conftest import CODE, NEIGHBOUR, visits
from tests.unit.cli.conftest import zonelab  # noqa: F401 - a fixture

pytestmark = pytest.mark.integration


@pytest.fixture
def release(workspace, ledger, planted, send):  # noqa: ARG001 - planted
    """Return a release after a value was corrected, a row retracted, a delivery retracted and the person gone."""
    sent = send(visits(NEIGHBOUR, "DQ-P00009", "DQ-P00010", wave="W4", wait="31"), "clinic_visit")
    items = [
        Item(row=2, variable="wait_min", old="31", new="47", action="replace", reason="misread"),
        Item(row=3, variable="wait_min", old="10", new="", action="drop", reason="entered twice"),
    ]
    desk = Desk.open(workspace)
    proposed = corrections.propose(desk, sent.submission_id, items, actor="lead.one")
    corrections.accept(desk, proposed.correction_id, actor="steward.one")
    gone = send(visits("DQ-P00011", wave="W4"), "clinic_visit", name="gone.csv")
    review.retract(desk, gone.submission_id, withdrawal="DEC-1", releases=[], actor="steward.one")
    withdraw(CODE, zone="deqing", actor="registry.office", workspace=workspace, ledger=ledger)
    return releases.load_release(workspace)


def newest(workspace, ledger, release):
    """Return the release as if it had been built now."""
    pin = Lake(workspace, ledger).pin()
    return replace(release, as_of_seq=pin.as_of_seq, excluded=pin.excluded, built_at="9999")


def test_nothing_is_missing_and_each_reason_has_its_rows(workspace, ledger, release):
    found = {item.table: item for item in balances(workspace, ledger, newest(workspace, ledger, release))}
    visit = found["clinic_visit"]
    assert {item.gap for item in found.values()} == {0}
    assert (visit.corrected, visit.superseded, visit.retracted, visit.held) == (2, 2, 1, 1)
    assert visit.withdrawn >= 2
    assert visit.quarantined >= 1
    assert visit.shown == Lake(workspace, ledger).pin().tables["clinic_visit"].rows


def test_a_file_that_is_gone_is_missed(workspace, ledger, release):
    at = newest(workspace, ledger, release)
    files = delta.files(workspace.lake / "clinic_visit")
    lost = next(file for file in files if file.rows and file.inserts_only)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delta, "files", lambda _folder: [file for file in files if file.path != lost.path])
        found = {item.table: item for item in balances(workspace, ledger, at)}
    assert found["clinic_visit"].gap > 0


def test_the_command_says_so(workspace, zonelab, release, monkeypatch):  # noqa: F811
    monkeypatch.setenv("ZONELAB_HOME", str(workspace.home))
    done = zonelab("release", "accounts", release.release_id, "--json")
    assert done.code == 0, done.err
    assert {row["gap"] for row in json.loads(done.out)} == {0}
