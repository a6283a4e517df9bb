"""Upload and My submissions: whose zone, what is shown at each step, what is submitted, and who may see a submission."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from apps.viewer import submission_words
from apps.viewer.components.upload import mending
from data.ledger import Ledger
from data.submissions import find, receive, submissions
from quality.arrivals import laid_down
from quality.intake import submit
from quality.mending import BadRow

pytestmark = pytest.mark.integration  # each run of a page takes a second

ACCESS = """
users:
  zone.operator: {roles: [zone_operator], zones: [deqing]}
  zone.lead: {roles: [zone_lead], zones: [deqing]}
  other.operator: {roles: [zone_operator], zones: [xian, hangzhou]}
  methods.one: {roles: [methods_reviewer], zones: "*"}
"""
HEAD = "受访者编号,轮次,诊所编号,访谈日期,出生年份"
GOOD = f"{HEAD}\nDQ-P00001,W1,DQ-C01,2026-03-04,1980\nDQ-P00002,W1,DQ-C01,2026-03-04,1981\n"
RESIDENT = "11010519491231002X"  # the example of GB 11643 itself


@pytest.fixture
def home(workspace):
    """Return the home of a workspace with an access list."""
    (workspace.home / "access.yml").write_text(ACCESS, encoding="utf-8")
    return workspace.home


def said(run):
    return "\n".join(str(getattr(part, "body", "")) for part in run.get("html"))


def button(run, key):
    return next(item for item in run.button if item.key == key)


def give(run, text, name="visits.csv"):
    return run.get("file_uploader")[0].set_value((name, text.encode(), "text/csv")).run()


def upload(visit, home, user="zone.operator", **codes):
    return visit(home, "upload", user, **{"contract": "clinic_visit", **codes})


def sent(workspace, text=GOOD, zone="deqing", actor="zone.operator"):
    with laid_down(workspace, "visits.csv", text.encode()) as path:
        return submit(path, contract="clinic_visit", zone=zone, actor=actor, workspace=workspace)


BAD = GOOD.replace("2026-03-04,1980", "2026-13-04,1980")


def test_a_check_again_of_nothing_typed_says_so(visit, home):
    run = give(upload(visit, home), BAD)
    assert "Nothing has been changed" not in said(run)
    button(run, "check_again").click().run()
    assert "Nothing has been changed in the table yet." in said(run)
    assert not any(item.key == "send" for item in run.button)


def test_what_was_typed_arrives_after_the_click_and_is_done(monkeypatch):
    """A browser sends what was typed into the grid some moments later than the click that follows it."""
    state, done = {}, []
    monkeypatch.setattr(mending.st, "session_state", state)
    monkeypatch.setattr(mending.st, "rerun", lambda: done.append("again"))
    monkeypatch.setattr(mending.uploading, "mend", lambda _, what: done.append(what.texts))
    monkeypatch.setattr(mending.markup, "note", lambda _: done.append("note"))
    rows = (BadRow(2, ("访谈日期",), ("E-TYPE-01",)),)
    desk = SimpleNamespace(workspace=None)
    mending._mend(desk, "grid", rows)  # the click
    mending._what_came_after_the_click(desk, "grid", rows)
    assert done == ["note"]
    done.clear()
    state["grid"] = {"edited_rows": {0: {"访谈日期": "2026-03-14"}}}  # what was typed arrives
    mending._what_came_after_the_click(desk, "grid", rows)
    assert done[:2] == [{(2, "访谈日期"): "2026-03-14"}, "again"]
    done.clear()
    mending._what_came_after_the_click(desk, "grid", rows)  # once
    assert done == []


def test_a_good_file_goes_from_the_form_to_the_receipt(visit, workspace, home):
    run = give(upload(visit, home), GOOD)
    assert submissions(Ledger.open(workspace)) == []  # nothing is kept before the button
    button(run, "send").click().run()
    (kept,) = submissions(Ledger.open(workspace))
    assert (kept.zone, kept.actor, kept.status, kept.rows_accepted) == ("deqing", "zone.operator", "accepted", 2)
    assert kept.submission_id in said(run)
    assert kept.sha256 in said(run)
    assert "Every row is in the archive." in said(run)


def test_no_address_opens_another_zone(visit, workspace, home):
    run = give(upload(visit, home, zone="xian"), GOOD)
    assert "Deqing County" in said(run)
    assert not [item for item in run.selectbox if item.key == "choose_zone"]
    button(run, "send").click().run()
    assert [item.zone for item in submissions(Ledger.open(workspace))] == ["deqing"]


def test_of_several_zones_only_ones_own_can_be_chosen(visit, home):
    run = upload(visit, home, "other.operator", zone="deqing")
    (field,) = [item for item in run.selectbox if item.key == "choose_zone"]
    assert (len(field.options), field.value) == (2, "hangzhou")


@pytest.mark.parametrize("user", ["", "methods.one", "zone.lead", "nobody"])
def test_the_page_is_for_those_who_submit(visit, home, user):
    run = upload(visit, home, user)
    assert "Not for you yet" in said(run)
    assert not run.get("file_uploader")


def test_what_must_be_corrected_blocks_and_is_told_with_the_row(visit, home):
    run = give(upload(visit, home), GOOD.replace("1981", "x"))
    assert "Row 3, Year of birth: the value is not a whole number." in said(run)
    assert not [item for item in run.button if item.key == "send"]


def test_a_remark_asks_for_a_tick_first(visit, workspace, home):
    run = give(upload(visit, home), GOOD.replace("\n", ",\n").replace("出生年份,", "出生年份,备注"))
    assert button(run, "send").disabled
    run.checkbox[0].check().run()
    button(run, "send").click().run()
    assert len(submissions(Ledger.open(workspace))) == 1


def test_changed_rows_ask_for_a_reason_and_enter_as_corrections(visit, workspace, home):
    sent(workspace)
    run = give(upload(visit, home, of="SUB-2026-0001"), GOOD.replace("1981", "1991"))
    assert button(run, "send").disabled
    field = next(item for item in run.text_input if item.key == "change_reason")
    assert field.value == "Correction of SUB-2026-0001: "
    field.set_value("Correction of SUB-2026-0001: typed wrongly").run()
    button(run, "send").click().run()
    kept = submissions(Ledger.open(workspace))[-1]
    assert (kept.status, kept.rows_accepted, kept.rows_unchanged) == ("accepted", 1, 1)
    assert kept.correction_reason == "Correction of SUB-2026-0001: typed wrongly"


def test_a_privacy_stop_keeps_nothing_and_shows_no_value(visit, home):
    run = give(upload(visit, home), f"{HEAD},身份证\nDQ-P00001,W1,DQ-C01,2026-03-04,1980,{RESIDENT}\n")
    assert "Stopped for privacy" in said(run)
    assert "E-PII-01" in said(run)
    assert RESIDENT not in said(run)
    assert run.session_state["upload"].content == b""
    assert run.session_state["upload_turn"] == 1
    assert not [path for path in home.rglob("*") if path.is_file() and RESIDENT.encode() in path.read_bytes()]


def test_a_refusal_is_told_and_the_file_stays_in_hand(visit, home):
    run = give(upload(visit, home), GOOD)
    (home / "access.yml").write_text(
        ACCESS.replace("[zone_operator], zones: [deqing]", "[zone_operator], zones: [hefei]")
    )
    button(run, "send").click().run()
    assert "E-ACCESS-01" in said(run)


def test_what_was_typed_into_the_grid():
    rows = [BadRow(3, ("访谈日期",), ("E-TYPE-01",)), BadRow(8, (), ("E-KEY-01",))]
    typed = {0: {"访谈日期": " 2026-03-14 ", "受访者编号": mending.MASK}, 1: {mending.OUT: True, "轮次": None}}
    found = mending.read(typed, rows)
    assert dict(found.texts) == {(3, "访谈日期"): "2026-03-14", (8, "轮次"): ""}
    assert found.left_out == {8}


def test_a_guessed_column_is_confirmed_once_for_the_zone(visit, workspace, home):
    other = GOOD.replace("访谈日期", "访谈的日期")
    run = give(upload(visit, home), other)
    field = next(item for item in run.selectbox if item.key.startswith("match_"))
    assert field.value == "interview_date"
    button(run, "confirm_matches").click().run()
    button(run, "send").click().run()
    assert submissions(Ledger.open(workspace))[0].rows_accepted == 2
    again = give(upload(visit, home), other.replace("P0000", "P0001"))
    assert not [item for item in again.selectbox if item.key.startswith("match_")]
    assert button(again, "send")


def test_the_marked_file_and_the_list_of_errors_are_offered(visit, home):
    run = give(upload(visit, home), GOOD.replace("1981", "x"))
    labels = {item.label for item in run.get("download_button")} | {
        getattr(item, "proto", item).label for item in run.get("download_button")
    }
    assert {"Marked file (XLSX)", "List of errors (CSV)"} <= labels


def test_the_list_shows_the_files_of_ones_zones_and_leads_to_one(visit, workspace, home):
    own, other = sent(workspace), sent(workspace, GOOD.replace("DQ", "XA"), zone="xian", actor="other.operator")
    run = visit(home, "submissions", "zone.lead")
    assert own.submission_id in said(run)
    assert other.submission_id not in said(run)
    run = visit(home, "submissions", "zone.lead", sub=own.submission_id)
    assert own.sha256 in said(run)
    assert "rows entered the archive" in said(run)
    assert "Upload a correction" not in said(run)  # a lead does not submit
    assert "of=SUB-" in said(visit(home, "submissions", "zone.operator", sub=own.submission_id))
    assert "E-SUB-01" in said(visit(home, "submissions", "zone.lead", sub=other.submission_id))
    assert "Not for you yet" in said(visit(home, "submissions", "methods.one"))


def test_an_empty_list_leads_to_the_upload(visit, home):
    assert "Nothing sent yet" in said(visit(home, "submissions", "zone.operator"))


def test_rows_in_quarantine_are_told_with_their_reasons(visit, workspace, home):
    kept = sent(workspace, GOOD.replace("1981", "x"))
    run = visit(home, "submissions", "zone.operator", sub=kept.submission_id)
    assert "accepted in part" in said(run)
    assert "Row 3, Year of birth" in said(run)


def test_what_a_review_says_is_told_with_row_and_column(visit, workspace, home):
    kept, ledger = sent(workspace), Ledger.open(workspace)
    issue = {"row": 3, "column": "birth_year", "reason": "Is this the year of the interview?"}
    for kind, detail in (
        ("batch_waiting", {"to": "validated"}),
        ("batch_issues_raised", {"to": "has_issues", "issues": [issue]}),
    ):
        with ledger.transaction() as connection:
            ledger.record(connection, kind=kind, object_id=kept.submission_id, detail=detail, actor="methods.one")
    run = visit(home, "submissions", "zone.operator", sub=kept.submission_id)
    assert "returned with comments" in said(run)
    assert "Is this the year of the interview?" in said(run)
    listed = visit(home, "submissions", "zone.operator", status="has_issues")
    assert kept.submission_id in said(listed)


def test_a_file_without_a_verdict_is_told_truly(workspace):
    from datetime import UTC, datetime, timedelta

    ledger = Ledger.open(workspace)
    held, _ = receive(
        ledger,
        sha256="a" * 64,
        file_name="a.csv",
        zone="deqing",
        contract="clinic_visit",
        wave=None,
        actor="zone.operator",
    )
    now = datetime.now(UTC)
    assert submission_words.state_of(held, now=now) == "received"
    assert submission_words.state_of(held, now=now + timedelta(seconds=61)) == "unfinished"
    assert find(ledger, held.submission_id).status == "received"


def test_a_state_that_the_table_does_not_know_still_has_a_name():
    assert submission_words.words("superseded").name.en == "superseded"
    assert submission_words.words("never_heard_of").name.zh == "never_heard_of"
