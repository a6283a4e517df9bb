"""`zonelab assign`: from a file to a sealed draw, with its balance, and what it refuses."""

import pandas as pd
import pytest

from data.readers.file import read_file
from experiments.design.reading import read_units
from experiments.registry.schema.design import AssignmentSpec
from tests.unit.registry import registry_people as people

pytestmark = pytest.mark.archive

ARMS = [
    {"arm_id": "triage", "label": {"en": "AI"}, "type": "experimental"},
    {"arm_id": "usual", "label": {"en": "Usual"}, "type": "usual_practice"},
]
SPEC = {
    "method": "block",
    "unit_id": "clinic_id",
    "strata": ["size"],
    "balance_covariates": ["doctors", "kind"],
}
FRAME = pd.DataFrame(
    {
        "clinic_id": [f"{number:03d}" for number in range(1, 13)],
        "zone_id": "deqing",
        "size": ["large", "small"] * 6,
        "doctors": ["4", "5", "", "7", "3", "9", "2", "4", "5", "6", "8", "5"],
        "kind": ["甲", "乙", "甲"] * 4,
        "director": "A Name",
    }
)


@pytest.fixture
def name(workspace):
    return people.registered(people.open_registry(workspace), arms=ARMS, assignment_spec=SPEC)


@pytest.fixture(params=["csv", "xlsx", "parquet"])
def file(request, tmp_path):
    path = tmp_path / f"frame.{request.param}"
    {"csv": FRAME.to_csv, "xlsx": FRAME.to_excel, "parquet": FRAME.to_parquet}[request.param](path, index=False)
    return path


@pytest.fixture
def csv(tmp_path):
    FRAME.to_csv(tmp_path / "frame.csv", index=False)
    return tmp_path / "frame.csv"


def test_every_format_gives_the_same_frame(file):
    frame = read_units(file, AssignmentSpec.model_validate(SPEC))
    assert read_file(file).format == file.suffix[1:]
    assert frame["clinic_id"].tolist()[:2] == ["001", "002"]
    assert frame["doctors"].sum() == 58
    assert frame["doctors"].isna().sum() == 1


def test_commit_draw_and_reveal(zonelab, name, csv):
    found = zonelab("assign", name, "--frame", csv, "--as", people.PI, "--json")
    assert found.code == 0, found.err
    made = found.document
    assert {"assignment_sha256", "seed_commitment", "balance"} <= set(made)
    assert made["arms"] == {"triage": 6, "usual": 6}
    assert (made["seed"], made["revealed_at"]) == (None, None)
    assert {(row["covariate"], row["arm"], row["reference"]) for row in made["balance"]} == {
        ("doctors", "triage", "usual"),
        ("kind", "triage", "usual"),
    }
    assert "p_value" not in found.out
    shown = zonelab("assign", name, "--reveal", "--as", people.PI, "--json").document
    assert shown["assignment_sha256"] == made["assignment_sha256"]
    assert shown["seed"].isdigit()
    assert "A Name" not in found.out


@pytest.mark.parametrize("language", ["en", "zh"])
def test_for_people(zonelab, name, csv, language):
    found = zonelab("assign", name, "--frame", csv, "--reveal", "--as", people.PI, "--lang", language)
    assert found.code == 0
    assert "doctors" in found.out
    assert ("Drawn: triage 6" if language == "en" else "已抽取") in found.out


def test_what_is_refused(zonelab, name, csv):
    assert zonelab("assign", name, "--as", people.PI).code == 1
    assert zonelab("assign", "SE-2026-0999", "--frame", csv, "--as", people.PI).code == 4
    assert zonelab("assign", name, "--frame", csv).code == 2
    assert zonelab("assign", name, "--frame", csv, "--as", " ").code == 3
    assert zonelab("assign", name, "--frame", csv, "--as", people.PI).code == 0
    again = zonelab("assign", name, "--frame", csv, "--as", people.PI, "--json")
    assert (again.code, again.document["error"]["code"]) == (1, "E-ASSIGN-22")


def test_a_lost_seed_is_given_up_on_record(zonelab, name, csv, workspace):
    from experiments.design import sealing
    from experiments.registry.store import Registry

    registry = Registry.open(workspace)
    frame = read_units(csv, AssignmentSpec.model_validate(SPEC))
    sealing.commit(registry, name, frame, actor=people.PI)
    for path in (workspace.home / "secrets").iterdir():
        path.unlink()
    assert zonelab("assign", name, "--as", people.PI, "--json").document["error"]["code"] == "E-ASSIGN-25"
    given_up = zonelab("assign", name, "--abandon", "disk lost", "--as", people.PI, "--json")
    assert (given_up.code, given_up.document["assignment_sha256"]) == (0, None)
    assert zonelab("assign", name, "--frame", csv, "--as", people.PI).code == 0
