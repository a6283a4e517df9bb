"""From a frame and a spec to the rows and columns of one analysis: filter, complete cases, indicators, keys.

Belongs here: which rows enter, with a count for each reason they do not, and design columns with their names. Does not:
estimation (estimators), the filter language (expression).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.messages import Text
from experiments.expression import filter_columns, filter_mask
from experiments.lots import Lots
from experiments.messages import refusal
from experiments.spec import AnalysisSpec

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

ROLES: dict[str, Text] = {
    "outcome": Text(en="outcome", zh="结果变量"),
    "treatment": Text(en="treatment", zh="处理变量"),
    "weights": Text(en="weights", zh="权重"),
    "cohort": Text(en="cohort", zh="批次"),
    "time": Text(en="time", zh="时间"),
}


@dataclass(frozen=True)
class Sample:
    """The complete cases of one analysis, in the frame's order, and how they came about.

    A sample may stand for a longer one that has the same moments (`estimators.onescan`): then `copies` says of each row for how
    many it stands, the same in all rows of a unit (`copied` names the unit's column), and `weights` have it in them. `lots` are
    those of the registered lottery (`frame` then has the column `lots.COLUMN`).
    """

    frame: pd.DataFrame
    weights: Vector | None
    counts: dict[str, Any]
    copies: Vector | None = None
    copied: str | None = None
    lots: Lots | None = None
    _numbered: dict[str, Codes] = field(default_factory=dict, repr=False, compare=False)

    def codes(self, name: str) -> Codes:
        """Return `codes` of a key column; each key is numbered once (fixed effect, cluster and unit are often one)."""
        if name not in self._numbered:
            first, _, rest = name.rpartition(":")
            own = _numbered(self.frame[rest])
            self._numbered[name] = _paired(self.codes(first), own) if first else own
        return self._numbered[name]

    def where(self, kept: Flags) -> Sample:
        """Return the sample with some of its rows."""
        if kept.all():
            return self
        weights = None if self.weights is None else self.weights[kept]
        copies = None if self.copies is None else self.copies[kept]
        return Sample(self.frame[kept].reset_index(drop=True), weights, self.counts, copies, self.copied)

    @property
    def size(self) -> int:
        """Return the number of rows that are here; see `rows_meant`."""
        return len(self.frame)

    @property
    def rows_meant(self) -> int:
        """Return the number of rows that the sample has or stands for."""
        return self.size if self.copies is None else round(float(self.copies.sum()))

    def copies_of(self, name: str) -> Vector | None:
        """Return for how many groups of the key `name` each of its groups stands; None if each is itself."""
        if self.copies is None or name != self.copied:
            return None
        codes = self.codes(name)
        found = np.ones(int(codes.max()) + 1)
        found[codes] = self.copies
        return found

    def groups_meant(self, name: str, rows: Flags | None = None) -> int:
        """Return the number of groups of the key `name`, or of those that some rows are in."""
        codes, copies = self.codes(name), self.copies_of(name)
        found = np.arange(int(codes.max()) + 1) if rows is None else np.unique(codes[rows])
        return len(found) if copies is None else round(float(copies[found].sum()))


def spec_columns(spec: AnalysisSpec) -> list[str]:
    """Return the columns that the analysis itself reads (not those of the filter), each once, `a:b` taken apart.

    Columns that an option names (the event of `cox`, the mediator of `mediation`) are among them.
    """
    single = (spec.outcome, spec.treatment, spec.cohort, spec.unit, spec.time, spec.strata, spec.weights)
    listed = (*spec.covariates, *spec.fixed_effects, *spec.instrument, *spec.cluster)
    names = [part for name in (*single, *listed) if name for part in name.split(":")]
    return list(dict.fromkeys([*names, *_option_columns(spec)]))


def _option_columns(spec: AnalysisSpec) -> tuple[str, ...]:
    from experiments.estimators import option_columns  # at call time: estimators build on this module

    return option_columns(spec.estimator, spec.options)


def draw(
    spec: AnalysisSpec, frame: pd.DataFrame, keep: tuple[str, ...] = (), partial: frozenset[str] = frozenset()
) -> Sample:
    """Return the rows of `frame` that the analysis uses: the filter holds and no column it reads is missing.

    Columns of `keep` come along although the analysis does not read them; those of `partial` may have missing values. Numbers
    that the option `categorical` lists become categories.

    Raises
    ------
    Refused
        A column that the data do not have, a forbidden filter, an infinite number, weights at or below 0, no row left.
    """
    complete, counts = complete_rows(spec, frame, keep, partial)
    if complete.empty:
        raise refusal("E-EST-01", n_read=len(frame), n_filter=counts["n_after_filter"], n_complete=0)
    return Sample(complete, _weights(spec, complete), counts)


def complete_rows(
    spec: AnalysisSpec, frame: pd.DataFrame, keep: tuple[str, ...] = (), partial: frozenset[str] = frozenset()
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the rows that enter, maybe none, and how many do not for which reason; see `draw`."""
    needed = [*spec_columns(spec), *keep]
    lost = [name for name in (*needed, *filter_columns(spec.filter or "")) if name not in frame.columns]
    if lost:
        raise refusal("E-SPEC-09", columns=", ".join(dict.fromkeys(lost)), known=", ".join(map(str, frame.columns)))
    kept, counts = _filtered(spec, frame)
    used = _with_never(spec, frame.take([frame.columns.get_loc(name) for name in needed], axis=1))
    missing = _missing(used)
    absent = {name: int((gaps & kept).sum()) for name, gaps in missing.items() if name not in partial}
    counts["n_dropped"] = {name: count for name, count in absent.items() if count}
    for name, gaps in missing.items():
        kept = kept if name in partial else kept & ~gaps
    complete = _with_categories(spec, used[kept].reset_index(drop=True))
    counts["n_incomplete"] = counts["n_after_filter"] - len(complete)
    _check_finite(complete)
    return complete, counts


def _missing(frame: pd.DataFrame) -> dict[str, Flags]:
    """Return where values are missing, for the columns in which any could be."""
    return {str(name): _gaps(column) for name, column in frame.items() if not _is_full(column)}


def _is_full(column: pd.Series) -> bool:
    """Return whether the column's type has no missing value."""
    return isinstance(column.dtype, np.dtype) and column.dtype.kind in "iub"


def _gaps(column: pd.Series) -> Flags:
    if isinstance(column.dtype, pd.CategoricalDtype):
        found: Flags = column.array.codes < 0
        return found
    missing: Flags = column.isna().to_numpy()
    return missing


def _with_never(spec: AnalysisSpec, needed: pd.DataFrame) -> pd.DataFrame:
    """Write 0 where `cohort` is missing: both mean never treated."""
    if spec.cohort is None or not is_numeric(needed[spec.cohort]):
        return needed
    return needed.assign(**{spec.cohort: needed[spec.cohort].fillna(0)})


def _with_categories(spec: AnalysisSpec, complete: pd.DataFrame) -> pd.DataFrame:
    """Turn the numeric columns that the option `categorical` lists into categories, in the order of the numbers."""
    listed = spec.options.get("categorical", [])
    names = [name for name in ([listed] if isinstance(listed, str) else listed) if name in complete.columns]
    return complete.astype(dict.fromkeys(names, "category")) if names else complete


def _filtered(spec: AnalysisSpec, frame: pd.DataFrame) -> tuple[Flags, dict[str, Any]]:
    """Return which rows the filter keeps, with counts."""
    if spec.filter is None:
        return np.ones(len(frame), dtype=bool), {"n_read": len(frame), "n_after_filter": len(frame)}
    mask = filter_mask(spec.filter, frame)
    unknown = int((~mask.yes & ~mask.no).sum())
    counts = {"n_read": len(frame), "n_after_filter": int(mask.yes.sum()), "n_filter_unknown": unknown}
    return mask.yes, counts


def _check_finite(frame: pd.DataFrame) -> None:
    for name, column in frame.items():
        if pd.api.types.is_float_dtype(column.dtype):
            infinite = int(np.isinf(column.to_numpy(dtype=float)).sum())
            if infinite:
                raise refusal("E-EST-08", column=name, n=infinite)


def _weights(spec: AnalysisSpec, frame: pd.DataFrame) -> Vector | None:
    if spec.weights is None:
        return None
    weights = numbers(frame, spec.weights, "weights")
    if (weights <= 0).any():
        raise refusal("E-EST-05", column=spec.weights, n=int((weights <= 0).sum()))
    return weights


def is_numeric(column: pd.Series) -> bool:
    """Return whether a column counts as numbers (truth values do); anything else is categorical."""
    return bool(pd.api.types.is_numeric_dtype(column))


def numbers(frame: pd.DataFrame, name: str, role: str) -> Vector:
    """Return a column as floats.

    Raises
    ------
    Refused
        The column does not hold numbers.
    """
    if not is_numeric(frame[name]):
        kind = Text(en="text or dates", zh="文本或日期")
        error = refusal("E-EST-06", column=name, role=ROLES[role].en, kind=kind.en)
        zh = refusal("E-EST-06", column=name, role=ROLES[role].zh, kind=kind.zh).text.zh
        raise type(error)(error.code, Text(en=error.text.en, zh=zh))
    found: Vector = frame[name].to_numpy(dtype=float)
    return found


def codes(frame: pd.DataFrame, name: str) -> Codes:
    """Return group numbers 0, 1, … of a key column; `a:b` numbers the pairs that occur.

    >>> codes(pd.DataFrame({"z": ["p", "p", "q"], "b": [1, 2, 1]}), "z:b").tolist()
    [0, 1, 2]
    """
    first, *rest = name.split(":")
    found = _numbered(frame[first])
    for part in rest:
        found = _paired(found, _numbered(frame[part]))
    return found


def _paired(outer: Codes, inner: Codes) -> Codes:
    return _renumbered(outer * (inner.max() + 1) + inner)


def _numbered(column: pd.Series) -> Codes:
    """Return group numbers of a complete column; categories keep their order and need no look at their texts."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return _renumbered(column.array.codes.astype(np.int64))
    found: Codes = pd.factorize(column, sort=True)[0].astype(np.int64)
    return found


SPARSE = 16
"""Up to so many possible numbers a row, counting them is cheaper than sorting."""


def _renumbered(numbers: Codes) -> Codes:
    """Return non-negative numbers as 0, 1, … without gaps, in their order."""
    if numbers.max(initial=0) > SPARSE * len(numbers):
        found: Codes = pd.factorize(numbers, sort=True)[0].astype(np.int64)
        return found
    present = np.bincount(numbers) > 0
    place: Codes = np.cumsum(present) - 1
    return place[numbers]


def design_columns(frame: pd.DataFrame, name: str) -> dict[str, Vector]:
    """Return the design columns of one covariate.

    A numeric column is itself; a categorical one becomes 0/1 indicators ``name[level]``, levels sorted, the first left out;
    ``a:b`` is every product of the two.
    """
    if ":" not in name:
        return _indicators(frame, name)
    parts = [design_columns(frame, part) for part in name.split(":", 1)]
    return {f"{left}:{right}": first * second for left, first in parts[0].items() for right, second in parts[1].items()}


def _indicators(frame: pd.DataFrame, name: str) -> dict[str, Vector]:
    column = frame[name]
    if is_numeric(column):
        return {name: column.to_numpy(dtype=float)}
    numbered, levels = pd.factorize(column, sort=True)
    return {f"{name}[{level}]": (numbered == place).astype(float) for place, level in enumerate(levels) if place > 0}
