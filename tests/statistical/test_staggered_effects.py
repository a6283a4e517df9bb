"""Staggered difference-in-differences: the same effects by other ways, invariance, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.messages import Refused
from experiments.estimate import estimate
from experiments.estimators.did.impute import Model, fit_untreated, row_weights
from experiments.estimators.did.two_by_two import METHODS, Comparison
from experiments.result import EstimateResult
from experiments.spec import AnalysisSpec

METHODS_OF = ("event_study", "group_time", "etwfe", "sun_abraham", "imputation")


def panel(seed: int = 1, units: int = 60, *, unbalanced: bool = False) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame([(u, t) for u in range(units) for t in range(1, 7)], columns=["unit", "time"])
    cohort = rng.choice([0, 3, 4, 5], units)
    frame["first"], frame["zone"] = cohort[frame["unit"]], frame["unit"] // 4
    frame["x"] = rng.normal(size=units)[frame["unit"]]
    frame["w"] = rng.uniform(0.5, 2, units)[frame["unit"]]
    frame["d"] = ((frame["first"] > 0) & (frame["time"] >= frame["first"])).astype(int)
    frame["y"] = rng.normal(size=units)[frame["unit"]] + 0.3 * frame["time"] + frame["d"] * (1 + 0.2 * frame["time"])
    frame["y"] += 0.1 * frame["x"] * frame["time"] + rng.normal(size=len(frame))
    return frame[rng.uniform(size=len(frame)) > 0.1].reset_index(drop=True) if unbalanced else frame


def fitted(name: str, frame: pd.DataFrame, **more: Any) -> EstimateResult:
    start = {} if "treatment" in more else {"cohort": "first"}
    spec = AnalysisSpec(estimator=name, outcome="y", unit="unit", time="time", **start, **more)
    return estimate(spec, frame, data_sha256="")


def numbers(result: EstimateResult) -> np.ndarray:
    return np.array([(row.estimate, row.std_error) for row in result.estimates])


@pytest.mark.parametrize("name", METHODS_OF)
def test_order_labels_and_scale_do_not_matter(name: str) -> None:
    frame = panel()
    expected = numbers(fitted(name, frame, weights="w"))
    renamed = frame.sample(frac=1, random_state=3).assign(unit=lambda f: "u" + (f["unit"] * 7 % 61).astype("str"))
    assert numbers(fitted(name, renamed, weights="w")) == pytest.approx(expected, rel=1e-9)
    scaled = frame.assign(y=frame["y"] * 100 - 7, w=frame["w"] * 5, time=frame["time"] + 2000)
    scaled["first"] = scaled["first"].where(scaled["first"] == 0, scaled["first"] + 2000)
    assert numbers(fitted(name, scaled, weights="w")) == pytest.approx(expected * 100, rel=1e-8)


@pytest.mark.parametrize("name", METHODS_OF)
def test_treatment_by_row_says_what_a_cohort_says(name: str) -> None:
    frame = panel()
    by_cohort, by_row = fitted(name, frame), fitted(name, frame, treatment="d")
    assert numbers(by_row) == pytest.approx(numbers(by_cohort), rel=1e-12)


@pytest.mark.parametrize("name", METHODS_OF)
def test_a_treatment_that_ends_is_refused(name: str) -> None:
    frame = panel().assign(d=lambda f: f["d"] * (f["time"] < 6))
    with pytest.raises(Refused, match="goes down again"):
        fitted(name, frame, treatment="d")


@pytest.mark.parametrize("name", METHODS_OF)
def test_a_cohort_that_changes_and_a_doubled_row_are_refused(name: str) -> None:
    frame = panel()
    with pytest.raises(Refused, match="first changes within 1 units"):
        fitted(name, frame.assign(first=frame["first"].where(frame.index != 0, 6)))
    with pytest.raises(Refused, match="1 pairs of unit and time"):
        fitted(name, pd.concat([frame, frame.iloc[[5]]]))
    with pytest.raises(Refused, match="must hold numbers"):
        fitted(name, frame.assign(time="q" + frame["time"].astype("str")))


def test_nobody_never_treated() -> None:
    frame = panel()
    treated = frame[frame["first"] > 0]
    for name in ("group_time", "sun_abraham"):
        with pytest.raises(Refused, match="never treated"):
            fitted(name, treated)
    later = fitted("group_time", treated, options={"control_group": "not_yet"})
    assert np.isfinite(later.row("att").std_error)


def test_two_groups_two_periods_are_one_difference_in_differences() -> None:
    frame = panel()
    frame = frame[frame["time"].isin([2, 3]) & frame["first"].isin([0, 3])]
    means = frame.groupby([frame["first"] > 0, "time"])["y"].mean().unstack()
    expected = (means.loc[True, 3] - means.loc[True, 2]) - (means.loc[False, 3] - means.loc[False, 2])
    for name in METHODS_OF:
        assert fitted(name, frame).row("att").estimate == pytest.approx(expected, rel=1e-10)


def test_sun_abraham_is_group_time_with_a_universal_base() -> None:
    frame = panel()
    by_regression = fitted("sun_abraham", frame)
    by_groups = fitted("group_time", frame, options={"aggregate": "dynamic", "base_period": "universal"})
    found = {row.group: row.estimate for row in by_groups.estimates if row.group is not None and row.group != -1}
    assert {row.group: row.estimate for row in by_regression.estimates[1:]} == pytest.approx(found, rel=1e-9)


def test_imputation_is_etwfe_and_its_weights_sum_to_the_effect() -> None:
    imputed, saturated = fitted("imputation", panel()), fitted("etwfe", panel())
    assert imputed.row("att").estimate == pytest.approx(saturated.row("att").estimate, rel=1e-9)
    events = {row.group: row.estimate for row in saturated.estimates if row.term == "event_time"}
    assert {row.group: row.estimate for row in imputed.estimates[1:]} == pytest.approx(events, rel=1e-9)
    frame = panel(unbalanced=True)
    unit = frame["unit"].to_numpy()
    dense = np.eye(6)[frame["time"] - 1][:, 1:]
    treated = (frame["d"] == 1).to_numpy()
    model = Model(frame["y"].to_numpy(), unit, dense, np.ones(len(frame)), treated)
    fit = fit_untreated(model)
    target = (treated / treated.sum())[:, None]
    weights = row_weights(model, fit, target)[:, 0]
    assert weights @ model.outcome == pytest.approx(fitted("imputation", frame).row("att").estimate, rel=1e-9)
    assert np.bincount(unit, weights=weights) == pytest.approx(np.zeros(60), abs=1e-12)


def test_rows_that_nothing_can_predict_are_refused() -> None:
    frame = panel()
    with pytest.raises(Refused, match="cannot be imputed"):
        fitted("imputation", frame[~((frame["first"] == 0) & (frame["time"] == 6))])
    alone = fitted("imputation", panel(), covariates=[])
    assert alone.n_obs == 360


@pytest.mark.parametrize("method", ["dr", "reg", "ipw"])
@pytest.mark.parametrize("seed", [1, 2])
def test_influence_is_the_derivative(method: str, seed: int) -> None:
    """Adding weight to one unit moves the estimate by its influence: the definition, by a small step."""
    rng = np.random.default_rng(seed)
    count = 80
    x = rng.normal(size=count)
    treated = rng.uniform(size=count) < 1 / (1 + np.exp(-0.5 * x))
    change = 1 + x + treated * 0.5 + rng.normal(size=count)
    design = np.column_stack([np.ones(count), x])
    weights = rng.uniform(0.5, 2, count)
    found = METHODS[method](Comparison(change, treated, design, weights))
    assert abs(found.influence.mean()) < 1e-8
    step = 1e-6
    for unit in range(0, count, 9):
        moved = weights.copy()
        moved[unit] *= 1 + step
        shifted = METHODS[method](Comparison(change, treated, design, moved)).estimate
        assert (shifted - found.estimate) / step * count == pytest.approx(found.influence[unit], rel=2e-3, abs=2e-3)


def test_covariates_that_separate_or_repeat_are_refused() -> None:
    frame = panel()
    with pytest.raises(Refused, match="predict treatment perfectly"):
        fitted("group_time", frame.assign(x=frame["first"] * 1.0), covariates=["x"], options={"method": "ipw"})
    with pytest.raises(Refused, match="cannot be told apart"):
        fitted("group_time", frame.assign(z=frame["x"] * 2), covariates=["x", "z"], options={"method": "reg"})


def test_incomplete_units_are_told_and_pairs_use_them() -> None:
    frame = panel(unbalanced=True)
    balanced = fitted("group_time", frame)
    pairs = fitted("group_time", frame, options={"panel": "pairs"})
    assert "W-DID-01" in [entry["code"] for entry in balanced.warnings]
    assert balanced.n_units < pairs.n_units == frame["unit"].nunique()


def test_early_and_late_starts_are_told() -> None:
    frame = panel()
    frame.loc[frame["unit"] == 0, "first"] = 1
    frame.loc[frame["unit"] == 1, "first"] = 99
    for name in METHODS_OF:
        codes = [entry["code"] for entry in fitted(name, frame).warnings]
        assert {"W-DID-02", "W-DID-03"} <= set(codes), name


def test_zones_as_clusters_and_anticipation() -> None:
    frame = panel()
    by_zone = fitted("group_time", frame, cluster=["zone"])
    assert by_zone.n_clusters == 15
    assert by_zone.row("att").df == 14
    y = frame.pivot(index="unit", columns="time", values="y")
    first = frame.groupby("unit")["first"].first()
    gap = (y[4] - y[2])[first == 4].mean() - (y[4] - y[2])[first == 0].mean()  # base: the period before the last
    early = fitted("group_time", frame, options={"anticipation": 1, "aggregate": "none"})
    assert {row.group: row.estimate for row in early.estimates}["4:4"] == pytest.approx(gap)


def test_window_holds_what_lies_beyond() -> None:
    whole = fitted("event_study", panel())
    narrow = fitted("event_study", panel(), options={"window": [-2, 1]})
    assert [row.group for row in narrow.estimates[1:]] == [-2, 0, 1]
    assert len(whole.estimates) > len(narrow.estimates)
    with pytest.raises(Refused, match="reference"):
        fitted("event_study", panel(), options={"window": [0, 1]})
    with pytest.raises(Refused, match="occurs for no treated unit"):
        fitted("event_study", panel(), options={"reference": -9})


@pytest.mark.parametrize("name", [*METHODS_OF, "twfe"])
def test_one_treated_unit_gets_placebo_ranks_only(name: str) -> None:
    frame = panel()
    frame["first"] = np.where(frame["unit"] == 5, 4, 0)
    result = fitted(name, frame[frame["unit"] < 10])
    row = result.row("att")
    assert np.isnan(row.std_error)
    assert row.p_value * 10 == pytest.approx(round(row.p_value * 10))
    assert "W-DID-07" in [entry["code"] for entry in result.warnings]


def test_placebo_interval_holds_the_truth_as_often_as_it_says() -> None:
    from experiments.estimators.did.placebo import ranked

    rng = np.random.default_rng(5)
    held = []
    for _ in range(400):
        noise = rng.normal(size=20)
        gaps = noise - (noise.sum() - noise) / 19  # each cluster against the mean of the others; the first is treated
        found = ranked(gaps[0] + 2.0, gaps[1:] - 2.0 / 19, np.full(19, -1 / 19), 0.1)
        held.append(found.low <= 2.0 <= found.high)
    assert abs(np.mean(held) - 0.9) < 3 * (0.9 * 0.1 / 400) ** 0.5


@pytest.mark.integration
@pytest.mark.filterwarnings("ignore:The inplace keyword:pandas.errors.Pandas4Warning:pyfixest")
@pytest.mark.parametrize("seed", [11, 12])
def test_event_study_as_pyfixest(seed: int) -> None:
    pf = pytest.importorskip("pyfixest")
    frame = panel(seed, unbalanced=True)
    relative = (frame["time"] - frame["first"]).where(frame["first"] > 0, -1)
    names = {float(period): f"e{at}" for at, period in enumerate(np.setdiff1d(relative.unique(), [-1]))}
    frame = frame.assign(**{name: (relative == period).astype(float) for period, name in names.items()})
    formula = f"y ~ {' + '.join(names.values())} | unit + time"
    fit = pf.feols(formula, frame, vcov={"CRV1": "unit"}, ssc=pf.ssc(k_fixef="nonnested"), fixef_rm="none")
    for row in fitted("event_study", frame).estimates[1:]:
        assert row.estimate == pytest.approx(fit.coef()[names[float(row.group)]], rel=1e-7)
        assert row.std_error == pytest.approx(fit.se()[names[float(row.group)]], rel=1e-6)
