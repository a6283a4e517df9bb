"""What of the counts may be seen: cells of few people or organisations are held back, and what would give them away with them.

Belongs here: counts → numbers or None. Does not: counting, words. Fails closed: a table that nobody knows is about people, and
where one wave's count is held back no counts by code over all waves are shown, since the other waves would give it away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from data.contracts.model import Sensitivity
from quality.codebook.counting import QUANTILES, Count, Counted, Spread
from quality.disclosure import MIN_CELL, Amount, Cell, line_held
from quality.disclosure.dominance import dominated
from quality.disclosure.policy import load_policy
from quality.disclosure.rounding import figures

K = TypeVar("K", str, int)
DIGITS = 3
"""Significant digits of a mean or quantile about people: more would tell one value from the next."""


@dataclass(frozen=True)
class WaveShown:
    """One wave of one variable: rows with a value, rows by reason of absence. None: held back."""

    wave: str
    rows: int | None
    valid: int | None
    missing: Mapping[int, int | None]


@dataclass(frozen=True)
class Shown:
    """What is seen of a variable's values. `held` says that a distribution exists and is not shown."""

    waves: tuple[WaveShown, ...]
    codes: Mapping[str, int | None] = field(default_factory=dict)
    mean: float | None = None
    sd: float | None = None
    quantiles: Mapping[str, float] = field(default_factory=dict)
    least: float | None = None
    greatest: float | None = None
    distinct: int | None = None
    held: bool = False

    @property
    def holds_back(self) -> bool:
        """Whether any number of it is not shown."""
        cells = [cell for wave in self.waves for cell in (wave.rows, wave.valid, *wave.missing.values())]
        return self.held or None in cells or None in self.codes.values()


def shown(found: Counted, waves: Mapping[str, Count], grade: Sensitivity, *, protected: bool) -> Shown:
    """Return what may be seen of one variable.

    Parameters
    ----------
    found
        Its counts.
    waves
        Every wave of the table with its rows and units.
    grade
        Its disclosure grade; of a direct identifier only the counts by wave are shown.
    protected
        Whether the table is about people or organisations.

    >>> cells = {"W1": {0: Count(40, 40), 2: Count(3, 3)}}
    >>> shown(Counted(cells, Count(40, 40)), {"W1": Count(43, 43)}, "none", protected=True).waves[0].missing
    {2: None}
    """
    told = tuple(_wave(name, total, found.waves.get(name, {}), protected) for name, total in waves.items())
    if grade == "direct":
        return Shown(told, held=bool(found.codes or found.spread))
    if not protected:
        return _open(told, found)
    spread = found.spread if found.valid.units >= MIN_CELL else None
    numbers = _numbers(spread, found.valid.units)
    held = found.spread is not None and "mean" not in numbers
    if any(wave.valid is None for wave in told):
        return Shown(told, **numbers, held=bool(found.codes) or held)
    codes = {code: count.rows for code, count in found.codes.items()}
    kept = _complemented(codes, {code: _small(count) for code, count in found.codes.items()})
    return Shown(told, kept, **numbers, held=held)


def _open(told: tuple[WaveShown, ...], found: Counted) -> Shown:
    codes = {code: count.rows for code, count in found.codes.items()}
    if found.spread is None:
        return Shown(told, codes, distinct=found.distinct)
    spread = found.spread
    named = {_percent(place): value for place, value in zip(QUANTILES, spread.quantiles, strict=True)}
    return Shown(told, codes, spread.mean, spread.sd, named, spread.least, spread.greatest, distinct=found.distinct)


def _numbers(spread: Spread | None, units: int) -> dict[str, Any]:
    """Return mean, sd and those quantiles that have `MIN_CELL` units on either side, rounded; the ends never.

    No mean and no sd where one or two units make most of the sum (R3).
    """
    if spread is None:
        return {}
    held = {
        _percent(place): rounded(value)
        for place, value in zip(QUANTILES, spread.quantiles, strict=True)
        if round(units * min(place, 1 - place), 6) >= MIN_CELL
    }
    total, largest, second = spread.by_unit
    if total and dominated(Amount(total, Cell(units, units), largest, second), load_policy()):
        return {"quantiles": held}
    return {"mean": rounded(spread.mean), "sd": None if spread.sd is None else rounded(spread.sd), "quantiles": held}


def rounded(value: float) -> float:
    """Return a number with `DIGITS` significant digits.

    >>> rounded(31.4159), rounded(1987.6), rounded(0.0)
    (31.4, 1990.0, 0.0)
    """
    return figures(value, DIGITS)


def _wave(name: str, total: Count, cells: Mapping[int, Count], protected: bool) -> WaveShown:  # noqa: FBT001 - of one call
    rows = {status: count.rows for status, count in cells.items() if status != 0}
    valid = cells.get(0, Count())
    if not protected:
        return WaveShown(name, total.rows, valid.rows, rows)
    if _small(total):
        return WaveShown(name, None, None, dict.fromkeys(rows))
    small = {status: _small(count) for status, count in cells.items()}
    kept = _complemented({status: count.rows for status, count in cells.items()}, small)
    return WaveShown(name, total.rows, kept.pop(0, 0), kept)


def _small(count: Count) -> bool:
    return 0 < count.units < MIN_CELL


def _complemented(rows: Mapping[K, int], small: Mapping[K, bool]) -> dict[K, int | None]:
    """Hold back the small cells, and those that would give them away beside the total."""
    held = line_held(rows, [key for key, is_small in small.items() if is_small])
    return {key: None if key in held else count for key, count in rows.items()}


def _percent(place: float) -> str:
    return f"p{place * 100:.0f}"
