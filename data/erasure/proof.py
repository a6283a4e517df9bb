"""The proof: every file below the workspace decoded and asked for the person; the vault is asked last (person).

Belongs here: decoding each kind of file to its last cell. Does not: removing what is found (rewriting, sweep). A search of raw
bytes proves nothing: of 50 ids that were present in compressed Parquet it found none (domain/lake.md 2.7).
"""

from __future__ import annotations

import io
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from data import catalog, delta, key_index
from data.contracts import Contract
from data.duck import open_duckdb, quote_name
from data.erasure.layers import Stored, original_staged, person_headers, stored_files
from data.erasure.subject import Subject
from data.erasure.sweep import without_person, zone_of_path
from data.erasure.texts import unpacked
from data.identity import Vault
from data.identity.vault import vault_path
from data.ledger import Ledger
from data.messages import Refused
from data.paths import Workspace
from data.readers import FileContent, ask_safely, read_safely, staged
from data.submissions import submissions

MAGIC = b"PAR1"


@dataclass(frozen=True)
class Proof:
    """`decoded` files by kind, `found` places that still hold the person, `retained` documents that may not be changed."""

    decoded: dict[str, int]
    found: tuple[str, ...]
    retained: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """What decoding needs to know of a workspace: contracts by name, whose file a quarantine file is."""

    contracts: Mapping[str, Contract]
    zones: Mapping[str, str]
    of_file: Mapping[str, str]
    vault: Vault | None
    vault_path: Path | None


def prove(
    workspace: Workspace, ledger: Ledger, subject: Subject, contracts: Mapping[str, Contract], vault: Vault | None
) -> Proof:
    """Decode everything; an empty `found` means that no cell, text, label or statistic names the person any more."""
    known = _known(workspace, ledger, contracts, vault)
    decoded: Counter[str] = Counter()
    found: list[str] = []
    originals = {file.path: file for file in stored_files(workspace, ledger) if file.layer == "originals"}
    for path in sorted(workspace.home.rglob("*")):
        if not path.is_file() or path.is_symlink() or path.name.startswith(workspace.catalog.name):
            continue
        where = path.relative_to(workspace.home).as_posix()
        if path in originals:
            kind, holds = _original(originals[path], subject, known)
        else:
            kind, holds = _file(path, path.relative_to(workspace.home).parts, subject, known)
        decoded[kind] += 1
        if holds or subject.is_in(where):
            found.append(subject.without_names(where))
    cells, retained = _catalogue(ledger, subject)
    decoded["catalogue"] += 1
    return Proof(dict(sorted(decoded.items())), (*found, *cells), retained)


def _known(workspace: Workspace, ledger: Ledger, contracts: Mapping[str, Contract], vault: Vault | None) -> Known:
    arrived = submissions(ledger)
    zones = {item.submission_id: item.zone for item in arrived}
    of_file = {item.submission_id: item.contract for item in arrived}
    return Known(contracts, zones, of_file, vault, vault_path(workspace))


def _original(file: Stored, subject: Subject, known: Known) -> tuple[str, bool]:
    if file.zone is not None and file.zone != subject.zone:
        return "of another zone", False
    if file.form == "rows":
        return "parquet", _parquet(file.path, subject, known.contracts.get(file.contract or ""))
    with original_staged(file, known.vault) as opened:
        return "original", _content(opened, known.contracts.get(file.contract or ""), subject, file.zone)


def _file(path: Path, parts: tuple[str, ...], subject: Subject, known: Known) -> tuple[str, bool]:
    if parts[0] == "quarantine" and known.zones.get(path.stem, subject.zone) != subject.zone:
        return "of another zone", False
    if path.suffix == ".parquet" and _is_parquet(path):
        name = known.of_file.get(path.stem, "") if parts[0] == "quarantine" else ""
        return "parquet", _parquet(path, subject, known.contracts.get(name))
    if path.parent.name == key_index.FOLDER and path.suffix == key_index.SUFFIX:
        return "key index", _index(path, subject)
    return _database(path, subject, known) or _loose(path, parts, subject, known)


def _database(path: Path, subject: Subject, known: Known) -> tuple[str, bool] | None:
    with path.open("rb") as stream:
        head = stream.read(16)
    if head[:15] == b"SQLite format 3":
        return ("vault", False) if path.absolute() == known.vault_path else ("sqlite", _sqlite(path, subject))
    return ("duckdb", _duckdb(path, subject)) if head[8:12] == b"DUCK" else None


def _loose(path: Path, parts: tuple[str, ...], subject: Subject, known: Known) -> tuple[str, bool]:
    if parts[0] in ("inbox", "demo") and path.suffix not in (".json", ".yml"):
        contract = next((known.contracts[part] for part in parts if part in known.contracts), None)
        return "delivery", _delivery(path, contract, subject, zone_of_path(parts))
    return "text", any(subject.is_in(text) for text in unpacked(path.read_bytes()))


def _index(path: Path, subject: Subject) -> bool:
    """Ask for the numbers of the person's keys, and for files that the table no longer has: such an index is of their time."""
    numbers, files = key_index.told_by(path)
    records = pa.chunked_array([[bytes.fromhex(text) for text in sorted(subject.records)]], pa.binary())
    mine = key_index.key_numbers(records)
    listed = {file.path.name for file in delta.files(path.parent.parent)}
    return not listed.issuperset(files) or bool(mine is not None and np.isin(mine, numbers).any())


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as stream:
        head = stream.read(4)
        if head != MAGIC:
            return False
        stream.seek(-4, io.SEEK_END)
        return stream.read(4) == MAGIC


def _delivery(path: Path, contract: Contract | None, subject: Subject, zone: str | None) -> bool:
    if not path.stat().st_size:
        return False
    with staged(path) as opened:
        return _content(opened, contract, subject, zone)


def _content(opened: FileContent, contract: Contract | None, subject: Subject, zone: str | None) -> bool:
    """Ask a file as received: read as the table it is; a file that no reader takes, as texts and as an archive of texts."""
    if zone is not None and zone != subject.zone:
        return False
    try:
        raw = read_safely(opened.path, contract=contract)
    except Refused:
        return _mentions(opened, subject)
    labels = any(subject.is_in(label) for label in raw.columns)
    return labels or without_person(raw, contract, subject, zone) is not None


def _mentions(opened: FileContent, subject: Subject) -> bool:
    """Ask the bytes of a file that no reader takes; what cannot be looked at may name anybody."""
    try:
        return bool(ask_safely("data.erasure.texts:mentions", opened.path, words=list(subject.in_text)))
    except Refused:
        return True


def _parquet(path: Path, subject: Subject, contract: Contract | None) -> bool:
    """Ask every column chunk, its statistics, and the texts of the footer."""
    file = pq.ParquetFile(path, memory_map=False)
    if any(subject.is_in(text) for text in _footer(file)):
        return True
    for number in range(file.num_row_groups):
        table = file.read_row_group(number)
        if subject.without(_flat(table), person_headers(table, contract)) is not None:
            return True
    return False


def _footer(file: pq.ParquetFile) -> Iterator[str]:
    yield from (part.decode("utf-8", "replace") for pair in (file.metadata.metadata or {}).items() for part in pair)
    yield from file.schema_arrow.names


def _flat(table: pa.Table) -> pa.Table:
    """Write lists and structures (a checkpoint's) as texts, so that their cells are asked too."""
    columns = {}
    for field in table.schema:
        nested = pa.types.is_nested(field.type) or pa.types.is_binary(field.type)
        cells = table[field.name]
        columns[field.name] = pa.array([str(cell) for cell in cells.to_pylist()], pa.string()) if nested else cells
    return pa.table(columns)


def _sqlite(path: Path, subject: Subject) -> bool:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60)) as connection:
        connection.text_factory = lambda cell: cell.decode("utf-8", "replace")
        tables = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        cells = (cell for (name,) in tables for row in connection.execute(f'select * from "{name}"') for cell in row)
        return any(subject.is_in(text) for cell in cells for text in _cell(cell))


def _cell(cell: object) -> Iterable[str]:
    return unpacked(cell) if isinstance(cell, bytes) else (cell,) if isinstance(cell, str) else ()


def _duckdb(path: Path, subject: Subject) -> bool:
    with open_duckdb(apart=True) as connection:
        connection.execute(f"attach '{path}' as asked (read_only)")
        tables = connection.execute("select schema, name from (show all tables) where database = 'asked'").fetchall()
        return any(
            subject.without(
                connection.sql(f"select * from asked.{quote_name(schema)}.{quote_name(name)}").to_arrow_table()
            )
            is not None
            for schema, name in tables
        )


def _catalogue(ledger: Ledger, subject: Subject) -> tuple[list[str], tuple[str, ...]]:
    """Return the catalogue's places that hold the person, and the registry's documents that do, which nobody may change."""
    found: list[str] = []
    retained: list[str] = []
    for table in catalog.metadata.sorted_tables:
        for row in ledger.stream(sa.select(table)):
            if any(subject.is_in(cell) for cell in row.values() if isinstance(cell, str)):
                name = str(row[next(iter(table.primary_key)).name])
                (retained if table is catalog.documents else found).append(f"catalogue/{table.name}/{name}")
    return [subject.without_names(place) for place in found], tuple(retained)


def vault_knows(vault: Vault, subject: Subject) -> bool:
    """Tell whether the vault holds one of the person's names."""
    return any(vault.find(identifier=name) or vault.find(pseudonym=name) for name in subject.names)
