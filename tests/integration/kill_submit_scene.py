"""The scene of a submission for kill_harness: A is in the archive, B (one row bad) is sent and killed, then B again and C."""

import importlib
import warnings
from pathlib import Path

import pandas as pd  # pyarrow would import it in every fork
import sqlalchemy as sa

from data import batches, delta, submissions
from data.contracts.model import Contract
from data.durable import adopt_file
from data.erasure import layers, proof
from data.lake import Lake
from data.ledger import Ledger
from data.originals import original_path
from data.paths import Workspace
from data.readers import file
from data.readers.read import read_content
from quality import check, intake, withdrawn
from quality.intake import submit
from quality.review import arrival

assert pd.__name__ == "pandas"
warnings.filterwarnings("ignore", category=DeprecationWarning)  # forking while a library has threads
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
        "key": ["zone_id", "person_id"],
        "columns": [
            {"name": "zone_id", "type": "string", "label": TEXT, "required": True, "source": "zone"},
            {"name": "person_id", "type": "string", "label": TEXT, "required": True},
            {"name": "wait_min", "type": "integer", "label": TEXT},
        ],
    }
)
ROWS = 12


def content(letter):
    """Return a file of `ROWS` rows; in B one is bad."""
    rows = [f"{letter}-{number},{number}" for number in range(ROWS)]
    return "\n".join(["person_id,wait_min", *rows, *(["B-bad,much"] if letter == "B" else [])]) + "\n"


def read_here():
    """Let files be read in this process, for the reading process writes nothing that lasts."""

    def read(path, *, contract, folder=None, cells="texts"):  # noqa: ARG001 - a signature of another
        return read_content(path.read_bytes(), contract=contract)

    def ask(call, path, **more):
        module, function = call.split(":")
        return getattr(importlib.import_module(module), function)(path, **more)

    check.read_safely = file.read_safely = layers.read_safely = proof.read_safely = read
    proof.ask_safely = withdrawn.ask_safely = ask


def send(home, letter):
    """Submit a file."""
    read_here()
    path = Path(home).parent / f"{letter}.csv"
    if not path.exists():
        path.write_text(content(letter))
    return submit(path, contract=CONTRACT, zone="deqing", actor="staff", workspace=Workspace(Path(home)))


def prepare(home):
    Workspace(home).create()
    send(home, "A")
    for letter in "BC":
        (Path(home).parent / f"{letter}.csv").write_text(content(letter))


def act(home):
    send(home, "B")


def peace(home):
    send(home, "B")
    send(home, "C")
    workspace = Workspace(Path(home))
    assert Lake(workspace, Ledger.open(workspace)).closed_seq() > 0


# Planted faults: each breaks one promise of submit. Without a kill all of them go unnoticed.


def settled_before_the_rows_are_in():
    real = intake._append

    def early(archive, submission, contract, good):
        bad = int(submission.file_name == "B.csv")
        counts = {"rows_read": ROWS + bad, "rows_accepted": ROWS, "rows_quarantined": bad}
        status = "quarantined" if bad else "accepted"
        submissions.settle(archive.ledger, submission.submission_id, status=status, **counts)
        return real(archive, submission, contract, good)

    intake._append = early


def original_kept_last():
    real, waiting = intake._process, []

    def keep(workspace, _ledger, opened, *_more, **_named):
        waiting[:] = [(opened, original_path(workspace, opened.sha256))]
        return opened

    def process(*arguments):
        result = real(*arguments)
        for opened, target in waiting:
            adopt_file(opened.path, target)
        return result

    assert callable(intake.keep_original)
    intake.keep_original, intake._process = keep, process
    arrival.Arrival._is_kept = lambda _self: True  # its guard would refuse the act already


def entered_twice():
    delta.committed_seq = lambda _folder, _submission_id: None
    Lake.committed = lambda _self, _submission_id: None
    batches.batch_of = lambda _ledger, _submission_id: None
    intake.reconcile = lambda good, _contract, _select, *, is_correction: intake.Reconciled(  # noqa: ARG005
        good.append_column("_op", [["I"] * good.num_rows]), 0, ()
    )
    from data import lake

    lake.check_new_keys = lambda *_: None


def nothing_is_resumed():
    real = submissions._known

    def known(connection, sha256, contract):
        found = real(connection, sha256, contract)
        return found if found is None or found.status != "received" else None

    submissions._known = known


def quarantine_forgotten_on_resuming():
    real = intake._take_in

    def take_in(opened, *told):
        (workspace,) = [each for each in told if isinstance(each, Workspace)]
        with Ledger.open(workspace).reading() as connection:
            known = connection.execute(sa.select(submissions.table.c.sha256)).scalars().all()
        if opened.sha256 in known:
            intake.keep_quarantine = lambda *_arguments, **_named: None
        return real(opened, *told)

    intake._take_in = take_in


FAULTS = {
    function.__name__: function
    for function in (
        settled_before_the_rows_are_in,
        original_kept_last,
        entered_twice,
        nothing_is_resumed,
        quarantine_forgotten_on_resuming,
    )
}
