"""A release described: tables, variables, their questions, routing, codes, sources and what their rows hold.

Belongs here: release + declarations + contracts + concordance → `Codebook`. Does not: counting (counting), what may be seen
(protection), the page and the files (page, files).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data.codebooks import codebooks
from data.contracts import Contract, load_contract
from data.contracts.model import Column, Sensitivity
from data.duck import open_duckdb, parquet_source
from data.messages import Text
from data.releases import Release
from quality.codebook.comparability import Compared, compared
from quality.codebook.counting import Frame, counted, waves_of
from quality.codebook.lineage import Level, Way, level_of, way_of
from quality.codebook.protection import Shown, WaveShown, shown
from quality.disclosure import MIN_CELL
from quality.exports.statuses import STATUS_LABELS
from quality.exports.variables import Variable, subject_of, variables_of
from quality.marts import Mart, mart


@dataclass(frozen=True)
class Asked:
    """How one contract asks a variable: question, condition, versions of the instrument with their waves, price base."""

    contract: str
    version: str
    title: Text
    column: str
    question: Text
    universe: Text
    routing: str | None
    instruments: tuple[tuple[str, tuple[str, ...]], ...]
    prices: str | None


@dataclass(frozen=True)
class Entry:
    """One variable of the codebook."""

    name: str
    kind: str
    label: Text
    description: str
    unit: str | None
    grade: Sensitivity
    codes: Mapping[str, Text]
    asked: tuple[Asked, ...]
    compared: tuple[Compared, ...]
    level: Level
    shown: Shown


@dataclass(frozen=True)
class TableBook:
    """One table: its grain, waves, the way from the archive, its variables. `left_out` are columns that nobody declared."""

    name: str
    title: Text
    about: Text
    key: tuple[str, ...]
    rows: int
    subject: str
    protected: bool
    waves: tuple[str, ...]
    way: Way | None
    entries: tuple[Entry, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Codebook:
    """The codebook of a release. `min_cell`: fewest units behind a number about people or organisations."""

    release_id: str
    built_at: str
    simulated: bool
    terms: Text
    min_cell: int
    statuses: Mapping[int, Text]
    tables: tuple[TableBook, ...]


def describe(
    release: Release, names: Sequence[str], manifest: Mapping[str, Any], counted_only: Collection[str] | None = None
) -> Codebook:
    """Describe tables of a release.

    Parameters
    ----------
    release
        As it is today: people who withdrew since are not counted.
    names
        Its tables, each declared by the present code.
    manifest
        dbt's graph (`quality.dbt_runner.lineage`, or `data.lineage.graph` where dbt should not be run).
    counted_only
        The variables whose rows are counted, for a reader who looks at a few; of the others `shown` holds no wave. None: all.
    """
    return Codebook(
        release_id=release.release_id,
        built_at=release.built_at,
        simulated=release.simulated,
        terms=codebooks().terms,
        min_cell=MIN_CELL,
        statuses=STATUS_LABELS,
        tables=tuple(_table(release, mart(name), way_of(manifest, name), counted_only) for name in names),
    )


def _table(release: Release, declared: Mart, way: Way | None, counted_only: Collection[str] | None) -> TableBook:
    source = parquet_source([release.table(declared.name)])
    subject = subject_of(declared.name)
    protected = subject != "nobody"
    contracts = [load_contract(name) for name in way.sources] if way else []
    spoken = compared(release, declared.name)
    with open_duckdb() as connection:
        types = {row[0]: row[1] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
        variables, left = variables_of(declared, types)
        frame = _frame(declared, source, types)
        asked = [item for item in variables if counted_only is None or item.name in counted_only]
        waves = waves_of(connection, frame) if asked else {}
        seen = {
            item.name: shown(counted(connection, frame, item), waves, item.grade, protected=protected) for item in asked
        }
    words = codebooks().panels[declared.name]
    return TableBook(
        name=declared.name,
        title=words.title,
        about=Text(en=declared.description, zh=words.about),
        key=declared.meta.key,
        rows=release.now(declared.name).rows,
        subject=subject,
        protected=protected,
        waves=tuple(waves),
        way=way,
        entries=tuple(_entry(item, contracts, spoken, way, seen.get(item.name, Shown(()))) for item in variables),
        left_out=tuple(left),
    )


def _frame(declared: Mart, source: str, types: Mapping[str, str]) -> Frame:
    meta = declared.meta
    unit = [name for name in (meta.unit or meta.key) if name in types]
    wave, order = (name if name in types else None for name in (meta.wave, meta.period))
    return Frame(source, unit, wave, order)


def _entry(
    variable: Variable,
    contracts: Sequence[Contract],
    spoken: Mapping[str, tuple[Compared, ...]],
    way: Way | None,
    seen: Shown,
) -> Entry:
    rows = spoken.get(variable.name, ())
    named = {(each.contract, column) for each in rows for column in each.sources}
    asked = tuple(
        _asked(contract, column)
        for contract in contracts
        for column in contract.columns
        if (contract.name, column.name) in named or (not named and column.name == variable.name)
    )
    return Entry(
        name=variable.name,
        kind=variable.kind,
        label=variable.label,
        description=variable.description,
        unit=variable.unit,
        grade=variable.grade,
        codes=variable.codes,
        asked=asked,
        compared=rows,
        level=level_of(way, is_harmonised=bool(rows), is_collected=bool(asked)),
        shown=seen,
    )


def _asked(contract: Contract, column: Column) -> Asked:
    versions = tuple((each.version, each.waves) for each in contract.instruments if column.name not in each.absent)
    prices: str | None = None if column.price_base is None else column.price_base.prices
    if column.price_base is not None and column.price_base.base_year is not None:
        prices = f"{prices} {column.price_base.base_year}"
    return Asked(
        contract=contract.name,
        version=contract.version,
        title=contract.title,
        column=column.name,
        question=column.description or column.label,
        universe=universe_of(contract),
        routing=column.asked_if,
        instruments=versions or (("*", ()),),
        prices=prices,
    )


def universe_of(contract: Contract) -> Text:
    """Return whom or what a table covers: the coverage of its description, else its first sentence.

    >>> universe_of(load_contract("clinic_visit")).en
    'the pilot zones that take part, waves W1 (before the start) onwards; a person who was not found in a wave has no row'
    """
    said = {}
    for language, (covers, problems, stop) in _COVERAGE.items():
        text = " ".join(getattr(contract.description, language).split())
        inside = text.partition(covers)[2].partition(problems)[0]
        said[language] = inside.strip(f" {stop}：:") or text.partition(stop)[0]
    return Text(**said)


def waves_shown(entry: Entry) -> tuple[WaveShown, ...]:
    """Return the waves of an entry in which it has a row."""
    return tuple(wave for wave in entry.shown.waves if wave.rows is None or wave.rows > 0)


_COVERAGE = {"en": ("Coverage:", "Known problems", "."), "zh": ("覆盖", "已知问题", "。")}
"""Language → the words before and after what a contract's description says of its coverage, and the full stop."""
