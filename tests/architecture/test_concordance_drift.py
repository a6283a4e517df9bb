"""The concordances fit the contracts, and the checked-in dbt models are what they say."""

from data.concordance import load_concordances
from data.concordance.check import shipped_findings
from data.concordance.sql import columns_of
from data.concordance.write import compiled, drift
from quality.marts import PROJECT, marts


def test_every_concordance_fits_its_contracts():
    assert [f"{each.concordance}: {each.where}: {each.text.en}" for each in shipped_findings()] == []


def test_the_compiled_models_are_those_of_the_concordances():
    assert drift(load_concordances()) == [], "run python -m data.concordance.write"


def test_a_changed_concordance_is_seen_and_a_model_that_nobody_declares(tmp_path):
    found = load_concordances()
    for path, text in compiled(found).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    assert drift(found, tmp_path) == []
    (left,) = [path for path in compiled(found) if path.name == "int_clinic_visits_harmonised.sql"]
    (tmp_path / left).write_text("select 1", encoding="utf-8")
    (tmp_path / left.with_name("int_old_harmonised.sql")).write_text("select 1", encoding="utf-8")
    assert [path.rsplit("/", 1)[-1] for path in drift(found, tmp_path)] == [left.name, "int_old_harmonised.sql"]


def test_every_instance_is_a_model_and_every_panel_shows_what_it_is_said_to_show():
    models = {path.stem for path in (PROJECT / "models").rglob("*.sql")}
    for found in load_concordances().values():
        assert {each.model for each in found.instances} <= models
        for panel in found.shown_in:
            columns = {column.name for column in marts()[panel].columns}
            shown = {variable.name for variable in found.variables} & columns
            assert shown, (found.name, panel)


def test_no_column_stands_twice():
    for found in load_concordances().values():
        columns = columns_of(found)
        assert len(set(columns)) == len(columns)
