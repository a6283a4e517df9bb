"""Each method on a random design against a peer, or against what it must equal: statsmodels, pyfixest, simple cases by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.estimate import estimate
from experiments.joint_tests import adjusted, max_t, romano_wolf, together
from experiments.result import EstimateResult
from experiments.spec import AnalysisSpec

pytestmark = [
    pytest.mark.integration,
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),  # what the peers do is theirs
    pytest.mark.filterwarnings("ignore::statsmodels.tools.sm_exceptions.IterationLimitWarning"),
]


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    n = 400
    rows = pd.DataFrame({"unit": np.repeat(np.arange(n // 4), 4), "time": np.tile(np.arange(4.0), n // 4)})
    rows["z"] = rng.integers(0, 2, n).astype(float)
    rows["x"], rows["v"] = rng.normal(size=n), rng.normal(size=n)
    rows["treat"] = ((rng.normal(size=n) + rows["z"]) > 0.5).astype(float)
    units = np.column_stack([rng.normal(size=n // 4), 0.5 * rng.normal(size=n // 4)])[rows["unit"]]
    rows["y"] = rows["treat"] + rows["x"] + units[:, 0] + units[:, 1] * rows["time"] + rng.normal(size=n)
    rows["yes"] = (rows["y"] > 0.5).astype(float)
    rows["count"] = rng.poisson(np.exp(0.3 * rows["x"] + 0.2 * rows["treat"])).astype(float)
    rows["duration"] = np.ceil(6 * rng.exponential(np.exp(-0.4 * rows["treat"])))
    rows["ended"] = (rng.random(n) < 0.7).astype(float)
    rows["w"] = rng.uniform(0.5, 2, n)
    return rows


def run(frame: pd.DataFrame, **spec: Any) -> EstimateResult:
    return estimate(AnalysisSpec(**{"outcome": "y"} | spec), frame, data_sha256="")


def numbers(result: EstimateResult, term: str) -> tuple[float, float]:
    row = result.row(term)
    return row.estimate, row.std_error


def test_two_stages_against_pyfixest(frame: pd.DataFrame) -> None:
    pf = pytest.importorskip("pyfixest")
    spec = {
        "estimator": "iv_2sls",
        "treatment": "treat",
        "instrument": ["z"],
        "covariates": ["x"],
        "fixed_effects": ["time"],
    }
    for cluster, kind in (([], "HC1"), (["unit"], {"CRV1": "unit"})):
        peer = pf.feols("y ~ x | time | treat ~ z", frame, vcov=kind)
        ours = run(frame, **spec, cluster=cluster)
        assert numbers(ours, "treat") == pytest.approx((peer.coef()["treat"], peer.se()["treat"]), rel=1e-6)


@pytest.mark.parametrize(
    ("outcome", "estimator", "family"), [("yes", "logit", "Binomial"), ("count", "poisson", "Poisson")]
)
def test_generalised_models_against_statsmodels(frame: pd.DataFrame, outcome: str, estimator: str, family: str) -> None:
    import statsmodels.api as sm

    x = sm.add_constant(frame[["treat", "x"]])
    ours = run(frame, estimator=estimator, outcome=outcome, treatment="treat", covariates=["x"], cluster=["unit"])
    peer = sm.GLM(frame[outcome], x, family=getattr(sm.families, family)()).fit(
        cov_type="cluster", cov_kwds={"groups": frame["unit"]}
    )
    assert numbers(ours, "treat") == pytest.approx((peer.params["treat"], peer.bse["treat"]), rel=1e-4)
    model = run(frame, estimator=estimator, outcome=outcome, treatment="treat", covariates=["x"], vcov="nonrobust")
    plain = sm.GLM(frame[outcome], x, family=getattr(sm.families, family)()).fit()
    assert numbers(model, "x") == pytest.approx((plain.params["x"], plain.bse["x"]), rel=1e-6)
    effect = model.diagnostics["average_marginal_effect"]["estimate"]
    on, off = (plain.predict(x.assign(treat=float(arm))).mean() for arm in (1, 0))
    assert effect == pytest.approx(on - off, rel=1e-8)


def test_quantiles_against_statsmodels(frame: pd.DataFrame) -> None:
    import statsmodels.api as sm

    ours = run(frame, estimator="quantile", covariates=["x", "v"], options={"q": [0.3, 0.8]})
    for q in (0.3, 0.8):
        peer = sm.QuantReg(frame["y"], sm.add_constant(frame[["x", "v"]])).fit(q=q, p_tol=1e-10)
        mine = [row.estimate for row in ours.estimates if row.group == q]
        assert mine == pytest.approx(peer.params.tolist(), abs=1e-3)


def test_cox_against_statsmodels(frame: pd.DataFrame) -> None:
    from statsmodels.duration.hazard_regression import PHReg

    for ties in ("efron", "breslow"):
        ours = run(
            frame,
            estimator="cox",
            outcome="duration",
            treatment="treat",
            covariates=["x"],
            options={"event": "ended", "ties": ties},
        )
        peer = PHReg(frame["duration"], frame[["treat", "x"]], status=frame["ended"], ties=ties).fit()
        assert numbers(ours, "treat") == pytest.approx((peer.params[0], peer.bse[0]), rel=1e-5)
    robust = run(
        frame, estimator="cox", outcome="duration", treatment="treat", covariates=["x"], cluster=["unit"],
        options={"event": "ended", "ties": "breslow"},
    )  # fmt: skip
    peer = PHReg(frame["duration"], frame[["treat", "x"]], status=frame["ended"]).fit(groups=frame["unit"].to_numpy())
    count = frame["unit"].nunique()
    assert robust.row("treat").std_error == pytest.approx(peer.bse[0] * (count / (count - 1)) ** 0.5, rel=1e-4)


def test_mixed_against_statsmodels(frame: pd.DataFrame) -> None:
    import statsmodels.formula.api as smf

    options = {"random": [{"group": "unit", "terms": ["time"]}]}
    ours = run(frame, estimator="mixed", treatment="treat", covariates=["time"], options=options)
    peer = smf.mixedlm("y ~ treat + time", frame, groups="unit", re_formula="~time").fit()
    # its standard errors are of the observed information of all parameters, ours (as lme4's) of the coefficients'
    assert numbers(ours, "treat") == pytest.approx((peer.fe_params["treat"], peer.bse_fe["treat"]), rel=5e-3)
    assert ours.diagnostics["loglik"] == pytest.approx(peer.llf, abs=1e-3)


def test_three_levels_against_variance_components(frame: pd.DataFrame) -> None:
    import statsmodels.formula.api as smf

    rows = frame.assign(zone=frame["unit"] // 10)
    rows["y"] += np.random.default_rng(2).normal(size=10)[rows["zone"]]
    options = {"random": [{"group": "zone", "terms": []}, {"group": "unit", "terms": []}]}
    ours = run(rows, estimator="mixed", treatment="treat", options=options)
    peer = smf.mixedlm("y ~ treat", rows, groups="zone", re_formula="1", vc_formula={"unit": "0 + C(unit)"}).fit()
    assert numbers(ours, "treat") == pytest.approx((peer.fe_params["treat"], peer.bse_fe["treat"]), rel=1e-3)
    assert ours.diagnostics["loglik"] == pytest.approx(peer.llf, abs=1e-3)


def test_weighting_agrees_with_a_bootstrap_and_with_itself(frame: pd.DataFrame) -> None:
    spec = {"estimator": "ipw", "treatment": "treat", "covariates": ["x", "z"]}
    ours = run(frame, **spec).row("treat")
    rng = np.random.default_rng(1)
    draws = [run(frame.iloc[rng.integers(0, len(frame), len(frame))], **spec).row("treat").estimate for _ in range(200)]
    assert np.std(draws) == pytest.approx(ours.std_error, rel=0.16)
    both = run(frame, **spec, options={"method": "aipw"}).row("treat")
    assert both.estimate == pytest.approx(ours.estimate, abs=ours.std_error)
    plain = run(frame, **spec, options={"method": "standardisation"}).row("treat")
    regression = run(frame, estimator="ols", treatment="treat", covariates=["x", "z"], vcov="HC1").row("treat")
    assert plain.estimate == pytest.approx(regression.estimate, rel=1e-9)
    assert plain.std_error == pytest.approx(regression.std_error, rel=0.01)


def test_threshold_finds_the_jump_and_not_where_there_is_none() -> None:
    rng = np.random.default_rng(4)
    score = rng.uniform(-1, 1, 4000)
    rows = pd.DataFrame({"score": score, "y": 0.5 * (score >= 0) + score + score**2 + 0.3 * rng.normal(size=4000)})
    found = run(rows, estimator="rdd", options={"running": "score"}).row("effect")
    assert found.conf_low < 0.5 < found.conf_high
    assert found.conf_high - found.conf_low < 0.3
    elsewhere = run(rows, estimator="rdd", options={"running": "score", "cutoff": -0.5}, filter="score < 0").row(
        "effect"
    )
    assert elsewhere.conf_low < 0 < elsewhere.conf_high
    wide = run(rows, estimator="rdd", vcov="HC1", options={"running": "score", "bandwidth": 9.0, "kernel": "uniform"})
    line = run(
        rows.assign(d=(score >= 0).astype(float)),
        estimator="ols",
        treatment="d",
        covariates=["score", "d:score"],
        vcov="HC1",
    )
    assert wide.diagnostics["conventional"]["estimate"] == pytest.approx(line.row("d").estimate, rel=1e-9)


def test_few_units_take_the_bias_reduced_variance(frame: pd.DataFrame) -> None:
    few = frame[frame["unit"] < 20]
    spec = {"estimator": "gee", "treatment": "treat", "unit": "unit"}
    assert run(few, **spec).diagnostics["vcov"].startswith("bias reduced")
    assert run(frame, **spec).diagnostics["vcov"] == "robust"


def test_joint_tests_agree_with_each_other(frame: pd.DataFrame) -> None:
    from statsmodels.stats.multitest import multipletests

    found = together(
        frame[["y", "x", "v", "count"]].to_numpy(), frame["treat"].to_numpy(), codes=frame["unit"].to_numpy()
    )
    stepped, drawn = max_t(found), romano_wolf(found, reps=20_000, seed=1)
    assert drawn == pytest.approx(stepped, abs=0.02)
    assert (max_t(found, step_down=False) >= stepped - 1e-4).all()
    p_values = np.array([0.001, 0.02, 0.2, 0.03])
    for ours, theirs in (("holm", "holm"), ("bh", "fdr_bh"), ("by", "fdr_by"), ("bonferroni", "bonferroni")):
        assert adjusted(p_values, ours) == pytest.approx(multipletests(p_values, method=theirs)[1])


@pytest.mark.parametrize(
    "spec",
    [
        {"estimator": "iv_2sls", "treatment": "treat", "instrument": ["z"], "covariates": ["x"]},
        {"estimator": "logit", "outcome": "yes", "treatment": "treat", "covariates": ["x"]},
        {"estimator": "poisson", "outcome": "count", "treatment": "treat", "covariates": ["x"], "cluster": ["unit"]},
        {"estimator": "quantile", "treatment": "treat", "covariates": ["x"]},
        {"estimator": "mixed", "treatment": "treat", "unit": "unit"},
        {"estimator": "gee", "treatment": "treat", "unit": "unit"},
        {"estimator": "cox", "outcome": "duration", "treatment": "treat", "options": {"event": "ended"}},
        {"estimator": "ipw", "treatment": "treat", "covariates": ["x"]},
        {"estimator": "lin", "treatment": "treat", "covariates": ["x"], "cluster": ["unit"], "vcov": "CR2"},
        {"estimator": "lee_bounds", "treatment": "treat", "options": {"selection": "ended"}},
    ],
)
def test_order_of_rows_and_labels_do_not_matter(frame: pd.DataFrame, spec: dict[str, Any]) -> None:
    mixed = frame.sample(frac=1.0, random_state=3).reset_index(drop=True)
    mixed["unit"] = "u" + (997 - mixed["unit"]).astype(str)
    first, second = run(frame, **spec), run(mixed, **spec)
    for ours, theirs in zip(first.estimates, second.estimates, strict=True):
        assert (theirs.estimate, theirs.std_error) == pytest.approx((ours.estimate, ours.std_error), rel=1e-5, abs=1e-7)
