"""Designs that a method cannot answer are refused by name: separation, no event, no first stage, one unit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.messages import Refused
from experiments.estimate import estimate
from experiments.result import EstimateResult
from experiments.spec import AnalysisSpec


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    rows = pd.DataFrame({"unit": np.repeat(np.arange(20), 6), "time": np.tile(np.arange(6.0), 20)})
    n = len(rows)
    rows["z"] = (rows["unit"] % 2).astype(float)
    rows["x"] = rng.normal(size=n)
    rows["treat"] = ((rng.normal(size=n) + rows["z"]) > 0.5).astype(float)
    rows["y"] = rows["treat"] + rows["x"] + rng.normal(size=20)[rows["unit"]] + rng.normal(size=n)
    rows["yes"] = (rows["y"] > 0.5).astype(float)
    rows["duration"] = rng.exponential(size=n) + 0.1
    rows["seen"] = (rng.random(n) < 0.8).astype(float)
    rows["kept"] = np.where(rows["seen"] == 1, rows["y"], np.nan)
    rows["se"] = 0.5
    rows["never"] = 0.0
    rows["sign"] = (rows["x"] > 0).astype(float)
    rows["moved"] = rows["treat"] - 1
    rows["row"] = np.arange(n)
    return rows


IV = {"estimator": "iv_2sls", "treatment": "treat", "instrument": ["z"]}
COX = {"estimator": "cox", "outcome": "duration", "treatment": "treat", "options": {"event": "yes"}}
ITS = {"estimator": "interrupted_time_series", "time": "row", "options": {"interruption": 60}}
AR_COUNT = {"interruption": 60, "family": "poisson", "errors": {"ar": 1}}
MIXED = {"estimator": "mixed", "covariates": ["time"], "unit": "unit"}
GEE = {"estimator": "gee", "covariates": ["time"], "unit": "unit"}
META = {"estimator": "meta_analysis", "options": {"std_error": "se"}}
LEE = {"estimator": "lee_bounds", "outcome": "kept", "treatment": "treat"}
IPW = {"estimator": "ipw", "treatment": "treat", "covariates": ["x"]}
MEDIATION = {"estimator": "mediation", "treatment": "treat", "options": {"mediator": "x"}}


@pytest.mark.parametrize(
    ("code", "spec", "named"),
    [
        ("E-SPEC-05", {"estimator": "iv_2sls", "treatment": "treat"}, "instrument"),
        ("E-IV-01", IV | {"covariates": ["z"]}, "z"),
        ("E-EST-02", IV | {"fixed_effects": ["unit"]}, "z"),
        ("E-EST-03", IV | {"treatment": "never"}, "never"),
        ("E-GLM-01", {"estimator": "logit", "outcome": "sign", "covariates": ["x"]}, "x"),
        ("E-GLM-01", {"estimator": "poisson", "outcome": "treat", "covariates": ["moved"]}, "moved"),
        ("E-GLM-02", {"estimator": "logit", "covariates": ["x"]}, "y"),
        ("E-GLM-02", {"estimator": "poisson", "covariates": ["x"]}, "y"),
        ("E-EST-13", {"estimator": "logit", "outcome": "never", "covariates": ["x"]}, "never"),
        ("E-SPEC-11", {"estimator": "quantile", "covariates": ["x"], "options": {"q": [0.5, 1]}}, "between 0 and 1"),
        ("E-EST-02", {"estimator": "quantile", "treatment": "treat", "covariates": ["moved"]}, "moved"),
        ("E-SPEC-05", COX | {"options": {}}, "options.event"),
        ("E-COX-01", COX | {"outcome": "time"}, "20 durations in time"),
        ("E-COX-02", COX | {"options": {"event": "never"}}, "never"),
        ("E-EST-11", COX | {"options": {"event": "x"}}, "0 or 1 for cox"),
        ("E-SPEC-09", COX | {"options": {"event": "lost"}}, "lost"),
        ("E-ITS-01", ITS | {"time": "time"}, "114 rows share"),
        ("E-ITS-03", ITS | {"options": {"interruption": 500}}, "120 periods before"),
        ("E-ITS-02", ITS | {"outcome": "yes", "options": AR_COUNT}, "gaussian"),
        ("E-SPEC-11", ITS | {"options": {"interruption": 60, "season": "weekly"}}, "harmonics(1)"),
        ("E-SPEC-05", ITS | {"options": {}}, "options.interruption"),
        ("E-MIX-01", MIXED | {"unit": "row"}, "120 groups"),
        ("E-EST-02", MIXED | {"covariates": ["treat", "moved"]}, "moved"),
        ("E-SPEC-11", MIXED | {"options": {"random": ["unit"]}}, "outermost group first"),
        ("E-SPEC-05", {"estimator": "mixed", "covariates": ["time"]}, "unit"),
        ("E-EST-04", GEE | {"unit": "never"}, "never"),
        ("E-SPEC-05", GEE | {"options": {"correlation": "ar1"}}, "time"),
        ("E-EST-05", META | {"options": {"std_error": "never"}}, "never"),
        ("E-SPEC-05", META | {"options": {}}, "options.std_error"),
        ("E-LEE-01", LEE | {"options": {"selection": "z"}}, "kept"),
        ("E-LEE-02", LEE | {"filter": "row < 2 or seen == 0"}, "more than one in each arm"),
        ("E-LEE-03", LEE | {"options": {"support": [-1, 1]}}, "outside the support"),
        ("E-EST-11", IPW | {"treatment": "x"}, "0 or 1 for ipw"),
        ("E-GLM-01", IPW | {"covariates": ["moved"]}, "moved"),
        ("E-SPEC-11", IPW | {"options": {"method": "aipw", "estimand": "att"}}, "ate"),
        ("E-SPEC-05", MEDIATION | {"options": {}}, "options.mediator"),
        ("E-SPEC-05", {"estimator": "rdd"}, "options.running"),
        ("E-RDD-01", {"estimator": "rdd", "options": {"running": "time", "cutoff": 3}}, "3 different values"),
        ("E-RDD-02", {"estimator": "rdd", "treatment": "treat", "options": {"running": "x"}}, "treat"),
        ("E-SPEC-11", IPW | {"options": {"sesoi": -1}}, "a number above 0"),
    ],
)  # fmt: skip
def test_refused_by_name(frame: pd.DataFrame, code: str, spec: dict[str, Any], named: str) -> None:
    with pytest.raises(Refused) as refused:
        run(frame, **spec)
    assert refused.value.code == code
    assert named in refused.value.text.en
    assert refused.value.text.zh


def run(frame: pd.DataFrame, **spec: Any) -> EstimateResult:
    return estimate(AnalysisSpec(**{"outcome": "y"} | spec), frame, data_sha256="")


def codes(result: EstimateResult) -> list[str]:
    return [str(entry["code"]) for entry in result.warnings]


def test_a_weak_instrument_warns_and_its_set_is_wide(frame: pd.DataFrame) -> None:
    weak = run(frame.assign(z=np.roll(frame["z"], 1) * 0.01 + frame["x"].round()), **IV)
    assert "W-IV-01" in codes(weak)
    strong = run(frame, **IV)
    found = strong.diagnostics["anderson_rubin"]["set"]
    assert found["kind"] == "interval"
    assert found["low"] < strong.row("treat").estimate < found["high"]


def test_rows_without_an_outcome_count_as_not_seen(frame: pd.DataFrame) -> None:
    named = run(frame, **LEE, options={"selection": "seen"})
    assert run(frame, **LEE).estimates == named.estimates
    assert named.n_obs == 120
    assert named.row("lower").estimate <= named.diagnostics["naive"] <= named.row("upper").estimate


def test_bounds_change_sign_with_the_arms(frame: pd.DataFrame) -> None:
    ours, other = run(frame, **LEE), run(frame.assign(treat=1 - frame["treat"]), **LEE)
    assert other.row("lower").estimate == pytest.approx(-ours.row("upper").estimate)
    assert other.row("upper").std_error == pytest.approx(ours.row("lower").std_error)
    assert ours.diagnostics["trimmed_arm"] != other.diagnostics["trimmed_arm"]


def test_mediation_is_labelled_exploratory(frame: pd.DataFrame) -> None:
    result = run(frame, **MEDIATION)
    assert result.diagnostics["exploratory"] is True
    assert "W-MED-01" in codes(result)
    total = run(frame, estimator="ols", treatment="treat").row("treat").estimate
    assert result.row("total").estimate == pytest.approx(total)


def test_labels_used_in_several_groups_are_read_as_nested_and_said(frame: pd.DataFrame) -> None:
    rows = frame.assign(home=frame["unit"] % 4, place=frame["unit"] // 4)
    random = [{"group": "home", "terms": []}, {"group": "place", "terms": []}]
    result = run(rows, estimator="mixed", covariates=["x"], options={"random": random})
    assert "W-MIX-03" in codes(result)
    assert result.diagnostics["n_groups"] == {"home": 4, "place": 20}


def test_verdicts_on_the_smallest_effect_of_interest(frame: pd.DataFrame) -> None:
    spec = {"estimator": "ols", "treatment": "treat", "covariates": ["x"]}
    wide, narrow = (
        run(frame, **spec, options={"sesoi": sesoi}).diagnostics["equivalence"] for sesoi in (50, [-0.1, 0.1])
    )
    assert wide["treat"]["verdict"] == "negligible"
    assert narrow["treat"]["verdict"] == "relevant"
    assert list(wide) == ["treat"]


def test_few_clusters_warn_where_no_correction_is_known(frame: pd.DataFrame) -> None:
    assert "W-EST-05" in codes(run(frame, estimator="logit", outcome="yes", covariates=["x"], cluster=["unit"]))
