"""Whether the result of an analysis may leave: its design as disclosure control judges it (rule R7).

Belongs here: from spec and released rows to a `Design`; rows of a result that rest on few units taken out. Does not: the rules
(quality.disclosure). Designs that other methods build inside are judged by what the spec names: treatment, covariates, effects.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from data.messages import Refused
from experiments.frames import plain
from experiments.messages import warning
from experiments.result import Estimate, EstimateResult
from experiments.sample import Codes, Sample, Vector, design_columns, draw, is_numeric, spec_columns
from experiments.spec import AnalysisSpec
from quality.disclosure.gate import decide
from quality.disclosure.models import Design
from quality.disclosure.outputs import About, Model
from quality.disclosure.policy import load_policy
from quality.disclosure.rounding import to_base
from quality.exports.variables import subject_of
from quality.marts import mart

RELATIVE = frozenset({"event_time"})
NESTED = 2
COUNTED = frozenset(
    {
        "n_read",
        "n_after_filter",
        "n_filter_unknown",
        "n_dropped",
        "n_incomplete",
        "n_treated",
        "n_control",
        "n_untreated",
        "n_never_treated",
        "n_always_treated",
        "n_ever_treated",
        "n_reverting",
        "n_singletons",
        "n_rows_without_group",
        "n_seen",
        "n_left",
        "n_right",
        "n_events",
    }
)
"""Diagnostics that count rows or units."""


def units_of(dataset: str) -> tuple[str, ...]:
    """Return the columns that tell one person or organisation of a released panel from the next; empty where nobody is behind.

    >>> units_of("panel_individual_wave"), units_of("panel_city_year")
    (('zone_id', 'person_id'), ())
    """
    if subject_of(dataset) == "nobody":
        return ()
    meta = mart(dataset).meta
    return tuple(meta.unit or meta.key)


def released(
    dataset: str, spec: AnalysisSpec, frame: pd.DataFrame, result: EstimateResult, partial: frozenset[str]
) -> EstimateResult:
    """Return a result as it may leave: without rows that rest on few units.

    Parameters
    ----------
    dataset
        The released panel; of one that is about nobody everything may leave.
    frame
        Its columns that the spec reads, and those of `units_of`.
    partial
        Columns that may have missing values (`Method.may_lack`).

    Raises
    ------
    Refused
        E-SDC-07 and its like: the design tells of single people or organisations.
    """
    units = units_of(dataset)
    if not units:
        return result
    read = spec_columns(spec)
    sample = draw(spec, plain(frame), keep=tuple(name for name in units if name not in read), partial=partial)
    about = About(spec.outcome, dataset, unit="organisation" if subject_of(dataset) == "organisations" else "person")
    codes = sample.codes(":".join(units))
    shown = tuple(row for row in result.estimates if _rests_on_enough(row, spec, sample, codes))
    numbers = {f"{row.term}@{row.group}": {"estimate": row.estimate, "std_error": row.std_error} for row in shown}
    decision = decide(Model(about, _design(spec, sample, codes, about), numbers))
    if decision.released is None or not shown:
        raise Refused(decision.verdict.code, decision.verdict.reason)
    held = len(result.estimates) - len(shown)
    told = (*result.warnings, warning("W-SDC-01", n=held, least=load_policy().threshold)) if held else result.warnings
    return with_rounded_counts(result.model_copy(update={"estimates": shown, "warnings": told}))


def with_rounded_counts(result: EstimateResult) -> EstimateResult:
    """Return a result whose counts of rows and units are rounded (R6): exact ones of two releases would tell who came or went.

    Numbers of clusters and of effects stay: they are facts of the design, and stand in the degrees of freedom.

    >>> made = EstimateResult(estimator="ols", spec_sha256="", data_sha256="", n_obs=6621, n_units=2479, n_clusters=44,
    ...     estimates=(), diagnostics={"n_dropped": {"wait": 1298}, "k": 4, "n_lots": 44})
    >>> found = with_rounded_counts(made)
    >>> found.n_obs, found.n_units, found.n_clusters, found.diagnostics
    (6620, 2480, 44, {'n_dropped': {'wait': 1300}, 'k': 4, 'n_lots': 44})
    """
    base = load_policy().rounding_base
    told = {name: _rounded(value, base) if name in COUNTED else value for name, value in result.diagnostics.items()}
    counts = {name: to_base(getattr(result, name), base) for name in ("n_obs", "n_units")}
    return result.model_copy(update={**counts, "diagnostics": told})


def _rounded(value: Any, base: int) -> Any:  # noqa: ANN401 - a count, or counts by name
    if isinstance(value, dict):
        return {name: _rounded(inner, base) for name, inner in value.items()}
    return to_base(value, base) if isinstance(value, int) and not isinstance(value, bool) else value


def _design(spec: AnalysisSpec, sample: Sample, codes: Codes, about: About) -> Design:
    frame = sample.frame
    names = [name for name in (_regressor(spec, frame), *spec.covariates) if name]
    columns = {term: values for name in names for term, values in design_columns(frame, name).items()}
    if spec.cohort:
        columns["ever"] = (frame[spec.cohort].fillna(0).to_numpy(float) > 0).astype(float)
    outcome = frame[spec.outcome].to_numpy(float)
    effects = [*spec.fixed_effects, *((spec.unit, spec.time) if spec.estimator == "twfe" else ())]
    return Design(
        outcome=outcome,
        columns=columns,
        units=codes.tolist(),
        clusters=sample.codes(spec.cluster[0]).tolist() if spec.cluster else None,
        absorbed={name: sample.codes(name).tolist() for name in dict.fromkeys(effects) if name},
        organisations=codes.tolist() if about.unit == "organisation" else None,
        binary=spec.estimator == "logit",
    )


def _regressor(spec: AnalysisSpec, frame: pd.DataFrame) -> str | None:
    return spec.treatment if spec.treatment in frame and is_numeric(frame[spec.treatment]) else None


def _rests_on_enough(row: Estimate, spec: AnalysisSpec, sample: Sample, codes: Codes) -> bool:
    """Whether enough units are on in a row that is of a relative period, a cohort, or a cohort's period."""
    if row.group is None or not spec.cohort or not spec.time:
        return True
    starts, times = (sample.frame[name].fillna(0).to_numpy(float) for name in (spec.cohort, spec.time))
    on = _on(row, starts, times)
    return on is None or len(np.unique(codes[on])) >= load_policy().threshold


def _on(row: Estimate, starts: Vector, times: Vector) -> Sequence[bool] | None:
    parts = str(row.group).split(":")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return None
    if len(numbers) == NESTED:
        return list((starts == numbers[0]) & (starts > 0))
    if row.term in RELATIVE or numbers[0] not in set(starts):
        return list((starts > 0) & (times - starts == numbers[0]))
    return list(starts == numbers[0])
