"""The drop folder: what is taken, what is left alone, and that a taken file is gone."""

import os
import time

import pytest

from quality import inbox
from quality.inbox import InboxFile, misplaced, pending, take, wave_label

pytestmark = pytest.mark.archive

GOOD = "诊所编号,arm_code,block_id,assigned_date\nDQ-C01,1,DQ-B1,2026-01-05\n"


def lay(workspace, *parts, text=GOOD, age=60):
    path = workspace.inbox.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    moment = time.time() - age
    os.utime(path, (moment, moment))
    return path


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("visits_W2.xlsx", "W2"),
        ("W3-visits.csv", "W3"),
        ("org_2026Q1.csv", "2026Q1"),
        ("traffic-2026-03.csv", "2026-03"),
        ("traffic-2026-13.csv", "U"),
        ("SW2x.csv", "U"),
        ("W12.csv", "U"),
        ("plain.csv", "U"),
    ],
)
def test_the_wave_is_read_from_the_name(name, label):
    assert wave_label(name) == label


def test_whole_files_in_known_places_are_pending(workspace):
    here = lay(workspace, "deqing", "clinic_assignment", "a_W1.csv")
    correction = lay(workspace, "deqing", "clinic_assignment", "corrections", "b.csv")
    lay(workspace, "deqing", "clinic_assignment", "c.csv.part")
    lay(workspace, "deqing", "clinic_assignment", ".hidden.csv")
    lay(workspace, "deqing", "clinic_assignment", "fresh.csv", age=0)
    strange = [
        lay(workspace, "atlantis", "clinic_assignment", "d.csv"),
        lay(workspace, "deqing", "no_contract", "e.csv"),
        lay(workspace, "deqing", "f.csv"),
    ]
    (workspace.inbox / "deqing" / "clinic_assignment" / "link.csv").symlink_to(here)
    found = pending(workspace)
    assert [(f.path, f.zone, f.contract, f.wave) for f in found] == [
        (here, "deqing", "clinic_assignment", "W1"),
        (correction, "deqing", "clinic_assignment", "U"),
    ]
    assert [bool(f.correction_reason) for f in found] == [False, True]
    assert misplaced(workspace) == sorted(strange)
    assert "fresh.csv" in {f.path.name for f in pending(workspace, settle_seconds=0)}


def test_a_hard_link_is_not_taken(workspace, tmp_path):
    path = lay(workspace, "deqing", "clinic_assignment", "a.csv")
    os.link(path, tmp_path / "elsewhere.csv")
    assert pending(workspace) == []
    assert misplaced(workspace) == [path]


def test_taken_files_leave_the_inbox_whatever_the_verdict(workspace):
    lay(workspace, "deqing", "clinic_assignment", "1.csv")
    lay(workspace, "deqing", "clinic_assignment", "2.csv")
    lay(workspace, "deqing", "clinic_assignment", "3.csv", text="nothing\n")
    lay(workspace, "deqing", "clinic_assignment", "corrections", "4.csv", text=GOOD.replace(",1,", ",0,"))
    results = take(workspace, pending(workspace), run_id="r1")
    assert [r.status for r in results] == ["accepted", "duplicate", "rejected", "accepted"]
    assert pending(workspace) == []
    assert not [path for path in workspace.inbox.rglob("*") if path.is_file()]
    assert len([path for path in workspace.originals.rglob("*") if path.is_file()]) == 3


def test_a_file_that_changed_while_it_was_read_stays(workspace, monkeypatch):
    path = lay(workspace, "deqing", "clinic_assignment", "growing.csv")
    real = inbox.submit

    def submit_and_grow(*args, **more):
        result = real(*args, **more)
        with path.open("a", encoding="utf-8") as stream:
            stream.write("DQ-C02,0,DQ-B1,2026-01-05\n")
        return result

    monkeypatch.setattr(inbox, "submit", submit_and_grow)
    assert [r.rows_read for r in take(workspace, pending(workspace), run_id="r1")] == [1]
    assert path.exists()
    monkeypatch.undo()
    (result,) = take(workspace, pending(workspace, settle_seconds=0), run_id="r2")
    assert (result.status, result.rows_accepted, result.rows_unchanged) == ("accepted", 1, 1)
    assert not path.exists()


def test_a_file_that_vanished_is_passed_over(workspace):
    path = lay(workspace, "deqing", "clinic_assignment", "gone.csv")
    files = pending(workspace)
    path.unlink()
    assert take(workspace, files, run_id="r1") == []


def test_the_name_of_a_month_is_no_wave_of_a_survey(workspace):
    text = "受访者编号,轮次,诊所编号,访谈日期,出生年份\nDQ-P00001,W1,DQ-C01,2026-03-04,1980\n"
    lay(workspace, "deqing", "clinic_visit", "visits-2026-03.csv", text=text)
    assert [r.status for r in take(workspace, pending(workspace), run_id="r1")] == ["accepted"]
    lay(workspace, "deqing", "clinic_visit", "visits_W2.csv", text=text.replace("00001", "00002"))
    (result,) = take(workspace, pending(workspace), run_id="r1")
    assert [p.code for p in result.problems] == ["E-WAVE-02"]


def test_a_file_that_somebody_still_writes_is_not_taken_however_long_they_pause(workspace):
    path = lay(workspace, "deqing", "clinic_assignment", "slow.csv", text=GOOD[: len(GOOD) // 2])
    with path.open("ab") as stream:
        files = [InboxFile(path, "deqing", "clinic_assignment", "U")]
        assert pending(workspace) == []
        assert pending(workspace, settle_seconds=0) == []
        assert take(workspace, files, run_id="r1") == []  # listed before it was opened again
        stream.write(GOOD[len(GOOD) // 2 :].encode()[-60:])
    os.utime(path, (1, 1))
    assert [found.path for found in pending(workspace)] == [path]


def test_a_file_opened_for_writing_while_it_was_read_is_not_removed(workspace, monkeypatch):
    path = lay(workspace, "deqing", "clinic_assignment", "reopened.csv")
    real, opened = inbox.submit, []

    def submit_and_open(*args, **more):
        opened.append(path.open("ab"))
        return real(*args, **more)

    monkeypatch.setattr(inbox, "submit", submit_and_open)
    take(workspace, pending(workspace), run_id="r1")
    assert path.exists()
    opened[0].close()


def test_a_time_from_the_future_does_not_keep_a_file_for_ever(workspace):
    path = lay(workspace, "deqing", "clinic_assignment", "ahead.csv", age=-86_400)
    assert pending(workspace) == []
    assert [found.path for found in pending(workspace, settle_seconds=0)] == [path]
    time.sleep(0.05)
    assert [found.path for found in pending(workspace, settle_seconds=0.02)] == [path]


def test_a_reader_does_not_keep_a_file_from_being_taken(workspace):
    path = lay(workspace, "deqing", "clinic_assignment", "read.csv")
    with path.open("rb"):
        assert [found.path for found in pending(workspace)] == [path]


def test_a_file_of_a_dead_worker_is_taken_again_and_enters_once(workspace, monkeypatch):
    """The worker dies after the rows are in and before the verdict: the file still lies there, and the next one settles it."""
    from quality import intake

    path = lay(workspace, "deqing", "clinic_assignment", "left.csv")

    def dies(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(intake, "settle", dies)
    with pytest.raises(KeyboardInterrupt):
        take(workspace, pending(workspace), run_id="r1")
    monkeypatch.undo()
    monkeypatch.setenv("ZONELAB_HOME", str(workspace.home))
    assert path.exists()
    (result,) = take(workspace, pending(workspace), run_id="r2")
    assert (result.status, result.rows_accepted) == ("accepted", 1)
    assert not path.exists()
