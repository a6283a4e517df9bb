"""No ethics decision in force, no row taken in; and the gate is silent about what nobody has registered."""

import json
from datetime import date

import pytest
import yaml

from data import documents
from data.contracts import Contract
from data.ethics_gate import holds
from data.lake import Lake
from data.ledger import Ledger
from data.originals import original_path
from data.submissions import submissions
from quality import intake
from quality.intake import submit
from quality.quarantine import quarantine_path

pytestmark = pytest.mark.archive

CONTRACT = Contract.model_validate(
    yaml.safe_load(
        """
name: ethics_try
version: "1.0"
title: {en: Try, zh: 试}
description: {en: Try, zh: 试}
unit: person
grain: one row per zone and person
source_kind: survey
key: [zone_id, person_id]
columns:
  - {name: zone_id, type: string, label: {en: Zone, zh: 试点区}, required: true, source: zone}
  - {name: person_id, type: string, label: {en: Person, zh: 编号}, required: true}
"""
    )
)
DECISION = {"board": "Board", "number": "7", "decision": "approved", "date": "2026-01-01", "expires_on": "2026-06-30"}


@pytest.fixture
def ledger(workspace):
    return Ledger.open(workspace)


def event(ledger, kind, name="SE-2026-0001", **detail):
    with ledger.transaction() as connection:
        ledger.record(connection, kind=kind, object_id=name, detail=detail, actor="x")


def register(ledger, name="SE-2026-0001", *, ethics=(), zones=("deqing",), contract="ethics_try", who="lin"):
    content = {
        "zones": [{"zone_id": zone} for zone in zones],
        "data_sources": [{"contract_id": contract}],
        "ethics": list(ethics),
        "responsible_party": {"user": who} if who else None,
    }
    with ledger.transaction() as connection:
        sha256 = documents.put(connection, "protocol", json.dumps(content))
        detail = {"version": "1.0", "document": sha256, "pid": "x"}
        ledger.record(connection, kind="protocol_registered", object_id=name, detail=detail, actor="x")


def decided(**changes):
    return {**DECISION, "zones": ["deqing"], **changes}


@pytest.fixture
def send(tmp_path, workspace, monkeypatch):
    def run(day="2026-07-01", text="person_id\n01\n"):
        monkeypatch.setattr(intake, "today", lambda: date.fromisoformat(day))
        path = tmp_path / "file.csv"
        path.write_text(text, encoding="utf-8")
        return submit(path, contract=CONTRACT, zone="deqing", actor="staff", workspace=workspace)

    return run


def test_an_expired_decision_refuses_the_file_and_a_new_one_takes_it(send, ledger, workspace):
    register(ledger, ethics=[decided()])
    refused = send()
    assert (refused.status, refused.rows_read, refused.exit_code) == ("rejected", 0, 1)
    told = refused.problems[0]
    assert told.code == "E-ETHICS-01"
    for text in (told.message.en, told.message.zh):
        assert all(word in text for word in ("SE-2026-0001", "deqing", "Board 7", "2026-06-30", "lin"))
    assert original_path(workspace, refused.sha256).read_bytes() == b"person_id\n01\n"
    assert not quarantine_path(workspace, refused.submission_id).exists()
    assert Lake(workspace, ledger).tables() == []
    event(ledger, "ethics_recorded", **decided(number="8", date="2026-07-01", expires_on="2027-06-30"))
    again = send()
    assert (again.status, again.rows_accepted) == ("accepted", 1)
    assert [item.status for item in submissions(ledger)] == ["rejected", "accepted"]


def test_the_last_day_counts(send, ledger):
    register(ledger, ethics=[decided()])
    assert send("2026-06-30").status == "accepted"


def test_without_any_decision_the_message_says_so(send, ledger):
    register(ledger, ethics=[decided(zones=["xian"])], who=None)
    assert [item.code for item in send().problems] == ["E-ETHICS-02"]


def test_what_must_not_be_kept_is_not_kept(send, ledger, workspace):
    register(ledger)
    found = send(text="person_id,note\n01,11010519491231002X\n02,11010519491231002X\n")
    assert [item.code for item in found.problems][:2] == ["E-ETHICS-02", "E-PII-01"]
    assert not original_path(workspace, found.sha256).exists()


def test_a_crash_after_the_rows_were_in_ends_as_it_began(send, ledger, monkeypatch):
    monkeypatch.setattr(intake, "_settle", lambda *_: (_ for _ in ()).throw(OSError("power")))
    with pytest.raises(OSError, match="power"):
        send()
    monkeypatch.undo()
    register(ledger)
    assert send("2026-07-01").status == "accepted"


SILENT = {
    "nothing registered": lambda _ledger: None,
    "another contract": lambda ledger: register(ledger, contract="other"),
    "another zone": lambda ledger: register(ledger, zones=["xian"]),
    "withdrawn": lambda ledger: (register(ledger), event(ledger, "protocol_withdrawn")),
    "in force": lambda ledger: register(ledger, ethics=[decided(expires_on="2026-07-01")]),
    "another experiment in force": lambda ledger: (
        register(ledger, ethics=[decided()]),
        register(ledger, "SE-2026-0002", ethics=[decided(expires_on="2099-01-01")]),
    ),
}
HELD = {
    "not begun": lambda ledger: register(ledger, ethics=[decided(date="2026-08-01", expires_on="2027-01-01")]),
    "refused since": lambda ledger: (
        register(ledger, ethics=[decided(expires_on="2099-01-01")]),
        event(ledger, "ethics_recorded", **decided(decision="refused", date="2026-06-01", expires_on="2099-01-01")),
    ),
    "refused the same day": lambda ledger: (
        register(ledger, ethics=[decided(expires_on="2099-01-01")]),
        event(ledger, "ethics_recorded", **decided(decision="refused", expires_on="2099-01-01")),
    ),
    "two experiments": lambda ledger: (register(ledger), register(ledger, "SE-2026-0002", ethics=[decided()])),
}


@pytest.mark.parametrize("name", [*SILENT, *HELD])
def test_when_the_gate_speaks(name, ledger):
    {**SILENT, **HELD}[name](ledger)
    found = holds(ledger, zone="deqing", contract="ethics_try", on=date(2026, 7, 1))
    assert bool(found) == (name in HELD)
    assert len(found) == {"two experiments": 2}.get(name, int(name in HELD))
