"""Weights for response against strata and a stacked sandwich by finite differences; fuzzy thresholds against their identities."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

from data.messages import Refused
from experiments.estimate import estimate
from experiments.result import EstimateResult
from experiments.spec import AnalysisSpec


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    rng, n = np.random.default_rng(3), 600
    rows = pd.DataFrame({"z": np.arange(n) % 2, "poor": rng.integers(0, 2, n), "home": np.arange(n) // 10})
    rows["y"] = 2 * rows["z"] - 3 * rows["poor"] + rng.normal(size=n)
    stays = rng.uniform(size=n) < 0.9 - 0.3 * rows["poor"] - 0.2 * rows["z"] * rows["poor"]
    return rows.assign(y=rows["y"].where(stays), stays=stays.astype(int), everybody=rows["y"])


def run(frame: pd.DataFrame, **fields: Any) -> EstimateResult:
    plain = {"estimator": "ipw", "outcome": "y", "treatment": "z", "covariates": ("poor",)}
    options = {"weights_for": "response", **fields.pop("options", {})}
    return estimate(AnalysisSpec(**plain | fields, options=options), frame, data_sha256="")


def test_a_saturated_model_of_response_weights_strata_by_who_was_assigned(panel: pd.DataFrame) -> None:
    found = run(panel, options={"interactions": "poor", "selection": "stays"})
    means = panel.groupby(["z", "poor"])["y"].mean()
    shares = panel.groupby(["z", "poor"]).size() / panel.groupby("z").size()
    by_hand = (means[1] * shares[1]).sum() - (means[0] * shares[0]).sum()
    assert found.row("z").estimate == pytest.approx(by_hand, rel=1e-9)
    means = panel.groupby("z")["everybody"].mean()
    everybody = means[1] - means[0]
    assert abs(found.row("z").estimate - everybody) < abs(found.diagnostics["naive"] - everybody) / 3
    assert found.n_obs == 600
    assert run(panel, options={"interactions": "poor"}).row("z") == found.row("z")  # a missing outcome was not seen


def stacked(frame: pd.DataFrame, clusters: np.ndarray) -> float:
    """Return the standard error of the effect by solving and differencing all estimating equations at once."""
    a, s = frame["z"].to_numpy(float), frame["stays"].to_numpy(float)
    y = frame["y"].fillna(0.0).to_numpy()
    x = np.column_stack([np.ones(len(a)), a, frame["poor"]])

    def equations(theta: np.ndarray) -> np.ndarray:
        chance = 1 / (1 + np.exp(-x @ theta[:3]))
        parts = [x * (s - chance)[:, None]]
        parts += [(s * (a == arm) / chance * (y - theta[place]))[:, None] for arm, place in ((1, 3), (0, 4))]
        return np.hstack(parts)

    theta = optimize.root(lambda point: equations(point).sum(axis=0), np.zeros(5), tol=1e-12).x
    step = 1e-5
    slope = np.column_stack(
        [(equations(theta + step * one) - equations(theta - step * one)).sum(axis=0) / (2 * step) for one in np.eye(5)]
    )
    sums = np.stack([np.bincount(clusters, column) for column in equations(theta).T], axis=1)
    bread = np.linalg.inv(slope)
    variance = bread @ (sums.T @ sums) @ bread.T
    contrast = np.array([0, 0, 0, 1, -1])
    return float(np.sqrt(contrast @ variance @ contrast))


def test_the_variance_knows_that_weights_were_estimated(panel: pd.DataFrame) -> None:
    found = run(panel)
    assert found.row("z").std_error == pytest.approx(stacked(panel, np.arange(600)), rel=1e-6)
    assert found.diagnostics["se_weights_known"] != pytest.approx(found.row("z").std_error, rel=1e-3)
    by_home = run(panel, cluster=("home",))
    expected = stacked(panel, panel["home"].to_numpy()) * np.sqrt(60 / 59)
    assert by_home.row("z").std_error == pytest.approx(expected, rel=1e-6)


def test_attrition_weights_refuse_what_they_cannot_use(panel: pd.DataFrame) -> None:
    whole = panel.assign(y=panel["y"].fillna(0.0))
    cases = [
        ("E-IPW-02", whole, {}),
        ("E-SPEC-11", panel, {"method": "aipw"}),
        ("E-LEE-01", panel.assign(stays=1), {"selection": "stays"}),
    ]
    for code, frame, options in cases:
        with pytest.raises(Refused, match=code):
            run(frame, options=options)
    with pytest.raises(Refused, match="E-SPEC-11"):
        run(whole, options={"weights_for": "treatment", "selection": "stays"})
    assert run(panel, options={"weights_for": "treatment"}).diagnostics["n_dropped"]["y"] == panel["y"].isna().sum()


@pytest.fixture(scope="module")
def threshold() -> pd.DataFrame:
    rng, n = np.random.default_rng(11), 800
    rows = pd.DataFrame({"score": rng.uniform(-1, 1, n), "site": np.arange(n) // 8})
    rows["sharp"] = (rows["score"] >= 0).astype(float)
    rows["got"] = (rng.uniform(size=n) < 0.2 + 0.5 * rows["sharp"]).astype(float)
    rows["y"] = rows["score"] ** 2 + 1.5 * rows["got"] + rng.normal(size=n) * 0.3
    return rows


def jump(frame: pd.DataFrame, treatment: str, outcome: str = "y", **options: Any) -> EstimateResult:
    told = {"running": "score", "bandwidth": 0.6, **options}
    spec = AnalysisSpec(estimator="rdd", outcome=outcome, treatment=treatment, options=told)
    return estimate(spec, frame, data_sha256="")


def test_full_take_up_is_the_sharp_design(threshold: pd.DataFrame) -> None:
    fuzzy, sharp = jump(threshold, "sharp", fuzzy=True).row("effect"), jump(threshold, "sharp").row("effect")
    assert fuzzy.model_dump() == pytest.approx(sharp.model_dump())


def test_the_ratio_of_jumps_is_two_stage_least_squares_near_the_threshold(threshold: pd.DataFrame) -> None:
    found = jump(threshold, "got", fuzzy=True, kernel="uniform")
    near = threshold[threshold["score"].abs() <= 0.6]
    x = np.column_stack([np.ones(len(near)), near["score"], near["score"] * near["sharp"]])
    instruments, regressors = np.column_stack([x, near["sharp"]]), np.column_stack([x, near["got"]])
    beta = np.linalg.solve(instruments.T @ regressors, instruments.T @ near["y"])
    assert found.row("effect").estimate == pytest.approx(beta[-1], rel=1e-9)
    assert found.row("effect").conf_low < 1.5 < found.row("effect").conf_high
    assert found.diagnostics["first_stage"]["f"] > 10


def test_what_take_up_adds_to_the_outcome_moves_the_effect_and_nothing_else(threshold: pd.DataFrame) -> None:
    before = jump(threshold, "got", fuzzy=True).row("effect")
    after = jump(threshold.assign(y=threshold["y"] + 2 * threshold["got"]), "got", fuzzy=True).row("effect")
    assert after.estimate == pytest.approx(before.estimate + 2)
    assert (after.conf_low, after.conf_high) == pytest.approx((before.conf_low + 2, before.conf_high + 2))
    assert after.std_error == pytest.approx(before.std_error)


def test_a_threshold_that_hardly_moves_anybody_is_warned_of(threshold: pd.DataFrame) -> None:
    rng = np.random.default_rng(1)
    weak = threshold.assign(got=rng.integers(0, 2, len(threshold)).astype(float))
    assert [item["code"] for item in jump(weak, "got", fuzzy=True).warnings] == ["W-RDD-02"]
    with pytest.raises(Refused, match="fuzzy: true"):
        jump(threshold, "got")
    with pytest.raises(Refused, match="E-EST-03"):
        jump(threshold.assign(got=1.0), "got", fuzzy=True)


@pytest.mark.slow
def test_fuzzy_intervals_cover() -> None:
    rng, covered, sims = np.random.default_rng(5), 0, 400
    for _ in range(sims):
        score = rng.uniform(-1, 1, 600)
        got = (rng.uniform(size=600) < 0.2 + 0.6 * (score >= 0)).astype(float)
        y = np.sin(2 * score) + got + rng.normal(size=600) * 0.5
        row = jump(pd.DataFrame({"score": score, "got": got, "y": y}), "got", fuzzy=True).row("effect")
        covered += row.conf_low <= 1 <= row.conf_high
    assert abs(covered / sims - 0.95) < 3 * np.sqrt(0.95 * 0.05 / sims)
