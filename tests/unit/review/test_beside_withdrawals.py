"""No act of a review or a correction crosses a withdrawal: it waits, or is refused after a while with nothing done."""

import threading

import pytest

from data.locks import alone
from data.messages import PlatformFailed
from data.withdrawals import intake_lock
from quality.corrections import Item
from quality.corrections import acts as corrections
from quality.review import acts, performing
from quality.review.performing import beside_no_withdrawal
from quality.review.releasing import build_release
from tests.unit.review.review_house import FIRST, LEAD, STEWARD

ITEM = Item(2, "score", "1", "7", "replace", "typed wrongly")
ISSUES = [{"row": 2, "column": "score", "reason": "far too high"}]


def propose(house):
    return corrections.propose(house.desk, FIRST, [ITEM], actor=LEAD).correction_id


def newest(house):
    return house.desk.corrections()[-1].correction_id


ACTS = {
    "take up": lambda house: acts.take_up(house.desk, FIRST, actor=STEWARD),
    "raise issues": lambda house: acts.raise_issues(house.desk, FIRST, issues=ISSUES, actor=STEWARD),
    "return": lambda house: acts.return_delivery(house.desk, FIRST, reason="wrong wave", actor=STEWARD),
    "approve": lambda house: acts.approve(house.desk, FIRST, actor=STEWARD),
    "retract": lambda house: acts.retract(house.desk, FIRST, withdrawal="WD-0001", releases=[], actor=STEWARD),
    "propose": propose,
    "accept": lambda house: corrections.accept(house.desk, newest(house), actor=STEWARD),
    "reject": lambda house: corrections.reject(house.desk, newest(house), reason="it is right", actor=STEWARD),
    "release": lambda house: build_release(house.workspace, house.ledger, actor="operator.one", run_id="run"),
}


@pytest.mark.parametrize("act", ACTS)
def test_an_act_during_a_withdrawal_is_refused_after_a_while_and_leaves_nothing(house_approved, monkeypatch, act):
    monkeypatch.setattr(performing, "PATIENCE_SECONDS", 0.05)
    if act in ("accept", "reject"):
        propose(house_approved)
    if act == "release":
        house_approved.publish()
    head, lake = house_approved.ledger.head(), house_approved.lake.closed_seq()
    with alone(intake_lock(house_approved.workspace)), pytest.raises(PlatformFailed, match="E-LOCK-01"):
        ACTS[act](house_approved)
    assert (house_approved.ledger.head(), house_approved.lake.closed_seq()) == (head, lake)


def test_an_act_waits_for_a_withdrawal_and_is_then_done(house_approved):
    done = []
    waiting = threading.Thread(target=lambda: done.append(propose(house_approved)))
    with alone(intake_lock(house_approved.workspace)):
        waiting.start()
        waiting.join(0.1)
        assert done == []
    waiting.join(30)
    assert done == [newest(house_approved)]


def test_a_withdrawal_that_waits_stops_no_act_within_an_act(house_approved):
    """Accepting holds the lock twice: a withdrawal that asks for it in between must not come between."""
    name, came = propose(house_approved), []

    def withdraw():
        with alone(intake_lock(house_approved.workspace)):
            came.append(house_approved.desk.correction(name).state)

    waiting = threading.Thread(target=withdraw)
    with beside_no_withdrawal(house_approved.workspace):
        waiting.start()
        assert corrections.accept(house_approved.desk, name, actor=STEWARD).state == "accepted"
        assert came == []
    waiting.join(30)
    assert came == ["accepted"]
