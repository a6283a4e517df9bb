"""`zonelab diagnose`: one JSON document, progress on stderr, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from apps.cli.main import app
from apps.cli.protocol_arguments import registry_opened
from experiments.design.diagnosis import design_hash
from tests.statistical.small_designs import analysis, cluster_trial


def written(folder: Path, **changes: object) -> str:
    content = {"schema_version": 2, **cluster_trial(effect=0.5).model_dump(mode="json", exclude_unset=True), **changes}
    path = folder / "protocol.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return str(path)


def test_json_has_each_diagnosand_with_its_error(tmp_path: Path):
    made = CliRunner().invoke(app, ["diagnose", written(tmp_path), "--sims", "10", "--json"])
    assert made.exit_code == 0
    document = json.loads(made.stdout)
    (entry,) = document["analyses"]
    for name in ("power", "bias", "rmse", "coverage", "type_s", "exaggeration", "mde"):
        assert set(entry[name]) == {"value", "mc_se"}
    assert document["problems"][0]["path"] == "model_m"
    assert "10 of 10 simulations" in made.stderr


@pytest.mark.parametrize(("lang", "word"), [("en", "coverage"), ("zh", "覆盖率")])
def test_table_for_people(tmp_path: Path, lang: str, word: str):
    made = CliRunner().invoke(app, ["diagnose", written(tmp_path), "--sims", "5", "--lang", lang])
    assert made.exit_code == 0
    assert word in made.stdout


def test_what_cannot_be_computed_is_exit_1(tmp_path: Path):
    path = written(tmp_path, analyses=[analysis(outcome="unknown")])
    made = CliRunner().invoke(app, ["diagnose", path, "--sims", "2", "--json"])
    assert made.exit_code == 1
    assert json.loads(made.stdout)["problems"][-1]["severity"] == "error"


@pytest.mark.parametrize("name", ["SE-1999-0001", "nowhere.yml"])
def test_missing_protocol_is_exit_4(name: str):
    assert CliRunner().invoke(app, ["diagnose", name]).exit_code == 4


def test_diagnosis_of_an_experiment_on_record_is_on_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("experiments.design.diagnosis.SIMULATIONS", 4)
    drafted = CliRunner().invoke(app, ["protocol", "draft", written(tmp_path), "--as", "li", "--json"])
    name = json.loads(drafted.stdout)["experiment_id"]
    few = CliRunner().invoke(app, ["diagnose", name, "--sims", "3", "--json"])
    assert json.loads(few.stdout)["document"] is None
    enough = CliRunner().invoke(app, ["diagnose", name, "--sims", "4", "--as", "li", "--json"])
    assert enough.exit_code == 0, enough.stderr
    document = json.loads(enough.stdout)["document"]
    registry = registry_opened()
    (event,) = [item for item in registry.ledger.events() if item.kind == "diagnosis_recorded"]
    assert event.detail["document"] == document
    assert event.detail["design_hash"] == design_hash(registry.record(name).open.protocol)
