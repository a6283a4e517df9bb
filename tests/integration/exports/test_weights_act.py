"""Making weights is an act: permission, record, readings; the files join with an export of the same release."""

import json
import shutil

import pandas as pd
import pytest

from data.ledger import Ledger
from data.messages import NotFound, NotPermitted, Refused
from data.paths import Workspace
from data.settings import Settings
from experiments import weighing
from experiments.exporting import Wanted, export_release
from experiments.registry.store import Registry
from experiments.weighing import weigh_release
from experiments.weights.spec import WeightSpec

pytestmark = pytest.mark.integration
ACCESS = 'users:\n  reader: {roles: [analyst], zones: "*"}\n'
SPEC = WeightSpec(id="w1_w2", unit=("zone_id", "person_id"), wave="wave_order", waves=(1, 2), observed="is_observed")
PANEL = "panel_individual_wave"


@pytest.fixture
def own(archive, tmp_path):
    """Return a registry over a copy of the archive, for tests that write."""
    home = shutil.copytree(archive.workspace.home, tmp_path / "home", dirs_exist_ok=True)
    place = Workspace(home)
    return Registry(place, Ledger.open(place, Settings(home=home, ledger_url=None)))


def test_weights_join_with_an_export_of_the_same_release(own, tmp_path):
    made = weigh_release(own, SPEC, "latest", PANEL, tmp_path / "w", actor="user")
    export_release(own, Wanted("latest", "parquet", "en", tmp_path / "out", (PANEL,)), actor="user")
    panel = pd.read_parquet(tmp_path / "out" / f"{PANEL}.parquet")
    seen = panel[(panel["wave_order"] == 2) & panel["is_observed"]]
    joined = seen.merge(made.table, on=["zone_id", "person_id"], validate="one_to_one")
    assert len(joined) == len(made.table) > 0
    assert made.table["weight"].sum() == pytest.approx(made.record["n_in_scope"])


def test_the_files_say_the_same(own, tmp_path):
    made = weigh_release(own, SPEC, "latest", PANEL, tmp_path / "w", actor="user")
    stem = tmp_path / "w" / made.weight_id
    assert json.loads(stem.with_suffix(".json").read_text(encoding="utf-8")) == made.record
    csv = pd.read_csv(stem.with_suffix(".csv"), encoding="utf-8-sig", dtype={"person_id": str})
    assert csv["person_id"].tolist() == pd.read_parquet(stem.with_suffix(".parquet"))["person_id"].tolist()
    assert stem.with_suffix(".csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_act_is_on_record_and_needs_the_right_to_release(own, tmp_path):
    weigh_release(own, SPEC, "latest", PANEL, tmp_path / "w", actor="user")
    (event,) = own.ledger.events("weights_made")
    assert (event.actor, event.detail["table"], event.detail["waves"]) == ("user", PANEL, [1, 2])
    (own.workspace.home / "access.yml").write_text(ACCESS, encoding="utf-8")
    with pytest.raises(NotPermitted):
        weigh_release(own, SPEC, "latest", PANEL, tmp_path / "other", actor="reader")
    assert not (tmp_path / "other").exists()


def test_the_reading_is_on_record_before_the_panel_is_opened(own, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(weighing, "note_reading", lambda *given: asked.append(set(given[3])))
    monkeypatch.setattr(weighing, "read_columns", lambda *_: pytest.fail("opened") if not asked else pd.DataFrame())
    with pytest.raises(Refused, match="E-SPEC-09"):
        weigh_release(own, SPEC, "latest", PANEL, tmp_path / "w", actor="user")
    assert asked == [{"zone_id", "person_id", "wave_order", "is_observed"}]


def test_a_table_that_is_not_there(own, tmp_path):
    with pytest.raises(NotFound, match="E-REL-03"):
        weigh_release(own, SPEC, "latest", "panel_of_nobody", tmp_path / "w", actor="user")


@pytest.mark.usefixtures("own")
def test_the_commands(tmp_path, zonelab):
    spec = tmp_path / "w.yml"
    spec.write_text("id: w\nunit: [zone_id, person_id]\nwave: wave_order\nwaves: [1, 2]\nobserved: is_observed\n")
    done = zonelab("weights", spec, "--release", "latest", "-o", tmp_path / "w", "--json")
    assert (done.code, done.document["n_weighted"] > 0) == (0, True), done.err
    again = zonelab("weights", spec, "--release", "latest", "-o", tmp_path / "w")
    assert (again.code, "E-EXPORT-02" in again.err) == (1, True)
    assert zonelab("weights", spec, "-o", tmp_path / "x").code == 2
    told = zonelab("participation", "--json")
    assert told.code == 0, told.err
    assert {zone["zone_id"] for zone in told.document["retention"][PANEL]}
