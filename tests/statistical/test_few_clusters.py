"""Few-cluster and design-based inference against brute force: every refit, every assignment, every dummy written out."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest

from experiments.estimate import estimate
from experiments.estimators.bias_reduced import bias_reduced, corrected
from experiments.estimators.linear import Design, Fit, fit_linear
from experiments.estimators.randomisation import MOST, Randomised, randomisation_test, regression_statistic
from experiments.estimators.wild_bootstrap import wild_cluster
from experiments.result import EstimateResult
from experiments.sample import Sample
from experiments.spec import AnalysisSpec


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    rows = pd.DataFrame([(zone, town, time) for zone in range(6) for town in range(3) for time in range(3)])
    rows.columns = ["zone", "town", "time"]
    rows = rows.drop(index=[4, 17, 31]).reset_index(drop=True)
    rows["treat"] = (rows["zone"] % 2).astype(float)
    rows["dose"] = rng.normal(size=len(rows)) + rows["zone"]
    rows["x"] = rng.normal(size=len(rows))
    rows["w"] = rng.uniform(0.5, 2, size=len(rows))
    rows["y"] = rows["treat"] + rows["x"] + rng.normal(size=6)[rows["zone"]] + rng.normal(size=len(rows))
    rows["place"] = rows["zone"] * 10 + rows["town"]
    return rows


def fitted(frame: pd.DataFrame, columns: list[str], fixed: tuple[str, ...] = (), *, weighted: bool = False) -> Fit:
    sample = Sample(frame, frame["w"].to_numpy() if weighted else None, {})
    return fit_linear(
        Design("y", frame["y"].to_numpy(), {name: frame[name].to_numpy() for name in columns}, fixed), sample
    )


@pytest.mark.parametrize(("fixed", "weighted"), [((), False), (("time",), True), (("place", "time"), False)])
def test_wild_bootstrap_is_what_refitting_every_sign_vector_gives(
    frame: pd.DataFrame, fixed: tuple[str, ...], *, weighted: bool
) -> None:
    names = ["dose", "x"]
    fit = fitted(frame, names, fixed, weighted=weighted)
    place = fit.names.index("dose")
    ours = wild_cluster(fit, frame["zone"].to_numpy(), place, reps=1, seed=1)
    null = fitted(frame, ["x"], fixed, weighted=weighted)
    root = np.sqrt(null.weights)
    rest = frame["y"].to_numpy() - null.residual / root
    sizes = []
    for signs in product((1.0, -1.0), repeat=6):
        drawn = frame.assign(y=rest + null.residual / root * np.array(signs)[frame["zone"]])
        refit = fitted(drawn, names, fixed, weighted=weighted)
        sums = np.array([refit.scores[frame["zone"] == zone].sum(axis=0) for zone in range(6)])
        matrix = refit.bread @ sums.T @ sums @ refit.bread
        sizes.append(abs(refit.beta[place]) / matrix[place, place] ** 0.5)
    own = sizes[0]
    assert ours.p_value == np.mean(np.array(sizes) >= own * (1 - 1e-9))
    assert ours.p_value_strict == np.mean(np.array(sizes) > own * (1 + 1e-9))
    assert abs(ours.statistic) == pytest.approx(own)


def test_wild_interval_holds_what_is_not_rejected(frame: pd.DataFrame) -> None:
    zone = frame["zone"].to_numpy()
    ours = wild_cluster(fitted(frame, ["x"]), zone, 1, reps=1, seed=1, alpha=0.2)
    for end, side in ((ours.conf_low, -1), (ours.conf_high, 1)):
        for shift, rejected in ((1e-6, True), (-1e-6, False)):
            moved = frame.assign(y=frame["y"] - (end + side * shift) * frame["x"])
            assert (wild_cluster(fitted(moved, ["x"]), zone, 1, reps=1, seed=1).p_value <= 0.2) is rejected


def test_webb_weights_beyond_sixteen_clusters_follow_the_seed(frame: pd.DataFrame) -> None:
    codes = np.arange(len(frame)) % 20
    first, again, other = (wild_cluster(fitted(frame, ["x"]), codes, 1, reps=999, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.weights.startswith("Webb")
    assert 0 < abs(first.p_value - other.p_value) < 0.05 or first.p_value == other.p_value


def written_out(frame: pd.DataFrame, names: list[str], fixed: list[str]) -> np.ndarray:
    dummies = [pd.get_dummies(frame[name], drop_first=place > 0, dtype=float) for place, name in enumerate(fixed)]
    lead = [np.ones(len(frame))] if not fixed else []
    return np.column_stack([frame[names], *lead, *dummies])


@pytest.mark.parametrize("kind", ["CR2", "CR3"])
@pytest.mark.parametrize("fixed", [[], ["time"], ["place", "time"]])
def test_corrected_variances_are_those_of_the_full_hat_matrix(frame: pd.DataFrame, fixed: list[str], kind: str) -> None:
    fit = fitted(frame, ["dose", "x"], tuple(fixed))
    zone = frame["zone"].to_numpy()
    ours = bias_reduced(fit, "zone", zone, kind)
    x = written_out(frame, ["dose", "x"], fixed)
    inverse = np.linalg.inv(x.T @ x)
    left = np.eye(len(x)) - x @ inverse @ x.T
    residual = left @ frame["y"].to_numpy()
    pieces, levers = [], []
    for place in range(6):
        mine = zone == place
        values, vectors = np.linalg.eigh(left[np.ix_(mine, mine)])
        power = -0.5 if kind == "CR2" else -1.0
        root = (vectors * np.where(values > 1e-9, np.maximum(values, 1e-9) ** power, 0.0)) @ vectors.T
        lever = (inverse @ x[mine].T @ root)[:2]
        levers.append(lever @ left[mine])
        pieces.append(lever @ residual[mine])
    mine = [fit.names.index(name) for name in ("dose", "x")]
    assert ours.matrix[np.ix_(mine, mine)] == pytest.approx(np.array(pieces).T @ np.array(pieces), rel=1e-8)
    for place in range(2):
        own = np.array([lever[place] for lever in levers])
        gram = own @ own.T
        assert ours.df_of(mine[place]) == pytest.approx(np.trace(gram) ** 2 / (gram**2).sum(), rel=1e-8)


def test_joint_test_of_one_coefficient_is_the_square_of_its_t(frame: pd.DataFrame) -> None:
    fit = fitted(frame, ["dose", "x"])
    seen = corrected(fit, frame["zone"].to_numpy(), "CR2")
    contrast = np.eye(3)[[2]]
    found = seen.joint(contrast, fit.beta, fit.bread)
    assert found["df2"] == pytest.approx(seen.satterthwaite(contrast)[0])
    assert found["statistic"] == pytest.approx(fit.beta[2] ** 2 / seen.matrix[2, 2])


def test_randomisation_is_what_refitting_every_assignment_gives(frame: pd.DataFrame) -> None:
    names = ["treat", "x"]
    fit = fitted(frame, names, weighted=True)
    zone, treat = frame["zone"].to_numpy(), frame["treat"].to_numpy()
    design = Randomised.of(treat, zone, np.zeros(len(frame), dtype=np.int64), "treat")
    basis = np.linalg.qr(np.delete(fit.x, 1, axis=1))[0]
    statistic = regression_statistic(design, frame["y"].to_numpy(), treat, basis, np.sqrt(frame["w"].to_numpy()))
    ours = randomisation_test(design, statistic, reps=1, seed=1, alpha=0.3)
    found = [
        fitted(frame.assign(treat=np.isin(zone, picked).astype(float)), names, weighted=True).beta[1]
        for picked in combinations(range(6), 3)
    ]
    assert ours.draws == len(found) == 20
    assert ours.estimate == pytest.approx(fit.beta[1])
    assert ours.p_value == np.mean(np.abs(found) >= abs(fit.beta[1]) * (1 - 1e-9))
    moved = frame["y"].to_numpy() - (ours.conf_low + 1e-6) * treat
    inside = randomisation_test(
        design, regression_statistic(design, moved, treat, basis, np.sqrt(frame["w"].to_numpy())), reps=1, seed=1
    )
    assert inside.p_value > 0.3


def test_many_assignments_are_drawn_within_blocks() -> None:
    rng = np.random.default_rng(1)
    treat = np.tile([0.0, 1.0, 1.0, 0.0, 1.0], 12)
    block = np.repeat([0, 1, 2], 20)
    design = Randomised.of(treat, np.arange(60), block, "treat")
    assert design.assignments > MOST
    y = rng.normal(size=60)
    basis = np.linalg.qr(np.eye(3)[block])[0]
    statistic = regression_statistic(design, y, treat, basis, np.ones(60))
    found = [randomisation_test(design, statistic, reps=4000, seed=seed) for seed in (1, 1, 2)]
    assert found[0] == found[1]
    assert found[0].draws == 4000
    assert found[0].p_value == pytest.approx(found[2].p_value, abs=0.04)


def run(frame: pd.DataFrame, **spec: object) -> EstimateResult:
    return estimate(AnalysisSpec(outcome="y", **spec), frame, data_sha256="")


def test_few_clusters_show_both_small_sample_answers(frame: pd.DataFrame) -> None:
    spec = {"estimator": "ols", "treatment": "treat", "cluster": ["zone"]}
    result = run(frame, **spec)
    beside = result.diagnostics["few_clusters"]["treat"]
    small = run(frame, **spec, vcov="CR2").row("treat")
    wild = run(frame, **spec, inference={"method": "wild_bootstrap"})
    assert (beside["CR2"]["std_error"], beside["CR2"]["df"]) == (small.std_error, small.df)
    assert beside["wild_bootstrap"]["p_value"] == wild.row("treat").p_value
    assert wild.diagnostics["wild_bootstrap"]["treat"]["statistic"] == pytest.approx(wild.row("treat").statistic)
    assert "few_clusters" not in run(frame.assign(zone=np.arange(len(frame))), **spec).diagnostics


def test_two_way_effects_take_the_bootstrap_too(frame: pd.DataFrame) -> None:
    rows = frame.assign(on=((frame["zone"] < 3) & (frame["time"] > 0)).astype(int))
    spec = {"estimator": "twfe", "treatment": "on", "unit": "place", "time": "time", "cluster": ["zone"]}
    result = run(rows, **spec, inference={"method": "wild_bootstrap"})
    assert result.diagnostics["wild_bootstrap"]["on"]["draws"] == 64
    assert result.row("on").p_value >= 2 / 64
