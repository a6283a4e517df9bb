"""`synthetic_did`: a difference-in-differences whose donors and periods are weighted so that paths before treatment are parallel.

When: few treated units that start together, a balanced panel, level differences between units (synthetic_control wants none).
Not when: starts are staggered (group_time), or fewer donors than treated units. Arkhangelsky et al. (2021); the standard error is
that of placebo estimates among donors, so errors must be alike across units; with one treated unit the rank counts, not the t.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from experiments.estimators.method import Method
from experiments.estimators.options import number, shaped, whole
from experiments.estimators.rows import estimate_row
from experiments.estimators.synth.did import Block, Found, placebo_draws, placebo_estimates, synthetic_difference
from experiments.estimators.synth.layout import Layout, layout_of
from experiments.messages import refusal
from experiments.result import Estimate, EstimateResult
from experiments.sample import Sample, Vector
from experiments.spec import AnalysisSpec, spec_digest

REPS = 200
SHOWN = 1e-4


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return `att`.

    Parameters
    ----------
    spec
        As for `synthetic_control`, without predictors; several units may be treated if all start together. Option `reps`: placebo
        draws when more than one is (drawn with `inference.seed`); with one treated unit every donor is used once.
    sample
        Complete cases.
    data_sha256
        Of the data, for the result.

    Raises
    ------
    Refused
        Several starts, gaps in a treated unit, no more donors than treated units.
    """
    layout = layout_of(spec, sample)
    donors = len(layout.names) - layout.n_treated
    if donors <= layout.n_treated + 1:
        past = int((~layout.post).sum())
        raise refusal("E-SYNTH-03", donors=donors, past=past, post=len(layout.periods) - past)
    block = Block(layout.outcome, layout.n_treated, layout.post)
    own = synthetic_difference(block)
    draws = placebo_draws(donors, layout.n_treated, int(spec.options.get("reps", REPS)), spec.inference.seed)
    placebo = placebo_estimates(block, draws)
    return EstimateResult(
        estimator=spec.estimator,
        spec_sha256=spec_digest(spec),
        data_sha256=data_sha256,
        n_obs=layout.outcome.size,
        n_units=len(layout.names),
        n_clusters=len(layout.names),
        estimates=(_row(spec, layout, own, placebo),),
        diagnostics={**sample.counts, **_notes(layout, own, placebo)},
        warnings=layout.warnings,
    )


def _row(spec: AnalysisSpec, layout: Layout, own: Found, placebo: Vector) -> Estimate:
    """Return the row: placebo error with normal quantiles; one treated unit: the rank, and the effects it does not reject."""
    row = estimate_row("att", own.estimate, float(placebo.std()), 1e9, spec.alpha)
    if layout.n_treated > 1:
        return row.model_copy(update={"df": float("inf")})
    sizes = np.sort(np.abs(placebo))[::-1]
    needed = int(np.floor(spec.alpha * (len(placebo) + 1) + 1e-9))
    reach = float(sizes[needed - 1]) if needed >= 1 else float("inf")
    p_value = float((1 + (sizes >= abs(own.estimate) * (1 - 1e-9)).sum()) / (len(placebo) + 1))
    none = dict.fromkeys(("std_error", "statistic", "df"), float("nan"))
    return row.model_copy(
        update={**none, "p_value": p_value, "conf_low": own.estimate - reach, "conf_high": own.estimate + reach}
    )


def _notes(layout: Layout, own: Found, placebo: Vector) -> dict[str, Any]:
    donors = zip(layout.names[layout.n_treated :], own.donors, strict=True)
    periods = zip(layout.periods[~layout.post], own.periods, strict=True)
    return {
        "weights": {name: float(weight) for name, weight in donors if weight > SHOWN},
        "period_weights": {f"{period:g}": float(weight) for period, weight in periods if weight > SHOWN},
        "n_treated": layout.n_treated,
        "n_donors": len(layout.names) - layout.n_treated,
        "placebo_std_error": float(placebo.std()),
        "n_placebos": len(placebo),
        "p_rule": "rank among donors, ties count" if layout.n_treated == 1 else "normal, placebo standard error",
        "gap_by_period": {f"{period:g}": float(gap) for period, gap in zip(layout.periods, own.gap, strict=True)},
    }


METHOD = Method(
    name="synthetic_did",
    run=run,
    uses=frozenset({"treatment", "cohort", "unit", "time"}),
    needs=(frozenset({"unit"}), frozenset({"time"})),
    options={
        "treated_unit": shaped("a unit", lambda value: isinstance(value, (str, int)) and not isinstance(value, bool)),
        "treated_from": number(),
        "reps": whole(2),
    },
)
