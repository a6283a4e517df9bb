"""R14 by unit: blind checks of one file, three persons, changed files, exceptions, who reads what. The acts are the real ones."""

import json
from hashlib import sha256

import pytest

from data.ledger import Ledger
from data.messages import NotFound, NotPermitted, PlatformFailed, Refused, Text
from data.stale import mark
from experiments.registry.store import Registry
from experiments.results import load_results
from experiments.reviewing import acts, lint, publishing, reading
from experiments.reviewing.desk import ReviewDesk
from experiments.reviewing.lint import Finding
from experiments.reviewing.publishing import folder_of, review_of
from experiments.reviewing.reading import readable, visible_checks
from experiments.reviewing.renewed import note_results

NAME = "R000001-00000000/SE-2026-0001"
AUTHOR, ONE, TWO, PRESS = "scientist.one", "checker.one", "checker.two", "press.one"
PAGE = "<!doctype html><html><body><p>Nothing to see.</p></body></html>"
ACCESS = """users:
  scientist.one: {roles: [investigator], zones: "*"}
  checker.one: {roles: [output_checker], zones: "*"}
  checker.two: {roles: [output_checker], zones: "*"}
  press.one: {roles: [publisher], zones: "*"}
  auditor.one: {roles: [auditor], zones: "*"}
  admin.one: {roles: [administrator], zones: "*"}
  reader.one: {roles: [viewer], zones: "*"}
  zone.operator: {roles: [zone_operator], zones: [beijing]}
"""


@pytest.fixture
def desk(workspace, monkeypatch):
    """Return a desk with one report that rests on no data; its public files are short texts, made in no time."""
    folder = workspace.results / NAME
    folder.mkdir(parents=True)
    document = {"experiment_id": "SE-2026-0001", "analyses": [], "not_estimated": [], "n": 1}
    (folder / "results.json").write_text(json.dumps(document), encoding="utf-8")
    (folder / "report.en.html").write_text(PAGE, encoding="utf-8")
    (workspace.home / "access.yml").write_text(ACCESS, encoding="utf-8")
    monkeypatch.setattr(publishing, "report_file", lambda *_, **__: PAGE.encode())
    return ReviewDesk(Registry(workspace, Ledger.open(workspace)))


def approved(desk):
    acts.submit(desk, NAME, actor=AUTHOR)
    for actor in (ONE, TWO):
        acts.check(desk, NAME, vote="approve", ratings={}, actor=actor)
    return acts.approve(desk, NAME, actor=TWO)


def rewrite(desk, n):
    path = desk.workspace.results / NAME / "results.json"
    path.write_text(json.dumps({**load_results(path), "n": n}), encoding="utf-8")
    return path


def code(told):
    return told.value.code


def test_the_whole_way(desk):
    assert approved(desk).state == "approved"
    record = acts.publish(desk, NAME, actor=PRESS)
    copy = folder_of(desk.workspace, record)
    assert record.state == "published"
    assert {path.name for path in copy.iterdir()} == set(record.published.files)
    assert sha256((copy / "results.json").read_bytes()).hexdigest() == record.sha256
    assert [event.role for event in record.events] == [
        "investigator",
        "investigator",
        "output_checker",
        "output_checker",
        "output_checker",
        "publisher",
    ]


def test_nobody_acts_twice(desk):
    acts.submit(desk, NAME, actor=AUTHOR)
    with pytest.raises(NotPermitted):
        acts.check(desk, NAME, vote="approve", ratings={}, actor=AUTHOR)
    acts.check(desk, NAME, vote="approve", ratings={}, actor=ONE)
    with pytest.raises(NotPermitted) as told:
        acts.check(desk, NAME, vote="approve", ratings={}, actor=ONE)
    assert code(told) == "E-REVIEW-13"


def test_in_an_open_workspace_nobody_acts_twice_either(desk):
    (desk.workspace.home / "access.yml").unlink()
    acts.submit(desk, NAME, actor=AUTHOR)
    for actor, wanted in ((AUTHOR, "E-REVIEW-12"),):
        with pytest.raises(NotPermitted) as told:
            acts.check(desk, NAME, vote="approve", ratings={}, actor=actor)
        assert code(told) == wanted
    for actor in (ONE, TWO):
        acts.check(desk, NAME, vote="approve", ratings={}, actor=actor)
    acts.approve(desk, NAME, actor=ONE)
    for actor, wanted in ((AUTHOR, "E-REVIEW-12"), (ONE, "E-REVIEW-14"), (TWO, "E-REVIEW-14")):
        with pytest.raises(NotPermitted) as told:
            acts.publish(desk, NAME, actor=actor)
        assert code(told) == wanted


@pytest.mark.parametrize("actor", ["admin.one", "reader.one", "zone.operator", "auditor.one", ""])
def test_other_roles_have_no_say(desk, actor):
    approved(desk)
    with pytest.raises(NotPermitted):
        acts.publish(desk, NAME, actor=actor)


def test_checks_are_blind_until_both_are_in(desk):
    acts.submit(desk, NAME, actor=AUTHOR)
    said = [{"section": "flow", "text": "Say who was lost."}]
    acts.check(desk, NAME, vote="changes", ratings={}, comments=said, actor=ONE)
    record = desk.item(NAME).record
    for viewer in (AUTHOR, TWO, PRESS, "admin.one", ""):
        assert visible_checks(record, viewer) == ((), ())
    assert len(visible_checks(record, ONE)[1]) == 1
    acts.check(desk, NAME, vote="approve", ratings={}, actor=TWO)
    assert len(visible_checks(desk.item(NAME).record, AUTHOR)[0]) == 2


def test_a_changed_byte_stops_every_act_and_the_votes_stay_with_the_old_file(desk):
    acts.submit(desk, NAME, actor=AUTHOR)
    acts.check(desk, NAME, vote="approve", ratings={}, actor=ONE)
    rewrite(desk, 2)
    with pytest.raises(Refused):
        acts.check(desk, NAME, vote="approve", ratings={}, actor=TWO)
    assert desk.item(NAME).record.state == "-"
    acts.submit(desk, NAME, actor=AUTHOR)
    assert desk.item(NAME).record.checks == ()


def test_a_run_that_writes_other_results_ends_the_review(desk):
    note_results(desk.workspace, desk.workspace.results / NAME / "results.json")
    before = approved(desk)
    note_results(desk.workspace, rewrite(desk, 2))
    assert desk.of_key(before.key).state == "superseded"
    with pytest.raises(Refused):
        acts.publish(desk, NAME, actor=PRESS)


def test_what_was_published_stays_when_a_run_writes_other_results(desk):
    note_results(desk.workspace, desk.workspace.results / NAME / "results.json")
    approved(desk)
    before = acts.publish(desk, NAME, actor=PRESS)
    note_results(desk.workspace, rewrite(desk, 2))
    assert desk.of_key(before.key).state == "published"
    assert [item.record.sha256 for item in readable(desk, "reader.one")] == [before.sha256]
    assert [item.record.state for item in readable(desk, AUTHOR)] == ["-"]


def test_a_check_of_another_file_than_the_one_looked_at_is_refused(desk):
    acts.submit(desk, NAME, actor=AUTHOR)
    with pytest.raises(Refused) as told:
        acts.check(desk, NAME, vote="approve", ratings={}, sha256="f" * 64, actor=ONE)
    assert code(told) == "E-REVIEW-21"


def test_returned_comments_are_answered_and_the_votes_begin_anew(desk):
    acts.submit(desk, NAME, actor=AUTHOR)
    said = [{"section": "flow", "text": "Say who was lost."}]
    acts.check(desk, NAME, vote="changes", ratings={}, comments=said, actor=ONE)
    acts.check(desk, NAME, vote="approve", ratings={}, actor=TWO)
    with pytest.raises(Refused):
        acts.approve(desk, NAME, actor=TWO)
    acts.give_back(desk, NAME, actor=ONE)
    acts.revise(desk, NAME, actor=AUTHOR)
    with pytest.raises(Refused) as told:
        acts.submit(desk, NAME, actor=AUTHOR)
    assert code(told) == "E-REVIEW-31"
    acts.answer(desk, NAME, comment="C1.1", text="Written in section 6.", actor=AUTHOR)
    with pytest.raises(Refused):
        acts.answer(desk, NAME, comment="C1.1", text="Again.", actor=AUTHOR)
    record = acts.submit(desk, NAME, actor=AUTHOR)
    assert (record.checks, len(record.before)) == ((), 2)
    assert review_of(record)["comments"][0]["answer"] == "Written in section 6."


def test_rejected_is_rejected(desk):
    acts.submit(desk, NAME, actor=AUTHOR)
    for actor in (ONE, TWO):
        acts.check(desk, NAME, vote="reject", ratings={}, comments=[{"section": "all", "text": "No."}], actor=actor)
    acts.reject(desk, NAME, reason="Not what was asked.", actor=ONE)
    with pytest.raises(Refused):
        acts.draft(desk, NAME, actor=AUTHOR)


def test_what_the_disclosure_check_finds_stops_it_unless_a_third_person_lets_it_pass(desk, monkeypatch):
    found = (Finding("R12", Text(en="A zone is named.", zh="提到试点区。"), may_pass=True),)
    monkeypatch.setattr(lint, "findings", lambda *_: found)
    with pytest.raises(Refused) as told:
        acts.submit(desk, NAME, actor=AUTHOR)
    assert code(told) == "E-REVIEW-22"
    acts.draft(desk, NAME, actor=AUTHOR)
    with pytest.raises(NotPermitted):
        acts.grant_exception(desk, NAME, rule="R12", reason="They agreed.", actor=AUTHOR)
    with pytest.raises(Refused):
        acts.grant_exception(desk, NAME, rule="R5", reason="They agreed.", actor=ONE)
    with pytest.raises(Refused):
        acts.grant_exception(desk, NAME, rule="R12", reason="", actor=ONE)
    acts.grant_exception(desk, NAME, rule="R12", reason="They agreed.", actor=ONE)
    acts.submit(desk, NAME, actor=AUTHOR)
    with pytest.raises(NotPermitted) as told:
        acts.check(desk, NAME, vote="approve", ratings={}, actor=ONE)
    assert code(told) == "E-REVIEW-15"


def test_a_disclosure_check_that_breaks_lets_nothing_out(desk):
    (desk.workspace.results / NAME / "report.en.html").write_text("<script>1</script>", encoding="utf-8")
    with pytest.raises(Refused) as told:
        acts.submit(desk, NAME, actor=AUTHOR)
    assert code(told) == "E-REVIEW-22"
    (desk.workspace.results / NAME / "report.en.html").unlink()
    with pytest.raises(Refused):
        acts.submit(desk, NAME, actor=AUTHOR)


@pytest.mark.parametrize("reader", ["reader.one", "zone.operator", "somebody.else", ""])
def test_readers_read_what_was_published_and_nothing_else(desk, reader):
    assert readable(desk, reader) == []
    with pytest.raises(NotFound):
        reading.opened(desk, NAME, reader)
    approved(desk)
    assert readable(desk, reader) == []
    acts.publish(desk, NAME, actor=PRESS)
    (found,) = readable(desk, reader)
    assert found.is_public
    assert desk.workspace.published in found.path.parents
    acts.retract(desk, NAME, reason="Wrong data.", actor=PRESS)
    with pytest.raises(NotPermitted) as told:
        reading.opened(desk, NAME, reader)
    assert "Wrong data." in told.value.text.en


def test_a_published_file_that_was_touched_is_not_shown(desk):
    approved(desk)
    record = acts.publish(desk, NAME, actor=PRESS)
    (folder_of(desk.workspace, record) / "results.json").write_text("{}", encoding="utf-8")
    with pytest.raises(PlatformFailed) as told:
        reading.opened(desk, NAME, "reader.one")
    assert code(told) == "E-REVIEW-02"


def test_a_stale_report_says_so_in_its_public_files(desk):
    approved(desk)
    record = acts.publish(desk, NAME, actor=PRESS)
    mark(desk.workspace, NAME, "WD-0001", "rows")
    (found,) = readable(desk, "reader.one")
    for form in ("html", "pdf"):
        if form == "html":
            assert b'id="stale"' in reading.content(desk.workspace, found, form, "en")
    copy = folder_of(desk.workspace, record)
    assert not list(copy.glob("*.pdf"))
    assert sha256((copy / "results.json").read_bytes()).hexdigest() == record.sha256
