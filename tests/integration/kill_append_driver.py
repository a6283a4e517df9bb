"""Runs appends that kill themselves: started as a process of its own by test_kill_append.py.

Each attempt is a fork of this process, which has imported everything and called nothing: a fork costs milliseconds, a fresh
interpreter seconds. The product's code has no hook for this; the calls that matter are replaced from outside, and the n-th of
them sends SIGKILL to its own process. What is killed cannot tidy up after itself, as after a real kill -9.
"""

import json
import os
import shutil
import signal
import sys
import traceback
from pathlib import Path

import pandas as pd  # pyarrow would import it in every fork
import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from data import batches, delta, lake
from data.admission import expected_schema
from data.contracts.model import Contract
from data.durable import sha256_file, write_parquet_pieces
from data.lake import Lake
from data.ledger import Ledger
from data.paths import Workspace

assert pd.__name__ == "pandas"
TEXT = {"en": "x", "zh": "x"}
CONTRACT = Contract.model_validate(
    {
        "name": "kill_visit",
        "version": "1.0",
        "title": TEXT,
        "description": TEXT,
        "unit": "person",
        "grain": "one row a person",
        "source_kind": "survey",
        "key": ["person_id"],
        "columns": [
            {"name": "person_id", "type": "string", "label": TEXT, "required": True},
            {"name": "wait_min", "type": "number", "label": TEXT, "missing_codes": {"-1": "dont_know"}},
        ],
    }
)
ROWS = 20


def rows_of(submission_id):
    keys = [f"{submission_id}-{number}" for number in range(ROWS)]
    columns = {
        "person_id": keys,
        "wait_min": [float(number) for number in range(ROWS)],
        "wait_min__st": [0] * ROWS,
        "rec_key": keys,
        "_row": list(range(2, ROWS + 2)),
        "_op": ["I"] * ROWS,
    }
    return pa.table(columns).cast(expected_schema(CONTRACT))


def open_lake(home):
    workspace = Workspace(home)
    return Lake(workspace, Ledger.open(workspace))


def append(home, submission_id):
    return open_lake(home).append(CONTRACT, rows_of(submission_id), submission_id=submission_id, run_id="run")


class Countdown:
    """Kills this process at the n-th step; notes every step's name."""

    def __init__(self, at):
        self.at = at
        self.steps = []

    def step(self, name):
        self.steps.append(name)
        if len(self.steps) == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner, name):
        """Replace `owner.name` by itself with a step before and one after."""
        original = getattr(owner, name)

        def counted(*arguments, **named):
            self.step(f"before {name}")
            result = original(*arguments, **named)
            self.step(f"after {name}")
            return result

        setattr(owner, name, counted)

    def install(self):
        for name in ("fsync", "replace", "mkdir", "unlink"):
            self.around(os, name)
        for name in ("create", "create_write_transaction"):
            self.around(delta.DeltaTable, name)
        self.around(lake.delta, "commit")
        sa.event.listen(sa.Engine, "commit", lambda _connection: self.step("before sql commit"))
        sa.event.listen(sa.Engine, "after_cursor_execute", lambda *seen: self.step(f"after sql {seen[2][:24]}"))
        self._half_written_files()

    def _half_written_files(self):
        """A step in the middle of a Parquet file: its rows are on the disk, its end, without which it is none, is not."""
        write_table = pq.ParquetWriter.write_table

        def torn(writer, *arguments, **named):
            write_table(writer, *arguments, **named)
            self.step("inside parquet file")

        pq.ParquetWriter.write_table = torn


# Planted faults: each breaks one rule of the protocol. Without a kill all of them go unnoticed.


def transaction_id_ignored():
    delta.committed_seq = lambda _folder, _submission_id: None


def no_recovery():
    Lake._recover = lambda _self: 0


def closed_before_commit():
    def write(self, contract, rows, batch):
        folder = self._folder(contract.name)
        delta.create(folder, lake.lake_schema(contract))
        path = folder / f"part-{batch.seq:012d}-{batch.submission_id}.parquet"
        write_parquet_pieces(path, lake.lake_schema(contract), lake._stamped(contract, rows, batch))
        digest = sha256_file(path)
        done = batches.close_committed(self._ledger, batch, sha256=digest, file=path.name, delta_version=0)
        new = delta.NewFile(path, batch.seq, rows.num_rows, digest, frozenset({"I"}))
        delta.commit(folder, new, submission_id=batch.submission_id, run_id="run")
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


def in_child(action):
    """Run `action` in a fork; return the signal that ended it, 0 if it finished, 1 if it raised (told on stderr)."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            action()
            code = 0
        except BaseException:  # noqa: BLE001 - the parent reads the traceback and the exit code
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def killed_at(at, action, steps_file=None):
    def run():
        countdown = Countdown(at)
        countdown.install()
        action()
        if steps_file is not None:
            steps_file.write_text(json.dumps(countdown.steps))

    return in_child(run)


def attempt(home, at, again_at):
    """Append B and die at step `at`; die again at step `again_at` of the retry; then retry in peace, and append C."""
    ended = killed_at(at, lambda: append(home, "B"))
    again = killed_at(again_at, lambda: append(home, "B")) if again_at else None

    def peace():
        append(home, "B")
        append(home, "C")
        assert open_lake(home).closed_seq() > 0

    return {"at": at, "home": str(home), "killed": ended == signal.SIGKILL, "again": again, "retry": in_child(peace)}


def prepare(home, earlier):
    def first():
        Workspace(home).create()
        open_lake(home)
        for submission_id in earlier:
            append(home, submission_id)

    assert in_child(first) == 0


def main(order):
    """Read the order (JSON), run its attempts, print one JSON document."""
    folder = Path(order["folder"])
    if order["fault"]:
        FAULTS[order["fault"]]()
    template = folder / "template"
    prepare(template, order["earlier"])
    counted = folder / "counted"
    shutil.copytree(template, counted)
    steps_file = folder / "steps.json"
    assert killed_at(0, lambda: append(counted, "B"), steps_file) == 0
    steps = json.loads(steps_file.read_text())
    attempts = []
    wanted = [at for at, name in enumerate(steps, 1) if not order["only"] or name in order["only"]]
    for at in wanted[:: order["stride"]]:
        home = folder / f"at-{at}"
        shutil.copytree(template, home)
        attempts.append(attempt(home, at, 1 + at * 7 % len(steps) if order["twice"] else 0))
    control = folder / "control"
    shutil.copytree(template, control)
    attempts.append(attempt(control, 0, 0))
    sys.stdout.write(json.dumps({"steps": steps, "attempts": attempts}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
