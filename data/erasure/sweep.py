"""Everything outside the four layers: disposable things go, waiting files lose the person's rows, texts and databases the names.

Belongs here: those places. Does not: the layers (rewriting), saying whether it worked (proof).
"""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from data import catalog, delta, key_index
from data.contracts import Contract
from data.durable import TEMPORARY, remove_file, write_bytes, write_text
from data.erasure.layers import person_headers
from data.erasure.subject import Subject
from data.erasure.texts import unpacked
from data.generations import STAGE
from data.identity.vault import vault_path
from data.ledger import Ledger
from data.messages import Refused
from data.paths import Workspace
from data.readers import RawTable, read_file
from data.readers import open as open_files

KEPT_APART = ("lake", "generations", "quarantine", "originals", "releases", "vault", "secrets")
"""Folders that the other steps answer for; what releases say is theirs, what secrets say is the registry's."""
KEPT_WHOLE = ("events", "documents")
"""Append-only: events name nobody, and a document that does is listed in the certificate."""
SQLITE = b"SQLite format 3\0"
LOCKS = (".lock",)


def sweep(workspace: Workspace, ledger: Ledger, subject: Subject, contracts: Mapping[str, Contract]) -> dict[str, int]:
    """Clean every other place; return how many files or rows each kind of cleaning touched. Safe to repeat."""
    touched = {"build": clear_build(workspace), "unfinished": clear_unlisted(workspace), "waiting": 0, "texts": 0}
    touched |= {"databases": 0, "indexes": sum(key_index.drop(folder) for folder in workspace.lake.glob("*"))}
    for path in loose_files(workspace):
        if path == workspace.catalog or path.name.startswith(f"{workspace.catalog.name}-"):
            continue
        if _begins(path) == SQLITE:
            touched["databases"] += clean_database(path, subject)
        elif rows_are_gone(workspace, path, subject, contracts):
            touched["waiting"] += 1
        elif _clean_text(path, subject):
            touched["texts"] += 1
    touched["catalogue"] = _catalogue(ledger, subject)
    return touched


def _begins(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(len(SQLITE))


def loose_files(workspace: Workspace) -> Iterator[Path]:
    """Yield the files that belong to no layer, locks and the vault left out."""
    vault = vault_path(workspace)
    for path in sorted(workspace.home.rglob("*")):
        first = path.relative_to(workspace.home).parts[0]
        if first in KEPT_APART or path.absolute() == vault or path.suffix in LOCKS:
            continue
        if path.is_file() and not path.is_symlink():
            yield path


def clear_build(workspace: Workspace) -> int:
    """Remove what the next build makes anew: the DuckDB file, its marts, dbt's target and logs. Return how many files went."""
    gone = [path for path in workspace.build.rglob("*") if path.is_file() and path.suffix not in LOCKS]
    for path in gone:
        remove_file(path)
    return len(gone)


def clear_unlisted(workspace: Workspace) -> int:
    """Remove what a writer that died left: files half written or staged, files of the lake that no log lists, stages."""
    gone = [path for path in workspace.home.rglob(f"*{TEMPORARY}") if path.is_file()]
    gone += [path for path in workspace.generations.glob(f"{STAGE}*/*") if path.is_file()]
    for path in gone:
        remove_file(path)
    swept = open_files.sweep(workspace.staging)
    return (
        len(gone) + swept + sum(delta.sweep_unlisted(folder) for folder in workspace.lake.glob("*") if folder.is_dir())
    )


def rows_are_gone(workspace: Workspace, path: Path, subject: Subject, contracts: Mapping[str, Contract]) -> bool:
    """Take the person's rows out of a delivery that lies about (drop folder, demo files): what is left stands there as CSV."""
    parts = path.relative_to(workspace.home).parts
    if parts[0] not in ("inbox", "demo") or path.suffix in (".json", ".yml"):
        return False
    contract = next((contracts[part] for part in parts if part in contracts), None)
    try:
        raw = read_file(path, contract=contract)
    except Refused:
        return False
    left = without_person(raw, contract, subject, zone_of_path(parts))
    if left is None:
        return False
    write_bytes(path, _as_csv(raw, left))
    return True


def zone_of_path(parts: tuple[str, ...]) -> str | None:
    """Return the pilot zone that a delivery's folder names."""
    from data.reference import zones

    return next((part for part in parts if part in zones()), None)


def without_person(raw: RawTable, contract: Contract | None, subject: Subject, zone: str | None) -> pa.Table | None:
    """Return the rows of a file as received without the person; None if it does not hold them or is of another zone."""
    if zone is not None and zone != subject.zone:
        return None
    table = raw.table
    left = subject.without(table, person_headers(table, contract))
    ragged = pc.is_in(table["_row"], value_set=pa.array([row.row for row in raw.ragged], pa.int64()))
    if raw.ragged and pc.any(lost := pc.and_(ragged, subject.rows(table, raw.names))).as_py():
        gone = table.filter(lost)["_row"].combine_chunks()
        left = (left or table).filter(pc.invert(pc.is_in((left or table)["_row"], value_set=gone)))
    return left


def _as_csv(raw: RawTable, left: pa.Table) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(raw.columns)
    writer.writerows(zip(*(left[name].to_pylist() for name in raw.names), strict=True) if left.num_rows else [])
    return out.getvalue().encode()


def _clean_text(path: Path, subject: Subject) -> bool:
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return False
    if not subject.is_in(text):
        return False
    write_text(path, subject.without_names(text))
    return True


def clean_database(path: Path, subject: Subject) -> int:
    """Take the names out of every cell of a SQLite file (Dagster's storage); rows that hold them packed go. Return rows."""
    touched = 0
    with closing(sqlite3.connect(path, timeout=60)) as connection, connection:
        connection.execute("pragma secure_delete = on")
        for table, column in _columns(connection):
            for number, cell in connection.execute(f'select rowid, "{column}" from "{table}"').fetchall():
                touched += _clean_cell(connection, table, column, number, cell, subject)
    if touched:
        with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as connection:
            connection.execute("pragma wal_checkpoint(truncate)")
            connection.execute("vacuum")
            connection.execute("pragma wal_checkpoint(truncate)")
    return touched


def _columns(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    tables = connection.execute(
        "select name from sqlite_master where type = 'table' and sql not like '%without rowid%'"
    )
    return [
        (table, row[1])
        for (table,) in tables.fetchall()
        if not table.startswith("sqlite_")
        for row in connection.execute(f'pragma table_info("{table}")').fetchall()
    ]


def _clean_cell(
    connection: sqlite3.Connection, table: str, column: str, number: int, cell: object, subject: Subject
) -> int:
    if isinstance(cell, str) and subject.is_in(cell):
        new = subject.without_names(cell)
        connection.execute(f'update or replace "{table}" set "{column}" = ? where rowid = ?', (new, number))
        return 1
    if isinstance(cell, bytes) and any(subject.is_in(text) for text in unpacked(cell)):
        connection.execute(f'delete from "{table}" where rowid = ?', (number,))
        return 1
    return 0


def _catalogue(ledger: Ledger, subject: Subject) -> int:
    """Take the names out of every text of the catalogue's tables (file names, messages, drafts); return how many rows."""
    tables = [table for table in catalog.metadata.sorted_tables if table.name not in KEPT_WHOLE]
    with ledger.transaction() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("pragma secure_delete = on")
        return sum(_clean_table(connection, table, subject) for table in tables)


def _clean_table(connection: sa.Connection, table: sa.Table, subject: Subject) -> int:
    keys, touched = list(table.primary_key), 0
    for row in connection.execute(sa.select(table)).mappings().all():
        texts = {name: cell for name, cell in row.items() if isinstance(cell, str) and name not in table.primary_key}
        changed = {name: subject.without_names(cell) for name, cell in texts.items() if subject.is_in(cell)}
        if changed:
            own = sa.and_(*(key == row[key.name] for key in keys))
            connection.execute(table.update().where(own).values(changed))
            touched += 1
    return touched
