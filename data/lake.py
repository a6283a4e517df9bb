"""The lake: append-only, bitemporal tables, each submission in exactly once, any past state readable by its number.

Belongs here: append, recovery, pins and reading. Does not: checking values (quality), Delta calls (delta), view SQL (asof),
sequence numbers (batches). Order of an append: reserve number → file synced → Delta commit synced → number closed + event.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from data import asof, batches, delta, standing
from data.admission import check_new_keys, check_rows, check_unmoved, columns_to_add
from data.batches import Batch
from data.contracts import Contract, lake_schema
from data.duck import open_duckdb
from data.durable import remove_file, sha256_file
from data.fingerprint import fingerprint
from data.ledger import Ledger
from data.locks import PATIENCE_SECONDS, exclusive
from data.messages import PlatformFailed, Refused, Text
from data.part_sums import PartSums
from data.parts import stem, write_part
from data.paths import Workspace
from data.pins import Pin, TablePin
from data.standing import Excluded
from data.table_head import TableHead, files_near, head_in_log, note, table_head


@dataclass(frozen=True)
class Commit:
    """An append that is in. `new` is False when the submission had entered before and nothing was written."""

    table: str
    seq: int
    rows: int
    sha256: str
    delta_version: int
    new: bool


class Lake:
    """The tables of one workspace, one per contract, below `workspace.lake`."""

    def __init__(self, workspace: Workspace, ledger: Ledger) -> None:
        self._root = workspace.lake
        self._ledger = ledger

    def append(
        self, contract: Contract, rows: pa.Table, *, submission_id: str, run_id: str, judged_at: int | None = None
    ) -> Commit:
        """Append rows, exactly once per submission.

        Parameters
        ----------
        contract
            Names the table and gives its schema.
        rows
            The contract's business columns, then `rec_key`, `_row`, `_op` (I insert, C correct, R retract): in any column
            order, in exactly these types.
        submission_id, run_id
            What brought them; a submission that is in already is answered with `new=False`.
        judged_at
            The number at which the rows were compared with the table; None for rows that replace nothing.

        Raises
        ------
        Refused
            E-LAKE-01: columns or types differ from the contract (named; nothing is cast). E-LAKE-02: required values are
            null, an operation is unknown, a rec_key comes twice, or an inserted one is in the archive already. E-LAKE-06: the
            table has moved on since `judged_at`; compare again.
        """
        with self._writing():
            self._recover()
            known = self.committed(submission_id)
            if known is not None:
                return self._same_table(known, contract)
            check_unmoved(contract.name, batches.last_append(self._ledger, contract.name), judged_at)
            checked = check_rows(contract, rows)
            folder = self._folder(contract.name)
            table = table_head(folder)
            added = columns_to_add(contract, table)
            check_new_keys(contract, checked, table)
            batch = batches.reserve(
                self._ledger,
                table_name=contract.name,
                submission_id=submission_id,
                rows=checked.num_rows,
                run_id=run_id,
            )
            if table is None or added:  # after the reservation: recovery sweeps what a crash leaves here
                table = self._with_columns(contract, added)
            return _commit_of(self._write(contract, checked, batch, table), new=True)

    def committed(self, submission_id: str) -> Commit | None:
        """Return how a submission entered; None if it has not. A resumed intake asks this first."""
        batch = batches.batch_of(self._ledger, submission_id)
        return _commit_of(batch, new=False) if batch is not None and batch.state == "committed" else None

    def recover(self) -> int:
        """Finish what a dead writer left; return how many appends were closed. Waits for a living writer."""
        with self._writing():
            return self._recover()

    @contextmanager
    def rewriting(self) -> Iterator[None]:
        """Keep every other writer out while files are rewritten; what a dead writer left is finished first."""
        with self._writing():
            self._recover()
            yield

    def closed_seq(self) -> int:
        """Return the highest sequence number with everything below it closed; 0 for an empty lake.

        What a dead writer left open is recovered first. A living writer is not waited for: its number is not closed yet.
        """
        if batches.open_batches(self._ledger):
            try:
                with self._writing(patience=0):
                    self._recover()
            except PlatformFailed as error:
                if error.code != "E-LOCK-01":  # E-LOCK-01: a living writer holds the lock
                    raise
        return batches.highest_closed(self._ledger)

    def tables(self) -> list[str]:
        """Return the names of the tables that exist, sorted."""
        if not self._root.is_dir():
            return []
        return sorted(folder.name for folder in self._root.iterdir() if delta.exists(folder))

    def pin(
        self, as_of_seq: int | None = None, excluded: Sequence[Excluded] | None = None, sums: PartSums | None = None
    ) -> Pin:
        """Return rows and fingerprint of every table as of a closed number (default: the newest).

        Parameters
        ----------
        excluded
            What is not shown; None for what does not stand today. Give a release's own to see what it saw, whatever was
            approved or retracted since.
        sums
            What files were found to add to their tables before, so that only new ones are read; None: every row is read.

        Raises
        ------
        Refused
            E-PIN-01: the number is negative or not closed yet; what it holds could still change.
        """
        n = self._closed(as_of_seq)
        pinned = Pin(n, {}, standing.excluded(self._ledger, n) if excluded is None else tuple(excluded))
        for name in self.tables():
            files = delta.files(self._folder(name))
            seen = asof.visible_files(files, n)
            if seen:
                with open_duckdb() as connection:
                    stored = asof.stored_select(files, n, pinned.held)
                    known = sums.content(connection, seen, n, pinned.held) if sums else None
                    content = known or fingerprint(connection, stored, about_rows=sum(file.rows for file in seen))
                pinned.tables[name] = TablePin(content.rows, len(seen), content.fingerprint)
        return pinned

    def relation_sql(self, contract: Contract, as_of_seq: int, held: Collection[str] = ()) -> str:
        """Return the DuckDB SELECT of a table as of a number: a plain list of Parquet files, no extension.

        Columns are exactly `lake_schema(contract)`; a table that does not exist, or had no rows then, gives a typed SELECT
        of no rows. Row order is not promised. Rows of the submissions `held` (a pin's) are left out.
        """
        return asof.view_select(lake_schema(contract), delta.files(self._folder(contract.name)), as_of_seq, held)

    def submissions_shown(self, as_of_seq: int, held: Collection[str] = ()) -> frozenset[str]:
        """Return the submissions of which at least one row is in a table as of a number; see `relation_sql`."""
        found: set[str] = set()
        for files in (delta.files(self._folder(name)) for name in self.tables()):
            if asof.visible_files(files, as_of_seq):
                select = f"SELECT DISTINCT submission_id FROM ({asof.stored_select(files, as_of_seq, held)})"
                with open_duckdb() as connection:
                    found.update(name for (name,) in connection.execute(select).fetchall())
        return frozenset(found)

    def last_word_sql(
        self,
        contract: Contract,
        as_of_seq: int,
        held: Collection[str] = (),
        keys: pa.ChunkedArray | None = None,
    ) -> str:
        """Return the same with retracted keys in it (`_op` R): what the next file is compared with.

        With `keys` (its `rec_key`) rows of other keys may be missing: files that hold none of these are not opened.
        """
        files = self._files_near(contract, keys)
        return asof.last_word_select(lake_schema(contract), files, as_of_seq, held)

    def keys_sql(self, contract: Contract, as_of_seq: int, keys: pa.ChunkedArray | None = None) -> str:
        """Return the SELECT of every `rec_key` that ever came, held or not; others than `keys` may be missing likewise."""
        return asof.keys_select(self._files_near(contract, keys), as_of_seq)

    def read(self, contract: Contract, as_of_seq: int | None = None, held: Collection[str] = ()) -> pa.Table:
        """Return a table as of a closed number (default: the newest), ordered by `_seq`, `_row`; see `relation_sql`.

        Raises
        ------
        Refused
            E-PIN-01: as in `pin`.
        """
        select = self.relation_sql(contract, self._closed(as_of_seq), held)
        with open_duckdb() as connection:
            found = connection.sql(f"{select} ORDER BY _seq, _row").to_arrow_table()
        return pa.Table.from_arrays(found.columns, schema=lake_schema(contract))

    def versions(self, table: str) -> list[Batch]:
        """Return the appends to a table in order."""
        return [batch for batch in batches.committed_batches(self._ledger) if batch.table_name == table]

    def _with_columns(self, contract: Contract, added: list[pa.Field]) -> TableHead:
        folder = self._folder(contract.name)
        delta.create(folder, lake_schema(contract))
        delta.add_columns(folder, added)
        return head_in_log(folder)

    def _write(self, contract: Contract, rows: pa.Table, batch: Batch, table: TableHead) -> Batch:
        new = write_part(table.folder, contract, rows, batch)
        version = delta.commit(
            table.folder, new, submission_id=batch.submission_id, run_id=batch.run_id, after=table.version
        )
        note(
            table, version, new.path, rows["rec_key"]
        )  # before the number is closed: recovery sweeps what a crash leaves
        return batches.close_committed(
            self._ledger, batch, sha256=new.sha256, file=new.path.name, delta_version=version
        )

    def _recover(self) -> int:
        left = batches.open_batches(self._ledger)
        for batch in left:
            folder = self._folder(batch.table_name)
            if folder.is_dir():
                delta.sweep_temporary(folder)
            if delta.committed_seq(folder, batch.submission_id) == batch.seq:
                self._finish(batch, folder)
            else:
                for orphan in folder.glob(f"{stem(batch.seq)}*"):
                    remove_file(orphan)
                batches.close_aborted(self._ledger, batch)
        return len(left)

    def _finish(self, batch: Batch, folder: Path) -> None:
        """Close a batch whose file entered the Delta log before its writer died; the log may lack its fsync."""
        path = next(file.path for file in delta.files(folder) if file.path.name.startswith(stem(batch.seq)))
        version = delta.version(folder)
        delta.sync_log(folder, version)
        batches.close_committed(self._ledger, batch, sha256=sha256_file(path), file=path.name, delta_version=version)

    @contextmanager
    def _writing(self, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
        with exclusive(self._root / ".writer.lock", patience):
            yield

    def _files_near(self, contract: Contract, keys: pa.ChunkedArray | None) -> list[delta.DataFile]:
        folder = self._folder(contract.name)
        return files_near(folder, delta.files(folder), keys)

    def _folder(self, table: str) -> Path:
        return self._root / table

    def _closed(self, as_of_seq: int | None) -> int:
        newest = self.closed_seq()
        n = newest if as_of_seq is None else as_of_seq
        if not 0 <= n <= newest:
            raise Refused(
                "E-PIN-01",
                Text(
                    en=f"Sequence number {n} is not closed; the newest closed one is {newest}.",
                    zh=f"序号 {n} 尚未关闭；最新已关闭的序号是 {newest}。",
                ),
            )
        return n

    def _same_table(self, known: Commit, contract: Contract) -> Commit:
        if known.table != contract.name:
            raise Refused(
                "E-LAKE-05",
                Text(
                    en=f"This submission has entered table {known.table} already, it cannot enter {contract.name}.",
                    zh=f"该提交已进入表 {known.table}，不能再进入 {contract.name}。",
                ),
            )
        return known


def _commit_of(batch: Batch, *, new: bool) -> Commit:
    return Commit(batch.table_name, batch.seq, batch.rows, batch.sha256, batch.delta_version or 0, new)
