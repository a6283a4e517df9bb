"""An export's tables join by unit, whatever the column is called and however it was graded; an extract holds what was chosen."""

import json
import shutil

import duckdb
import pytest

from data.ledger import Ledger
from data.messages import NotFound, NotPermitted
from data.paths import Workspace
from data.settings import Settings
from experiments.exporting import Wanted, export_release
from experiments.registry.store import Registry
from tests.integration.exports.conftest import organisations, panel, person_wave

pytestmark = pytest.mark.integration

ACCESS = """
users:
  reader: {roles: [analyst], zones: "*"}
  operator.one: {roles: [operator], zones: "*"}
"""
PERSON, HOUSE, FIRM, CLINIC, DEVICE = "DEQ-P00001", "DEQ-H00001", "DEQ-O1", "DEQ-C01", "DEQ-D1"


def units():
    """Return one unit of each kind, and one of a kind that nobody knows."""
    kinds = {"person": PERSON, "household": HOUSE, "organisation": FIRM, "clinic": CLINIC, "device": DEVICE}
    kinds |= {"zone": "deqing", "strange": "DEQ-X1"}
    return [
        {"zone_id": "deqing", "unit_type": kind, "unit_id": name, "is_simulated": True} for kind, name in kinds.items()
    ]


def links():
    """Return what a person belongs to, of each kind."""
    others = {"member_of": ("household", HOUSE), "employed_by": ("organisation", FIRM), "moved_zone": ("zone", "hefei")}
    person = {"zone_id": "deqing", "unit_type": "person", "unit_id": PERSON, "is_simulated": True}
    return [
        {**person, "relation_code": code, "other_type": kind, "other_id": name} for code, (kind, name) in others.items()
    ]


@pytest.fixture
def registry(tmp_path, release_tables):
    """Return a registry over a release whose tables name the same units in columns of many names."""
    workspace = Workspace(tmp_path / "home").create()
    ledger = Ledger.open(workspace, Settings(home=workspace.home, ledger_url=None))
    people = [person_wave(1, wave, household_id=HOUSE, employer_id=FIRM) for wave in (1, 2)]
    tables = {
        "panel_individual_wave": panel("panel_individual_wave", people),
        "panel_organisation_quarter": panel("panel_organisation_quarter", organisations()),
        "dim_unit": panel("dim_unit", units()),
        "bridge_unit_link": panel("bridge_unit_link", links()),
    }
    release_tables(workspace, ledger, tmp_path / "marts", tables)
    return Registry(workspace, ledger)


def wanted(folder, **changes):
    return Wanted(**{"release_id": "latest", "format": "parquet", "language": "en", "folder": folder, **changes})


def test_one_unit_has_one_code_in_every_table(registry, tmp_path):
    folder = export_release(registry, wanted(tmp_path / "out"), actor="user").folder
    with duckdb.connect() as connection:
        for path in folder.glob("*.parquet"):
            connection.execute(f"create view {path.stem} as from '{path}'")
        pairs = {
            "person": "panel_individual_wave p join dim_unit u on u.unit_id = p.person_id",
            "household": "panel_individual_wave p join dim_unit u on u.unit_id = p.household_id",
            "organisation": "panel_organisation_quarter p join dim_unit u on u.unit_id = p.org_id",
            "clinic": "panel_individual_wave p join dim_unit u on u.unit_id = p.clinic_id",
            "zone": "panel_individual_wave p join dim_unit u on u.unit_id = p.zone_id",
        }
        for kind, joined in pairs.items():
            assert connection.execute(f"select distinct u.unit_type from {joined}").fetchall() == [(kind,)], kind
        employed = "bridge_unit_link b join panel_organisation_quarter o on o.org_id = b.other_id"
        worked = "panel_individual_wave p join panel_organisation_quarter o on o.org_id = p.employer_id"
        for joined in (employed, worked):
            assert connection.execute(f"select count(*) > 0 from {joined}").fetchone() == (True,)
        told = dict(connection.execute("select unit_type, unit_id from dim_unit").fetchall())
    assert (told["zone"], told["device"]) == ("deqing", DEVICE)
    assert all(told[kind].startswith("E") for kind in ("person", "household", "organisation", "clinic", "strange"))
    assert not [name for name in (PERSON, HOUSE, FIRM, CLINIC) if name.encode() in b"".join(_bytes(folder))]


def _bytes(folder):
    with duckdb.connect() as connection:  # decoded: a scan of compressed bytes proves nothing
        for path in folder.glob("*.parquet"):
            yield repr(connection.execute(f"from '{path}'").fetchall()).encode()


def test_an_extract_holds_the_chosen_variables_the_key_and_the_mark(registry, tmp_path):
    chosen = {"panel_individual_wave": ("wait_min",), "panel_organisation_quarter": ("headcount_total",)}
    done = export_release(registry, wanted(tmp_path / "out", variables=chosen), actor="user")
    columns = {item["table"]: [column["name"] for column in item["columns"]] for item in done.manifest["tables"]}
    assert columns["panel_individual_wave"] == [
        "zone_id",
        "person_id",
        "wave",
        "wait_min",
        "wait_min__st",
        "is_simulated",
    ]
    assert [*columns] == ["panel_individual_wave", "panel_organisation_quarter"]
    (event,) = registry.ledger.events("release_exported")
    assert event.detail["variables"]["panel_individual_wave"] == [
        "zone_id",
        "person_id",
        "wave",
        "wait_min",
        "is_simulated",
    ]
    with duckdb.connect() as connection:
        held = connection.execute(f"describe from '{done.folder}/panel_individual_wave.parquet'").fetchall()
    assert [row[0] for row in held] == columns["panel_individual_wave"]


def test_an_extract_takes_the_right_that_its_rows_take(registry, tmp_path):
    (registry.workspace.home / "access.yml").write_text(ACCESS, encoding="utf-8")
    chosen = {"panel_individual_wave": ("wait_min",)}
    with pytest.raises(NotPermitted):
        export_release(registry, wanted(tmp_path / "out", variables=chosen), actor="reader")
    strange = {"panel_individual_wave": ("telephone",)}
    with pytest.raises(NotFound, match="E-EXPORT-06"):
        export_release(registry, wanted(tmp_path / "out", variables=strange), actor="operator.one")
    assert (list(registry.ledger.events("release_exported")), (tmp_path / "out").exists()) == ([], False)


def test_the_command_makes_an_extract(registry, tmp_path, monkeypatch, zonelab):
    monkeypatch.setenv("ZONELAB_HOME", str(shutil.copytree(registry.workspace.home, tmp_path / "copy")))
    named = "panel_individual_wave.wait_min"
    done = zonelab(
        "release", "export", "latest", "--format", "csv", "-o", tmp_path / "out", "--variable", named, "--json"
    )
    assert done.code == 0, done.err
    manifest = json.loads((tmp_path / "out" / "export.json").read_text(encoding="utf-8"))
    assert [len(item["columns"]) for item in manifest["tables"]] == [6]
