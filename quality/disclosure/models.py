"""Models (R7): which designs tell of single people, judged from the design matrix itself, never from a claim.

Belongs here: the design's record and the tests on it. Does not: fitting (experiments), tables (a saturated model is one).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.identity.pseudonym import PSEUDONYM
from quality.disclosure.differencing import Earlier
from quality.disclosure.messages import WHY
from quality.disclosure.outputs import Key, Model
from quality.disclosure.policy import Policy
from quality.disclosure.rounding import figures, to_base
from quality.disclosure.tally import unit_hash
from quality.disclosure.verdict import Decision, Released, accepted, refused

PARTS = frozenset({"estimates", "fit", "tests", "variance_components"})
"""What of a model may be released; anything else (residuals, fitted values, influence, effects of units) is refused."""
BINARY = 2
SAMPLE: Key = ("sample",)
"""Under which key a model's rows stand in the ledger."""
COUNTS = frozenset({"n_obs", "n_units", "n_clusters"})
Column = NDArray[np.float64]


@dataclass(frozen=True)
class Design:
    """A model's design by rows, from the panel that it was fitted on.

    `columns`: the regressors by term, without the constant. `units`, `clusters`: ids by row (`clusters` None: by unit).
    `absorbed`: ids of fixed effects that were taken out. `binary`: the outcome is 0/1 and the model may separate.
    `organisations`: ids where the model is about organisations' figures.
    """

    outcome: Column
    columns: Mapping[str, Column]
    units: Sequence[Any]
    clusters: Sequence[Any] | None = None
    absorbed: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    organisations: Sequence[Any] | None = None
    binary: bool = False
    constant: bool = True


def judge_model(output: Model, policy: Policy, earlier: Earlier | None = None) -> Decision:
    """Judge a model; accepted estimates have few figures, counts are rounded.

    Beside the ledger a model is compared with earlier ones of its measure row by row: a person left out or moved is a difference.
    """
    reason = next(_reasons(output, policy), None)
    if reason is not None:
        return refused("R7", "E-SDC-07", evidence={"why": reason}, what=output.about.measure, why=WHY[reason])
    if earlier is not None and _is_near(output, earlier, policy):
        return refused("R5", "E-SDC-05", what=output.about.measure, threshold=policy.threshold)
    values: dict[Key, Any] = {
        (term, name): to_base(number, policy.rounding_base)
        if name in COUNTS
        else figures(number, policy.estimate_figures)
        for term, numbers in output.estimates.items()
        for name, number in numbers.items()
    }
    return accepted(Released("model", output.about, values, {}))


def row_members(design: Design, key: bytes) -> frozenset[int]:
    """Return keyed hashes of each unit with all its values, for the comparison with earlier models."""
    values = np.column_stack([design.outcome, *design.columns.values()])
    rows: dict[str, list[str]] = {}
    for unit, row in zip(design.units, values, strict=True):
        rows.setdefault(str(unit), []).append(",".join(f"{value:.9g}" for value in row))
    return frozenset(unit_hash(key, f"{unit}|{'|'.join(sorted(told))}") for unit, told in rows.items())


def _is_near(output: Model, earlier: Earlier, policy: Policy) -> bool:
    if output.members is None:
        return True
    past = [table.cells[SAMPLE] for table in earlier.tables if table.measure == output.about.measure]
    return any(0 < len(output.members ^ item.members) + item.erased < policy.threshold for item in past)


def _reasons(output: Model, policy: Policy) -> Iterator[str]:
    """Yield why a model is not released; the first is told."""
    design: Design = output.design
    if set(output.parts) - PARTS:
        yield "part"
    if output.covariance_terms > policy.covariance_terms:
        yield "covariance"
    if any(PSEUDONYM.search(term) or _is_of_absorbed(term, design) for term in output.estimates):
        yield "names"
    coded = _Codes.of(design, policy.threshold)
    if coded.n_units < policy.threshold:
        yield "few_units"
    if coded.organisations is not None and coded.organisations < policy.threshold:
        yield "few_organisations"
    if coded.groups - coded.coefficients < policy.residual_df:
        yield "residual_df"
    if any(not _enough(column, coded, policy) for column in design.columns.values()):
        yield "term"
    if design.binary and _separates(design):
        yield "separation"
    yield from _fits(design, coded, policy)


def _is_of_absorbed(term: str, design: Design) -> bool:
    """Whether a coefficient is one of a fixed effect with many levels."""
    return any(re.match(rf"(C\()?{re.escape(name)}\b", term) for name in design.absorbed)


@dataclass(frozen=True)
class _Codes:
    """Ids as numbers; how many units, groups of the errors, coefficients, organisations."""

    units: NDArray[np.int64]
    n_units: int
    groups: int
    coefficients: int
    organisations: int | None

    @staticmethod
    def of(design: Design, least: int) -> _Codes:
        units, n_units = _numbered(design.units)
        groups = n_units if design.clusters is None else _numbered(design.clusters)[1]
        counted = [ids for ids in design.absorbed.values() if not _within_groups(ids, design)]
        effects = sum(_thin(ids, units, least) for ids in counted)
        organisations = None if design.organisations is None else _numbered(design.organisations)[1]
        own = sum(bool(np.ptp(column)) for column in design.columns.values())
        return _Codes(units, n_units, groups, own + int(design.constant) + effects, organisations)


def _thin(ids: Sequence[Any], units: NDArray[np.int64], least: int) -> int:
    """Return how many levels of an absorbed effect have fewer than `least` distinct units, of whom each tells."""
    codes, n = _numbered(ids)
    pairs = np.unique(np.column_stack([codes, units]), axis=0)
    return int((np.bincount(pairs[:, 0], minlength=n) < least).sum())


def _within_groups(ids: Sequence[Any], design: Design) -> bool:
    """Whether an absorbed effect is of the unit or cluster itself, or finer: within estimation compares each with itself.

    The rows must then outnumber the effects at least two to one, else the effect is the row.
    """
    codes, n = _numbered(ids)
    groups, _ = _numbered(design.clusters if design.clusters is not None else design.units)
    pairs = len(np.unique(np.column_stack([codes, groups]), axis=0))
    return pairs == n and 2 * n <= len(codes)


def _numbered(ids: Sequence[Any]) -> tuple[NDArray[np.int64], int]:
    found, codes = np.unique(np.asarray([str(item) for item in ids]), return_inverse=True)
    return codes, len(found)


def _enough(column: Column, coded: _Codes, policy: Policy) -> bool:
    """Whether enough distinct units have, and have not, a column's most common value, and are not zero in it."""
    values, counts = np.unique(column, return_counts=True)
    if len(values) == 1:
        return True
    common = column == values[counts.argmax()]
    parts = [~common, common] if len(values) == BINARY or counts.max() > len(column) / 2 else [column != 0]
    return all(_distinct(coded.units[part]) >= policy.threshold for part in parts)


def _distinct(codes: NDArray[np.int64]) -> int:
    return len(np.unique(codes))


def _separates(design: Design) -> bool:
    """Whether a category has one outcome only, or a regressor orders the outcomes perfectly."""
    for column in design.columns.values():
        values = np.unique(column)
        if len(values) <= BINARY:
            if len(values) > 1 and any(np.ptp(design.outcome[column == value]) == 0 for value in values):
                return True
        elif _ordered(column[design.outcome == 0], column[design.outcome == 1]):
            return True
    return bool(np.ptp(design.outcome) == 0)


def _ordered(low: Column, high: Column) -> bool:
    return not len(low) or not len(high) or low.max() < high.min() or high.max() < low.min()


def _fits(design: Design, coded: _Codes, policy: Policy) -> Iterator[str]:
    """Yield whether rows determine coefficients, the fit is (nearly) exact, or the design is a table of categories."""
    matrix = _matrix(design)
    q, r = np.linalg.qr(matrix)
    strong = np.abs(np.diag(r)) > 1e-9 * max(1.0, float(np.abs(np.diag(r)).max(initial=0.0)))
    q = q[:, strong]
    leverage = (q * q).sum(axis=1)
    if leverage.max(initial=0.0) > policy.leverage:
        yield "leverage"
    centred = _within(design, design.outcome[:, None])[:, 0]
    total = float(centred @ centred)
    left = centred - q @ (q.T @ centred)
    if total <= 1e-12 * len(centred) or 1 - float(left @ left) / total > policy.r_squared:
        yield "fit"
    if _is_small_table(design, coded, policy):
        yield "saturated"


def _matrix(design: Design) -> Column:
    columns = [np.asarray(column, dtype=float) for column in design.columns.values()]
    if not columns:
        return np.ones((len(design.outcome), 1))
    return _within(design, np.column_stack(columns))


def _within(design: Design, columns: Column) -> Column:
    """Return columns less the means of absorbed effects and the constant, by repeated demeaning."""
    found = np.asarray(columns, dtype=float).copy()
    codes = [_numbered(ids) for ids in design.absorbed.values()]
    if not codes:
        return (
            np.column_stack([np.ones(len(found)), found])
            if design.constant and found.shape[1] > 1
            else _centred(found, design)
        )
    for _ in range(200 if len(codes) > 1 else 1):
        before = found.copy()
        for ids, n in codes:
            sizes = np.bincount(ids, minlength=n)[:, None]
            sums = np.zeros((n, found.shape[1]))
            np.add.at(sums, ids, found)
            found -= (sums / sizes)[ids]
        if np.abs(found - before).max(initial=0.0) < 1e-9:  # noqa: PLR2004
            break
    return found


def _centred(columns: Column, design: Design) -> Column:
    return columns - columns.mean(axis=0) if design.constant else columns


def _is_small_table(design: Design, coded: _Codes, policy: Policy) -> bool:
    """Whether a design that is a table (as many coefficients as combinations of categories) has a cell that may not be shown."""
    columns = list(design.columns.values())
    if not columns or design.absorbed:
        return False
    patterns, place = np.unique(np.column_stack(columns), axis=0, return_inverse=True)
    if len(patterns) > len(columns) + 1:
        return False
    cells = [place.ravel() == number for number in range(len(patterns))]
    if any(_distinct(coded.units[cell]) < policy.threshold for cell in cells):
        return True
    values = np.unique(design.outcome)
    return len(values) == BINARY and any(
        0 < _distinct(coded.units[cell & (design.outcome == value)]) < policy.threshold
        for cell in cells
        for value in values
    )
