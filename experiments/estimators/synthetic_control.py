"""`synthetic_control`: one treated unit against a weighted mean of untreated ones that resembled it before.

When: one or few zones treated, a long time before treatment, donors like it. Not when: the fit before treatment is poor (the
result warns), donors were touched by the treatment, or many units are treated (group_time). Abadie & Gardeazabal (2003), Abadie,
Diamond & Hainmueller (2010); p-values are ranks among placebo donors, intervals the effects that these do not reject (Firpo &
Possebom 2018). No standard error exists.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from experiments.estimators.method import Method
from experiments.estimators.options import choice, interval, number, shaped
from experiments.estimators.synth.control import Case, Synthetic, fit_synthetic, rank
from experiments.estimators.synth.layout import Layout, layout_of, predictors, predictors_of
from experiments.messages import refusal, warning
from experiments.result import Estimate, EstimateResult
from experiments.sample import Flags, Matrix, Sample
from experiments.spec import AnalysisSpec, spec_digest

POOR = 0.25
"""A miss before treatment of more than this share of the outcome's spread over time is told."""
SHOWN = 1e-4


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return `att`, the mean gap under treatment, and `att` by period of treatment.

    Parameters
    ----------
    spec
        `unit`, `time`; who is treated: options `treated_unit` and `treated_from`, or a `cohort` or `treatment` with one treated
        unit. `predictors` (see `synth/layout`); without them the outcomes before treatment are matched.
    sample
        Rows with an outcome; predictors may be missing in some periods.
    data_sha256
        Of the data, for the result.

    Raises
    ------
    Refused
        Not one treated unit, gaps in its outcome, too few donors or periods, a predictor without values.
    """
    layout = layout_of(spec, sample)
    if layout.n_treated != 1:
        raise refusal("E-SYNTH-01", n=layout.n_treated, starts=1)
    named = predictors_of(spec, sample, layout)
    low, high = spec.options.get("fit_periods", [-np.inf, np.inf])
    fit: Flags = (layout.periods >= low) & (layout.periods <= high) & ~layout.post
    if not fit.any():
        raise refusal("E-SYNTH-03", donors=len(layout.names) - 1, past=0, post=int(layout.post.sum()))
    case = Case(layout.outcome, named[1] if named else None, fit, layout.post)
    own = fit_synthetic(case)
    gaps = np.column_stack([own.gap, *_placebo_gaps(spec, case, own)])
    return EstimateResult(
        estimator=spec.estimator,
        spec_sha256=spec_digest(spec),
        data_sha256=data_sha256,
        n_obs=layout.outcome.size,
        n_units=len(layout.names),
        n_clusters=len(layout.names),
        estimates=_rows(spec, layout, case, gaps),
        diagnostics={**sample.counts, **_notes(layout, case, own, gaps, named[0] if named else ())},
        warnings=(*layout.warnings, *_poor(layout, own, fit)),
    )


def _placebo_gaps(spec: AnalysisSpec, case: Case, own: Synthetic) -> list[Matrix]:
    """Return the gaps of each donor against the others; its predictor weights are the treated unit's unless `own` is asked."""
    found = []
    for place in range(1, case.outcome.shape[1]):
        moved = case.swapped(place)
        if own.importance is not None and spec.options.get("placebo_importance", "same") == "same":
            moved = replace(moved, importance=own.importance)
        found.append(fit_synthetic(moved).gap)
    return found


def _rows(spec: AnalysisSpec, layout: Layout, case: Case, gaps: Matrix) -> tuple[Estimate, ...]:
    past = np.sqrt((gaps[case.fit] ** 2).mean(axis=0))
    chosen = [(None, case.post), *((float(period), layout.periods == period) for period in layout.periods[case.post])]
    rows = []
    for group, flags in chosen:
        found = rank(gaps[flags], past, spec.alpha)
        none = dict.fromkeys(("std_error", "statistic", "df"), float("nan"))
        ends = {"p_value": found.p_value, "conf_low": found.low, "conf_high": found.high}
        rows.append(Estimate(term="att", estimate=float(gaps[flags, 0].mean()), group=group, **none, **ends))
    return tuple(rows)


def _notes(layout: Layout, case: Case, own: Synthetic, gaps: Matrix, named: tuple[str, ...]) -> dict[str, Any]:
    past = np.sqrt((gaps[case.fit] ** 2).mean(axis=0))
    ratio = np.sqrt((gaps[case.post] ** 2).mean(axis=0)) / np.maximum(past, 1e-300)
    shown = {name: float(weight) for name, weight in zip(layout.names[1:], own.weights, strict=True) if weight > SHOWN}
    importance = own.importance if own.importance is not None else ()
    return {
        "weights": dict(sorted(shown.items(), key=lambda pair: -pair[1])),
        "predictor_weights": {name: float(weight) for name, weight in zip(named, importance, strict=True)},
        "pre_rmse": float(past[0]),
        "loss_v": own.loss_v,
        "loss_w": own.loss_w,
        "n_donors": len(layout.names) - 1,
        "p_rule": "rank of RMSPE after / before among donors, ties count",
        "placebo_ratio": {name: float(value) for name, value in zip(layout.names, ratio, strict=True)},
    }


def _poor(layout: Layout, own: Synthetic, fit: Flags) -> tuple[dict[str, Any], ...]:
    rmse, spread = float(np.sqrt((own.gap[fit] ** 2).mean())), float(layout.outcome[fit, 0].std())
    share = rmse / spread if spread > 0 else np.inf
    return (warning("W-DID-08", unit="the treated unit", rmse=rmse, share=share),) if share > POOR else ()


METHOD = Method(
    name="synthetic_control",
    run=run,
    uses=frozenset({"treatment", "cohort", "unit", "time"}),
    needs=(frozenset({"unit"}), frozenset({"time"})),
    options={
        "treated_unit": shaped("a unit", lambda value: isinstance(value, (str, int)) and not isinstance(value, bool)),
        "treated_from": number(),
        "predictors": predictors(),
        "predictor_periods": interval(),
        "fit_periods": interval(),
        "placebo_importance": choice("same", "own"),
    },
    partial=frozenset({"predictors"}),
)
