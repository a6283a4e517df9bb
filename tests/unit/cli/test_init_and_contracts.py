"""`zonelab init`, `verify`, `contract list | show`."""

import pytest
import yaml

from data.contracts import contract_names
from data.settings import REPOSITORY


def test_init_is_safe_to_repeat_and_turns_telemetry_off(zonelab, tmp_path):
    first, second = zonelab("init", "--json"), zonelab("init", "--json")
    home = tmp_path / "home"
    assert first.code == second.code == 0
    assert first.document == second.document == {"home": str(home), "dagster_home": str(home / "dagster")}
    instance = yaml.safe_load((home / "dagster" / "dagster.yaml").read_text(encoding="utf-8"))
    assert instance["telemetry"] == {"enabled": False}
    assert instance["nux"] == {"enabled": False}
    assert instance["concurrency"]["runs"]["max_concurrent_runs"] == 2


def test_init_keeps_an_operators_limits_and_renews_the_code_location(zonelab, tmp_path):
    zonelab("init")
    folder = tmp_path / "home" / "dagster"
    (folder / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    (folder / "workspace.yaml").write_text("load_from: []\n", encoding="utf-8")
    zonelab("init")
    assert (folder / "dagster.yaml").read_text(encoding="utf-8") == "telemetry: {enabled: false}\n"
    (location,) = yaml.safe_load((folder / "workspace.yaml").read_text(encoding="utf-8"))["load_from"]
    assert location["python_module"] == {
        "module_name": "orchestration.definitions",
        "location_name": "zonelab",
        "working_directory": str(REPOSITORY),
    }


def test_an_untouched_workspace_is_as_recorded(zonelab):
    run = zonelab("verify", "--json")
    assert (run.code, run.document) == (0, {"ok": True, "problems": []})


def test_every_shipped_contract_is_listed_with_its_key(zonelab):
    listed = {entry["name"]: entry for entry in zonelab("contract", "list", "--json").document}
    assert sorted(listed) == contract_names()
    assert listed["clinic_visit"]["key"] == ["zone_id", "person_id", "wave"]


def test_a_contract_is_shown_with_its_digest(zonelab):
    shown = zonelab("contract", "show", "clinic_visit", "--json").document
    assert len(shown["sha256"]) == 64
    assert {"wait_min", "person_id"} <= {column["name"] for column in shown["columns"]}


@pytest.mark.parametrize(("language", "said"), [("en", "missing"), ("zh", "缺失码")])
def test_a_contract_is_shown_to_people_in_both_languages(zonelab, language, said):
    run = zonelab("contract", "show", "clinic_visit", "--lang", language)
    assert run.code == 0
    assert said in run.out


def test_where_a_name_stands_a_path_may_stand(zonelab):
    path = REPOSITORY / "data" / "contracts" / "clinic_visit.yml"
    assert zonelab("contract", "show", path, "--json").document["name"] == "clinic_visit"


def test_an_unknown_contract_is_four_and_lists_the_known(zonelab):
    run = zonelab("contract", "show", "clinic", "--json")
    assert run.code == 4
    assert "clinic_visit" in run.document["error"]["message"]["en"]
