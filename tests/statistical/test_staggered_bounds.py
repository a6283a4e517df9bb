"""What lies behind a two-way coefficient, and how far it holds when trends are not parallel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

from data.messages import Refused
from experiments.estimate import estimate
from experiments.estimators.did.honest import EventPath, folded_quantile, smooth_interval
from experiments.estimators.did.pretrends import Events, pretrend
from experiments.estimators.did.relative import breakdown, holds, rejected, relative_interval
from experiments.result import EstimateResult
from experiments.spec import AnalysisSpec


def panel(seed: int, cohorts: tuple[int, ...] = (0, 3, 4, 6)) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame([(u, t) for u in range(80) for t in range(1, 8)], columns=["unit", "time"])
    frame["first"] = rng.choice(cohorts, 80)[frame["unit"]]
    frame["d"] = ((frame["first"] > 0) & (frame["time"] >= frame["first"])).astype(int)
    frame["y"] = rng.normal(size=80)[frame["unit"]] + frame["d"] * frame["time"] + rng.normal(size=len(frame))
    return frame


def fitted(name: str, frame: pd.DataFrame, **more: Any) -> EstimateResult:
    who = {} if "treatment" in more else {"cohort": "first"}
    spec = AnalysisSpec(estimator=name, outcome="y", unit="unit", time="time", **who, **more)
    return estimate(spec, frame, data_sha256="")


@pytest.mark.parametrize("cohorts", [(0, 3, 4, 6), (3, 5), (0, 1, 4, 5), (1, 3, 5)])
@pytest.mark.parametrize("by_row", [True, False])
def test_comparisons_add_up_to_the_coefficient(cohorts: tuple[int, ...], by_row: bool) -> None:  # noqa: FBT001
    more = {"treatment": "d"} if by_row else {}
    result = fitted("twfe", panel(2, cohorts), **more)
    parts = result.diagnostics["bacon"]["comparisons"]
    assert sum(part["weight"] for part in parts) == pytest.approx(1)
    assert sum(part["weight"] * part["estimate"] for part in parts) == pytest.approx(result.estimates[0].estimate)
    assert ("later_vs_earlier" in result.diagnostics["bacon"]["by_kind"]) is (len([c for c in cohorts if c > 1]) > 1)


def test_unbalanced_weighted_and_ending_treatments_have_no_decomposition() -> None:
    frame = panel(3).assign(w=1.5)
    assert "bacon" not in fitted("twfe", frame.iloc[1:]).diagnostics
    assert "bacon" not in fitted("twfe", frame, weights="w").diagnostics
    ends = frame.assign(d=frame["d"] * (frame["time"] < 7))
    assert "bacon" not in fitted("twfe", ends, treatment="d").diagnostics


def path_of(seed: int, before: int = 4, after: int = 3) -> EventPath:
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(before + after, before + after)) * 0.1
    return EventPath(rng.normal(size=before + after), root @ root.T + 0.01 * np.eye(before + after), before)


def worst_bias(path: EventPath, weights: np.ndarray, bend: float) -> float:
    """Return the largest bias over trends whose second differences stay within the bend: a linear program."""
    after = len(path.estimate) - path.before
    periods = np.array([*range(-path.before - 1, -1), -1, *range(after)])
    reference = path.before
    whole = np.insert(weights, reference, 0.0)
    second = np.diff(np.eye(len(periods)), n=2, axis=0)
    found = optimize.linprog(
        -whole,
        A_ub=np.vstack([second, -second]),
        b_ub=np.full(2 * len(second), bend),
        A_eq=np.eye(len(periods))[[reference]],
        b_eq=[0.0],
        bounds=(-1e3, 1e3),
    )
    return float(-found.fun)


@pytest.mark.integration
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("bend", [0.0, 0.03, 0.5])
def test_honest_interval_is_the_shortest_of_a_general_search(seed: int, bend: float) -> None:
    path, target = path_of(seed), np.array([1.0, 0.0, 0.0])
    found = smooth_interval(path, target, bend, 0.05)

    def half(free: np.ndarray) -> float:
        weights = np.append(free, target)
        error = float(np.sqrt(weights @ path.variance @ weights))
        return error * folded_quantile(bend * _bends(weights, path.before) / error, 0.05)

    slope = np.arange(-path.before, 0.0)  # periods less the reference
    start = -1.0 * slope / (slope @ slope)
    room = np.linalg.svd(slope[None])[2][1:].T
    best = min(
        optimize.minimize(
            lambda z: half(start + room @ z), z0, method="Nelder-Mead", options={"maxiter": 4000, "xatol": 1e-9}
        ).fun
        for z0 in np.random.default_rng(1).normal(size=(4, room.shape[1]))
    )
    assert (found.high - found.low) / 2 <= best * (1 + 1e-4)


def _bends(weights: np.ndarray, before: int) -> float:
    after = len(weights) - before
    periods = np.array([*range(-before - 1, -1), *range(after)])
    total = 0.0
    for bend in range(-before, after - 1):
        kink = (
            np.where(periods > bend, periods - bend, 0) if bend >= -1 else np.where(periods < bend, bend - periods, 0)
        )
        total += abs(float(weights @ kink))
    return total


def test_worst_bias_is_that_of_a_linear_program() -> None:
    path, target = path_of(5), np.full(3, 1 / 3)
    weights = np.append(np.array([0.1, -0.2, 0.3, 0.0]), target)
    slope = np.array([-4.0, -3.0, -2.0, -1.0, 1.0, 2.0, 3.0])
    weights[3] = (
        weights @ slope
    )  # blind to straight lines: the weight of the period before the reference cancels the rest
    assert weights @ slope == pytest.approx(0)
    assert 0.2 * _bends(weights, 4) == pytest.approx(worst_bias(path, weights, 0.2), rel=1e-6)


def drifts(path: EventPath) -> np.ndarray:
    """Return the drifts of the estimates from period to period up to the reference, where they are 0."""
    return np.diff(np.append(path.estimate[: path.before], 0.0))


def worst_mean(path: EventPath, target: np.ndarray, bar: float) -> tuple[float, float]:
    """Return the effects left by trends that drift at most `bar` times the largest drift before: linear programs."""
    most = float(np.abs(drifts(path)).max())
    after = len(target)
    step = np.eye(after) - np.eye(after, k=-1)
    found = [
        optimize.linprog(
            side * target, A_ub=np.vstack([step, -step]), b_ub=np.full(2 * after, bar * most), bounds=(None, None)
        ).fun
        for side in (1, -1)
    ]
    effect = float(target @ path.estimate[path.before :])
    return effect + found[0], effect - found[1]


@pytest.mark.parametrize("seed", [0, 1])
def test_without_noise_the_relative_set_is_that_of_the_linear_programs(seed: int) -> None:
    path, rng = path_of(seed), np.random.default_rng(seed)
    clear = EventPath(path.estimate, path.variance * 1e-14, path.before)
    for target in (np.full(3, 1 / 3), rng.normal(size=3)):
        bar = float(rng.uniform(0.2, 2))
        found = relative_interval(clear, target, bar, 0.05)
        assert (found.low, found.high) == pytest.approx(worst_mean(path, target, bar), abs=1e-5)


def test_no_drift_leaves_the_plain_interval_and_the_breakdown_is_where_zero_enters() -> None:
    path, target = path_of(1), np.full(3, 1 / 3)
    variance = path.variance / 100
    strong = EventPath(np.append(path.estimate[: path.before] / 10, [1.0, 1.2, 1.1]), variance, path.before)
    plain = relative_interval(strong, target, 0.0, 0.05)
    error = float(np.sqrt(target @ variance[path.before :, path.before :] @ target))
    assert (plain.high - plain.low) / 2 == pytest.approx(1.959964 * error, rel=1e-4)
    edge = breakdown(strong, target, 0.05)
    assert edge is not None
    assert relative_interval(strong, target, edge * 0.99, 0.05).low > 0
    assert relative_interval(strong, target, edge * 1.01, 0.05).low < 0
    assert breakdown(EventPath(path.estimate * 0, variance, path.before), target, 0.05) is None


@pytest.mark.parametrize("correlation", [-1.0, -0.4, 0.3, 0.9])
def test_two_inequalities_are_rejected_as_often_as_alpha_says(correlation: float) -> None:
    rng, draws = np.random.default_rng(2), 200_000
    z = rng.normal(size=(2, draws))
    pair = np.stack([z[0], correlation * z[0] + np.sqrt(1 - correlation**2) * z[1]])
    margin = 3 * np.sqrt(0.05 * 0.95 / draws)
    assert abs(rejected(pair, correlation, 0.05).mean() - 0.05) < margin
    for means in ((0.0, -1.0), (0.0, -8.0), (-0.5, -0.5)):
        assert rejected(pair + np.array(means)[:, None], correlation, 0.05).mean() < 0.05 + margin


@pytest.mark.slow
@pytest.mark.parametrize("bar", [0.5, 1.0])
def test_relative_sets_cover_the_worst_effect(bar: float) -> None:
    """One large drift before; after the start the trend goes on drifting as much as the class allows."""
    rng, path, target = np.random.default_rng(6), path_of(2), np.full(3, 1 / 3)
    variance = (
        path.variance / 50
    )  # so that it is told from the other drifts before: the set is then not too wide either
    trend = np.array([0.5, 0.5, 0.5, 0.0, *(-0.5 * bar * np.arange(1, 4))])[: path.before + 3]
    root, covered, sims = np.linalg.cholesky(variance), 0, 1000
    for _ in range(sims):
        drawn = EventPath(trend + root @ rng.normal(size=len(trend)), variance, path.before)
        covered += holds(drawn, target, bar, 0.05)
    assert abs(covered / sims - 0.95) < 3 * np.sqrt(0.95 * 0.05 / sims)


def test_honest_intervals_grow_with_the_bend_and_are_refused_without_periods() -> None:
    frame = panel(4, (0, 4))
    result = fitted("event_study", frame, options={"honest": [0, 0.1, 1], "honest_relative": [0.5, 2]})
    relative = [entry["mean"] for entry in result.diagnostics["honest_relative"]["intervals"]]
    assert relative[1]["low"] < relative[0]["low"] < relative[0]["high"] < relative[1]["high"]
    assert set(result.diagnostics["honest_relative"]["breakdown"]) == {"first", "mean"}
    widths = [entry["mean"]["high"] - entry["mean"]["low"] for entry in result.diagnostics["honest"]]
    assert widths == sorted(widths)
    dynamic = {"aggregate": "dynamic", "honest": [0.1]}
    universal = fitted("group_time", frame, options={**dynamic, "base_period": "universal"})
    assert universal.diagnostics["honest"][0]["first"]["high"] > 0
    with pytest.raises(Refused, match="universal"):
        fitted("group_time", frame, options=dynamic)


@pytest.mark.integration
def test_power_of_the_pretrend_test_is_what_simulation_finds() -> None:
    rng = np.random.default_rng(6)
    period = np.array([-4.0, -3.0, -2.0, 0.0, 1.0])
    root = rng.normal(size=(5, 5)) * 0.2
    variance = root @ root.T + 0.02 * np.eye(5)
    found = pretrend(Events(period, np.zeros(5), variance, period + 1), 0.05)
    assert found is not None
    slope = found.slopes["0.8"]
    draws = rng.multivariate_normal(slope * (period + 1), variance, size=4000)
    tests = [pretrend(Events(period, draw, variance, period + 1), 0.05) for draw in draws[:1500]]
    power = np.mean([item is not None and item.test.p_value < 0.05 for item in tests])
    assert abs(power - 0.8) < 3 * (0.8 * 0.2 / 1500) ** 0.5
