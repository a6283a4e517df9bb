"""Whether the result of an analysis may leave: its design as disclosure control judges it (rule R7).

Belongs here: from spec and released rows to a `Design`; rows of a result that rest on few units taken out. Does not: the rules
(quality.disclosure). Designs that other methods build inside are judged by what the spec names: treatment, covariates, effects.
"""

from __future__ import annotations

from collections.abc import Sequence

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
from quality.exports.variables import subject_of
from quality.marts import mart

RELATIVE = frozenset({"event_time"})
NESTED = 2


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
    return result.model_copy(update={"estimates": shown, "warnings": told})


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
