"""The identity gate: direct identifiers become pseudonyms, and rows of people who withdrew go no further.

Belongs here: replacing cells of a file that was just read, before anything else sees or stores them. Does not: canonical ids and
keys (data.identity), who withdrew (data.withdrawals), other personal numbers (privacy). What cannot be told becomes its code.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Column, Contract, Identified
from data.identity import canonical_id, pseudonym
from data.identity.binding import open_vault
from data.identity.canonical import went_through_numbers
from data.ledger import Ledger
from data.paths import Workspace
from data.readers import RawTable
from data.withdrawals import withdrawn_hashes
from quality.columns import Matching
from quality.problems import Problem, problem
from quality.withdrawn import without_withdrawn

FAULTS = ("E-ID-01", "E-ID-02", "E-ID-04", "E-PATT-01")
WITHHELD = "[…]"
"""Stands in quarantine for a cell that might hold an identifier under a header that nobody knows."""

Replaced = Mapping[Identified, Mapping[str, str]]


def marker(code: str) -> str:
    """Return what stands in place of an id that has no canonical form: its problem's code, from which no id comes back."""
    return f"[{code}]"


@dataclass(frozen=True)
class Gate:
    """How one submission's identifiers are replaced (project, kind, canonical ids → pseudonyms), and who is left out."""

    replace: Callable[[str, Identified, Sequence[str]], Mapping[str, str]]
    is_withdrawn: Callable[[str], bool] | None = None


@dataclass(frozen=True)
class Passed:
    """A file behind the gate. `pairs` (canonical id → pseudonym) are for the vault alone.

    `left_out`: rows of people who withdrew, and cells that named them, went no further.
    """

    raw: RawTable
    problems: tuple[Problem, ...] = ()
    left_out: int = 0
    pairs: Replaced = field(default_factory=dict, repr=False)


def trial_gate() -> Gate:
    """Return the gate of a mere check: pseudonyms under a key that is thrown away, so that no vault is opened."""
    key = secrets.token_bytes(32)
    return Gate(lambda _, kind, names: {name: pseudonym(key, 1, kind, name) for name in names})


def vault_gate(workspace: Workspace, ledger: Ledger, contract: Contract, zone: str) -> Gate:
    """Return the gate of a submission. The vault is opened only if the contract or a withdrawal of the zone needs it."""
    hashes = withdrawn_hashes(ledger, zone)
    if not hashes and not contract.replaced_columns:
        return trial_gate()
    vault = open_vault(workspace, ledger)
    if not hashes:
        return Gate(vault.pseudonyms)
    return Gate(vault.pseudonyms, lambda name: vault.withdrawal_hash(zone, name) in hashes)


def pass_through(raw: RawTable, contract: Contract, matching: Matching, gate: Gate) -> Passed:
    """Return the file as everything behind the gate may see it."""
    kept, problems = (
        (raw, []) if gate.is_withdrawn is None else without_withdrawn(raw, contract, matching, gate.is_withdrawn)
    )
    left_out = sum(told.count for told in problems)
    if not contract.replaced_columns:
        return Passed(kept, tuple(problems), left_out)
    pairs: dict[Identified, dict[str, str]] = {}
    table, known = _withheld(kept, matching), dict[str, str]()
    for column in contract.replaced_columns:
        for name in matching.cells.get(column.name, ()):
            spelled = _spellings(table[name], column, contract.project, gate)
            kind = column.identifies or "person"
            pairs.setdefault(kind, {}).update(spelled.pairs)
            known.update(spelled.texts)
            problems.extend(_respelled(table[name], spelled.respelled, column))
            table = _set(table, name, _mapped(table[name], spelled.texts))
    return Passed(replace(kept, table=_everywhere(table, known)), tuple(problems), left_out, pairs)


@dataclass(frozen=True)
class _Spellings:
    """Cell text → pseudonym or marker; canonical id → pseudonym; the texts that were respelled."""

    texts: dict[str, str]
    pairs: dict[str, str]
    respelled: tuple[str, ...]


def _spellings(cells: pa.ChunkedArray, column: Column, project: str, gate: Gate) -> _Spellings:
    kind = column.identifies or "person"
    found = {text: canonical_id(text, kind) for text in cells.unique().to_pylist() if text and text.strip()}
    faults = {text: read.fault or _unlike(read.value, column) for text, read in found.items()}
    if kind in ("person", "household") and went_through_numbers(read.value for read in found.values() if read.value):
        faults = {text: fault or "E-ID-01" for text, fault in faults.items()}
    names = {text: read.value for text, read in found.items() if read.value is not None and not faults[text]}
    pairs = dict(gate.replace(project, kind, sorted(set(names.values()))))
    texts = {text: pairs[names[text]] if text in names else marker(str(faults[text])) for text in found}
    respelled = tuple(text for text, read in found.items() if read.is_respelled and text in names)
    return _Spellings(texts, pairs, respelled)


def _unlike(value: str | None, column: Column) -> str | None:
    return None if value is None or re.fullmatch(column.pattern or ".*", value, re.ASCII) else "E-PATT-01"


def _mapped(cells: pa.ChunkedArray, texts: Mapping[str, str]) -> pa.ChunkedArray:
    coded = cells.combine_chunks().dictionary_encode()
    values = pa.array([texts.get(text) for text in coded.dictionary.to_pylist()], pa.string())
    return pa.chunked_array([pc.take(values, coded.indices)])


def _withheld(raw: RawTable, matching: Matching) -> pa.Table:
    """Withhold what stands under unknown headers, and every cell of a ragged row, which may sit under a wrong one."""
    table, used = raw.table, {name for names in matching.cells.values() for name in names}
    ragged = pc.is_in(table["_row"], value_set=pa.array([row.row for row in raw.ragged], pa.int64()))
    for name in raw.names:
        cells = table[name]
        hidden = pc.and_(pc.is_valid(cells), ragged if name in used else pc.is_valid(table["_row"]))
        table = _set(table, name, pc.if_else(hidden, WITHHELD, cells))
    return table


def _everywhere(table: pa.Table, known: Mapping[str, str]) -> pa.Table:
    """Replace identifiers of this file where they stand alone in another column as well."""
    listed = pa.array(list(known), pa.string())
    for name in table.column_names[:-1]:
        hits = pc.is_in(table[name], value_set=listed)
        if pc.any(hits).as_py():
            table = _set(table, name, pc.if_else(hits, _mapped(table[name], known), table[name]))
    return table


def _respelled(cells: pa.ChunkedArray, texts: Sequence[str], column: Column) -> list[Problem]:
    count = pc.sum(pc.is_in(cells, value_set=pa.array(texts, pa.string()))).as_py() or 0
    return [problem("W-ID-03", column=column, count=count)] if count else []


def _set(table: pa.Table, name: str, cells: pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, cells)
