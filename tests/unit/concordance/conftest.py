"""A small concordance and the contract beside it, to be changed one thing at a time."""

import copy

import pytest

from data.concordance.check import findings
from data.concordance.model import Concordance
from data.contracts import Contract, load_contract

YES_NO = {"0": {"en": "no", "zh": "否"}, "1": {"en": "yes", "zh": "是"}}
DEGREES = {**YES_NO, "2": {"en": "partly", "zh": "部分"}}
NOTE = {"en": "because", "zh": "因为"}


@pytest.fixture
def contract():
    """Return the builder of a survey contract; `instruments` gives it versions."""

    def build(**more):
        document = load_contract("clinic_visit").model_dump(mode="json")
        for column in document["columns"]:
            if column["name"] == "satisfaction_score":
                column["codes"] = DEGREES if more.get("instruments") else YES_NO
        return Contract.model_validate({**document, **more})

    return build


TWO = [
    {"version": "a", "waves": ["W1"], "codes": {"satisfaction_score": YES_NO}},
    {"version": "b", "waves": ["W2", "W3"], "codes": {"satisfaction_score": DEGREES}},
]

PLAIN = {
    "name": "tried",
    "version": "1.0",
    "title": {"en": "Tried", "zh": "试"},
    "description": {"en": "Tried", "zh": "试"},
    "key": ["zone_id", "person_id", "wave"],
    "wave": "wave",
    "instances": [{"id": "visits", "model": "stg_clinic__visits", "contract": "clinic_visit", "wave": "wave"}],
    "concepts": [
        {
            "id": "care",
            "label": {"en": "Care", "zh": "就医"},
            "variables": [
                {
                    "name": "satisfied",
                    "label": {"en": "Satisfied", "zh": "满意"},
                    "type": "integer",
                    "codes": YES_NO,
                    "rows": [{"instance": "visits", "sources": ["satisfaction_score"], "comparability": "identical"}],
                }
            ],
        }
    ],
}


@pytest.fixture
def concordance():
    """Return the builder of the concordance with other fields of its variable or instance."""

    def build(*, instance=None, **variable):
        document = copy.deepcopy(PLAIN)
        document["concepts"][0]["variables"][0].update(variable)
        document["instances"][0].update(instance or {})
        return Concordance.model_validate(document)

    return build


@pytest.fixture
def found():
    """Return the function from a concordance and a contract to the codes of what is wrong."""

    def judge(concordance, contract):
        return [each.code for each in findings({"tried": concordance}, {"clinic_visit": contract})]

    return judge
