"""Synthetic controls: known weights are found, ranks are exact under the null, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

from data.messages import Refused
from experiments.estimate import estimate
from experiments.estimators.synth.control import rank
from experiments.estimators.synth.simplex import simplex_weights
from experiments.result import EstimateResult
from experiments.spec import AnalysisSpec


def zones(effect: float = 0.0, seed: int = 1) -> pd.DataFrame:
    """Return twelve zones; the first is 0.7 of the second and 0.3 of the third, but for noise and an effect from 2015 on."""
    rng = np.random.default_rng(seed)
    years = np.arange(2000, 2021)
    paths = rng.normal(size=(len(years), 12)).cumsum(axis=0)
    paths[:, 0] = 0.7 * paths[:, 1] + 0.3 * paths[:, 2] + rng.normal(size=len(years)) * 0.01
    paths[years >= 2015, 0] += effect
    frame = pd.DataFrame(paths, columns=[f"z{place}" for place in range(12)]).assign(year=years)
    long = frame.melt("year", var_name="zone", value_name="y")
    return long.assign(first=np.where(long["zone"] == "z0", 2015, 0), size=long["zone"].str[1:].astype(int))


def fitted(frame: pd.DataFrame, estimator: str = "synthetic_control", **more: Any) -> EstimateResult:
    given = more or {"options": {"treated_unit": "z0", "treated_from": 2015}}
    spec = AnalysisSpec(estimator=estimator, outcome="y", unit="zone", time="year", **given)
    return estimate(spec, frame, data_sha256="")


def test_weights_and_effect_are_found() -> None:
    result = fitted(zones(2.0))
    assert result.diagnostics["weights"]["z1"] == pytest.approx(0.7, abs=0.02)
    row = result.row("att")
    assert row.estimate == pytest.approx(2.0, abs=0.05)
    assert row.p_value == pytest.approx(1 / 12)
    assert np.isnan(row.std_error)
    assert len(result.estimates) == 1 + 6


@pytest.mark.parametrize("estimator", ["synthetic_control", "synthetic_did"])
def test_who_is_treated_may_come_from_a_cohort(estimator: str) -> None:
    frame = zones(1.0)
    named, by_cohort = fitted(frame, estimator), fitted(frame, estimator, cohort="first")
    assert by_cohort.estimates[0].estimate == named.estimates[0].estimate
    shuffled = fitted(frame.sample(frac=1, random_state=2), estimator)
    assert shuffled.estimates[0].estimate == pytest.approx(named.estimates[0].estimate, rel=1e-9)


@pytest.mark.parametrize("estimator", ["synthetic_control", "synthetic_did"])
def test_outcome_scale_carries_over(estimator: str) -> None:
    frame = zones(1.0)
    plain, scaled = fitted(frame, estimator), fitted(frame.assign(y=frame["y"] * 1000 + 5), estimator)
    assert scaled.estimates[0].estimate == pytest.approx(1000 * plain.estimates[0].estimate, rel=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_simplex_weights_are_those_of_a_general_solver(seed: int) -> None:
    rng = np.random.default_rng(seed)
    columns, target = rng.normal(size=(9, 6)), rng.normal(size=9)
    found = simplex_weights(columns, target)
    general = optimize.minimize(
        lambda w: ((columns @ w - target) ** 2).sum(),
        np.full(6, 1 / 6),
        method="SLSQP",
        bounds=[(0, 1)] * 6,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        options={"ftol": 1e-14},
    )
    assert found == pytest.approx(general.x, abs=1e-5)
    assert ((columns @ found - target) ** 2).sum() <= general.fun + 1e-12


def test_rank_and_interval_agree() -> None:
    rng = np.random.default_rng(3)
    gaps, past = rng.normal(size=(4, 20)), np.ones(20)
    gaps[:, 0] += 3
    found = rank(gaps, past, 0.1)
    for effect, inside in ((found.low - 1e-6, False), (found.low + 1e-6, True), (found.high + 1e-6, False)):
        moved = gaps.copy()
        moved[:, 0] -= effect
        assert (rank(moved, past, 0.1).p_value > 0.1) is inside
    assert rank(gaps, past, 0.01).high == np.inf


def test_synthetic_did_is_exact_when_paths_are_parallel() -> None:
    rng = np.random.default_rng(4)
    units, years = 15, np.arange(10)
    paths = rng.normal(size=units) + rng.normal(size=10)[:, None] + rng.normal(size=(10, units)) * 0.05
    frame = pd.DataFrame(paths, columns=[f"z{place}" for place in range(units)]).assign(year=years)
    long = frame.melt("year", var_name="zone", value_name="y")
    long["first"] = np.where(long["zone"].isin(["z0", "z1", "z2"]), 6, 0)
    long.loc[(long["first"] > 0) & (long["year"] >= 6), "y"] += 1.5
    result = fitted(long, "synthetic_did", cohort="first")
    row = result.row("att")
    assert row.conf_low < 1.5 < row.conf_high
    assert row.std_error < 0.1
    assert result.diagnostics["n_treated"] == 3
    assert fitted(long, "synthetic_did", cohort="first").to_json() == result.to_json()


def test_refusals_name_what_is_lacking() -> None:
    frame = zones()
    with pytest.raises(Refused, match="0 treated units"):
        fitted(frame, options={"treated_unit": "nowhere", "treated_from": 2015})
    with pytest.raises(Refused, match="2 starts found"):
        fitted(frame.assign(first=frame["first"].where(frame["zone"] != "z3", 2010)), cohort="first")
    with pytest.raises(Refused, match="lack an outcome in 1 periods"):
        fitted(frame[~((frame["zone"] == "z0") & (frame["year"] == 2003))])
    with pytest.raises(Refused, match="Too little to compare"):
        fitted(frame[frame["zone"].isin(["z0", "z1"])])
    empty = frame.assign(size=frame["size"].where(frame["zone"] != "z4").astype("float64"))
    with pytest.raises(Refused, match="Predictor size has no value before treatment for 1 units"):
        fitted(empty, options={"treated_unit": "z0", "treated_from": 2015, "predictors": ["size"]})
    told = fitted(frame[~((frame["zone"] == "z9") & (frame["year"] == 2003))])
    assert "W-SYNTH-01" in [entry["code"] for entry in told.warnings]


def test_a_poor_fit_is_told() -> None:
    frame = zones()
    far = frame.assign(y=np.where(frame["zone"] == "z0", frame["y"] + 50, frame["y"]))
    assert "W-DID-08" in [entry["code"] for entry in fitted(far).warnings]
