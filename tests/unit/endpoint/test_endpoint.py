"""The upload endpoint over HTTP: codes, documents, whose name and which zone, limits, and that nothing leaks."""

from __future__ import annotations

import hashlib
import json
import logging

import httpx
import pytest

from apps.endpoint import routes
from data import tokens
from data.ledger import Ledger
from data.submissions import submissions
from quality.intake import submit

pytestmark = pytest.mark.archive

ACCESS = """
users:
  zone.operator: {roles: [zone_operator], zones: [deqing]}
  methods.one: {roles: [methods_reviewer], zones: [deqing]}
  registry.office: {roles: [administrator], zones: "*"}
"""
GOOD = "诊所编号,arm_code,block_id,assigned_date\nDQ-C01,1,DQ-B1,2026-01-05\n".encode()
RESIDENT = "11010519491231002X"  # the example of GB 11643 itself


@pytest.fixture
def ledger(workspace):
    """Return the ledger of a workspace with an access list."""
    (workspace.home / "access.yml").write_text(ACCESS, encoding="utf-8")
    return Ledger.open(workspace)


@pytest.fixture
def token(workspace, ledger):
    """Return a valid token of the zone operator."""
    return tokens.issue(workspace, ledger, person="zone.operator", zone="deqing", actor="registry.office")[1]


def files_below(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_good_file_is_201_with_the_document_of_the_command(workspace, ledger, send, token):
    answer = send(GOOD, token)
    assert answer.status_code == 201
    (kept,) = submissions(ledger)
    assert answer.json() == {
        "submission_id": kept.submission_id,
        "sha256": hashlib.sha256(GOOD).hexdigest(),
        "status": "accepted",
        "rows_read": 1,
        "rows_accepted": 1,
        "rows_quarantined": 0,
        "rows_unchanged": 0,
        "problems": [],
    }
    assert answer.headers["location"] == f"/api/submissions/{kept.submission_id}"
    assert (kept.zone, kept.actor, kept.file_name) == ("deqing", "zone.operator", "clinics W1.csv")
    assert kept.run_id == f"token:{token.split('_')[1]}"
    by = {event.kind: event.actor for event in ledger.events(object_id=kept.submission_id)}
    assert (by["submission_received"], by["submission_settled"]) == ("zone.operator", "zone.operator")
    assert files_below(workspace.home / "staging") == []


def test_the_same_bytes_again_are_200(send, token):
    first = send(GOOD, token).json()
    again = send(GOOD, token)
    assert (again.status_code, again.json()["status"]) == (200, "duplicate")
    assert again.json()["submission_id"] == first["submission_id"]


def test_a_file_with_a_bad_row_is_207_and_a_hopeless_one_422(send, token):
    partly = send(GOOD + b"DQ-C02,9,DQ-B1,2026-01-05\n", token)
    assert (partly.status_code, partly.json()["status"]) == (207, "quarantined")
    hopeless = send(b"nothing\n1\n", token)
    assert (hopeless.status_code, hopeless.json()["status"]) == (422, "rejected")
    assert send(b"", token).status_code == 422


@pytest.mark.parametrize("said", ["", "zonelab_0123456789_x", "Bearer", "zonelab__", "zonelab_"])
def test_without_a_valid_token_it_is_401_and_nothing_is_read(workspace, ledger, send, said):
    answer = send(GOOD, said)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "E-TOKEN-01")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert submissions(ledger) == []
    assert files_below(workspace.home / "originals") == []


def test_a_wrong_secret_and_a_revoked_token_are_401(workspace, ledger, send, token):
    assert send(GOOD, token[:-1] + ("A" if token[-1] != "A" else "B")).status_code == 401
    tokens.revoke(workspace, ledger, token.split("_")[1], actor="registry.office")
    assert send(GOOD, token).status_code == 401


def test_a_person_who_lost_the_right_is_403(workspace, send, token):
    (workspace.home / "access.yml").write_text(ACCESS.replace("[deqing]", "[xian]"), encoding="utf-8")
    answer = send(GOOD, token)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "E-ACCESS-01")


def test_the_zone_is_the_tokens_whatever_the_request_says(ledger, send, token):
    assert send(GOOD, token, zone="xian").status_code == 201
    assert [item.zone for item in submissions(ledger)] == ["deqing"]


def test_a_file_above_the_limit_is_413_announced_or_not(workspace, ledger, send, token, monkeypatch):
    monkeypatch.setenv("ZONELAB_UPLOAD_LIMIT_MB", "1")
    large = GOOD + b" " * (1024 * 1024)
    assert send(large, token).status_code == 413
    assert send((block for block in (large[:700_000], large[700_000:])), token).status_code == 413
    assert submissions(ledger) == []
    assert files_below(workspace.home / "staging") == []


@pytest.mark.parametrize(("contract", "code"), [("", 400), ("no_table", 404), ("/etc/passwd", 404)])
def test_an_unknown_table_is_told(send, token, contract, code):
    assert send(GOOD, token, contract=contract).status_code == code


def test_a_table_of_the_programme_does_not_go_with_a_zones_token(send, token):
    answer = send(b"a,b\n1,2\n", token, contract="census_county_2010")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "E-ZONE-03")


def test_a_personal_number_is_in_no_answer_no_log_and_no_file(workspace, send, token, caplog):
    caplog.set_level(logging.DEBUG)
    answer = send(f"{GOOD.decode().splitlines()[0]},身份证\nDQ-C01,1,DQ-B1,2026-01-05,{RESIDENT}\n".encode(), token)
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (422, "E-PII-01")
    assert RESIDENT not in answer.text
    assert RESIDENT not in caplog.text
    assert [path for path in files_below(workspace.home) if RESIDENT.encode() in path.read_bytes()] == []


def test_a_failure_that_nobody_foresaw_is_500_without_its_words(send, token, monkeypatch, caplog):
    def fails(*_, **__):
        raise OSError(RESIDENT)

    monkeypatch.setattr(routes, "submit", fails)
    answer = send(GOOD, token)
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "E-SYS-03")
    assert RESIDENT not in answer.text + caplog.text


def test_what_became_of_a_file_can_be_asked_within_the_zone(workspace, address, send, token):
    sent = send(GOOD, token).json()
    other = submit_for_xian(workspace)
    with httpx.Client(trust_env=False, timeout=60, headers={"Authorization": f"Bearer {token}"}) as client:
        assert client.get(f"{address}/{sent['submission_id']}").json() == sent
        assert client.get(f"{address}/{other}").status_code == 404
        assert client.get(f"{address}/SUB-2026-9999").status_code == 404


def submit_for_xian(workspace):
    path = workspace.home / "other.csv"
    path.write_bytes(GOOD.replace(b"DQ", b"XA"))
    return submit(
        path, contract="clinic_assignment", zone="xian", actor="registry.office", workspace=workspace
    ).submission_id


def test_the_secret_is_kept_nowhere(workspace, token):
    secret = token.split("_", 2)[2].encode()
    assert [path for path in files_below(workspace.home) if secret in path.read_bytes()] == []


def test_the_command_issues_lists_and_revokes(ledger):
    from typer.testing import CliRunner

    from apps.cli.main import app

    def run(*arguments):
        done = CliRunner().invoke(app, ["token", *arguments, "--json"])
        return done.exit_code, json.loads(done.stdout)

    asked = ("issue", "--zone", "deqing", "--as", "registry.office", "--for")
    code, made = run(*asked, "zone.operator", "--days", "3")
    assert code == 0
    assert tokens.recognised(ledger, made["token"]).person == "zone.operator"
    assert run(*asked, "methods.one")[0] == 3  # may not submit
    assert run("issue", "--zone", "deqing", "--as", "zone.operator", "--for", "zone.operator")[0] == 3
    code, listed = run("list", "--as", "registry.office")
    assert [(item["token_id"], item["state"]) for item in listed] == [(made["token_id"], "valid")]
    assert made["token"] not in json.dumps(listed)
    assert run("revoke", made["token_id"], "--as", "zone.operator")[0] == 0
    assert run("revoke", "none", "--as", "registry.office")[0] == 4
    assert [item.state() for item in tokens.tokens(ledger)] == ["revoked"]
