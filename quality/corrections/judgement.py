"""A correction beside what stands: which items are incomplete, whose old value is no longer there, the rows that would follow.

Belongs here: the comparison, as of one sequence number. Does not: refusing (conditions), writing rows (acts).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from data.admission import expected_schema
from data.contracts import Column, Contract
from data.contracts.record_key import key_text
from quality.corrections.cells import Typed, read_cells
from quality.corrections.items import ACTIONS, Item
from quality.review.conditions import is_reason
from quality.review.desk import Desk
from quality.review.records import Delivery

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Judgement:
    """What was found.

    `incomplete` maps the place of an item (from 1) to what is wrong; `unexpected` lists places whose old value does not stand
    there; `rows` are what the lake takes when all is well; `keys` the text of every item's `rec_key`.
    """

    incomplete: Mapping[int, str]
    unexpected: tuple[int, ...]
    rows: pa.Table
    keys: tuple[str, ...]


def judge(desk: Desk, delivery: Delivery, items: Sequence[Item], as_of_seq: int | None = None) -> Judgement:
    """Compare items with the delivery's rows as they stand.

    Parameters
    ----------
    as_of_seq
        The number up to which rows count; None for the newest.
    """
    contract = desk.contract(delivery)
    standing = {row["_row"]: row for row in desk.rows(delivery, as_of_seq).to_pylist()}
    incomplete = dict(_incomplete(contract, items, standing))
    left = [(place, item) for place, item in enumerate(items, 1) if place not in incomplete]
    old = _typed(contract, [(place, item.variable, item.old) for place, item in left])
    new = _typed(contract, [(place, item.variable, item.new) for place, item in left if item.action == "replace"])
    incomplete |= {place: str(typed.code) for place, typed in new.items() if typed.code}
    unexpected = tuple(place for place, item in left if not _stands(item, old[place], standing[item.row]))
    fine = [(item, new.get(place)) for place, item in left if place not in incomplete]
    keys = tuple(key_text(standing[item.row]["rec_key"]) if item.row in standing else "" for item in items)
    return Judgement(incomplete, unexpected, _rows(contract, fine, standing), keys)


def correctable(contract: Contract, name: str) -> Column | None:
    """Return the column that a correction may change: declared, outside the key, not told by the submission."""
    column = next((item for item in contract.columns if item.name == name), None)
    return column if column and column.name not in contract.key and column.source == "file" else None


def _incomplete(contract: Contract, items: Sequence[Item], standing: Mapping[int, Row]) -> Iterator[tuple[int, str]]:
    cells = Counter((item.row, item.variable) for item in items)
    rows = Counter(item.row for item in items)
    for place, item in enumerate(items, 1):
        alone = rows[item.row] == 1 if item.action == "drop" else cells[item.row, item.variable] == 1
        demands = {
            "action": item.action in ACTIONS,
            "row": item.row in standing,
            "variable": correctable(contract, item.variable) is not None,
            "reason": is_reason(item.reason),
            "new": item.action == "replace" or not item.new,
            "twice": alone,
        }
        wrong = [name for name, holds in demands.items() if not holds]
        if wrong:
            yield place, "+".join(wrong)


def _typed(contract: Contract, cells: Sequence[tuple[int, str, str]]) -> dict[int, Typed]:
    by_column: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for place, name, text in cells:
        by_column[name].append((place, text))
    found: dict[int, Typed] = {}
    for name, those in by_column.items():
        typed = read_cells(contract, contract.column(name), [text for _, text in those])
        found |= dict(zip((place for place, _ in those), typed, strict=True))
    return found


def _stands(item: Item, old: Typed, row: Row) -> bool:
    """Tell whether the old value is there. An empty old text stands for any absent value, whatever the reason."""
    if not item.old:
        return row[item.variable] is None
    return old.code is None and all(row[name] == value for name, value in old.values.items())


def _rows(contract: Contract, fine: Sequence[tuple[Item, Typed | None]], standing: Mapping[int, Row]) -> pa.Table:
    changed: dict[int, dict[str, Any]] = {}
    for item, typed in fine:
        if item.action == "okay":
            continue
        row = changed.setdefault(item.row, {**standing[item.row], "_op": "C"})
        row.update(typed.values if typed else {"_op": "R"})
    schema = expected_schema(contract)
    kept = [{name: row[name] for name in schema.names} for _, row in sorted(changed.items())]
    return pa.Table.from_pylist(kept, schema=schema)
