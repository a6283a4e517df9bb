"""No contract changes under its version, and no item's codes under an instrument version that was asked with them."""

import pytest

from data.contracts import Contract, contract_names, load_contract
from data.contracts.history import broken, entry, read_history


@pytest.mark.parametrize("name", contract_names())
def test_every_shipped_contract_is_as_recorded(name):
    recorded = read_history().get(name, [])
    assert list(broken(load_contract(name), recorded)) == []
    assert load_contract(name).version in [each["version"] for each in recorded], "run python -m data.contracts.history"


def changed(contract, **more):
    """Return the contract with another `column` (by name) or other fields."""
    document = contract.model_dump(mode="json")
    for name, fields in more.pop("columns", {}).items():
        next(column for column in document["columns"] if column["name"] == name).update(fields)
    return Contract.model_validate({**document, **more})


CODES = {code: {"en": en, "zh": en} for code, en in (("0", "no"), ("1", "yes"))}
OTHER = {**CODES, "2": {"en": "partly", "zh": "部分"}}


@pytest.fixture
def survey():
    return changed(load_contract("clinic_visit"), columns={"satisfaction_score": {"codes": CODES, "type": "integer"}})


def test_a_changed_shape_under_the_same_version_is_refused(survey):
    wider = changed(survey, columns={"wait_min": {"maximum": 999}})
    (told,) = broken(wider, [entry(survey)])
    assert "new version" in told


def test_a_changed_rule_against_other_tables_under_the_same_version_is_refused(survey):
    bound = changed(survey, columns={"birth_year": {"between_waves": None}})
    (told,) = broken(bound, [entry(survey)])
    assert "new version" in told


def test_changed_codes_need_a_new_instrument_version_even_in_a_new_contract_version(survey):
    wider = changed(survey, version="9.0", columns={"satisfaction_score": {"codes": OTHER}})
    (told,) = broken(wider, [entry(survey)])
    assert "satisfaction_score" in told
    assert "instruments" in told


def test_a_changed_label_of_a_code_is_a_changed_code(survey):
    turned = {"0": CODES["1"], "1": CODES["0"]}
    assert list(
        broken(changed(survey, version="9.0", columns={"satisfaction_score": {"codes": turned}}), [entry(survey)])
    )


def test_with_an_instrument_version_that_keeps_the_old_frame_the_change_is_allowed(survey):
    versions = [{"version": "a", "waves": ["1"], "codes": {"satisfaction_score": CODES}}, {"version": "b"}]
    new = changed(survey, version="9.0", columns={"satisfaction_score": {"codes": OTHER}}, instruments=versions)
    assert list(broken(new, [entry(survey)])) == []
    later = [{**versions[0], "codes": {"satisfaction_score": OTHER}}, versions[1]]
    assert list(broken(changed(new, version="9.1", instruments=later), [entry(survey), entry(new)]))


def test_versions_rise(survey):
    (told,) = broken(changed(survey, version="0.9"), [entry(survey)])
    assert "does not follow" in told
