"""Which column of the file is which column of the contract.

Belongs here: matching headers by name, label and alias, and what is missing, doubled or unknown. Does not: cells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from data.contracts import Column, Contract
from data.readers import RawTable
from data.readers.header import fold
from quality.problems import Problem, problem

LONG_DIGITS = re.compile(r"\d{5,}")
SHOWN = 12


@dataclass(frozen=True)
class Matching:
    """`cells`: contract column → names in the raw table (one, or its parts in order). `unknown`: raw names not loaded."""

    cells: dict[str, tuple[str, ...]]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    problems: tuple[Problem, ...]


def match_columns(raw: RawTable, contract: Contract) -> Matching:
    """Match the headers of a file to a contract.

    A header matches a column if it equals its name, English or Chinese label or an alias, after Unicode normalisation and
    without regard to case and white space. The name wins over labels, labels over aliases. A column with `parts` that is not
    in the file itself is matched to its parts, if all are there.

    Returns
    -------
    Matching
        Problems: E-COL-01 (required, absent), E-COL-02 (two headers for one column: neither is used beyond the first),
        W-COL-03 (unknown headers).
    """
    by_label = labels_of(contract)
    found: dict[str, list[int]] = {}
    loose: dict[str, list[int]] = {}
    for position, header in enumerate(raw.columns):
        name = by_label.get(fold(header))
        target = found if name else loose
        target.setdefault(name or fold(header), []).append(position)
    cells: dict[str, tuple[str, ...]] = {name: (raw.names[places[0]],) for name, places in found.items()}
    used_parts = _match_parts(contract, raw, loose, cells)
    unknown = sorted(place for label, places in loose.items() if label not in used_parts for place in places)
    missing = tuple(column.name for column in contract.columns if column.required and column.name not in cells)
    problems = [
        *_missing(contract, missing),
        *_doubled(raw, contract, found),
        *_doubled_parts(raw, loose, used_parts),
        *_unknown(raw, unknown, matched=len(cells)),
    ]
    return Matching(cells, tuple(raw.names[place] for place in unknown), missing, tuple(problems))


def labels_of(contract: Contract) -> dict[str, str]:
    """Return folded label → column; earlier layers (names before labels before aliases) are not overwritten."""
    layers = (
        lambda column: (column.name,),
        lambda column: (column.label.en, column.label.zh, column.heading),
        lambda column: column.aliases,
    )
    parts = {fold(part) for column in contract.columns for part in column.parts}
    labels: dict[str, str] = {}
    for layer in layers:
        for column in contract.columns:
            for label in layer(column):
                labels.setdefault(fold(label), column.name)
    return {label: name for label, name in labels.items() if label and (label not in parts or label == fold(name))}


def _match_parts(
    contract: Contract, raw: RawTable, loose: dict[str, list[int]], cells: dict[str, tuple[str, ...]]
) -> set[str]:
    used: set[str] = set()
    for column in contract.columns:
        parts = [fold(part) for part in column.parts]
        if parts and column.name not in cells and all(part in loose for part in parts):
            cells[column.name] = tuple(raw.names[loose[part][0]] for part in parts)
            used.update(parts)
    return used


def _missing(contract: Contract, missing: tuple[str, ...]) -> list[Problem]:
    absent = [contract.column(name) for name in missing]
    return [problem("E-COL-01", column=column) for column in absent if column.source == "file"]


def _doubled(raw: RawTable, contract: Contract, found: dict[str, list[int]]) -> list[Problem]:
    return [
        problem("E-COL-02", {"cols": _listed(raw, places)}, column=contract.column(name))
        for name, places in found.items()
        if len(places) > 1
    ]


def _doubled_parts(raw: RawTable, loose: dict[str, list[int]], used: set[str]) -> list[Problem]:
    return [
        problem("E-COL-02", {"cols": _listed(raw, loose[part])}, name=part)
        for part in sorted(used)
        if len(loose[part]) > 1
    ]


def _unknown(raw: RawTable, unknown: list[int], *, matched: int) -> list[Problem]:
    if not unknown:
        return []
    cols = _listed(raw, unknown) if matched else "…"  # no header known: the first row may be people, not headers
    return [problem("W-COL-03", {"cols": cols}, count=len(unknown))]


def _listed(raw: RawTable, places: list[int]) -> str:
    names = [LONG_DIGITS.sub("…", raw.columns[place])[:40] or f"({place + 1})" for place in places[:SHOWN]]
    return ", ".join(names) + (" …" if len(places) > SHOWN else "")


def is_identifier(column: Column, contract: Contract) -> bool:
    """Whether a text column names things, so that no character of it may change in silence."""
    named = column.name.endswith(("_id", "_code")) or column.name in contract.key
    return column.type == "string" and (
        named or column.pattern is not None or column.codes is not None or column.sensitivity == "direct"
    )
