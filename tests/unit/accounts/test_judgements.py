"""Power, certainty and pooling over zones against their formulas; ids and the published schema."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest
from scipy import stats

from data.messages import PlatformFailed, Refused
from experiments.accounts.certainty import Evidence, certainty_of
from experiments.accounts.elsewhere import pooled
from experiments.accounts.powered import power_of
from experiments.accounts.shapes import Attrition, AttritionWave, Flow, Wave, WaveArm
from experiments.accounts.shapes_judged import Accounts
from experiments.registry.protocol import load_protocol
from experiments.result import Estimate
from experiments.results import load_results
from experiments.results_schema import SCHEMA_FILE, SCHEMA_VERSION, checked, schema_text
from experiments.run import DEMO
from experiments.tracing.numbers import numbers
from tests.unit.report.cases import entry

PROTOCOL = load_protocol(DEMO / "SE-2026-0001.yml")
NAMES = ("estimate", "std_error", "p_value", "conf_low", "conf_high")


def analysis(estimate: float, error: float, **differs):
    ends = (estimate - 2 * error, estimate + 2 * error)
    return entry("wait", dict(zip(NAMES, (estimate, error, 0.5, *ends), strict=True)), **differs)


def evidence(protocol=PROTOCOL, attrition=(), flow=(), **differs):
    given = {"baseline": (), "elsewhere": {}, "unreported": 0, "registered": True, **differs}
    return Evidence(protocol, flow, attrition=attrition, **given)


def test_achieved_power_is_two_point_eight_standard_errors():
    told = power_of([analysis(-5.7, 0.5)], None)[0]
    assert told.achieved_mde == pytest.approx((stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) * 0.5, rel=1e-3)
    assert told.sees_sesoi is True
    assert power_of([analysis(-5.7, 0.8)], None)[0].sees_sesoi is False
    assert told.planned_power is None


LEAVING = (
    Attrition(
        id="panel_individual_wave",
        analyses=("wait",),
        waves=(AttritionWave(id="W2", estimate=-0.07, conf_low=-0.1, conf_high=-0.04, p_value=0.0),),
        joint_p_value=0.0001,
        n_clusters=44,
    ),
)
ALIKE = (LEAVING[0].model_copy(update={"joint_p_value": 0.4}),)
GONE = (
    Flow(
        id="panel_individual_wave",
        unit="person",
        planned_units=None,
        planned_clusters=None,
        assigned=(),
        waves=(Wave(id="W2", arms=(WaveArm(id="a", units=100, states={"seen": 60, "refused": 40}, with_outcome={}),)),),
    ),
)
DRAWN = PROTOCOL.model_copy(update={"masking": ("participant",)})
WORST = ["not_random", "not_registered", "unmasked", "very_imprecise"]
CHOSEN = PROTOCOL.model_copy(update={"allocation": "non_randomised"})


@pytest.mark.parametrize(
    ("found", "given", "level", "reasons"),
    [
        (analysis(-5.0, 0.5), evidence(DRAWN), "high", []),
        (analysis(-5.0, 0.5), evidence(DRAWN, LEAVING), "moderate", ["attrition"]),
        (analysis(-5.0, 0.5), evidence(DRAWN, ALIKE), "high", []),
        (analysis(-5.0, 0.5), evidence(DRAWN, ALIKE, GONE), "moderate", ["lost"]),
        (analysis(-1.0, 0.8), evidence(DRAWN), "moderate", ["imprecise"]),
        (analysis(0.0, 2.0), evidence(DRAWN), "low", ["very_imprecise"]),
        (analysis(-5.0, 0.5, sesoi=None), evidence(DRAWN), "moderate", ["no_sesoi"]),
        (analysis(-5.0, 0.5), evidence(CHOSEN), "low", ["not_random", "unmasked"]),
        (analysis(0.0, 2.0), evidence(CHOSEN, registered=False), "very_low", WORST),
        (analysis(-5.0, 0.5), evidence(DRAWN, unreported=1), "moderate", ["unreported"]),
    ],
)  # fmt: skip
def test_each_step_down_has_its_fact(found, given, level, reasons):
    told = certainty_of({**found, "outcome": {**found["outcome"], "id": "wait"}}, given)
    assert (told.proposed, [reason.id for reason in told.reasons]) == (level, reasons)
    assert all(reason.text.en and reason.text.zh and "{" not in reason.text.en for reason in told.reasons)


def test_few_clusters_and_a_deviation_take_it_down():
    found = copy.deepcopy(analysis(-5.0, 0.5))
    found["result"]["n_clusters"], found["status"] = 9, "deviated"
    told = certainty_of(found, evidence(DRAWN))
    assert {reason.id: reason.levels for reason in told.reasons} == {"deviated": 1, "few_clusters": 2}
    assert (told.bias["deviations"], told.bias["randomisation"]) == ("serious", "some")
    assert told.proposed == "very_low"


def row(estimate, error):
    ends = {"conf_low": 0.0, "conf_high": 0.0}
    return Estimate(term="t", estimate=estimate, std_error=error, statistic=0.0, df=3.0, p_value=1.0, **ends)


def test_zones_are_pooled_as_by_hand_where_they_agree():
    sizes, errors = np.array([1.0, 1.1, 0.9, 1.05]), np.array([0.4, 0.5, 0.6, 0.5])
    told = pooled({str(n): row(*pair) for n, pair in enumerate(zip(sizes, errors, strict=True))})
    weights = 1 / errors**2
    mean = float(weights @ sizes / weights.sum())
    knapp = float(np.sqrt(weights @ (sizes - mean) ** 2 / 3 / weights.sum()))
    reach = stats.t.ppf(0.975, 3) * knapp
    assert told["tau2"] == 0.0
    assert told["pooled"] == pytest.approx(mean)
    assert (told["conf_low"], told["conf_high"]) == (pytest.approx(mean - reach), pytest.approx(mean + reach))
    ahead = stats.t.ppf(0.975, 2) * knapp
    assert told["prediction_high"] == pytest.approx(mean + ahead)


def test_every_number_of_an_account_has_an_id_that_does_not_hang_on_its_place():
    flow = GONE[0].model_dump(mode="json")
    told = {item.number_id: item.value for item in numbers({"experiment_id": "SE-1", "accounts": {"flow": [flow]}})}
    assert told["SE-1.accounts.flow.panel_individual_wave.waves.W2.arms.a.states.seen"] == 60
    before = {**flow, "id": "panel_other"}
    again = {item.number_id for item in numbers({"experiment_id": "SE-1", "accounts": {"flow": [before, flow]}})}
    assert told.keys() <= again


def test_the_published_schema_is_that_of_the_models():
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), "run: python -m experiments.results_schema"


def test_results_of_another_form_are_not_written():
    with pytest.raises(PlatformFailed) as caught:
        checked({"schema_version": SCHEMA_VERSION, "experiment_id": "x", "a_secret": "value"})
    assert caught.value.code == "E-RUN-05"
    assert "value" not in str(caught.value.text)


def test_earlier_files_are_read_and_later_ones_refused(tmp_path):
    path = tmp_path / "R1" / "SE-1" / "results.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"schema_version": 3}))
    assert load_results(path) == {"schema_version": 3}
    path.write_text(json.dumps({"schema_version": SCHEMA_VERSION + 1}))
    with pytest.raises(Refused) as caught:
        load_results(path)
    assert caught.value.code == "E-RUN-06"


def test_accounts_without_anything_have_the_published_form():
    assert Accounts().model_dump(mode="json")["flow"] == []
