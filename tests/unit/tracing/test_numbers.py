"""Ids of numbers: one each, stable when things beside them change, found however they are written."""

import pytest

from experiments.tracing.numbers import find, leaves, near, numbers


def document(**more):
    row = {"term": "treat", "estimate": -2.5, "conf_low": -4.0}
    entry = {
        "number_id": "SE-1.wait.treat",
        "analysis_id": "wait",
        "term": "treat",
        "hypothesis": {"id": "H1"},
        "result": {
            "n_obs": 40,
            "estimates": [{"term": "(Intercept)", "estimate": 9.0}, row],
            "diagnostics": {"a.b": 1},
        },
    }
    return {"experiment_id": "SE-1", "simulated": True, "analyses": [entry], **more}


def test_every_number_has_an_id_of_its_own_and_flags_are_none():
    found = list(numbers(document()))
    names = [item.number_id for item in found]
    assert len(set(names)) == len(names) == 5
    assert "SE-1.analyses.wait.result.diagnostics.a%2Eb" in names
    assert "SE-1.simulated" not in names


def test_each_id_leads_back_to_its_number():
    told = document(more=[{"zone_id": "beijing", "n": 3}, {"zone_id": "xian", "n": 4}], pairs=[[1, 2], [3]])
    for item in numbers(told):
        assert find(told, item.number_id) == item


def test_an_id_does_not_move_when_another_analysis_comes_first():
    before, after = document(), document()
    after["analyses"].insert(0, {**after["analyses"][0], "analysis_id": "other", "number_id": "SE-1.other.treat"})
    name = "SE-1.analyses.wait.result.n_obs"
    assert find(before, name).value == find(after, name).value == 40
    assert find(after, name).path[1] == 1


def test_a_section_that_is_new_brings_its_ids_along():
    told = document(power={"planned": [{"hypothesis_id": "H1", "mde": 0.2}]})
    assert find(told, "power.planned.H1.mde").value == 0.2


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        ("SE-1.wait.treat", -2.5),
        ("SE-1.wait.treat.conf_low", -4.0),
        ("experiments.SE-1.analyses.H1.estimates.1.estimate", -2.5),
        ("analyses.wait.result.estimates.0.estimate", 9.0),
        ("SE-1.analyses.H1.result.n_obs", 40),
    ],
)
def test_spellings(asked, value):
    assert find(document(), asked).value == value


def test_what_is_not_there_is_not_found_and_something_near_is_named():
    assert find(document(), "SE-1.analyses.wait.result.n_abs") is None
    assert near(document(), "SE-1.analyses.wait.result.n_abs")[0] == "SE-1.analyses.wait.result.n_obs"


def test_two_things_of_one_name_are_told_apart_by_position():
    told = {"experiment_id": "SE-1", "rows": [{"id": "a", "n": 1}, {"id": "a", "n": 2}]}
    assert [name for name, _, value in leaves(told) if value == 2] == ["SE-1.rows.1.n"]
