"""What arrived is known once, and its verdict stays."""

import pytest

from data import submissions
from data.messages import NotFound


def receive(ledger, sha256="a" * 64, **changes):
    fields = {
        "sha256": sha256,
        "file_name": "wave1.xlsx",
        "zone": "deqing",
        "contract": "visit",
        "wave": "W1",
        "actor": "user",
        "correction_reason": None,
        "run_id": "run",
    }
    return submissions.receive(ledger, **{**fields, **changes})


def settle(ledger, submission_id, status="accepted", **changes):
    counts = {"rows_read": 3, "rows_accepted": 2, "rows_quarantined": 1, "rows_unchanged": 0}
    return submissions.settle(ledger, submission_id, status=status, **{**counts, **changes})


def test_ids_count_up_within_the_year(ledger):
    ids = [receive(ledger, str(number))[0].submission_id for number in range(3)]
    assert [name.rpartition("-")[2] for name in ids] == ["0001", "0002", "0003"]
    assert all(name.startswith("SUB-2") for name in ids)


def test_new_file_is_received_and_on_record(ledger):
    got, work = receive(ledger)
    assert work
    assert (got.status, got.zone, got.wave, got.rows_read, got.problems) == ("received", "deqing", "W1", 0, ())
    (event,) = ledger.events("submission_received")
    assert event.object_id == got.submission_id
    assert "file_name" not in event.detail, "a file name can hold a person's name"


@pytest.mark.parametrize("status", ["accepted", "quarantined"])
def test_settled_bytes_are_a_duplicate(ledger, status):
    first, _ = receive(ledger)
    settle(ledger, first.submission_id, status)
    again, work = receive(ledger, file_name="other name.xlsx", actor="somebody")
    assert (again.submission_id, work) == (first.submission_id, False)
    assert len(submissions.submissions(ledger)) == 1


def test_received_but_never_settled_is_taken_up_again(ledger):
    first, _ = receive(ledger)
    assert receive(ledger) == (first, True)


def test_rejected_bytes_get_a_new_id(ledger):
    first, _ = receive(ledger)
    settle(ledger, first.submission_id, "rejected", rows_accepted=0, rows_quarantined=3)
    second, work = receive(ledger)
    assert work
    assert second.submission_id != first.submission_id
    assert receive(ledger) == (second, True)


def test_same_bytes_for_another_contract_are_another_submission(ledger):
    assert receive(ledger)[0] != receive(ledger, contract="assignment")[0]


def test_a_reason_turns_quarantined_bytes_into_a_correction_once(ledger):
    first, _ = receive(ledger)
    settle(ledger, first.submission_id, "quarantined")
    second, work = receive(ledger, correction_reason="clinic sent the wrong sheet")
    assert work
    assert second.submission_id != first.submission_id
    settle(ledger, second.submission_id)
    assert receive(ledger, correction_reason="clinic sent the wrong sheet") == (
        submissions.find(ledger, second.submission_id),
        False,
    )


def test_a_reason_does_not_reopen_accepted_bytes(ledger):
    first, _ = receive(ledger)
    settle(ledger, first.submission_id)
    assert receive(ledger, correction_reason="again")[1] is False


def test_verdict_is_kept_and_recorded(ledger):
    first, _ = receive(ledger)
    problems = [{"code": "E-TYPE-01", "row": 7, "message": {"en": "not a number", "zh": "不是数字"}}]
    done = settle(ledger, first.submission_id, problems=problems, role="zone_staff")
    assert (done.status, done.rows_read, done.problems) == ("accepted", 3, tuple(problems))
    assert submissions.find(ledger, first.submission_id) == done
    (event,) = ledger.events("submission_settled")
    assert (event.detail["rows_accepted"], event.role) == (2, "zone_staff")
    assert "problems" not in event.detail


def test_settling_again_changes_nothing(ledger):
    first, _ = receive(ledger)
    done = settle(ledger, first.submission_id)
    assert settle(ledger, first.submission_id, "quarantined") == done
    assert len(ledger.events("submission_settled")) == 1


def test_rows_must_add_up(ledger):
    first, _ = receive(ledger)
    with pytest.raises(ValueError, match="3 rows read"):
        settle(ledger, first.submission_id, rows_accepted=1)
    assert submissions.find(ledger, first.submission_id).status == "received"


def test_unknown_submission_is_not_found(ledger):
    with pytest.raises(NotFound, match="E-SUB-01"):
        submissions.find(ledger, "SUB-2026-9999")
    with pytest.raises(NotFound, match="E-SUB-01"):
        settle(ledger, "SUB-2026-9999")
