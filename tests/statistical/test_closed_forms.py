"""Estimators against formulas written out in numpy: robust variances, blocked Neyman, absorption, negative weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.estimate import estimate
from experiments.estimators.absorb import Absorber, Factor
from experiments.sample import codes
from experiments.spec import AnalysisSpec


@pytest.mark.parametrize("kind", ["HC1", "HC2", "HC3"])
def test_robust_variances(kind: str) -> None:
    rng = np.random.default_rng(4)
    n = 60
    x, w = rng.normal(size=n), rng.uniform(0.5, 2, n)
    y = 1 + 2 * x + rng.normal(size=n) * np.abs(x)
    design = np.column_stack([np.ones(n), x]) * np.sqrt(w)[:, None]
    bread = np.linalg.inv(design.T @ design)
    residual = y * np.sqrt(w) - design @ (bread @ design.T @ (y * np.sqrt(w)))
    room = 1 - np.diag(design @ bread @ design.T)
    scale = {"HC1": np.full(n, n / (n - 2)), "HC2": 1 / room, "HC3": 1 / room**2}[kind]
    expected = np.sqrt(np.diag(bread @ (design.T * residual**2 * scale) @ design @ bread))
    spec = AnalysisSpec(estimator="ols", outcome="y", treatment="x", weights="w", vcov=kind)
    result = estimate(spec, pd.DataFrame({"y": y, "x": x, "w": w}), data_sha256="")
    assert [row.term for row in result.estimates] == ["(Intercept)", "x"]
    assert [row.std_error for row in result.estimates] == pytest.approx(list(expected), rel=1e-10)


def test_blocked_difference_is_the_weighted_sum_of_block_differences() -> None:
    rng = np.random.default_rng(9)
    block = np.repeat([0, 1, 2], [8, 12, 30])
    treat = np.concatenate([np.arange(size) % 2 for size in (8, 12, 30)])
    y = block * 2.0 + treat * (1 + block) + rng.normal(size=50) * (1 + block)
    effect, variance, spent = 0.0, 0.0, 0.0
    for place, size in enumerate((8, 12, 30)):
        one, zero = y[(block == place) & (treat == 1)], y[(block == place) & (treat == 0)]
        effect += size / 50 * (one.mean() - zero.mean())
        for part in (one, zero):
            piece = (size / 50) ** 2 * part.var(ddof=1) / len(part)
            variance, spent = variance + piece, spent + piece**2 / (len(part) - 1)
    spec = AnalysisSpec(estimator="difference_in_means", outcome="y", treatment="treat", strata="block")
    row = estimate(spec, pd.DataFrame({"y": y, "treat": treat, "block": block}), data_sha256="").row("treat")
    assert (row.estimate, row.std_error, row.df) == pytest.approx(
        (effect, variance**0.5, variance**2 / spent), rel=1e-10
    )


def dummies_residual(frame: pd.DataFrame, columns: np.ndarray, weights: np.ndarray) -> np.ndarray:
    dummies = np.hstack([np.eye(frame[name].max() + 1)[frame[name]] for name in frame.columns])
    root = np.sqrt(weights)[:, None]
    share = np.linalg.lstsq(dummies * root, columns * root, rcond=None)[0]
    return columns - dummies @ share


@pytest.mark.parametrize(
    "shape",
    ["balanced", "sparse", "chain", "nested", "islands", "three"],
)
def test_absorption_equals_dummies(shape: str) -> None:
    """Also where alternating projections are slow (a chain) or the factors share information (nested, islands)."""
    rng = np.random.default_rng(6)
    n = 240
    first = np.arange(n) % 24
    frame = {
        "balanced": {"a": first, "b": np.arange(n) // 24},
        "sparse": {"a": rng.integers(0, 60, n), "b": rng.integers(0, 50, n)},
        "chain": {"a": np.arange(n) // 2, "b": (np.arange(n) + 1) // 2},
        "nested": {"a": first, "b": first // 4},
        "islands": {"a": first, "b": (first // 8) * 3 + np.arange(n) // 80},
        "three": {"a": rng.integers(0, 20, n), "b": rng.integers(0, 15, n), "c": rng.integers(0, 5, n)},
    }[shape]
    grouped = pd.DataFrame({name: codes(pd.DataFrame({name: value}), name) for name, value in frame.items()})
    weights = rng.uniform(0.2, 5, n)
    columns = np.column_stack([rng.normal(size=n), 1e6 + rng.normal(size=n), 1e-6 * rng.normal(size=n)])
    absorber = Absorber(tuple(Factor.of(name, grouped[name].to_numpy(), weights) for name in grouped.columns), weights)
    expected = dummies_residual(grouped, columns - columns.mean(axis=0), weights)
    found = absorber.residual(columns)
    assert np.abs((found - expected) / columns.std(axis=0)).max() < 1e-8


def test_negative_weights_by_the_formula() -> None:
    """de Chaisemartin & D'Haultfœuille: the weight of a treated cell is proportional to the treatment's residual."""
    frame = pd.DataFrame([(unit, time) for unit in range(9) for time in range(6)], columns=["unit", "time"])
    start = np.array([1, 1, 1, 4, 4, 4, 99, 99, 99])[frame["unit"]]
    treated = (frame["time"] >= start).astype(float).to_numpy()
    residual = treated - (
        pd.Series(treated).groupby(frame["unit"]).transform("mean")
        + pd.Series(treated).groupby(frame["time"]).transform("mean")
        - treated.mean()
    )
    weights = (residual * treated / (residual * treated).sum()).to_numpy()
    frame["y"] = np.random.default_rng(2).normal(size=len(frame))
    spec = AnalysisSpec(estimator="twfe", outcome="y", treatment="d", unit="unit", time="time")
    notes = estimate(spec, frame.assign(d=treated), data_sha256="").diagnostics
    assert notes["negative_weight_share"] == pytest.approx((weights < 0).sum() / treated.sum())
    assert notes["negative_weight_sum"] == pytest.approx(weights[weights < 0].sum())
    assert notes["negative_weight_share"] > 0
