"""`event_study`: two-way fixed effects with one indicator for each period relative to the start, the last before it left out.

When: one starting time, or starts at several times with effects that depend on the time since the start only. Not when: effects
differ between cohorts: coefficients then mix other periods' effects (Sun & Abraham 2021; use sun_abraham or group_time). The
pre-trend test comes with its power (Roth 2022). With `window` its ends hold what lies beyond (Schmidheiny & Siegloch 2023).
"""

from __future__ import annotations

from experiments.estimators.did.placebo import by_placebo
from experiments.estimators.did.report import HONEST, result
from experiments.estimators.did.saturated import Rows, estimated, rows_of, timing_of
from experiments.estimators.method import Method
from experiments.estimators.options import interval, number
from experiments.estimators.regression import covariate_columns
from experiments.result import EstimateResult
from experiments.sample import Sample
from experiments.spec import AnalysisSpec

VCOV = ("nonrobust", "HC1", "CR1")


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return `att`, the mean of the coefficients from the start on weighted by treated rows, then `event_time` by period.

    Parameters
    ----------
    spec
        `unit`, `time`, and `cohort` (first treated period; 0 or missing = never) or a 0/1 `treatment` that never goes down.
        Further `fixed_effects` are absorbed too; `cluster` defaults to the unit.
    sample
        Complete cases.
    data_sha256
        Of the data, for the result.

    Raises
    ------
    Refused
        The reference period does not occur, indicators that cannot be told apart (no never-treated unit and no window).
    """
    return by_placebo(spec, sample, data_sha256, _estimated)


def _estimated(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    return of_rows(spec, sample, data_sha256, rows_of(spec, sample))


def of_rows(spec: AnalysisSpec, sample: Sample, data_sha256: str, rows: Rows) -> EstimateResult:
    """Return the result on the rows that enter."""
    timing = timing_of(spec, rows)
    fixed = tuple(dict.fromkeys([str(spec.unit), str(spec.time), *spec.fixed_effects]))
    effects = estimated(spec, rows, timing, covariate_columns(spec, rows.sample), fixed)
    return result(spec, sample, data_sha256, effects)


METHOD = Method(
    name="event_study",
    run=run,
    uses=frozenset({"treatment", "cohort", "unit", "time", "covariates", "fixed_effects", "cluster", "weights"}),
    needs=(frozenset({"unit"}), frozenset({"time"}), frozenset({"cohort", "treatment"})),
    vcov=VCOV,
    options={"reference": number(), "window": interval(), **HONEST},
)
