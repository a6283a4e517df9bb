"""A workspace in which one person stands in every layer, by id, by pseudonym, in texts, in packed cells."""

import json
import shutil
import sqlite3
import zlib

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data import generations, releases
from data.contracts import load_contract
from data.durable import write_text
from data.identity import Vault
from data.lake import Lake
from data.ledger import Ledger
from data.paths import Workspace
from quality.intake import submit
from tests.unit.identity.conftest import register, resident

PERSON, OTHER = resident(7), resident(8)
CODE, NEIGHBOUR = "DQ-P00007", "DQ-P00008"
"""The same person's code in a survey that has no direct identifiers."""


@pytest.fixture
def ledger(workspace):
    return Ledger.open(workspace)


@pytest.fixture
def send(workspace, tmp_path):
    return sender(workspace, tmp_path)


def sender(workspace, folder):
    def go(text, contract, *, name="file.csv", zone="deqing", **more):
        path = folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return submit(path, contract=contract, zone=zone, actor="registry.office", workspace=workspace, **more)

    return go


def visits(*people, wave="W1", wait="10", clinic="DQ-C01"):
    """Return a clinic survey's file; `wait` is what the first person answered."""
    head = "person_id,wave,clinic_id,interview_date,birth_year,wait_min"
    rows = [f"{p},{wave},{clinic},2026-03-0{n + 1},1980,{wait if n == 0 else 10}" for n, p in enumerate(people)]
    return "\n".join([head, *rows]) + "\n"


def workbook(*rows):
    import io

    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.fixture(scope="session")
def planted_once(tmp_path_factory, _empty_catalogue):
    """Return a home in which the person stands everywhere, and the names under which: it is made once, each test has a copy."""
    folder = tmp_path_factory.mktemp("planted")
    made = Workspace(folder / "home").create()
    shutil.copyfile(_empty_catalogue, made.catalog)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZONELAB_HOME", str(made.home))
        ledger = Ledger.open(made)
        names = plant(made, ledger, sender(made, folder))
        ledger.close()
    return made.home, names


@pytest.fixture
def workspace(request, tmp_path, _empty_catalogue):
    """Return a fresh workspace; for a test that asks for `planted`, one with the person."""
    made = Workspace(tmp_path / "home")
    if "planted" in request.fixturenames:
        shutil.copytree(request.getfixturevalue("planted_once")[0], made.home)
        return made
    made.create()
    shutil.copyfile(_empty_catalogue, made.catalog)
    return made


@pytest.fixture
def planted(planted_once):
    """Return the names under which the person stands everywhere in the test's workspace."""
    return planted_once[1]


def plant(workspace, ledger, send):
    """Put the person everywhere; return the names under which they stand."""
    head = "resident_id,wave,score,remark\n"
    rows = "".join(f"{name},W1,{place},\n" for place, name in enumerate([PERSON, *map(resident, range(20, 40))]))
    assert send(head + rows, register(), name="a.csv").status == "accepted"
    send(head + f"{PERSON},W2,many,\n{OTHER},W2,1,\n", register(), name="b.csv")
    visit = load_contract("clinic_visit")
    send(visits(CODE, NEIGHBOUR), visit, name=f"visits {CODE}.csv")
    send(visits(CODE, NEIGHBOUR, wave="W2", wait="long"), visit, name="c.csv")
    book = workbook(
        ["受访者编号", "轮次", "诊所编号", "访谈日期", "出生年份"], [CODE, "W3", "DQ-C01", "2026-05-01", "1980"]
    )
    send(book, visit, name="d.xlsx")
    (name,) = [found.pseudonym for found in Vault.open(workspace).find(identifier=PERSON)]
    publish(workspace, ledger, name)
    leave_about(workspace, name)
    return {"person": PERSON, "code": CODE, "pseudonym": name}


def publish(workspace, ledger, name):
    """Publish marts of both persons, release them, and lay a report beside the release."""
    folder = workspace.build / "marts"
    for mart, people in (("panel_individual_wave", [CODE, NEIGHBOUR]), ("panel_enrolment", [name, "k1:" + "A" * 32])):
        folder.mkdir(parents=True, exist_ok=True)
        column = "person_id" if mart == "panel_individual_wave" else "resident_id"
        zones = ["deqing"] * 2
        pq.write_table(pa.table({"zone_id": zones, column: people, "y": [1.5, 2.5]}), folder / f"{mart}.parquet")
    pq.write_table(pa.table({"zone_id": ["deqing"], "y": [4.0]}), folder / "panel_zone_month.parquet")
    source = {path.stem: path for path in folder.glob("*.parquet")}
    pin = Lake(workspace, ledger).pin()
    generations.publish(workspace, ledger, source=source, pin=pin, run_id="r1", contracts={})
    release = releases.build(workspace, ledger, actor="registry.office", run_id="r1")
    for experiment, mart in (("SE-2026-0001", "panel_individual_wave"), ("SE-2026-0003", "panel_zone_month")):
        place = workspace.results / release.release_id / experiment / "results.json"
        write_text(place, json.dumps({"analyses": [{"dataset": mart}]}))


def leave_about(workspace, name):
    """Leave the person in what tools leave behind: dbt, Dagster, validations, deliveries, half-written files."""
    write_text(workspace.build / "target" / "run_results.json", json.dumps({"message": CODE}))
    write_text(workspace.build / "logs" / "dbt.log", f"failing row {name}\n")
    write_text(workspace.validations / "r1" / "clinic_visit.json", json.dumps({"unexpected": [CODE]}))
    write_text(workspace.dagster / "storage" / "run" / "compute_logs" / "step.err", f"ValueError: {PERSON}\n")
    write_text(workspace.inbox / "deqing" / "clinic_visit" / "late_W4.csv", visits(CODE, NEIGHBOUR, wave="W4"))
    write_text(workspace.demo / "files" / "deqing" / "clinic_visit" / "copy.csv", visits(CODE, NEIGHBOUR, wave="W4"))
    write_text(workspace.lake / "clinic_visit" / ".part-000.parquet.tmp", CODE)
    staged = workspace.staging / "dead"
    staged.mkdir(parents=True)
    (staged / "content").write_bytes(workbook(["受访者编号"], [CODE]))
    pq.write_table(pa.table({"person_id": [CODE]}), staged / "rows.parquet")
    with sqlite3.connect(workspace.dagster / "storage" / "index.db") as connection:
        connection.execute("create table event_logs (id integer primary key, event text, body blob)")
        row = (json.dumps({"label": CODE}), zlib.compress(f'{{"person": "{name}"}}'.encode()))
        connection.executemany("insert into event_logs (event, body) values (?, ?)", [row, ("kept", b"kept")])
    connection.close()
