"""Balance of baseline covariates between what was drawn: standardised differences and variance ratios, no p-values.

Belongs here: one table over a frame and its assignment. Does not: judging it (after a real draw imbalance is chance, so testing
it answers no question: Imai, King & Stuart 2008), correcting for it (analyses).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from data import documents
from experiments.design.assignment import Assignment, counts, parsed, warnings_of
from experiments.design.draws import DrawRecord
from experiments.design.frame import SealedFrame, opened_frame
from experiments.registry.schema.design import AssignmentSpec
from experiments.registry.store import Registry

Values = npt.NDArray[np.float64]
FLAT = 1e-12
CONTROLS = frozenset({"no_intervention", "usual_practice", "sham", "active_comparator"})


@dataclass(frozen=True)
class BalanceRow:
    """One covariate (or one level of a categorical one) in one arm beside the reference arm.

    `std_difference` is (mean − reference mean) / √((s² + s²ref) / 2) (Imbens & Rubin 2015, 14.2); None
    where neither side varies and the means differ, or a side is empty. `variance_ratio` is
    s² / s²ref, None for shares and where the reference does not vary.
    Means are over known values; `missing` counts the others. In a stepped wedge the groups are the periods.
    """

    covariate: str
    level: str | None
    arm: str
    reference: str
    n: int
    n_reference: int
    mean: float | None
    mean_reference: float | None
    std_difference: float | None
    variance_ratio: float | None
    missing: int
    missing_reference: int

    def document(self) -> dict[str, Any]:
        """Return the row for JSON."""
        return asdict(self)


def balance(
    frame: SealedFrame, assignment: Assignment, covariates: Sequence[str], *, reference: str | None = None
) -> tuple[BalanceRow, ...]:
    """Return one row per covariate (per level of a categorical one) and group other than the reference.

    Parameters
    ----------
    frame
        The frame that was drawn.
    assignment
        The draw over it.
    covariates
        Columns of the frame; text columns are taken as categorical, each level a share.
    reference
        The group that the others stand beside; by default the first arm (in a stepped wedge the first period).
    """
    groups = np.array([unit.period or unit.arm for unit in assignment.units], dtype=object)
    names = list(dict.fromkeys([*assignment.arms, *sorted(set(groups))]))
    present = [name for name in names if (groups == name).any()]
    first = reference if reference is not None and reference in present else present[0]
    return tuple(
        _row(covariate, level, values, groups, (name, first))
        for covariate in covariates
        for level, values in _columns(frame, covariate)
        for name in present
        if name != first
    )


@dataclass(frozen=True)
class DrawnBalance:
    """A recorded draw looked at: units by arm, the balance table, what the draw warned of."""

    counts: dict[str, int]
    rows: tuple[BalanceRow, ...]
    warnings: tuple[dict[str, object], ...]


def balance_of(registry: Registry, experiment_id: str, draw: DrawRecord) -> DrawnBalance:
    """Return the balance of a recorded draw, from its documents; beside the first arm that is a control, if there is one."""
    protocol = registry.record(experiment_id).version(draw.version).protocol
    spec = protocol.assignment_spec
    frame = opened_frame(documents.get(registry.ledger, draw.frame_sha256))
    made = parsed(documents.get(registry.ledger, str(draw.assignment_sha256)))
    controls = [arm.arm_id for arm in protocol.arms if arm.type in CONTROLS]
    covariates = balance_covariates(spec) if spec else ()
    rows = balance(frame, made, covariates, reference=controls[0] if controls else None)
    return DrawnBalance(counts(made), rows, warnings_of(frame, made, spec) if spec else ())


def balance_covariates(spec: AssignmentSpec) -> tuple[str, ...]:
    """Return the covariates that a declaration names, those of its criterion first, each once."""
    criterion = spec.rerandomisation.covariates if spec.rerandomisation else ()
    return tuple(dict.fromkeys([*criterion, *spec.balance_covariates]))


def _columns(frame: SealedFrame, covariate: str) -> Iterator[tuple[str | None, Values]]:
    """Yield a number column as it is, and a text column as one indicator a level (missing stays missing)."""
    if frame.kind(covariate) == "number":
        yield None, frame.numbers(covariate)
        return
    cells = frame.cells(covariate)
    for level in sorted({cell for cell in cells if cell is not None}):
        yield level, np.array([np.nan if cell is None else float(cell == level) for cell in cells])


def _row(
    covariate: str, level: str | None, values: Values, groups: npt.NDArray[np.object_], pair: tuple[str, str]
) -> BalanceRow:
    ours, theirs = (values[groups == name] for name in pair)
    here, there = ours[~np.isnan(ours)], theirs[~np.isnan(theirs)]
    mean, mean_there = _mean(here), _mean(there)
    spread, spread_there = (_variance(side, is_share=level is not None) for side in (here, there))
    return BalanceRow(
        covariate=covariate,
        level=level,
        arm=pair[0],
        reference=pair[1],
        n=len(here),
        n_reference=len(there),
        mean=mean,
        mean_reference=mean_there,
        std_difference=_standardised(mean, mean_there, spread, spread_there),
        variance_ratio=spread / spread_there if level is None and spread_there > FLAT else None,
        missing=len(ours) - len(here),
        missing_reference=len(theirs) - len(there),
    )


def _mean(values: Values) -> float | None:
    return float(values.mean()) if len(values) else None


def _variance(values: Values, *, is_share: bool) -> float:
    if len(values) == 0:
        return 0.0
    if is_share:
        share = float(values.mean())
        return share * (1.0 - share)
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0


def _standardised(mean: float | None, mean_there: float | None, spread: float, spread_there: float) -> float | None:
    if mean is None or mean_there is None:
        return None
    difference = mean - mean_there
    pooled = sqrt((spread + spread_there) / 2.0)
    if pooled > FLAT:
        return difference / pooled
    return 0.0 if abs(difference) <= FLAT else None
