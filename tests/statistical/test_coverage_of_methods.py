"""Intervals cover what they say: each method on designs drawn anew, within three Monte-Carlo errors of 95 per cent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.estimate import estimate
from experiments.spec import AnalysisSpec

pytestmark = pytest.mark.slow

DRAWS = 600
LEVEL = 0.95
MARGIN = 3 * (LEVEL * (1 - LEVEL) / DRAWS) ** 0.5
World = Callable[[np.random.Generator], pd.DataFrame]


def zones(rng: np.random.Generator, count: int = 10, effect: float = 0.5) -> pd.DataFrame:
    """Return few zones of 20 people, five of them treated, errors of zones as large as those of people."""
    rows = pd.DataFrame({"zone": np.repeat(np.arange(count), 20)})
    rows["treat"] = np.isin(rows["zone"], rng.permutation(count)[: count // 2]).astype(float)
    rows["x"] = rng.normal(size=len(rows))
    rows["y"] = effect * rows["treat"] + rows["x"] + rng.normal(size=count)[rows["zone"]] + rng.normal(size=len(rows))
    return rows


def people(rng: np.random.Generator, size: int = 400) -> pd.DataFrame:
    """Return people with an effect of 0.5, some of whom chose it for a measured and an unmeasured reason."""
    rows = pd.DataFrame({"x": rng.normal(size=size), "z": rng.integers(0, 2, size).astype(float)})
    hidden = rng.normal(size=size)
    rows["drawn"] = rng.permutation(np.arange(size) % 2).astype(float)
    rows["chosen"] = (rng.random(size) < 1 / (1 + np.exp(-0.7 * rows["x"]))).astype(float)
    rows["complied"] = (0.8 * rows["z"] + 0.5 * hidden + 0.5 * rng.normal(size=size) > 0.4).astype(float)
    noise = rng.normal(size=size)
    rows["y"] = 0.5 * rows["drawn"] + rows["x"] + noise
    rows["by_choice"] = 0.5 * rows["chosen"] + rows["x"] + noise
    rows["by_compliance"] = 0.5 * rows["complied"] + 0.5 * hidden + noise
    rows["yes"] = (rng.random(size) < 1 / (1 + np.exp(-0.5 * rows["drawn"] - 0.5 * rows["x"]))).astype(float)
    rows["count"] = rng.poisson(np.exp(0.5 * rows["drawn"] + 0.3 * rows["x"])).astype(float)
    rows["duration"] = rng.exponential(np.exp(-0.5 * rows["drawn"])) + 1e-9
    rows["ended"] = (rows["duration"] < 2).astype(float)
    rows["duration"] = rows["duration"].clip(upper=2)
    rows["score"] = rng.uniform(-1, 1, size)
    rows["jump"] = 0.5 * (rows["score"] >= 0) + rows["score"] + 0.5 * noise
    return rows


def waves(rng: np.random.Generator) -> pd.DataFrame:
    """Return 30 units at four waves, with levels and slopes of their own; treated units have slopes 0.5 higher."""
    rows = pd.DataFrame({"unit": np.repeat(np.arange(30), 4), "time": np.tile(np.arange(4.0), 30)})
    rows["treat"] = (rows["unit"] % 2).astype(float)
    own = np.column_stack([rng.normal(size=30), 0.4 * rng.normal(size=30)])[rows["unit"]]
    rows["y"] = own[:, 0] + (own[:, 1] + 0.5 * rows["treat"]) * rows["time"] + rng.normal(size=len(rows))
    return rows


def trials(rng: np.random.Generator) -> pd.DataFrame:
    """Return eight zones' estimates of effects that differ around 0.5."""
    error = rng.uniform(0.1, 0.3, 8)
    return pd.DataFrame({"y": 0.5 + 0.3 * rng.normal(size=8) + error * rng.normal(size=8), "se": error})


CLUSTERED = {"treatment": "treat", "cluster": ["zone"]}
SPECS: dict[str, tuple[World, str, dict[str, Any]]] = {
    "cr2": (zones, "treat", {"estimator": "ols", **CLUSTERED, "covariates": ["x"], "vcov": "CR2"}),
    "wild_bootstrap": (zones, "treat", {"estimator": "ols", **CLUSTERED, "inference": {"method": "wild_bootstrap"}}),
    "randomisation": (zones, "treat", {"estimator": "ols", **CLUSTERED, "inference": {"method": "randomisation"}}),
    "lin": (people, "drawn", {"estimator": "lin", "treatment": "drawn", "covariates": ["x"]}),
    "iv_2sls": (
        people,
        "complied",
        {"estimator": "iv_2sls", "outcome": "by_compliance", "treatment": "complied", "instrument": ["z"]},
    ),
    "logit": (people, "drawn", {"estimator": "logit", "outcome": "yes", "treatment": "drawn", "covariates": ["x"]}),
    "poisson": (
        people,
        "drawn",
        {"estimator": "poisson", "outcome": "count", "treatment": "drawn", "covariates": ["x"]},
    ),
    "quantile": (people, "drawn", {"estimator": "quantile", "treatment": "drawn", "covariates": ["x"]}),
    "cox": (
        people,
        "drawn",
        {"estimator": "cox", "outcome": "duration", "treatment": "drawn", "options": {"event": "ended"}},
    ),
    "ipw": (people, "chosen", {"estimator": "ipw", "outcome": "by_choice", "treatment": "chosen", "covariates": ["x"]}),
    "aipw": (
        people,
        "chosen",
        {
            "estimator": "ipw",
            "outcome": "by_choice",
            "treatment": "chosen",
            "covariates": ["x"],
            "options": {"method": "aipw"},
        },
    ),
    "rdd": (people, "effect", {"estimator": "rdd", "outcome": "jump", "options": {"running": "score"}}),
    "mixed": (
        waves,
        "treat:time",
        {
            "estimator": "mixed",
            "covariates": ["treat", "time", "treat:time"],
            "options": {"random": [{"group": "unit", "terms": ["time"]}]},
        },
    ),
    "meta_analysis": (
        trials,
        "pooled",
        {"estimator": "meta_analysis", "options": {"std_error": "se", "hartung_knapp": True}},
    ),
}


@pytest.mark.parametrize("name", SPECS)
def test_intervals_cover_the_truth(name: str) -> None:
    world, term, fields = SPECS[name]
    spec = AnalysisSpec(**{"outcome": "y"} | fields)
    covered = 0
    for number in range(DRAWS):
        row = estimate(spec, world(np.random.default_rng([7, number])), data_sha256="").row(term)
        covered += row.conf_low <= 0.5 <= row.conf_high
    assert covered / DRAWS == pytest.approx(LEVEL, abs=MARGIN)


def test_cr1_covers_too_little_with_few_zones() -> None:
    """The reason why CR1 never stands alone below 40 clusters."""
    spec = AnalysisSpec(estimator="ols", outcome="y", **CLUSTERED)
    rows = [
        estimate(spec, zones(np.random.default_rng([8, number]), count=6), data_sha256="").row("treat")
        for number in range(DRAWS)
    ]
    normal = [abs(row.estimate - 0.5) <= 1.96 * row.std_error for row in rows]
    assert np.mean(normal) < LEVEL - MARGIN


def test_randomisation_tests_are_of_their_size() -> None:
    spec = AnalysisSpec(estimator="ols", outcome="y", **CLUSTERED, inference={"method": "randomisation"})
    p_values = [
        estimate(spec, zones(np.random.default_rng([9, number]), effect=0.0), data_sha256="").row("treat").p_value
        for number in range(DRAWS)
    ]
    assert np.mean(np.array(p_values) <= 0.1) == pytest.approx(0.1, abs=3 * (0.1 * 0.9 / DRAWS) ** 0.5)
