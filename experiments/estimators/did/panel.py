"""Rows of a sample → a panel as matrices: units × periods, with cohorts, weights and clusters of the units.

Belongs here: one row a unit and period, what must be constant in a unit, cohorts that say nothing. Does not: which comparisons
are made (att_gt), columns of regressions (cells). A missing cell of the panel is not-a-number.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from experiments.messages import refusal, warning
from experiments.sample import Codes, Flags, Matrix, Sample, Vector, design_columns, is_numeric, numbers
from experiments.spec import AnalysisSpec

NEVER = np.inf
Cube = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Panel:
    """N units in T periods.

    Parameters
    ----------
    outcome
        N × T, not-a-number where the unit has no row.
    cohort
        N, the first treated period in units of time; infinite = never (within these data).
    periods
        T, ascending.
    weights
        N, above 0.
    covariates
        N × T × k, without a constant; k may be 0.
    clusters
        N, numbered from 0; the unit itself unless told otherwise.
    copies
        N, for how many units each stands (`sample.Sample.copies`); `weights` have it in them.
    """

    outcome: Matrix
    cohort: Vector
    periods: Vector
    weights: Vector
    covariates: Cube
    clusters: Codes
    warnings: tuple[dict[str, Any], ...] = ()
    copies: Vector | None = None

    @property
    def size(self) -> int:
        """Return the number of units that are here."""
        return len(self.cohort)

    def meant(self, units: Flags | None = None) -> int:
        """Return for how many units all or the chosen ones stand."""
        each = np.ones(self.size) if self.copies is None else self.copies
        return round(float((each if units is None else each[units]).sum()))

    @property
    def cluster_copies(self) -> Vector | None:
        """Return for how many clusters each stands, if clusters are units; else None: each is itself."""
        if self.copies is None or len(np.unique(self.clusters)) != self.size:
            return None
        found = np.ones(self.size)
        found[self.clusters] = self.copies
        return found

    @property
    def cohorts(self) -> Vector:
        """Return the treated cohorts, ascending."""
        found: Vector = np.unique(self.cohort[np.isfinite(self.cohort)])
        return found

    def select(self, kept: Flags) -> Panel:
        """Return the panel of some units; clusters are numbered afresh."""
        clusters = np.unique(self.clusters[kept], return_inverse=True)[1].astype(np.int64)
        return replace(
            self,
            outcome=self.outcome[kept],
            cohort=self.cohort[kept],
            weights=self.weights[kept],
            covariates=self.covariates[kept],
            clusters=clusters,
            copies=None if self.copies is None else self.copies[kept],
        )


def panel_of(spec: AnalysisSpec, sample: Sample) -> Panel:
    """Return the panel that a sample holds.

    Raises
    ------
    Refused
        Time is no number, a unit has two rows in a period, or cohort, weight or cluster changes within a unit.
    """
    unit = sample.codes(str(spec.unit))
    time = times(spec, sample)
    periods, place = np.unique(time, return_inverse=True)
    check_unique(spec, unit, place.astype(np.int64))
    count, first = int(unit.max()) + 1, _first_rows(unit)
    outcome = np.full((count, len(periods)), np.nan)
    outcome[unit, place] = numbers(sample.frame, spec.outcome, "outcome")
    columns = [column for name in spec.covariates for column in design_columns(sample.frame, name).values()]
    covariates = np.full((count, len(periods), len(columns)), np.nan)
    if columns:
        covariates[unit, place] = np.column_stack(columns)
    weights = sample.weights if sample.weights is not None else np.ones(sample.size)
    own: Vector = constant_in(str(spec.weights), "weights", weights, unit, first)
    clusters, copies = unit_clusters(spec, sample), sample.copies_of(str(spec.unit))
    return Panel(outcome, cohorts(spec, sample)[first], periods, own, covariates, clusters, copies=copies)


def times(spec: AnalysisSpec, sample: Sample) -> Vector:
    """Return the time of each row as a number; refused when it is text."""
    if not is_numeric(sample.frame[str(spec.time)]):
        raise refusal("E-DID-08", column=spec.time)
    return numbers(sample.frame, str(spec.time), "time")


def cohorts(spec: AnalysisSpec, sample: Sample) -> Vector:
    """Return each row's first treated period, infinite for never.

    Without `cohort` it is the unit's first period with a `treatment` other than 0.

    Raises
    ------
    Refused
        The cohort changes within a unit, or treatment goes down again.
    """
    unit = sample.codes(str(spec.unit))
    if spec.cohort is None:
        return _starts(spec, sample, unit)
    values = numbers(sample.frame, spec.cohort, "cohort")
    found: Vector = np.where(values > 0, values, NEVER)
    constant_in(spec.cohort, "cohort", found, unit, _first_rows(unit))
    return found


def _starts(spec: AnalysisSpec, sample: Sample, unit: Codes) -> Vector:
    treated = numbers(sample.frame, str(spec.treatment), "treatment")
    other = int((~np.isin(treated, (0.0, 1.0))).sum())
    if other:
        raise refusal("E-EST-11", column=spec.treatment, estimator=spec.estimator, n=other)
    time, on = times(spec, sample), treated == 1
    starts = np.full(int(unit.max()) + 1, NEVER)
    np.minimum.at(starts, unit[on], time[on])
    back = ~on & (time > starts[unit])
    if back.any():
        raise refusal("E-DID-14", n=len(np.unique(unit[back])), estimator=spec.estimator)
    return starts[unit]


def unit_clusters(spec: AnalysisSpec, sample: Sample) -> Codes:
    """Return the cluster of each unit: the unit itself, or the (single) cluster column, constant in a unit."""
    unit = sample.codes(str(spec.unit))
    if not spec.cluster or spec.cluster[0] == spec.unit:
        return np.arange(int(unit.max()) + 1, dtype=np.int64)
    codes = sample.codes(spec.cluster[0])
    first = _first_rows(unit)
    constant_in(spec.cluster[0], "cluster", codes.astype(float), unit, first)
    return codes[first]


def constant_in(name: str, role: str, values: Vector, unit: Codes, first: Codes) -> Vector:
    """Return one value a unit; refused when the value changes within units."""
    changed = values != values[first][unit]
    if changed.any():
        raise refusal("E-DID-02", column=name, role=role, n=len(np.unique(unit[changed])))
    return values[first]


def check_unique(spec: AnalysisSpec, unit: Codes, place: Codes) -> None:
    """Refuse two rows of one unit in one period."""
    filled = np.bincount(unit * (int(place.max()) + 1) + place)
    if filled.max() > 1:
        raise refusal("E-DID-01", n=int((filled > 1).sum()), unit=spec.unit, time=spec.time)


def _first_rows(unit: Codes) -> Codes:
    first = np.zeros(int(unit.max()) + 1, dtype=np.int64)
    first[unit[::-1]] = np.arange(len(unit) - 1, -1, -1)
    return first


def ready(panel: Panel, *, balanced: bool) -> Panel:
    """Return the panel that effects can be estimated from, with a warning for every unit that is left out or renamed.

    Units treated from the first period on are left out, later starts than the last period become never; with `balanced`
    units that miss a period are left out.

    Raises
    ------
    Refused
        Nobody is observed throughout, or nobody starts treatment after the first period.
    """
    told: list[dict[str, Any]] = []
    whole: Flags = np.asarray(~np.isnan(panel.outcome).any(axis=1))
    if balanced and not whole.all():
        if not whole.any():
            raise refusal("E-DID-12", n=len(panel.periods))
        told.append(warning("W-DID-01", n=panel.meant(~whole), total=panel.meant()))
        panel = panel.select(whole)
    early: Flags = panel.cohort <= panel.periods[0]
    late = np.isfinite(panel.cohort) & (panel.cohort > panel.periods[-1])
    if late.any():
        told.append(warning("W-DID-03", n=panel.meant(late)))
        panel = replace(panel, cohort=np.where(late, NEVER, panel.cohort))
    if early.any():
        told.append(warning("W-DID-02", n=panel.meant(early)))
        panel = panel.select(np.asarray(~early))
    if not np.isfinite(panel.cohort).any():
        raise refusal("E-DID-03", first=f"{panel.periods[0]:g}")
    return replace(panel, warnings=(*panel.warnings, *told))
