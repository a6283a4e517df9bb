"""From rows to cells that know whom they rest on: distinct persons, distinct organisations, the smallest wave, hashes of units.

Belongs here: counting. Does not: judging. Rows are never a number of units; a row without a unit's id counts for nobody.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quality.disclosure.dominance import contributions
from quality.disclosure.outputs import About, Amount, Cell, CountTable, Key, MagnitudeTable

HASH_BYTES = 8


@dataclass(frozen=True)
class Rows:
    """Columns of equal length: the id of the unit, of its organisation and of the wave (None: there is none), and the levels.

    Every level is text: 1, "1" and True are one level, whatever type a file gave it.
    """

    units: Sequence[Any]
    levels: Mapping[str, Sequence[Any]]
    organisations: Sequence[Any] | None = None
    waves: Sequence[Any] | None = None


def unit_hash(key: bytes, unit: object) -> int:
    """Return the keyed 64-bit hash of a unit's id.

    >>> unit_hash(b"k", "p1") == unit_hash(b"k", "p1") != unit_hash(b"l", "p1")
    True
    """
    return int.from_bytes(hmac.digest(key, str(unit).encode(), hashlib.sha256)[:HASH_BYTES], "big")


def count_table(
    about: About,
    rows: Rows,
    *,
    key: bytes | None = None,
    structural: Iterable[Key] = (),
    sensitive: bool = False,
    known: Iterable[Key] = (),
) -> CountTable:
    """Count distinct units by the levels of all dimensions, empty combinations too.

    Parameters
    ----------
    key
        Of the units' hashes, where the table is to be compared with earlier releases.
    structural
        Combinations that the codebook declares impossible.

    >>> table = count_table(About("people", "p"), Rows(["a", "b", "b"], {"sex": [1, 2, 2]}))
    >>> table.cells[("2",)].units
    1
    """
    found = _grouped(rows)
    impossible = set(structural)
    cells = {
        level: _cell(rows, found.get(level, []), key, structural=level in impossible)
        for level in _grid(rows.levels, found)
    }
    return CountTable(about, tuple(rows.levels), cells, sensitive, frozenset(known))


def magnitude_table(
    about: About, rows: Rows, values: Sequence[float], *, key: bytes | None = None, show: str = "sum"
) -> MagnitudeTable:
    """Sum a variable by levels; contributions are by organisation where there is one, else by unit.

    >>> table = magnitude_table(About("pay", "p"), Rows(["a", "b"], {"zone": ["z", "z"]}), [3.0, 4.0])
    >>> table.cells[("z",)].total, table.cells[("z",)].largest
    (7.0, 4.0)
    """
    payers = rows.organisations if rows.organisations is not None else rows.units
    cells = {}
    for level, places in _grouped(rows).items():
        by_unit: dict[object, float] = defaultdict(float)
        for place in places:
            by_unit[payers[place]] += float(values[place])
        total, largest, second, mixed = contributions(by_unit)
        cells[level] = Amount(total, _cell(rows, places, key, structural=False), largest, second, mixed)
    return MagnitudeTable(about, tuple(rows.levels), cells, "mean" if show == "mean" else "sum")


def _grouped(rows: Rows) -> dict[Key, list[int]]:
    found: dict[Key, list[int]] = {}
    for place, level in enumerate(zip(*rows.levels.values(), strict=True)):
        if rows.units[place] is not None:
            found.setdefault(tuple(map(_text, level)), []).append(place)
    return found


def _text(level: object) -> str:
    if isinstance(level, bool):
        return str(int(level))
    return str(int(level)) if isinstance(level, float) and level.is_integer() else str(level)


def _grid(levels: Mapping[str, Sequence[Any]], found: Mapping[Key, object]) -> list[Key]:
    grid: list[Key] = [()]
    for place in range(len(levels)):
        grid = [(*key, name) for key in grid for name in sorted({level[place] for level in found})]
    return grid


def _cell(rows: Rows, places: Sequence[int], key: bytes | None, *, structural: bool) -> Cell:
    units = {rows.units[place] for place in places}
    waves: dict[object, set[object]] = defaultdict(set)
    for place in places if rows.waves is not None else ():
        waves[rows.waves[place] if rows.waves is not None else None].add(rows.units[place])
    return Cell(
        count=len(units),
        units=len(units),
        organisations=None if rows.organisations is None else len({rows.organisations[place] for place in places}),
        least_wave=min(map(len, waves.values())) if len(waves) > 1 else None,
        structural=structural,
        members=None if key is None else frozenset(unit_hash(key, unit) for unit in units),
    )
