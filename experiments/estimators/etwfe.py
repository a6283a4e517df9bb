"""`etwfe`: extended two-way fixed effects, one effect for each treated cohort in each period, then averaged.

When: staggered starts, effects may differ by cohort and period; efficient when errors are little correlated over time. Not when:
parallel trends are doubtful long before the start (with control_group: not_yet all earlier periods serve as base; never uses the
period before). Wooldridge (2021). Covariates enter as he has them: demeaned by cohort times each effect, and with slopes of
their own in each period and cohort. Shares count as known.
"""

from __future__ import annotations

import numpy as np

from experiments.estimators.did.interactions import Interactions
from experiments.estimators.did.placebo import by_placebo
from experiments.estimators.did.report import result
from experiments.estimators.did.saturated import Rows, estimated, indicators, rows_of, timing_of
from experiments.estimators.event_study import VCOV
from experiments.estimators.method import Method
from experiments.estimators.options import choice, number
from experiments.estimators.regression import covariate_columns
from experiments.messages import refusal
from experiments.result import EstimateResult
from experiments.sample import Codes, Sample, Vector
from experiments.spec import AnalysisSpec


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return `att`, `event_time` by relative period, and `att` by "cohort:time".

    Parameters
    ----------
    spec
        As for `event_study`. `fixed_effects` names the effects absorbed instead of unit and time (such as cohort and time).
    sample
        Complete cases.
    data_sha256
        Of the data, for the result.

    Raises
    ------
    Refused
        control_group: never without never-treated units; periods in which everybody is treated; collinear covariates.
    """
    return by_placebo(spec, sample, data_sha256, _estimated)


def _estimated(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    rows = rows_of(spec, sample)
    never = spec.options.get("control_group") == "never"
    if never and not np.isinf(rows.timing.cohort).any():
        raise refusal("E-DID-04", column=spec.cohort or spec.treatment)
    timing = timing_of(spec, rows) if never else rows.timing
    fixed = spec.fixed_effects or (str(spec.unit), str(spec.time))
    more = _slopes(spec, rows, indicators(spec, rows, timing))
    return result(spec, sample, data_sha256, estimated(spec, rows, timing, more, fixed))


def _slopes(spec: AnalysisSpec, rows: Rows, found: Interactions) -> dict[str, Vector]:
    """Return each covariate with slopes by period and cohort, and, demeaned by cohort, times each effect's indicator."""
    if not spec.covariates:
        return {}
    sample, more = rows.sample, {}
    matrix = found.columns(sample.size)
    group = np.unique(rows.timing.cohort, return_inverse=True)[1].astype(np.int64)
    period = np.unique(rows.timing.time, return_inverse=True)[1].astype(np.int64)
    unit = sample.codes(str(spec.unit)) if str(spec.unit) in (spec.fixed_effects or (str(spec.unit),)) else None
    for name, column in covariate_columns(spec, sample).items():
        centred = column - _group_means(column, group, sample.weights)
        for place, indicator in enumerate(found.names):
            more[f"{indicator}:{name}"] = matrix[:, place] * centred
        for at in range(1, int(period.max()) + 1):
            more[f"{spec.time}[{at}]:{name}"] = column * (period == at)
        if unit is None or _varies_within(column, unit):
            for at in range(int(group.max()) + 1):
                more[f"cohort[{at}]:{name}"] = column * (group == at)
    return more


def _group_means(column: Vector, group: Codes, weights: Vector | None) -> Vector:
    weight = np.ones(len(column)) if weights is None else weights
    found: Vector = (np.bincount(group, weights=weight * column) / np.bincount(group, weights=weight))[group]
    return found


def _varies_within(column: Vector, unit: Codes) -> bool:
    first = np.unique(unit, return_index=True)[1]
    return bool((column != column[first][unit]).any())


METHOD = Method(
    name="etwfe",
    run=run,
    uses=frozenset({"treatment", "cohort", "unit", "time", "covariates", "fixed_effects", "cluster", "weights"}),
    needs=(frozenset({"unit"}), frozenset({"time"}), frozenset({"cohort", "treatment"})),
    vcov=VCOV,
    options={"control_group": choice("not_yet", "never"), "reference": number()},
)
