"""Corrections: two people, guarded by the old value, nothing overwritten, no value in the ledger, once whatever crashes."""

import pytest

from data.lake import Lake
from data.messages import NotFound, NotPermitted, Refused, WrongUsage
from data.verify import verify_workspace
from quality.corrections import Item, acts, read_items
from quality.corrections.values import kept_values
from quality.review import acts as review
from tests.unit.review.review_house import AUTO, FIRST, LEAD, STAFF, STEWARD

pytestmark = pytest.mark.archive


def item(row=2, variable="score", old="1", new="7", action="replace", reason="typed wrongly"):
    return Item(row, variable, old, new, action, reason)


@pytest.fixture
def house(house_approved):
    return house_approved


@pytest.fixture
def delivery():
    return FIRST


def propose(house, delivery, *items, actor=LEAD):
    return acts.propose(house.desk, delivery, items, actor=actor).correction_id


def test_a_value_is_replaced_when_two_people_say_so_and_the_past_stays(house, delivery):
    before = house.lake.pin()
    name = propose(house, delivery, item())
    assert house.shown() == {"01": 1, "02": None}
    done = acts.accept(house.desk, name, actor=STEWARD)
    assert (done.state, done.proposed_by, done.decided_by) == ("accepted", LEAD, STEWARD)
    assert house.shown() == {"01": 7, "02": None}
    assert house.shown(as_of_seq=before.as_of_seq) == {"01": 1, "02": None}
    assert house.lake.pin(before.as_of_seq).tables == before.tables
    row = next(row for row in house.desk.rows(house.desk.delivery(delivery)).to_pylist() if row["person_id"] == "01")
    assert (row["submission_id"], row["_op"], row["_row"], row["remark"]) == (name, "C", 2, "secret words")


def test_no_value_is_in_the_ledger_and_a_change_of_the_kept_values_shows(house, delivery):
    name = propose(house, delivery, item(variable="remark", old="secret words", new="other words"))
    assert "secret words" not in house.told()
    assert "other words" not in house.told()
    (kept,) = kept_values(house.workspace, name, house.desk.correction(name).sha256)
    assert (kept.old, kept.new) == ("secret words", "other words")
    assert verify_workspace(house.workspace, house.ledger) == []
    path = house.workspace.correction_values(name)
    path.write_bytes(path.read_bytes() + b" ")
    assert [problem.where for problem in verify_workspace(house.workspace, house.ledger)] == [f"correction/{name}"]
    with pytest.raises(Refused, match="E-BATCH-22"):
        acts.accept(house.desk, name, actor=STEWARD)
    path.unlink()
    assert [problem.where for problem in verify_workspace(house.workspace, house.ledger)] == [f"correction/{name}"]


@pytest.mark.parametrize(
    ("action", "new", "shown"),
    [("replace", "-1", {"01": None, "02": None}), ("drop", "", {"02": None}), ("okay", "", {"01": 1, "02": None})],
)
def test_what_each_action_does(house, delivery, action, new, shown):
    seq = house.lake.closed_seq()
    acts.accept(house.desk, propose(house, delivery, item(action=action, new=new)), actor=STEWARD)
    assert house.shown() == shown
    assert house.lake.closed_seq() == seq + (action != "okay")


def test_several_cells_of_a_row_change_at_once(house, delivery):
    both = [item(), item(variable="remark", old="secret words", new="")]
    acts.accept(house.desk, propose(house, delivery, *both), actor=STEWARD)
    row = house.desk.rows(house.desk.delivery(delivery)).to_pylist()[0]
    assert (row["score"], row["score__st"], row["remark"]) == (7, 0, None)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"row": 99}, "row"),
        ({"variable": "person_id", "old": "01", "new": "09"}, "variable"),
        ({"variable": "zone_id", "old": "deqing", "new": "jinan"}, "variable"),
        ({"variable": "other"}, "variable"),
        ({"action": "delete", "new": ""}, "action"),
        ({"reason": ""}, "reason"),
        ({"reason": "phone 13800138000"}, "reason"),
        ({"new": "eleven"}, "E-TYPE-05"),
        ({"new": "11"}, "E-RANGE-01"),
        ({"action": "okay", "new": "3"}, "new"),
    ],
)
def test_an_incomplete_item_is_refused_by_its_place(house, delivery, changes, what):
    good = item(row=3, old="-1", new="4")
    with pytest.raises(Refused, match=rf"E-BATCH-19.*item 2 \({what}\)"):
        propose(house, delivery, good, item(**changes))
    assert house.desk.corrections() == []


def test_a_cell_comes_once_and_a_dropped_row_alone(house, delivery):
    for other in (item(new="8"), item(variable="remark", old="secret words", action="drop", new="")):
        with pytest.raises(Refused, match=r"E-BATCH-19.*twice"):
            propose(house, delivery, item(), other)
    with pytest.raises(Refused, match=r"E-BATCH-19.*names no cell"):
        propose(house, delivery)


@pytest.mark.parametrize("old", ["2", "", "one", "-1"])
def test_another_old_value_is_refused(house, delivery, old):
    with pytest.raises(Refused, match=r"E-BATCH-20.*item 1"):
        propose(house, delivery, item(old=old))


@pytest.mark.parametrize(("row", "old"), [(3, "-1"), (3, "")])
def test_an_absent_value_is_named_by_its_code_or_by_nothing(house, delivery, row, old):
    acts.accept(house.desk, propose(house, delivery, item(row=row, old=old)), actor=STEWARD)
    assert sorted(filter(None, house.shown().values())) == [1, 7]


def test_what_came_in_between_makes_a_proposal_void(house, delivery):
    first, second = propose(house, delivery, item()), propose(house, delivery, item(new="8"))
    acts.accept(house.desk, first, actor=STEWARD)
    with pytest.raises(Refused, match="E-BATCH-20"):
        acts.accept(house.desk, second, actor=STEWARD)
    assert house.shown()["01"] == 7
    acts.reject(house.desk, second, reason="overtaken", actor=STEWARD)
    assert house.desk.correction(second).state == "rejected"


def test_a_file_that_came_in_between_makes_a_proposal_void(house):
    delivery = house.send("01,1,", contract=AUTO)
    name = propose(house, delivery, item())
    house.send("01,5,", contract=AUTO, actor=LEAD, correction_reason="read again")
    with pytest.raises(Refused, match="E-BATCH-20"):
        acts.accept(house.desk, name, actor=STEWARD)
    assert house.shown(contract=AUTO) == {"01": 5}


def test_who_proposes_and_who_decides(house, delivery):
    for actor in (STAFF, STEWARD, "stranger"):
        with pytest.raises(NotPermitted):
            propose(house, delivery, item(), actor=actor)
    name = propose(house, delivery, item())
    for actor in (LEAD, "both.one", STAFF, "stranger"):
        with pytest.raises(NotPermitted):
            acts.accept(house.desk, name, actor=actor)
        with pytest.raises(NotPermitted):
            acts.reject(house.desk, name, reason="no need", actor=actor)
    assert house.desk.correction(name).state == "proposed"


def test_in_an_open_workspace_too_two_people_are_needed(house, delivery):
    (house.workspace.home / "access.yml").unlink()
    name = propose(house, delivery, item(), actor="one")
    with pytest.raises(NotPermitted, match=r"E-BATCH-1[12]"):
        acts.accept(house.desk, name, actor="one")
    acts.accept(house.desk, name, actor="two")
    assert house.shown()["01"] == 7


def test_a_correction_is_decided_once(house, delivery):
    name = propose(house, delivery, item())
    acts.reject(house.desk, name, reason="not so", actor=STEWARD)
    for again in (
        lambda: acts.accept(house.desk, name, actor=STEWARD),
        lambda: acts.reject(house.desk, name, reason="no!", actor=STEWARD),
    ):
        with pytest.raises(Refused, match="E-BATCH-21"):
            again()
    assert house.shown()["01"] == 1


def test_an_issue_is_settled_by_a_correction_of_its_cell(house_waiting):
    house, delivery = house_waiting, FIRST
    review.take_up(house.desk, delivery, actor=STEWARD)
    issues = [{"row": row, "column": "score", "reason": "look again"} for row in (2, 3)]
    review.raise_issues(house.desk, delivery, issues=issues, actor=STEWARD)
    acts.accept(house.desk, propose(house, delivery, item()), actor=STEWARD)
    assert house.state(delivery) == "in_review"
    with pytest.raises(Refused, match=r"E-BATCH-17.*3/score"):
        review.approve(house.desk, delivery, actor=STEWARD)
    acts.accept(house.desk, propose(house, delivery, item(row=3, old="2", action="okay", new="")), actor=STEWARD)
    assert house.shown() == {}
    review.approve(house.desk, delivery, actor=STEWARD)
    assert house.shown() == {"01": 7, "02": 2}


def test_a_crash_between_the_rows_and_the_record_shows_nothing_and_accepting_again_finishes(
    house, delivery, monkeypatch
):
    name = propose(house, delivery, item())
    monkeypatch.setattr(acts, "perform", None)
    with pytest.raises(TypeError):
        acts.accept(house.desk, name, actor=STEWARD)
    monkeypatch.undo()
    seq = house.lake.closed_seq()
    assert (house.shown()["01"], house.desk.correction(name).state) == (1, "proposed")
    assert acts.accept(house.desk, name, actor=STEWARD).state == "accepted"
    assert (house.shown()["01"], house.lake.closed_seq()) == (7, seq)
    assert verify_workspace(house.workspace, house.ledger) == []


def test_a_rejected_correction_whose_rows_are_in_is_never_shown(house, delivery, monkeypatch):
    name = propose(house, delivery, item())
    monkeypatch.setattr(acts, "perform", None)
    with pytest.raises(TypeError):
        acts.accept(house.desk, name, actor=STEWARD)
    monkeypatch.undo()
    acts.reject(house.desk, name, reason="not so", actor=STEWARD)
    assert house.shown()["01"] == 1
    acts.accept(house.desk, propose(house, delivery, item(new="8")), actor=STEWARD)
    assert house.shown()["01"] == 8


def test_an_append_that_came_in_between_is_compared_again(house, delivery, monkeypatch):
    name = propose(house, delivery, item())
    append, done = Lake.append, []

    def late(self, contract, rows, **more):
        if not done:
            done.append("now")
            house.approved("09,9,")
        return append(self, contract, rows, **more)

    monkeypatch.setattr(Lake, "append", late)
    acts.accept(house.desk, name, actor=STEWARD)
    assert house.shown() == {"01": 7, "02": None, "09": 9}


def test_an_unknown_correction(house):
    with pytest.raises(NotFound, match="E-BATCH-02"):
        acts.accept(house.desk, "COR-2026-0001", actor=STEWARD)


def test_items_are_read_from_a_file(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("row,variable,old,new,action,reason\n2,score,1,7,Replace,typed\n", encoding="utf-8-sig")
    assert read_items(path) == [item(reason="typed")]
    path.write_text("row,variable,old,new,action\n", encoding="utf-8")
    with pytest.raises(WrongUsage, match=r"E-BATCH-03.*reason"):
        read_items(path)
    path.write_text("row,variable,old,new,action,reason\n2,a,,,okay,x\n二,score,1,7,replace,typed\n", encoding="utf-8")
    with pytest.raises(WrongUsage, match=r"E-BATCH-03.*line 3"):
        read_items(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(Refused, match="E-BATCH-04"):
        read_items(path)
