"""`mediation`: how much of an effect goes through a measured mechanism; exploratory, whatever the design.

When: a hypothesis about a mechanism is looked into after the effect itself. Not when: anything is to be confirmed: the mediator
was not randomised, so that the split rests on there being no common cause of mediator and outcome. The result says at which
correlation of their errors the mediated effect would vanish. Imai, Keele & Yamamoto (2010); linear models, intervals by
simulation.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from experiments.estimators.linear import Design, Fit, fit_linear
from experiments.estimators.made import Found, made
from experiments.estimators.method import Method, check_cluster_vcov
from experiments.estimators.ols import treatment_of
from experiments.estimators.options import Option, column
from experiments.estimators.regression import Regression, covariance, covariate_columns
from experiments.estimators.rows import arms
from experiments.messages import refusal, warning
from experiments.result import Estimate, EstimateResult
from experiments.sample import Sample, Vector, numbers
from experiments.spec import AnalysisSpec

VCOV = ("nonrobust", "HC1", "HC2", "HC3", "CR1")
OPTIONS: dict[str, Option] = {"mediator": column()}
DRAWS = 10_000


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return `acme` (through the mediator), `ade` (the rest) and `total`.

    Parameters
    ----------
    spec
        `treatment`, the option `mediator`, `covariates` of both models. `vcov` nonrobust by default, CR1 with `cluster`;
        `inference.reps` and `inference.seed` of the simulation.
    sample
        Complete cases.
    data_sha256
        Of the data, for the result.

    Raises
    ------
    Refused
        No mediator, a treatment without variation, collinear columns, one cluster.
    """
    if "mediator" not in spec.options:
        raise refusal("E-SPEC-05", estimator="mediation", fields="options.mediator")
    kind = spec.vcov or ("CR1" if spec.cluster else "nonrobust")
    check_cluster_vcov(spec, kind, VCOV)
    term, between = str(spec.treatment), str(spec.options["mediator"])
    treatment = treatment_of(spec, sample)
    outcome, mediator = numbers(sample.frame, spec.outcome, "outcome"), numbers(sample.frame, between, "outcome")
    more = covariate_columns(spec, sample)
    first = Design(between, mediator, {term: treatment, **more})
    second = Design(spec.outcome, outcome, {term: treatment, between: mediator, **more})
    plain = Design(spec.outcome, outcome, {term: treatment, **more})
    fits = [fit_linear(design, sample) for design in (first, second, plain)]
    draws = _draws(spec, sample, kind, first, second, fits, term, between)
    point = _point(fits[0], fits[1], term, between)
    rows = [_row(name, point[name], draws[name], spec.alpha) for name in ("acme", "ade", "total")]
    rho = float(np.corrcoef(fits[0].residual, fits[2].residual)[0, 1])
    with np.errstate(divide="ignore", invalid="ignore"):
        share = draws["acme"] / draws["total"]
    notes: dict[str, Any] = {
        "exploratory": True,
        "vcov": kind,
        "share_mediated": float(np.median(share)),
        "share_mediated_point": point["acme"] / point["total"],
        "rho_at_zero": rho,
        "draws": len(share),
        "df_rule": "simulation of both models' coefficients",
        **arms(treatment, outcome, sample.weights),
    }
    return made(spec, sample, data_sha256, Found(rows, notes, [warning("W-MED-01", rho=rho)]))


def _point(first: Fit, second: Fit, term: str, between: str) -> dict[str, float]:
    a = float(first.beta[first.names.index(term)])
    b, c = (float(second.beta[second.names.index(name)]) for name in (between, term))
    return {"acme": a * b, "ade": c, "total": a * b + c}


def _draws(
    spec: AnalysisSpec,
    sample: Sample,
    kind: str,
    first: Design,
    second: Design,
    fits: list[Fit],
    term: str,
    between: str,
) -> dict[str, Vector]:
    """Return simulated effects: coefficients drawn from both models' normal approximations (King, Tomz & Wittenberg 2000)."""
    rng = np.random.default_rng(spec.inference.seed)
    reps = max(spec.inference.reps, DRAWS)

    def drawn(design: Design, fit: Fit, names: list[str]) -> Vector:
        found = covariance(fit, Regression(design, kind, spec.cluster, None, {}), sample, spec)
        places = [fit.names.index(name) for name in names]
        values: Vector = rng.multivariate_normal(fit.beta[places], found.matrix[np.ix_(places, places)], size=reps)
        return values

    a = drawn(first, fits[0], [term])[:, 0]
    b, c = drawn(second, fits[1], [between, term]).T
    return {"acme": a * b, "ade": c, "total": a * b + c}


def _row(term: str, estimate: float, draws: Vector, alpha: float) -> Estimate:
    error = float(draws.std(ddof=1))
    low, high = (float(value) for value in np.quantile(draws, [alpha / 2, 1 - alpha / 2]))
    return Estimate(
        term=term,
        estimate=estimate,
        std_error=error,
        statistic=estimate / error,
        df=float("inf"),
        p_value=float(min(1.0, 2 * min((draws <= 0).mean(), (draws >= 0).mean()))),
        conf_low=low,
        conf_high=high,
    )


METHOD = Method(
    name="mediation",
    run=run,
    uses=frozenset({"treatment", "covariates", "cluster", "unit", "weights"}),
    needs=(frozenset({"treatment"}),),
    vcov=VCOV,
    options=OPTIONS,
)
