"""Rows of a sample → the matrices of a synthetic control: outcomes by period and unit, predictors by unit.

Belongs here: who is treated from when, donors that are complete, means of predictors. Does not: weights (control, did).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.estimators.did.panel import cohorts, times
from experiments.estimators.options import Option, shaped
from experiments.messages import refusal, warning
from experiments.sample import Flags, Matrix, Sample, Vector, numbers
from experiments.spec import AnalysisSpec

LEAST_PAST = 2


@dataclass(frozen=True)
class Layout:
    """Outcomes T × N with the treated units first, their names, periods, how many are treated, the first treated period."""

    outcome: Matrix
    names: tuple[str, ...]
    periods: Vector
    n_treated: int
    start: float
    warnings: tuple[dict[str, Any], ...]

    @property
    def post(self) -> Flags:
        """Return which periods are of treatment."""
        found: Flags = self.periods >= self.start
        return found


def layout_of(spec: AnalysisSpec, sample: Sample) -> Layout:
    """Return the layout.

    The treated unit and its start come from the options `treated_unit` and `treated_from`, or from `cohort` or `treatment` (then
    several units may be treated, all from one period on). Donors that miss a period are left out with a warning.

    Raises
    ------
    Refused
        No or another number of treated units, several starts, a treated unit with gaps, fewer than two periods or donors.
    """
    unit, time = sample.codes(str(spec.unit)), times(spec, sample)
    periods, at = np.unique(time, return_inverse=True)
    names = sample.frame[str(spec.unit)].to_numpy()[np.unique(unit, return_index=True)[1]]
    outcome = np.full((len(periods), len(names)), np.nan)
    if np.bincount(unit * len(periods) + at).max() > 1:
        doubled = int((np.bincount(unit * len(periods) + at) > 1).sum())
        raise refusal("E-DID-01", n=doubled, unit=spec.unit, time=spec.time)
    outcome[at, unit] = numbers(sample.frame, spec.outcome, "outcome")
    treated, start = _treated(spec, sample, names)
    gaps = np.isnan(outcome).any(axis=0)
    if gaps[treated].any():
        raise refusal("E-SYNTH-02", n=int(np.isnan(outcome[:, treated]).sum()))
    donors = np.setdiff1d(np.flatnonzero(~gaps), treated)
    lost = len(names) - len(donors) - len(treated)
    told = (warning("W-SYNTH-01", n=lost, total=len(names) - len(treated)),) if lost else ()
    past = int((periods < start).sum())
    if len(donors) < LEAST_PAST or past < LEAST_PAST or not (periods >= start).any():
        raise refusal("E-SYNTH-03", donors=len(donors), past=past, post=len(periods) - past)
    order = [*treated, *donors]
    return Layout(outcome[:, order], tuple(map(str, names[order])), periods, len(treated), start, told)


def _treated(spec: AnalysisSpec, sample: Sample, names: Vector) -> tuple[list[int], float]:
    chosen, start = spec.options.get("treated_unit"), spec.options.get("treated_from")
    if chosen is not None and start is not None:
        found = [place for place, name in enumerate(names) if str(name) == str(chosen)]
        if not found:
            raise refusal("E-SYNTH-01", n=0, starts=1)
        return found, float(start)
    if spec.cohort is None and spec.treatment is None:
        raise refusal("E-SYNTH-01", n=0, starts=0)
    cohort = cohorts(spec, sample)
    unit = sample.codes(str(spec.unit))
    started = np.isfinite(cohort) & (cohort <= times(spec, sample).max())
    places, starts = np.unique(unit[started]), np.unique(cohort[started])
    if len(starts) != 1:
        raise refusal("E-SYNTH-01", n=len(places), starts=len(starts))
    return [int(place) for place in places], float(starts[0])


def predictors_of(spec: AnalysisSpec, sample: Sample, layout: Layout) -> tuple[tuple[str, ...], Matrix] | None:
    """Return names and k × N means of the predictors; None when the spec names none.

    Raises
    ------
    Refused
        A predictor without any value for some unit in its periods.
    """
    wanted = [_item(entry) for entry in spec.options.get("predictors", [])]
    if not wanted:
        return None
    window = spec.options.get("predictor_periods", [-np.inf, layout.start])
    time, unit = times(spec, sample), sample.frame[str(spec.unit)].astype("str").to_numpy()
    place = {name: at for at, name in enumerate(layout.names)}
    own = np.array([place.get(name, -1) for name in unit])
    rows, named = [], []
    for item in wanted:
        low, high = item.get("from", window[0]), item.get("to", window[1])
        values = numbers(sample.frame, item["column"], "outcome")
        used = (own >= 0) & (time >= low) & (time <= high) & (time < layout.start) & ~np.isnan(values)
        count = np.bincount(own[used], minlength=len(layout.names))
        if (count == 0).any():
            raise refusal("E-SYNTH-04", column=item["column"], n=int((count == 0).sum()))
        rows.append(np.bincount(own[used], weights=values[used], minlength=len(layout.names)) / count)
        named.append(_label(item))
    return tuple(named), np.vstack(rows)


def _item(entry: Any) -> dict[str, Any]:  # noqa: ANN401 - an option's value as YAML gave it
    return {"column": entry} if isinstance(entry, str) else entry


def _label(item: dict[str, Any]) -> str:
    return str(item["column"]) + (f"[{item['from']:g}-{item['to']:g}]" if {"from", "to"} <= set(item) else "")


def predictors() -> Option:
    """Return the option that lists predictors: a column, or ``{column, from, to}``, averaged over those periods.

    >>> predictors().names(["invest", {"column": "popdens", "from": 1969, "to": 1969}])
    ('invest', 'popdens')
    """

    def fits(entry: Any) -> bool:  # noqa: ANN401
        item = _item(entry) if isinstance(entry, (str, dict)) else {}
        ends = [item[name] for name in ("from", "to") if name in item]
        return (
            isinstance(item.get("column"), str)
            and set(item) <= {"column", "from", "to"}
            and all(isinstance(end, (int, float)) for end in ends)
        )

    return shaped(
        "a list of columns, or of {column, from, to}",
        lambda value: isinstance(value, list) and bool(value) and all(map(fits, value)),
        lambda value: tuple(_item(entry)["column"] for entry in value),
    )
