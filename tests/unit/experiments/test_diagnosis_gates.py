"""Gates: each finding against a design, and none against a good one."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from data.ledger import canonical
from experiments.design.diagnosands import NONE, Diagnosand
from experiments.design.diagnose import diagnose
from experiments.design.gates import gates, unjustified
from experiments.registry.checks import against
from experiments.registry.schema.meta import Words
from tests.statistical.small_designs import cluster_trial

PROTOCOL = cluster_trial(effect=1.0, sesoi=1.0)
SIMS = 1_000


@pytest.fixture(scope="module")
def good():
    """Return a diagnosis of a good design, its numbers set by hand."""
    made = diagnose(PROTOCOL, sims=2, processes=1)
    values = {
        **dict.fromkeys(made.analyses[0].values, Diagnosand(0.9, 0.01)),
        "bias": Diagnosand(0.001, 0.005),
        "coverage": Diagnosand(0.951, 0.007),
    }
    return replace(made, sims=SIMS, analyses=(replace(made.analyses[0], values=values, sd_estimate=0.2, failed=0),))


def with_values(diagnosis, **values):
    item = diagnosis.analyses[0]
    return replace(diagnosis, analyses=(replace(item, values={**item.values, **values}),))


def test_nothing_against_a_good_design(good):
    assert gates(PROTOCOL, good) == []


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"power_sesoi_adjusted": Diagnosand(0.79, 0.01)}, "power"),
        ({"coverage": Diagnosand(0.90, 0.009)}, "Intervals"),
        ({"coverage": Diagnosand(1.0, 0.0)}, "Intervals"),
        ({"bias": Diagnosand(-0.05, 0.006)}, "off by"),
        ({"power_sesoi_adjusted": NONE, "power_adjusted": Diagnosand(0.5, 0.01)}, "declared effect"),
    ],
)
def test_each_finding_is_a_warning_at_its_analysis(good, values, says):
    (problem,) = gates(PROTOCOL, with_values(good, **values))
    assert (problem.path, problem.severity) == ("analyses.0", "warning")
    assert says in problem.message.en
    assert problem.message.zh


@pytest.mark.parametrize("values", [{"bias": Diagnosand(0.019, 0.001)}, {"coverage": Diagnosand(0.931, 0.008)}])
def test_what_simulation_alone_gives_is_no_finding(good, values):
    assert gates(PROTOCOL, with_values(good, **values)) == []


def test_a_warning_may_be_justified_and_an_error_may_not(good):
    noted = PROTOCOL.model_copy(update={"diagnosis_note": Words(en="No more clinics can be had")})
    weak = with_values(good, power_sesoi_adjusted=Diagnosand(0.5, 0.01))
    assert [problem.severity for problem in unjustified(PROTOCOL, weak)] == ["warning"]
    assert unjustified(noted, weak) == []
    assert [problem.severity for problem in unjustified(noted, with_values(good, coverage=NONE))] == ["error"]
    assert against(noted, json.loads(canonical(weak.to_dict()))) == []
    assert against(PROTOCOL, json.loads(canonical(weak.to_dict()))) == unjustified(PROTOCOL, weak)


def test_what_cannot_be_computed_is_an_error(good):
    (problem,) = gates(PROTOCOL, with_values(good, coverage=NONE))
    assert problem.severity == "error"
    assert "coverage" in problem.message.en


def test_secondary_outcomes_need_no_power(good):
    low = with_values(good, power_sesoi_adjusted=Diagnosand(0.3, 0.01))
    secondary = replace(low, analyses=(replace(low.analyses[0], outcome_tier="secondary"),))
    assert gates(PROTOCOL, secondary) == []


def test_refused_simulations_are_told(good):
    (problem,) = gates(PROTOCOL, replace(good, analyses=(replace(good.analyses[0], failed=3),)))
    assert "3 simulations" in problem.message.en


def test_few_simulations_are_told(good):
    assert [problem.path for problem in gates(PROTOCOL, replace(good, sims=200))] == ["model_m"]


def test_a_diagnosis_of_another_design_is_an_error(good):
    (problem,) = gates(cluster_trial(effect=1.0, sesoi=1.1), good)
    assert problem.severity == "error"
