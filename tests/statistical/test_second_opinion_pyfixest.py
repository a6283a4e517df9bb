"""Random designs against pyfixest: fixed effects, clusters, weights. It is the test's peer, never an implementation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.estimate import estimate
from experiments.spec import AnalysisSpec

# pyfixest 0.60 still passes inplace= to pandas, which pandas 3.1 says it will drop
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword:pandas.errors.Pandas4Warning:pyfixest")


def random_design(seed: int, rows: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "first": rng.integers(0, 25, rows),
            "second": rng.integers(0, 7, rows),
            "cluster": rng.integers(0, 18, rows),
            "other": rng.integers(0, 11, rows),
            "w": rng.uniform(0.2, 3.0, rows),
            "x": rng.normal(size=rows),
            "z": rng.normal(size=rows),
        }
    )
    frame["x"] += 0.1 * frame["first"] - 0.2 * frame["second"]
    frame["y"] = 1 + 0.5 * frame["x"] - frame["z"] + 0.3 * frame["first"] + rng.normal(size=rows) * (1 + frame["w"])
    frame["y"] += rng.normal(size=18)[frame["cluster"]]
    return frame


def ours(frame: pd.DataFrame, **spec: Any) -> pd.DataFrame:
    result = estimate(
        AnalysisSpec(estimator="ols", outcome="y", treatment="x", covariates=["z"], **spec), frame, data_sha256=""
    )
    return pd.DataFrame([row.model_dump() for row in result.estimates]).set_index("term")


def theirs(frame: pd.DataFrame, effects: str, vcov: Any, weights: str | None, counted: str) -> pd.DataFrame:
    import pyfixest as pf

    fit = pf.feols(
        f"y ~ x + z{effects}",
        data=frame,
        vcov=vcov,
        weights=weights,
        fixef_rm="none",
        # with two fixed effects "nonnested" depends on the hash seed in 0.60: our designs nest none, so "full" is the same
        ssc=pf.ssc(k_adj=True, k_fixef=counted, G_adj=True, G_df="min"),
    )
    return fit.tidy()


@pytest.mark.parametrize("weights", [None, "w"])
@pytest.mark.parametrize("effects", [(), ("first",), ("first", "second")])
@pytest.mark.parametrize("kind", ["nonrobust", "HC1", "one", "two"])
def test_agrees_with_pyfixest(kind: str, effects: tuple[str, ...], weights: str | None) -> None:
    frame = random_design(
        seed=13
    )  # one where the two-way variance is positive: pyfixest does not mend it, R fixest does
    clusters = {"one": ["cluster"], "two": ["cluster", "other"]}.get(kind, [])
    mine = ours(frame, fixed_effects=effects, weights=weights, cluster=clusters, vcov="CR1" if clusters else kind)
    vcov = {"nonrobust": "iid", "HC1": "HC1"}.get(kind) or {"CRV1": "+".join(clusters)}
    peer = theirs(frame, f" | {' + '.join(effects)}" if effects else "", vcov, weights, "full")
    for term in ("x", "z"):
        assert mine.loc[term, "estimate"] == pytest.approx(peer.loc[term, "Estimate"], rel=1e-7)
        assert mine.loc[term, "std_error"] == pytest.approx(peer.loc[term, "Std. Error"], rel=1e-7)
        assert mine.loc[term, "p_value"] == pytest.approx(peer.loc[term, "Pr(>|t|)"], rel=1e-5)
        assert mine.loc[term, "conf_low"] == pytest.approx(peer.loc[term, "2.5%"], rel=1e-6)


@pytest.mark.parametrize("kind", ["HC2", "HC3"])
def test_leverages_agree_with_dummies(kind: str) -> None:
    """Absorbed effects give the HC2 and HC3 of the same regression written with dummies."""
    frame = random_design(seed=5).astype({"first": "str", "second": "str"})
    frame["first"] = "f" + frame["first"]
    for effects in (["first"], ["first", "second"]):
        absorbed = ours(frame, fixed_effects=effects, weights="w", vcov=kind).loc["x"]
        written = estimate(
            AnalysisSpec(
                estimator="ols", outcome="y", treatment="x", covariates=["z", *effects], weights="w", vcov=kind
            ),
            frame,
            data_sha256="",
        ).row("x")
        assert absorbed["estimate"] == pytest.approx(written.estimate, rel=1e-9)
        assert absorbed["std_error"] == pytest.approx(written.std_error, rel=1e-9)
        assert absorbed["df"] == written.df


def test_nested_effect_is_left_out_of_the_count() -> None:
    """One fixed effect nested in the clusters: fixest counts it as one parameter."""
    frame = random_design(seed=3)
    frame["cluster"] = frame["first"] % 9
    mine = ours(frame, fixed_effects=["first"], cluster=["cluster"])
    peer = theirs(frame, " | first", {"CRV1": "cluster"}, None, "nonnested")
    assert mine.loc["x", "std_error"] == pytest.approx(peer.loc["x", "Std. Error"], rel=1e-8)


def test_two_way_fixed_effects_agree() -> None:
    rng = np.random.default_rng(8)
    frame = pd.DataFrame([(unit, time) for unit in range(40) for time in range(6)], columns=["unit", "time"])
    frame["d"] = ((frame["unit"] % 4 == 1) & (frame["time"] >= 3)).astype(int)
    frame["y"] = frame["unit"] + frame["time"] + frame["d"] + rng.normal(size=len(frame))
    frame = frame.sample(frac=0.9, random_state=2)  # unbalanced, shuffled
    spec = AnalysisSpec(estimator="twfe", outcome="y", treatment="d", unit="unit", time="time")
    mine = estimate(spec, frame, data_sha256="")
    import pyfixest as pf

    # trap 5 of the statistics page: count all, then put back what nesting takes out
    peer = pf.feols(
        "y ~ d | unit + time", frame, vcov={"CRV1": "unit"}, ssc=pf.ssc(k_fixef="none"), fixef_rm="none"
    ).tidy()
    rows, k = len(frame), 1
    nested = (rows - k) / (rows - (k + 6))
    assert mine.row("d").estimate == pytest.approx(peer.loc["d", "Estimate"], rel=1e-8)
    assert mine.row("d").std_error == pytest.approx(peer.loc["d", "Std. Error"] * np.sqrt(nested), rel=1e-7)
