"""Which column of the contract each header of a file is, and which it may be: exact, alias, remembered, guessed.

Belongs here: the table that the page "Match columns" shows and its guesses. Does not: matching proper (columns), keeping what
people confirmed (match_memory). A guess is never applied: it becomes an alias of the zone only when somebody confirms it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Column, Contract
from data.messages import Text
from data.readers import RawTable
from data.readers.header import fold, tidy
from data.readers.spelling import plain
from quality.columns import Matching, labels_of
from quality.privacy import safe_header
from quality.problems import Problem, problem

MatchStatus = Literal["exact", "alias", "remembered", "guessed", "unknown"]

LIKELY = 72.0
"""Least likeness (0 to 100) of a guess: `wait_minutes` is 80 like `wait_min`, `等待时间` is 75 like `等候时间`."""
EXAMPLES = 3
LOOKED_AT = 200
PUNCTUATION = re.compile(r"[\W_]+")
FORMS: Mapping[str, str] = {
    "integer": r"^[+-]?\d+(\.0*)?$",
    "number": r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$",
    "date": r"^\d{4}[-/.年]\d{1,2}",
    "timestamp": r"^\d{4}[-/.年]\d{1,2}",
}


@dataclass(frozen=True)
class ColumnMatch:
    """One header of a file.

    Attributes
    ----------
    header
        As the file writes it; a header that is itself a personal number is told as its position.
    place
        Position in the file, from 1.
    column
        The contract's column: used if the status is exact, alias or remembered; only proposed if it is guessed; None if unknown.
    score
        How alike header and label are (0 to 100), for guesses.
    examples
        The first different values, empty where they may not be shown.
    """

    header: str
    place: int
    column: str | None
    status: MatchStatus
    score: float | None = None
    examples: tuple[str, ...] = ()


def with_matches(contract: Contract, matches: Mapping[str, str | None]) -> Contract:
    """Return the contract with headers that were confirmed (folded header → column) as further aliases.

    Names, labels and aliases of the contract itself win over them. Use it to read and check a file of the zone they hold for;
    what is stored keeps to the contract as it is.
    """
    added = {column: [header for header, found in matches.items() if found == column] for column in matches.values()}
    if not any(added):
        return contract
    columns = [
        column.model_copy(update={"aliases": (*column.aliases, *added[column.name])})
        if column.name in added
        else column
        for column in contract.columns
    ]
    return contract.model_copy(update={"columns": tuple(columns)})


def propose_matches(
    raw: RawTable,
    contract: Contract,
    matching: Matching,
    *,
    remembered: Mapping[str, str | None] | None = None,
    hidden: Collection[str] = (),
) -> tuple[ColumnMatch, ...]:
    """Return what each header of the file is, in the file's order; see `ColumnMatch`.

    Parameters
    ----------
    raw, matching
        The file, and how it was matched to `contract` with its remembered aliases.
    contract
        The contract as it ships, without what was remembered.
    remembered
        Folded header → column, None for a column that is not to be loaded (never guessed at again).
    hidden
        Names in the raw table whose values must not be shown; those of sensitive columns are left out anyway.
    """
    known = remembered or {}
    owners = {name: column for column, names in matching.cells.items() for name in names}
    labels = labels_of(with_matches(contract, known))  # a doubled header is neither used nor unknown
    guesses = _guesses(raw, contract, matching, {header for header, column in known.items() if column is None})
    found: list[ColumnMatch] = []
    for place, (name, header) in enumerate(zip(raw.names, raw.columns, strict=True), start=1):
        column = owners.get(name) or labels.get(fold(header))
        status: MatchStatus = "unknown"
        score = None
        if column is not None:
            status = _status(fold(header), contract.column(column))
        elif name in guesses:
            (column, score), status = guesses[name], "guessed"
        examples = () if name in hidden else _examples(raw.table[name], column, contract)
        found.append(ColumnMatch(safe_header(raw, name), place, column, status, score, examples))
    return tuple(found)


def match_problems(columns: Sequence[ColumnMatch], contract: Contract) -> Iterator[Problem]:
    """Tell, for information, which headers were read as confirmed (I-COL-04) and which may be a column (I-COL-05)."""
    for match in columns:
        if match.column is not None and match.status in ("remembered", "guessed"):
            code = "I-COL-04" if match.status == "remembered" else "I-COL-05"
            yield problem(code, {"col": match.header[:40]}, column=contract.column(match.column))


def _status(header: str, column: Column) -> MatchStatus:
    if header in map(fold, (column.name, column.label.en, column.label.zh, column.heading, *column.parts)):
        return "exact"
    return "alias" if header in map(fold, column.aliases) else "remembered"


def _guesses(
    raw: RawTable, contract: Contract, matching: Matching, refused: Collection[str]
) -> dict[str, tuple[str, float]]:
    """Return raw name → (column, score), best pairs first, each header and each column at most once."""
    free = [column for column in contract.columns if column.name not in matching.cells]
    loose = [
        (name, header)
        for name, header in zip(raw.names, raw.columns, strict=True)
        if name in matching.unknown and fold(header) not in refused
    ]
    pairs = sorted(_likenesses(loose, free), key=lambda pair: -pair[0])
    taken: dict[str, tuple[str, float]] = {}
    for score, name, column in pairs:
        if (
            name not in taken
            and column.name not in {column for column, _ in taken.values()}
            and _fits(raw, name, column)
        ):
            taken[name] = (column.name, round(score, 1))
    return taken


def _likenesses(loose: Sequence[tuple[str, str]], free: Sequence[Column]) -> Iterator[tuple[float, str, Column]]:
    from rapidfuzz import fuzz

    labels = {column.name: sorted({_plain(label) for label in _labels(column)} - {""}) for column in free}
    for name, header in loose:
        plain = _plain(header)
        for column in free if len(plain) > 1 else ():
            score = max((fuzz.ratio(plain, label) for label in labels[column.name]), default=0.0)
            if score >= LIKELY:
                yield score, name, column


def _labels(column: Column) -> tuple[str, ...]:
    return (column.name, column.label.en, column.label.zh, *column.aliases)


def _plain(text: str) -> str:
    return PUNCTUATION.sub("", tidy(text).casefold())


def _fits(raw: RawTable, name: str, column: Column) -> bool:
    """Whether at least half of the first values look like the column's type; an empty column fits."""
    form = FORMS.get(column.type)
    values = plain(raw.table[name].slice(0, LOOKED_AT)).drop_null()
    if form is None or not len(values):
        return True
    fitting = pc.sum(pc.match_substring_regex(pc.utf8_trim_whitespace(values), form)).as_py() or 0
    return bool(2 * fitting >= len(values))


def _examples(cells: pa.ChunkedArray, column: str | None, contract: Contract) -> tuple[str, ...]:
    if column is None or contract.column(column).sensitivity != "none":
        return ()  # nobody has said that the values of an unknown column may be shown
    values = plain(cells.slice(0, LOOKED_AT)).drop_null().unique().to_pylist()
    return tuple(value[:40] for value in values[:EXAMPLES])


def status_words(status: MatchStatus) -> Text:
    """Return a status in words.

    >>> status_words("guessed").zh
    '推测，待确认'
    """
    return WORDS[status]


WORDS: Mapping[MatchStatus, Text] = {
    "exact": Text(en="exact", zh="一致"),
    "alias": Text(en="known alias", zh="已知别名"),
    "remembered": Text(en="confirmed earlier", zh="此前已确认"),
    "guessed": Text(en="guessed, please confirm", zh="推测，待确认"),
    "unknown": Text(en="not loaded", zh="不导入"),
}
