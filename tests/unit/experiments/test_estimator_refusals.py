"""A spec that an estimator does not support is refused by name; nothing is ignored."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.messages import Refused
from experiments.estimate import estimate
from experiments.estimators import NAMES, method
from experiments.result import EstimateResult
from experiments.spec import AnalysisSpec


@pytest.fixture
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    rows = pd.DataFrame([(unit, time) for unit in range(12) for time in range(4)], columns=["unit", "time"])
    rows["treat"] = ((rows["unit"] < 6) & (rows["time"] >= 2)).astype(int)
    rows["arm"] = (rows["unit"] % 2).astype(int)
    rows["x"] = rng.normal(size=len(rows))
    rows["kind"] = np.where(rows["unit"] < 3, "p", "q")
    rows["w"] = 1.0
    rows["y"] = rows["treat"] + rng.normal(size=len(rows))
    return rows


def run(frame: pd.DataFrame, **spec: Any) -> EstimateResult:
    return estimate(AnalysisSpec(outcome="y", **spec), frame, data_sha256="")


@pytest.mark.parametrize("name", NAMES)
def test_built_estimators_carry_their_name(name: str) -> None:
    assert method(name).name == name


OLS = {"estimator": "ols", "treatment": "treat"}
MEANS = {"estimator": "difference_in_means", "treatment": "arm"}
TWFE = {"estimator": "twfe", "treatment": "treat", "unit": "unit", "time": "time"}


@pytest.mark.parametrize(
    ("code", "spec", "named"),
    [
        ("E-SPEC-02", {"estimator": "magic"}, "magic"),
        ("E-SPEC-04", OLS | {"instrument": ["x"]}, "instrument"),
        ("E-SPEC-04", OLS | {"cohort": "time"}, "cohort"),
        ("E-SPEC-04", OLS | {"strata": "kind"}, "strata"),
        ("E-SPEC-04", OLS | {"time": "time"}, "time"),
        ("E-SPEC-04", MEANS | {"covariates": ["x"]}, "covariates"),
        ("E-SPEC-04", MEANS | {"weights": "w"}, "weights"),
        ("E-SPEC-04", MEANS | {"strata": "kind", "cluster": ["unit"]}, "cluster"),
        ("E-SPEC-04", TWFE | {"strata": "kind"}, "strata"),
        ("E-SPEC-04", TWFE | {"cohort": "time"}, "cohort"),
        ("E-SPEC-05", {"estimator": "ols"}, "covariates / treatment"),
        ("E-SPEC-05", {"estimator": "difference_in_means"}, "treatment"),
        ("E-SPEC-05", {"estimator": "twfe", "treatment": "treat", "unit": "unit"}, "time"),
        ("E-SPEC-06", OLS | {"options": {"speed": 1}}, "speed"),
        ("E-SPEC-11", OLS | {"options": {"cluster_count": "most"}}, "cluster_count"),
        ("E-SPEC-07", OLS | {"vcov": "CR2", "cluster": ["unit", "time"]}, "one cluster variable"),
        ("E-SPEC-05", OLS | {"vcov": "HAC"}, "time"),
        ("E-EST-15", OLS | {"vcov": "HAC", "time": "time", "options": {"hac_lags": 3}}, "4 periods"),
        ("E-SPEC-11", OLS | {"options": {"joint": ["kind"]}}, "(Intercept), treat"),
        ("E-SPEC-07", OLS | {"vcov": "CR1"}, "CR1"),
        ("E-SPEC-07", OLS | {"vcov": "HC1", "cluster": ["unit"]}, "HC1"),
        ("E-SPEC-07", OLS | {"cluster": ["unit", "time", "kind"]}, "more than two"),
        ("E-SPEC-07", MEANS | {"vcov": "HC3"}, "HC3"),
        ("E-RI-08", TWFE | {"inference": {"method": "randomisation"}}, "registered assignment"),
        ("E-SPEC-13", OLS | {"inference": {"method": "wild_bootstrap"}}, "wild_bootstrap"),
        ("E-SPEC-13", MEANS | {"inference": {"method": "wild_bootstrap"}}, "wild_bootstrap"),
        ("E-RI-01", OLS | {"cluster": ["unit"], "inference": {"method": "randomisation"}}, "6 of 12 units"),
        ("E-RI-02", OLS | {"treatment": "arm", "strata": "unit", "inference": {"method": "randomisation"}}, "unit"),
        ("E-EST-11", {"estimator": "lin", "treatment": "x", "covariates": ["w"]}, "0 or 1 for lin"),
        ("E-SPEC-09", OLS | {"covariates": ["missing_one"]}, "missing_one"),
        ("E-SPEC-09", OLS | {"filter": "missing_two > 1"}, "missing_two"),
        ("E-EST-01", OLS | {"filter": "time > 99"}, "0 after the filter"),
        ("E-EST-02", OLS | {"covariates": ["x", "twice_x"]}, "twice_x, x"),
        ("E-EST-02", OLS | {"covariates": ["kind"], "fixed_effects": ["unit"]}, "kind[q]"),
        ("E-EST-02", OLS | {"covariates": ["w"]}, "w, (Intercept)"),
        ("E-EST-03", OLS | {"filter": "time < 2"}, "treat"),
        ("E-EST-03", MEANS | {"filter": "arm == 1"}, "arm"),
        ("E-EST-03", TWFE | {"filter": "time < 2"}, "treat"),
        ("E-EST-04", OLS | {"cluster": ["one"]}, "one"),
        ("E-EST-05", OLS | {"weights": "zero"}, "48 rows of zero"),
        ("E-EST-06", {"estimator": "ols", "treatment": "kind"}, "kind"),
        ("E-EST-07", OLS | {"fixed_effects": ["row"]}, "no degrees of freedom"),
        ("E-EST-08", OLS | {"covariates": ["endless"]}, "endless"),
        ("E-EST-11", {"estimator": "difference_in_means", "treatment": "x"}, "0 or 1"),
        ("E-EST-12", MEANS | {"strata": "unit"}, "12 of 12 blocks"),
        ("E-EST-14", OLS | {"covariates": ["y2"]}, "y"),
    ],
)
def test_refused_by_name(frame: pd.DataFrame, code: str, spec: dict[str, Any], named: str) -> None:
    more = frame.assign(
        twice_x=2 * frame["x"],
        one="all",
        zero=0.0,
        row=range(len(frame)),
        endless=np.where(frame["unit"] == 1, np.inf, 1.0),
        y2=frame["y"] * 3,
    )
    with pytest.raises(Refused) as refused:
        run(more, **spec)
    assert refused.value.code == code
    assert named in refused.value.text.en
    assert refused.value.text.zh


def test_constant_outcome_is_refused(frame: pd.DataFrame) -> None:
    for spec in (OLS, MEANS):
        with pytest.raises(Refused, match="E-EST-13"):
            run(frame.assign(y=1.0), **spec)


def test_missing_values_are_counted_by_column(frame: pd.DataFrame) -> None:
    frame.loc[0, "y"] = np.nan
    frame.loc[[0, 5], "x"] = np.nan
    result = run(frame, **OLS, covariates=["x"], filter="time < 3")
    assert result.n_obs == 34
    assert result.diagnostics["n_dropped"] == {"y": 1, "x": 2}
    assert result.diagnostics["n_after_filter"] == 36
    assert result.diagnostics["n_read"] == 48


def test_categories_products_and_pairs(frame: pd.DataFrame) -> None:
    result = run(frame, **OLS, covariates=["kind", "kind:x"], cluster=["kind:unit"])
    assert [row.term for row in result.estimates] == ["(Intercept)", "treat", "kind[q]", "kind[q]:x"]
    assert result.n_clusters == 12


def test_empty_fields_count_as_not_given(frame: pd.DataFrame) -> None:
    spec = {"instrument": [], "strata": None, "cohort": "", "options": {}}
    assert run(frame, **OLS, **spec).n_obs == 48


def test_result_has_the_interface_form(frame: pd.DataFrame) -> None:
    document = run(frame, **TWFE).to_dict()
    assert list(document) == [
        "estimator", "spec_sha256", "data_sha256", "n_obs", "n_units", "n_clusters", "estimates", "diagnostics", "warnings",
    ]  # fmt: skip
    assert list(document["estimates"][0]) == [
        "term", "estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high",
    ]  # fmt: skip
    assert (document["n_units"], document["n_clusters"], document["n_obs"]) == (12, 12, 48)
