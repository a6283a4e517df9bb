"""What may be seen of the difference of two releases.

Belongs here: counts → numbers or None where they are held back. Does not: counting, sentences (changelog), reasons (why).

About persons and organisations: a number needs `MIN_CELL` distinct units, and so does the set of units in which it differs
between the releases, or the two numbers together would tell what somebody answered (domain/trust.md R1, R5).
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from data.releases import Release
from quality.comparing.counting import Counted, Number, counted
from quality.comparing.pair import Pair, pair_of
from quality.disclosure import MIN_CELL, line_held

Both = tuple[int | None, int | None]
HELD: Both = (None, None)
K = TypeVar("K", str, int)


@dataclass(frozen=True)
class Distribution:
    """One column before and after: rows with a value, by code, by reason of absence, mean and sd. None: held back."""

    column: str
    valid: Both
    mean: tuple[float | None, float | None]
    sd: tuple[float | None, float | None]
    codes: Mapping[str, Both]
    missing: Mapping[int, Both]


@dataclass(frozen=True)
class TableDifference:
    """One table of both releases. `protected`: small numbers are held back (None)."""

    table: str
    protected: bool
    rows: Both
    added: int | None
    removed: int | None
    changed: int | None
    columns_added: tuple[str, ...]
    columns_removed: tuple[str, ...]
    types_changed: tuple[str, ...]
    values: Mapping[str, int | None]
    distributions: tuple[Distribution, ...]


@dataclass(frozen=True)
class Difference:
    """Two releases: tables of one only, tables that are the same, and those that differ."""

    before: str
    after: str
    tables_added: tuple[str, ...]
    tables_removed: tuple[str, ...]
    same: tuple[str, ...]
    tables: tuple[TableDifference, ...]


def difference(before: Release, after: Release) -> Difference:
    """Compare two releases as their tables are today: one pass over each table that is not the same.

    Examples
    --------
    ``difference(load_release(place, "R000012-…"), load_release(place)).tables[0].values["wait_min"]``
    """
    shared = [name for name in before.tables if name in after.tables]
    same = tuple(name for name in shared if before.now(name).fingerprint == after.now(name).fingerprint)
    return Difference(
        before.release_id,
        after.release_id,
        tuple(name for name in after.tables if name not in before.tables),
        tuple(name for name in before.tables if name not in after.tables),
        same,
        tuple(table_difference(pair_of(before, after, name)) for name in shared if name not in same),
    )


def table_difference(pair: Pair) -> TableDifference:
    """Compare one table."""
    with tempfile.TemporaryDirectory(prefix="zonelab-diff-") as folder:
        found = counted(pair, spill=Path(folder))
    first, second = pair.types
    added, removed = (_shown(item, pair) for item in (found.added, found.removed))
    return TableDifference(
        table=pair.name,
        protected=pair.personal,
        rows=HELD if added is None or removed is None else found.rows.rows,
        added=added,
        removed=removed,
        changed=_shown(found.changed, pair),
        columns_added=tuple(name for name in second if name not in first),
        columns_removed=tuple(name for name in first if name not in second),
        types_changed=tuple(name for name in first if name in second and first[name] != second[name]),
        values={name: _shown(item, pair) for name, item in found.values.items()},
        distributions=tuple(_distribution(name, found, pair) for name in found.valid),
    )


def _distribution(name: str, found: Counted, pair: Pair) -> Distribution:
    """Return a column's distribution; all of it is held back where few units differ: what stayed the same would tell on them."""
    if pair.personal and not _enough(found.moved[name]):
        return Distribution(name, HELD, HELD, HELD, {}, {})
    valid, moments = found.valid[name], found.moments.get(name)
    seen = moments if not pair.personal or min(valid.units) >= MIN_CELL else None
    return Distribution(
        column=name,
        valid=_pair(valid, pair),
        mean=seen.mean if seen else HELD,
        sd=seen.sd if seen else HELD,
        codes=_cells(found.codes.get(name, {}), valid, pair),
        missing=_cells({key: value for key, value in found.missing.get(name, {}).items() if key}, found.rows, pair),
    )


def _shown(rows_and_units: tuple[int, int], pair: Pair) -> int | None:
    rows, units = rows_and_units
    return rows if not pair.personal or _enough(units) else None


def _pair(number: Number, pair: Pair) -> Both:
    safe = _enough(number.units[0]) and _enough(number.units[1]) and _enough(number.differs)
    return number.rows if safe or not pair.personal else HELD


def _cells(cells: Mapping[K, Number], total: Number, pair: Pair) -> dict[K, Both]:
    """Return the cells of one variable without those held back, and those that would give them away beside a total."""
    present = {key: number for key, number in cells.items() if any(number.rows)}
    shown = {key: _pair(number, pair) for key, number in present.items()}
    hidden = [key for key, both in shown.items() if both == HELD]
    if _pair(total, pair) == HELD:
        return shown
    for side in (0, 1):
        for key in line_held({key: number.rows[side] for key, number in present.items()}, hidden):
            shown[key] = HELD
    return shown


def _enough(units: int) -> bool:
    return units == 0 or units >= MIN_CELL
