"""The scene of appends for kill_harness: the table is made with A, then B is appended; killed, repeated, and C after them."""

import hashlib

import pandas as pd  # pyarrow would import it in every fork
import pyarrow as pa

from data import batches, delta, parts
from data.admission import expected_schema
from data.lake import Lake
from data.ledger import Ledger
from data.paths import Workspace
from tests.integration.kill_submit_scene import CONTRACT

assert pd.__name__ == "pandas"
ROWS = 20


def rows_of(submission_id):
    keys = [f"{submission_id}-{number}" for number in range(ROWS)]
    records = [hashlib.sha256(key.encode()).digest()[:16] for key in keys]
    columns = {
        "zone_id": ["deqing"] * ROWS,
        "person_id": keys,
        "wait_min": list(range(ROWS)),
        "rec_key": records,
        "_row": list(range(2, ROWS + 2)),
        "_op": ["I"] * ROWS,
    }
    return pa.table(columns).cast(expected_schema(CONTRACT))


def append(home, *submissions):
    workspace = Workspace(home)
    archive = Lake(workspace, Ledger.open(workspace))
    for name in submissions:
        archive.append(CONTRACT, rows_of(name), submission_id=name, run_id="run")
    return archive


def prepare(home):
    append(Workspace(home).create().home)


def act(home):
    append(home, "A", "B")


def peace(home):
    assert append(home, "A", "B", "C").closed_seq() > 0


# Planted faults: each breaks one rule of the protocol. Without a kill all of them go unnoticed.


def transaction_id_ignored():
    delta.committed_seq = lambda _folder, _submission_id: None


def no_recovery():
    Lake._recover = lambda _self: 0


def closed_before_commit():
    def write(self, contract, rows, batch, table):
        new = parts.write_part(table.folder, contract, rows, batch)
        done = batches.close_committed(self._ledger, batch, sha256=new.sha256, file=new.path.name, delta_version=0)
        delta.commit(table.folder, new, submission_id=batch.submission_id, run_id="run")
        return done

    Lake._write = write


def event_in_its_own_transaction():
    def close(ledger, batch, kind):
        with ledger.transaction() as connection:
            change = batches.table.update().where(batches.table.c.seq == batch.seq).values(vars(batch))
            connection.execute(change)
        detail = {"table_name": batch.table_name, "seq": batch.seq}
        with ledger.transaction() as connection:
            ledger.record(connection, kind=kind, object_id=batch.submission_id, detail=detail, actor="x")

    batches._close = close


FAULTS = {
    function.__name__: function
    for function in (transaction_id_ignored, no_recovery, closed_before_commit, event_in_its_own_transaction)
}
