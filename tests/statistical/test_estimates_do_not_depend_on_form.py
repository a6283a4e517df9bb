"""What must not change an estimate: the order of rows, the names of groups, the unit of weights; what must scale it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.estimate import estimate
from experiments.spec import AnalysisSpec

SPECS: dict[str, dict[str, Any]] = {
    "difference_in_means": {"strata": "block"},
    "ols": {"covariates": ["x", "kind"], "fixed_effects": ["block"], "cluster": ["site"], "weights": "w"},
    "twfe": {"unit": "unit", "time": "time", "covariates": ["x"]},
}


def panel(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame([(unit, time) for unit in range(24) for time in range(5)], columns=["unit", "time"])
    frame["block"] = frame["unit"] // 8
    frame["site"] = frame["unit"] // 2
    frame["treat"] = ((frame["unit"] % 2 == 0) & (frame["time"] >= 2)).astype(int)
    frame["x"] = rng.normal(size=len(frame))
    frame["kind"] = rng.choice(["a", "b", "c"], size=len(frame))
    frame["w"] = rng.uniform(0.5, 2, size=len(frame))
    frame["y"] = frame["unit"] * 0.1 + frame["treat"] + rng.normal(size=len(frame))
    return frame


def first_row(name: str, frame: pd.DataFrame) -> tuple[float, float, float]:
    spec = AnalysisSpec(estimator=name, outcome="y", treatment="treat", **SPECS[name])
    row = estimate(spec, frame, data_sha256="").row("treat")
    return row.estimate, row.std_error, row.df


@pytest.mark.parametrize("name", SPECS)
@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_order_and_labels_of_groups_do_not_matter(name: str, seed: int) -> None:
    frame = panel(seed)
    expected = first_row(name, frame)
    shuffled = frame.sample(frac=1, random_state=seed)
    renamed = shuffled.assign(
        unit="u" + (97 * shuffled["unit"] % 101).astype("str"),
        block=shuffled["block"].map({0: "z", 1: "k", 2: "a"}),
        site=-shuffled["site"],
    )
    assert first_row(name, renamed) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", SPECS)
@settings(max_examples=10, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 10_000), factor=st.sampled_from([1e-6, 0.01, -3.0, 1e5]), shift=st.sampled_from([-1e4, 0, 7.0])
)
def test_outcome_scale_carries_over(name: str, seed: int, factor: float, shift: float) -> None:
    frame = panel(seed)
    estimate_, error, df = first_row(name, frame)
    scaled = first_row(name, frame.assign(y=frame["y"] * factor + shift * abs(factor)))
    assert scaled == pytest.approx((estimate_ * factor, error * abs(factor), df), rel=1e-6)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_weight_unit_does_not_matter(seed: int) -> None:
    frame = panel(seed)
    assert first_row("ols", frame.assign(w=frame["w"] * 1000)) == pytest.approx(first_row("ols", frame), rel=1e-9)
