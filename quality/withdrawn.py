"""What a file brings of people who withdrew: their rows go no further, and their names are taken out of everybody else's texts.

Belongs here: finding both in a file that was just read, and names in a file that could not be read. Does not: who withdrew
(data.withdrawals), pseudonyms (identity_gate).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Contract
from data.erasure.subject import GONE, SHORTEST_IN_TEXT
from data.erasure.texts import texts_of
from data.messages import Refused
from data.readers import RawTable, ask_safely
from data.withdrawals import comparable
from quality.columns import Matching
from quality.problems import Problem, problem

Ask = Callable[[str], bool]
"""Whether a comparable id is of somebody who withdrew in the zone."""

LETTER = "0-9A-Za-z\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
NAME = re.compile(rf"[{LETTER}]+(?:[-_:\uff0d\uff3f\uff1a][{LETTER}]+)*")
"""What may be an id inside a text: letters and digits, plain or full width, with joints."""


def without_withdrawn(
    raw: RawTable, contract: Contract, matching: Matching, ask: Ask
) -> tuple[RawTable, list[Problem]]:
    """Return the file without the rows and names of people who withdrew, and how many of each there were."""
    own = {name for column in contract.person_columns for name in matching.cells.get(column.name, ())}
    kept = _without_rows(raw, own, ask)
    rows = raw.table.num_rows - kept.table.num_rows
    table, cells = _without_names(kept.table, _textual(raw, contract, matching, own), ask)
    told = [problem("W-WITHDRAWN-01", count=rows)] if rows else []
    told += [problem("W-WITHDRAWN-02", count=cells)] if cells else []
    return replace(kept, table=table), told


def names_withdrawn(path: Path, ask: Ask) -> bool:
    """Tell whether a staged file that no reader takes may name somebody who withdrew; it is looked at in a process of its own."""
    try:
        found = ask_safely("quality.withdrawn:names_inside", path)
    except Refused:
        return True  # nobody can say that it does not
    return not isinstance(found, list) or any(ask(comparable(str(name))) for name in found)


def names_inside(path: Path) -> list[str]:
    """Return everything that may be an id in a file's bytes; runs in the reading process, which knows nobody's name."""
    return sorted({name for text in texts_of(path.read_bytes()) for name in _names(text)})


def _without_rows(raw: RawTable, own: Collection[str], ask: Ask) -> RawTable:
    """Leave out their rows; a ragged row is looked at under every header."""
    ragged = pc.is_in(raw.table["_row"], value_set=pa.array([row.row for row in raw.ragged], pa.int64()))
    gone = pa.chunked_array([pa.repeat(pa.scalar(value=False), raw.table.num_rows)])
    for name in raw.names if raw.ragged else [each for each in raw.names if each in own]:
        cells = raw.table[name] if name in own else pc.if_else(ragged, raw.table[name], pa.scalar(None, pa.string()))
        texts = [text for text in cells.unique().to_pylist() if text and ask(comparable(text))]
        gone = pc.or_(gone, pc.is_in(cells, value_set=pa.array(texts, pa.string())))
    if not pc.any(gone).as_py():
        return raw
    table = raw.table.filter(pc.invert(gone))
    rows = set(table["_row"].to_pylist()) if raw.ragged else set()
    return replace(raw, table=table, ragged=tuple(row for row in raw.ragged if row.row in rows))


def _textual(raw: RawTable, contract: Contract, matching: Matching, own: Collection[str]) -> list[str]:
    """Return the columns whose cells may name other people: texts of the contract, and what stands under unknown headers."""
    of = {name: contract.column(column) for column, names in matching.cells.items() for name in names}
    return [name for name in raw.names if name not in own and (name not in of or of[name].type == "string")]


def _without_names(table: pa.Table, columns: Iterable[str], ask: Ask) -> tuple[pa.Table, int]:
    count = 0
    for name in columns:
        coded = table[name].combine_chunks().dictionary_encode()
        before = coded.dictionary.to_pylist()
        after = [_without(text, ask) for text in before]
        if before == after:
            continue
        cells = pa.chunked_array([pc.take(pa.array(after, pa.string()), coded.indices)])
        count += pc.sum(pc.not_equal(cells, table[name])).as_py() or 0
        table = table.set_column(table.column_names.index(name), name, cells)
    return table, count


def _without(text: str, ask: Ask) -> str:
    for name in sorted(set(_names(text)), key=len, reverse=True):
        if ask(comparable(name)):
            text = text.replace(name, GONE)
    return text


def _names(text: str) -> Iterator[str]:
    found = (match[0] for match in NAME.finditer(text))
    return (name for name in found if len(name) >= SHORTEST_IN_TEXT and any(letter.isdigit() for letter in name))
