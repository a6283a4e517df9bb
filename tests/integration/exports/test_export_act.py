"""Exporting is an act: permission, record, readings of outcomes; and `zonelab release export` as a user meets it."""

import json
import shutil

import pytest

from data.ledger import Ledger
from data.messages import NotFound, NotPermitted, PlatformFailed, Refused
from data.paths import Workspace
from data.settings import Settings
from experiments import exporting
from experiments.exporting import Wanted, export_release
from experiments.registry.store import Registry
from quality.exports.codes import FILE

pytestmark = pytest.mark.integration

ACCESS = """
users:
  reader: {roles: [analyst], zones: "*"}
  operator.one: {roles: [operator], zones: "*"}
  zone.one: {roles: [zone_operator], zones: [deqing]}
"""


@pytest.fixture
def own(archive, tmp_path):
    """Return a registry over a copy of the archive, for tests that write."""
    home = shutil.copytree(archive.workspace.home, tmp_path / "home", dirs_exist_ok=True)
    place = Workspace(home)
    return Registry(place, Ledger.open(place, Settings(home=home, ledger_url=None)))


def wanted(tmp_path, **changes):
    fields = {"release_id": "latest", "format": "csv", "language": "en", "folder": tmp_path / "out"}
    return Wanted(**{**fields, **changes})


def exports(registry):
    return [(event.actor, event.role, event.detail) for event in registry.ledger.events("release_exported")]


def test_rows_about_people_need_the_right_to_release(own, tmp_path):
    (own.workspace.home / "access.yml").write_text(ACCESS, encoding="utf-8")
    for actor in ("reader", "zone.one", "", "nobody"):
        with pytest.raises(NotPermitted):
            export_release(own, wanted(tmp_path), actor=actor)
    assert (exports(own), (tmp_path / "out").exists()) == ([], False)
    district = ("panel_district_month",)
    export_release(own, wanted(tmp_path, tables=district), actor="reader")
    export_release(own, wanted(tmp_path, folder=tmp_path / "all"), actor="operator.one")
    told = [(actor, role, detail["tables"], detail["personal"]) for actor, role, detail in exports(own)]
    every = ["panel_individual_wave", "panel_organisation_quarter", "panel_district_month"]
    assert told == [("reader", "analyst", list(district), False), ("operator.one", "operator", every, True)]


def test_what_is_not_as_recorded_does_not_leave(own, tmp_path):
    release = next(iter(own.ledger.events("release_built"))).object_id
    generation = next((own.workspace.generations).glob("gen-*"))
    shutil.copyfile(generation / "panel_district_month.parquet", generation / "panel_individual_wave.parquet")
    with pytest.raises(Refused, match="E-EXPORT-01"):
        export_release(own, wanted(tmp_path, release_id=release, tables=("panel_district_month",)), actor="user")
    assert (exports(own), (tmp_path / "out").exists()) == ([], False)


def test_the_reading_is_on_record_before_a_file_is_written(own, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(
        exporting, "note_reading", lambda _r, _, table, columns, actor: asked.append((table, set(columns), actor))
    )
    monkeypatch.setattr(exporting, "write_export", lambda *_, **__: pytest.fail("a file") if not asked else "written")
    assert export_release(own, wanted(tmp_path), actor="user") == "written"
    assert [(table, actor) for table, _, actor in asked] == [
        ("panel_individual_wave", "user"),
        ("panel_organisation_quarter", "user"),
        ("panel_district_month", "user"),
    ]
    assert {"wait_min", "satisfaction_score"} <= asked[0][1]


def test_a_table_that_is_not_there(own, tmp_path):
    with pytest.raises(NotFound, match="E-REL-03"):
        export_release(own, wanted(tmp_path, tables=("panel_of_nobody",)), actor="user")


def test_a_key_that_others_may_read_is_not_used(own, tmp_path):
    export_release(own, wanted(tmp_path), actor="user")
    assert (own.workspace.home / FILE).stat().st_mode & 0o777 == 0o600
    (own.workspace.home / FILE).chmod(0o644)
    with pytest.raises(PlatformFailed, match="E-EXPORT-05"):
        export_release(own, wanted(tmp_path, folder=tmp_path / "again"), actor="user")


def test_the_same_export_twice_is_the_same(own, tmp_path):
    first = export_release(own, wanted(tmp_path), actor="user")
    again = export_release(own, wanted(tmp_path, folder=tmp_path / "again"), actor="user")
    assert first.manifest == again.manifest


@pytest.mark.usefixtures("own")
def test_the_command(tmp_path, zonelab):
    done = zonelab("release", "export", "latest", "--format", "sav", "-o", tmp_path / "out", "--lang", "zh", "--json")
    assert done.code == 0, done.err
    assert json.loads((tmp_path / "out" / "export.json").read_text(encoding="utf-8"))["language"] == "zh-Hans"
    assert {item["file"] for item in done.document["tables"]} >= {"panel_individual_wave.sav"}
    again = zonelab("release", "export", "latest", "--format", "sav", "-o", tmp_path / "out", "--lang", "zh")
    assert (again.code, "E-EXPORT-02" in again.err, "已存在" in again.err) == (1, True, True)
    assert zonelab("release", "export", "latest", "--format", "xls").code == 2
    book = zonelab("release", "export", "latest", "--format", "ddi", "-o", tmp_path / "ddi")
    assert (book.code, (tmp_path / "ddi" / "ddi.xml").is_file(), "SIMULATED" in book.out) == (0, True, True)
