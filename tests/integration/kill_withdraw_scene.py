"""The scene of a withdrawal for kill_harness: a person stands in every layer, withdraws under the pseudonym, and it is killed.

The pseudonym alone is the hardest name to withdraw by: only the vault knows the person's other names.
"""

import io
import json
import sqlite3
import warnings
import zlib
from pathlib import Path

import pandas as pd  # pyarrow would import it in every fork
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet as pq

from data import generations, releases
from data.contracts import load_contracts
from data.durable import write_text
from data.erasure import person as erasing
from data.erasure import rewriting
from data.erasure.layers import original_staged, stored_files
from data.identity import Vault
from data.ledger import Ledger
from data.paths import Workspace
from data.verify import verify_workspace
from data.withdrawals import ERASED
from quality.corrections import Item
from quality.corrections import acts as corrections
from quality.intake import submit
from quality.review import Desk
from tests.integration.kill_submit_scene import read_here
from tests.integration.raw_archive import places_naming
from tests.unit.identity.conftest import register, resident

assert pd.__name__ == "pandas"
warnings.filterwarnings("ignore", category=DeprecationWarning)  # forking while a library has threads
load_contracts()
PERSON, OTHER, THIRD = resident(7), resident(8), resident(9)
HEAD = "resident_id,wave,score,remark\n"
FILES = {
    "a.csv": f"{HEAD}{PERSON},W1,0,\n{OTHER},W1,1,\n{THIRD},W1,2,\n",
    "b.csv": f"{HEAD}{PERSON},W2,many,\n{OTHER},W2,3,\n",
}


def named(home):
    """Return the names under which people stand, as `prepare` laid them beside the homes."""
    return json.loads((Path(home).parent / "names.json").read_text())


def prepare(home):
    read_here()
    workspace = Workspace(home).create()
    sent = [_sent(workspace, name, text) for name, text in FILES.items()]
    vault = Vault.open(workspace)
    people = {name: vault.find(identifier=name)[0].pseudonym for name in (PERSON, OTHER, THIRD)}
    told = {"person": PERSON, "pseudonym": people[PERSON], "all": sorted(people.values())}
    (home.parent / "names.json").write_text(json.dumps({**told, "secret": vault._current()[1].hex()}))
    items = [Item(row, "score", old, "9", "replace", "misread") for row, old in ((2, "0"), (3, "1"))]
    corrections.propose(Desk.open(workspace), sent[0], items, actor="lead")
    _published(workspace, people)
    _left_about(workspace, people[PERSON])


def _sent(workspace, name, text):
    path = workspace.home.parent / name
    path.write_text(text, encoding="utf-8")
    sent = submit(path, contract=register(), zone="deqing", actor="registry.office", workspace=workspace)
    path.unlink()
    return sent.submission_id


def _published(workspace, people):
    ledger, mart = Ledger.open(workspace), workspace.build / "marts" / "panel_enrolment.parquet"
    mart.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"zone_id": ["deqing"] * 3, "resident_id": list(people.values()), "y": [1, 2, 3]}), mart)
    pin = Desk.open(workspace).lake.pin()
    generations.publish(workspace, ledger, source={mart.stem: mart}, pin=pin, run_id="r1", contracts={})
    made = releases.build(workspace, ledger, actor="registry.office", run_id="r1")
    place = workspace.results / made.release_id / "SE-2026-0001" / "results.json"
    write_text(place, json.dumps({"analyses": [{"dataset": mart.stem}]}))


def _left_about(workspace, pseudonym):
    write_text(workspace.build / "target" / "run_results.json", json.dumps({"message": pseudonym}))
    write_text(workspace.inbox / "deqing" / "enrolment" / "late.csv", f"{HEAD}{PERSON},W4,1,\n{OTHER},W4,1,\n")
    write_text(workspace.lake / "enrolment" / ".part-000.parquet.tmp", pseudonym)
    staged = workspace.staging / "dead" / "rows.parquet"
    staged.parent.mkdir(parents=True)
    pq.write_table(pa.table({"resident_id": [PERSON]}), staged)
    write_text(workspace.dagster / "storage" / "compute_logs" / "step.err", f"ValueError: {PERSON}\n")
    with sqlite3.connect(workspace.dagster / "storage" / "index.db") as connection:
        connection.execute("create table event_logs (id integer primary key, event text, body blob)")
        row = (json.dumps({"label": PERSON}), zlib.compress(f'{{"person": "{pseudonym}"}}'.encode()))
        connection.executemany("insert into event_logs (event, body) values (?, ?)", [row, ("kept", b"kept")])
    connection.close()


def act(home):
    read_here()
    workspace = Workspace(Path(home))
    ledger = Ledger.open(workspace)
    erasing.withdraw(
        named(home)["pseudonym"], zone="deqing", actor="registry.office", workspace=workspace, ledger=ledger
    )


def crashed(home):
    """When the ledger says that it is done, nothing is left."""
    is_done = (ERASED,) in sqlite3.connect(home / "catalog.db").execute("select kind from events").fetchall()
    return [f"said to be done, and left in {place}" for place in left_in(home)] if is_done else []


def left_in(home):
    """Return where the person still stands: raw bytes and cells, and the originals that the vault's secret opens."""
    read_here()
    names = [named(home)[name] for name in ("person", "pseudonym")]
    workspace = Workspace(Path(home))
    vault = Vault.open(workspace)
    sealed = [file for file in stored_files(workspace, Ledger.open(workspace)) if file.form == "sealed"]
    opened = {file.path.name: _opened(file, vault) for file in sealed}
    texts = {name: _cells(content) if content[:4] == b"PAR1" else content.decode() for name, content in opened.items()}
    return [*places_naming(home, names), *(place for place, text in texts.items() if any(n in text for n in names))]


def _opened(file, vault):
    with original_staged(file, vault) as opened:
        return opened.path.read_bytes()


def _cells(content):
    return str(pq.read_table(io.BytesIO(content)).to_pylist())


def peace(home):
    act(home)
    workspace = Workspace(Path(home))
    told = verify_workspace(workspace, Ledger.open(workspace))
    assert told == [], json.dumps([problem.where for problem in told])
    assert left_in(Path(home)) == []


# Planted faults: each breaks one promise of a withdrawal. Without a kill all of them go unnoticed.


def said_before_it_is_done():
    real = erasing._erase

    def early(work, act):
        with work.ledger.transaction() as connection:
            sha256 = erasing.documents.put(connection, "certificate", json.dumps({"erased": {"lake": {"rows": 1}}}))
            detail = {"certificate": sha256, "zone": act.zone, "submissions": []}
            work.ledger.record(connection, kind=ERASED, object_id=act.withdrawal_id, detail=detail, actor="x", role="x")
        return real(work, act)

    erasing._erase = early


def vault_forgets_first():
    real = erasing._erase

    def early(work, act):
        erasing._forgotten(work)
        work.vault.forget(sorted(work.subject.names))
        return real(work, act)

    erasing._erase = early


def in_place_before_it_is_recorded():
    real = rewriting.rewrite

    def early(workspace, ledger, files, transform, *, act_id, actor):
        listed = list(files)
        staged = [
            rewriting._stage(workspace, file, found, act_id)
            for file in listed
            if (found := transform(file)) is not None
        ]
        put, rewriting._put_in_place = rewriting._put_in_place, lambda *_: None
        put(workspace, staged)
        again, rewriting._stage = rewriting._stage, lambda *_: staged.pop(0)
        places = {item.file.path for item in staged}
        done = real(
            workspace,
            ledger,
            [f for f in listed if f.path in places],
            lambda _: staged or None,
            act_id=act_id,
            actor=actor,
        )
        rewriting._put_in_place, rewriting._stage = put, again
        return done

    erasing.rewrite = early


FAULTS = {
    function.__name__: function
    for function in (said_before_it_is_done, vault_forgets_first, in_place_before_it_is_recorded)
}
