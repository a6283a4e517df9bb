"""The layers that hold rows: lake, generations, quarantine, originals; each file with what it takes to judge it.

Belongs here: listing files and reading one as a table. Does not: other files of a workspace (sweep), rewriting.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from data import delta
from data.contracts import Contract
from data.contracts.record_key import key_text
from data.duck import open_duckdb, parquet_source, quote_name, quote_text
from data.erasure.subject import RECORD, ZONE, Subject
from data.identity import Vault
from data.identity.sealing import unsealed
from data.ledger import Ledger
from data.messages import Refused
from data.originals import Form, stored
from data.paths import Workspace
from data.readers import FileContent, RawTable, read_safely, staged
from data.readers.header import fold
from data.readers.open import scratch_folder
from data.submissions import Submission, submissions

Layer = Literal["lake", "generations", "quarantine", "originals"]


@dataclass(frozen=True)
class Stored:
    """One file of a layer. `contract` names what its rows are, `zone` whose they are where the file says so as a whole."""

    layer: Layer
    path: Path
    contract: str | None = None
    zone: str | None = None
    form: Form = "plain"
    sha256: str = ""


def stored_files(workspace: Workspace, ledger: Ledger) -> Iterator[Stored]:
    """Yield every file of the four layers that is in use."""
    for folder in sorted(workspace.lake.glob("*")):
        for file in delta.files(folder) if folder.is_dir() else []:
            yield Stored("lake", file.path, folder.name)
    for path in sorted(workspace.generations.glob("gen-*/*.parquet")):
        yield Stored("generations", path)
    arrived = submissions(ledger)
    by_id = {item.submission_id: item for item in arrived}
    for path in sorted(workspace.quarantine.glob("*.parquet")):
        found = by_id.get(path.stem)
        yield Stored("quarantine", path, found.contract if found else None, found.zone if found else None)
    yield from _originals(workspace, arrived)


def _originals(workspace: Workspace, arrived: list[Submission]) -> Iterator[Stored]:
    by_hash: dict[str, list[Submission]] = {}
    for item in arrived:
        by_hash.setdefault(item.sha256, []).append(item)
    for sha256, form, path in stored(workspace):
        if form != "none":
            found = by_hash.get(sha256, [])
            yield Stored(
                "originals", path, _only(f.contract for f in found), _only(f.zone for f in found), form, sha256
            )


def _only(found: Iterable[str]) -> str | None:
    """Return what all submissions of the same bytes agree on; None where they do not, so that nothing is passed over."""
    names = set(found)
    return names.pop() if len(names) == 1 else None


def may_hold(file: Stored, subject: Subject) -> bool:
    """Tell whether a file can hold the person: a Parquet file by one query, without reading it into memory."""
    if file.zone is not None and file.zone != subject.zone:
        return False
    return file.path.suffix != ".parquet" or names_stand_in(file, subject, zone=subject.zone)


def names_stand_in(file: Stored, subject: Subject, *, zone: str | None) -> bool:
    """Tell whether a Parquet file holds one of the person's names, in rows of a zone or (None) in any."""
    source = parquet_source([file.path])
    with open_duckdb() as connection:
        columns = {row[0]: row[1] for row in connection.execute(f"describe select * from {source}").fetchall()}
        tests = [test for name, kind in columns.items() for test in _tests(name, str(kind), subject)]
        if not tests:
            return False
        own = f"coalesce({ZONE} = {quote_text(zone)}, true) and " if zone and columns.get(ZONE) == "VARCHAR" else ""
        row = connection.execute(f"select count(*) from {source} where {own}({' or '.join(tests)})").fetchone()
    return bool(row and row[0])


def _tests(name: str, kind: str, subject: Subject) -> Iterator[str]:
    cell = f"cast({quote_name(name)} as varchar)"
    if kind == "VARCHAR":
        yield from (f"contains({cell}, {quote_text(text)})" for text in subject.in_text)
    if name in subject.columns or kind == "VARCHAR":
        listed = ", ".join(quote_text(text) for text in sorted(subject.names))
        yield f"trim(nfc_normalize({cell})) in ({listed})" if kind == "VARCHAR" else f"{cell} in ({listed})"
    if name == RECORD and subject.records:
        text = f"lower(hex({quote_name(name)}))" if kind == "BLOB" else cell
        yield f"{text} in ({', '.join(quote_text(key) for key in sorted(subject.records))})"


def records_of(workspace: Workspace, subject: Subject) -> frozenset[str]:
    """Return the keys of the person's rows in the lake, as texts."""
    found: set[str] = set()
    for folder in sorted(path for path in workspace.lake.glob("*") if path.is_dir()):
        for file in delta.files(folder):
            if names_stand_in(Stored("lake", file.path, folder.name), subject, zone=subject.zone):
                table = pq.read_table(file.path, memory_map=False)
                found.update(map(key_text, table.filter(subject.rows(table))[RECORD].to_pylist()))
    return frozenset(found)


def rows_of(file: Stored, contract: Contract | None, vault: Vault | None) -> RawTable | pa.Table | bytes:
    """Return a file's rows, or its bytes if they are no table: what was received need not be readable."""
    if file.path.suffix == ".parquet" and (file.layer != "originals" or file.form == "rows"):
        return pq.read_table(file.path, memory_map=False)
    with original_staged(file, vault) as opened:
        try:
            return read_safely(opened.path, contract=contract)
        except Refused:
            return opened.path.read_bytes()


@contextmanager
def original_staged(file: Stored, vault: Vault | None) -> Iterator[FileContent]:
    """Stage an original, opened if it is sealed."""
    if file.form != "sealed":
        with staged(file.path) as opened:
            yield opened
        return
    with scratch_folder() as folder:
        copy = folder / "opened"
        with copy.open("xb") as stream:
            for block in unsealed((vault or _no_vault()).sealing_secret, file.path):
                stream.write(block)
        with staged(copy) as opened:
            yield opened


def _no_vault() -> Vault:
    raise AssertionError("a sealed original without a vault")  # pragma: no cover


def person_headers(table: pa.Table, contract: Contract | None) -> frozenset[str]:
    """Return the columns of a file as received that name persons under its contract, by name, label or alias."""
    columns = contract.person_columns if contract else ()
    labels = {fold(label) for c in columns for label in (c.name, c.label.en, c.label.zh, *c.aliases)}
    return frozenset(name for name in table.column_names if fold(name) in labels)


def contracts_by_name(known: Mapping[str, Contract], vault: Vault | None) -> dict[str, Contract]:
    """Return the contracts that ship, and those that the vault has seen."""
    return {**{c.name: c for c in (vault.contracts() if vault else [])}, **known}
