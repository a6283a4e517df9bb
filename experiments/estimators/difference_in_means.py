"""`difference_in_means`: the treated mean less the control mean, with the variance of the registered design.

When: a randomised two-arm design — simple (Neyman variance = HC2, Welch–Satterthwaite df), blocked (`strata`: effects within
blocks weighted by block size; matched pairs included), or assigned by cluster (`cluster`: CR1 with G−1 df, CR2). Not when:
covariates or weights are wanted (ols), or blocks and clusters together (ols with the blocks as fixed effects).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.estimators.linear import Design, fit_linear
from experiments.estimators.method import HINTS, Method, check_cluster_vcov
from experiments.estimators.randomisation import among, blocked_statistic, randomisation_test
from experiments.estimators.redrawn import blocked, meanings
from experiments.estimators.regression import Regression, report
from experiments.estimators.resampled import design_of, mechanism_of, with_test
from experiments.estimators.rows import arms, estimate_row, n_units, two_arms
from experiments.messages import refusal
from experiments.result import EstimateResult
from experiments.sample import Codes, Sample, Vector, numbers
from experiments.spec import AnalysisSpec, spec_digest

VCOV = ("HC2", "CR1", "CR2", "CR3")
LEAST = 2
"""Rows an arm needs before it has a variance."""


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return one row whose term is the treatment's name.

    Parameters
    ----------
    spec
        `treatment` must be 0/1. Optionally `strata` or `cluster`, not both.
    sample
        Complete cases.
    data_sha256
        Of the data, for the result.

    Raises
    ------
    Refused
        Another treatment value, an arm with fewer than two rows (simple), blocks too small (blocked), one cluster.
    """
    kind = spec.vcov or ("CR1" if spec.cluster else "HC2")
    check_cluster_vcov(spec, kind, VCOV)
    if spec.strata and spec.cluster:
        hint, hint_zh = " or strata; for both use ols with the blocks as fixed_effects", "或 strata；两者并用请用 ols"
        raise refusal("E-SPEC-04", estimator="difference_in_means", fields="cluster", hint=hint, hint_zh=hint_zh)
    outcome, treatment = numbers(sample.frame, spec.outcome, "outcome"), two_arms(spec, sample)
    if np.ptp(outcome) == 0:
        raise refusal("E-EST-13", column=spec.outcome, n=sample.size)
    if spec.cluster:
        return _clustered(spec, sample, data_sha256)
    block = sample.codes(spec.strata) if spec.strata else np.zeros(sample.size, dtype=np.int64)
    if spec.inference.method == "wild_bootstrap":
        raise refusal("E-SPEC-13", method="wild_bootstrap", estimator=spec.estimator)
    result = _blocked(spec, sample, data_sha256, _cells(outcome, treatment, block))
    return result if spec.inference.method == "analytic" else _by_the_design(spec, sample, outcome, treatment, result)


def _by_the_design(
    spec: AnalysisSpec, sample: Sample, outcome: Vector, treatment: Vector, result: EstimateResult
) -> EstimateResult:
    """Return the result with p-value and interval by randomisation: rows were assigned, within their blocks."""
    if sample.lots is not None:
        block = sample.codes(spec.strata) if spec.strata else np.zeros(sample.size, dtype=np.int64)
        ours, theirs = blocked(sample, outcome, treatment, block, meanings(spec, sample, treatment))
        test = among(ours, theirs, exact=sample.lots.exact, alpha=spec.alpha)
    else:
        drawn = design_of(spec.model_copy(update={"unit": None}), sample)
        statistic = blocked_statistic(drawn, outcome, treatment)
        test = randomisation_test(
            drawn, statistic, reps=spec.inference.reps, seed=spec.inference.seed, alpha=spec.alpha
        )
    row = result.estimates[0]
    notes = {row.term: test.to_dict() | {"analytic_p_value": row.p_value}}
    more = {"inference": "randomisation", "randomisation": notes, **mechanism_of(sample)}
    return result.model_copy(update={"estimates": (with_test(row, test),), "diagnostics": result.diagnostics | more})


def planned(spec: AnalysisSpec, sample: Sample) -> Regression:
    """Return the regression whose coefficient the difference is, where there are no strata.

    Raises
    ------
    Refused
        E-SPEC-04: strata. Another treatment value.
    """
    if spec.strata:
        hint = HINTS["strata"]
        raise refusal("E-SPEC-04", estimator=spec.estimator, fields="strata", hint=hint.en, hint_zh=hint.zh)
    outcome, treatment = numbers(sample.frame, spec.outcome, "outcome"), two_arms(spec, sample)
    design = Design(spec.outcome, outcome, {str(spec.treatment): treatment})
    kind = spec.vcov or ("CR1" if spec.cluster else "HC2")
    return Regression(design, kind, spec.cluster, treatment, arms(treatment, outcome, None))


def _clustered(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    regression = planned(spec, sample)
    result = report(spec, sample, data_sha256, regression, fit_linear(regression.design, sample))
    return result.model_copy(update={"estimates": (result.row(str(spec.treatment)),)})


def _cells(outcome: Vector, treatment: Vector, block: Codes) -> pd.DataFrame:
    """Return count, mean and variance per block and arm: columns n0, n1, mean0, mean1, var0, var1."""
    grouped = pd.DataFrame({"y": outcome, "arm": treatment.astype(int), "block": block}).groupby(["block", "arm"])["y"]
    wide = grouped.agg(n="count", mean="mean", var="var").unstack("arm")
    wide.columns = [f"{name}{arm}" for name, arm in wide.columns]
    return wide


def _blocked(spec: AnalysisSpec, sample: Sample, data_sha256: str, cells: pd.DataFrame) -> EstimateResult:
    effect, error, df, rule = _pairs(cells) if _is_paired(spec, cells) else _neyman(spec, cells)
    row = estimate_row(str(spec.treatment), effect, error, df, spec.alpha)
    n1, n0 = cells["n1"].sum(), cells["n0"].sum()
    return EstimateResult(
        estimator=spec.estimator,
        spec_sha256=spec_digest(spec),
        data_sha256=data_sha256,
        n_obs=sample.size,
        n_units=n_units(spec, sample),
        n_clusters=None,
        estimates=(row,),
        diagnostics={
            **sample.counts,
            "vcov": "HC2",
            "small_sample": "Neyman: s1^2/n1 + s0^2/n0 within blocks",
            "df_rule": rule,
            "n_blocks": len(cells) if spec.strata else None,
            "n_treated": int(n1),
            "n_control": int(n0),
            "control_mean": float((cells["mean0"] * cells["n0"]).sum() / n0),
        },
    )


def _is_paired(spec: AnalysisSpec, cells: pd.DataFrame) -> bool:
    return spec.strata is not None and len(cells) > 1 and bool((cells[["n0", "n1"]] == 1).all(axis=None))


def _neyman(spec: AnalysisSpec, cells: pd.DataFrame) -> tuple[float, float, float, str]:
    small = int((~(cells[["n0", "n1"]] >= LEAST)).any(axis=1).sum())  # an arm that a block lacks is not a number
    if small:
        column = spec.strata or spec.treatment
        raise refusal("E-EST-12", n=small, total=len(cells), column=column)
    share = (cells["n0"] + cells["n1"]) / (cells["n0"] + cells["n1"]).sum()
    effect = float((share * (cells["mean1"] - cells["mean0"])).sum())
    parts = [share**2 * cells[f"var{arm}"] / cells[f"n{arm}"] for arm in (0, 1)]
    variance = float(sum(part.sum() for part in parts))
    spent = float(sum((part**2 / (cells[f"n{arm}"] - 1)).sum() for arm, part in enumerate(parts)))
    if variance == 0:
        raise refusal("E-EST-14", column=spec.outcome)
    return effect, variance**0.5, variance**2 / spent, "Welch-Satterthwaite"


def _pairs(cells: pd.DataFrame) -> tuple[float, float, float, str]:
    gaps = (cells["mean1"] - cells["mean0"]).to_numpy()
    return float(gaps.mean()), float(gaps.std(ddof=1) / len(gaps) ** 0.5), len(gaps) - 1, "pairs - 1"


METHOD = Method(
    name="difference_in_means",
    run=run,
    uses=frozenset({"treatment", "strata", "cluster", "unit"}),
    needs=(frozenset({"treatment"}),),
    vcov=VCOV,
    inference=("analytic", "wild_bootstrap", "randomisation"),
    regression=planned,
)
