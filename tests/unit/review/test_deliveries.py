"""Only approved deliveries are shown: who approves, returns, asks and retracts, and what panels show before and after."""

import pytest

from data import access, releases
from data.lake import Lake
from data.messages import NotFound, NotPermitted, Refused
from data.submissions import find
from quality.machines import DATA_BATCH, DEMANDS
from quality.review import acts
from quality.review.guards import GUARDS
from quality.review.next_steps import next_steps
from tests.unit.review.review_house import AUTO, FIRST, LEAD, STAFF, STEWARD

pytestmark = pytest.mark.archive


@pytest.fixture
def house(house_waiting):
    """Return a house to which 01 and 02 were sent and wait; tests that begin with nothing take `house_empty`."""
    return house_waiting


def kinds(house, delivery):
    return [event.kind for event in house.desk.delivery(delivery).events]


def test_every_guard_of_the_table_has_a_function_a_code_and_words():
    named = {guard for move in DATA_BATCH.transitions for guard in move.guards}
    assert named == set(GUARDS) == set(DEMANDS)
    assert len({guard.code for guard in GUARDS.values()}) == len(GUARDS)


def test_a_policy_approves_at_once_and_says_so(house):
    delivery = house.send("01,1,", contract=AUTO)
    assert house.shown(contract=AUTO) == {"01": 1}
    assert kinds(house, delivery) == ["batch_validating", "batch_validated", "batch_approved_by_policy"]
    policy = house.ledger.events("batch_approved_by_policy")[0]
    assert (policy.actor, policy.role) == ("system", "system")
    assert policy.detail["policy"] == "auto_try 1.0: review auto"


def test_a_delivery_under_review_is_in_the_lake_and_in_no_pin(house):
    delivery = FIRST
    assert house.state(delivery) == "validated"
    assert (find(house.ledger, delivery).rows_accepted, house.shown()) == (2, {})
    acts.take_up(house.desk, delivery, actor=STEWARD)
    assert [(item.submission_id, item.rows, item.reason) for item in house.lake.pin().excluded] == [
        (delivery, 2, "in_review")
    ]
    acts.approve(house.desk, delivery, actor=STEWARD)
    assert house.shown() == {"01": 1, "02": 2}
    assert house.lake.pin().excluded == ()


def test_a_file_that_cannot_enter_has_failed(house):
    path = house.write("1", header="other")
    from quality.intake import submit
    from tests.unit.review.review_house import REVIEWED

    sent = submit(path, contract=REVIEWED, zone="deqing", actor=STAFF, workspace=house.workspace)
    assert house.state(sent.submission_id) == "failed"


@pytest.mark.parametrize("actor", ["both.one", "steward.two"])
def test_nobody_judges_what_their_zone_or_they_themselves_sent(house, actor):
    delivery = FIRST if actor == "both.one" else house.send("01,1,", actor=actor)
    with pytest.raises(NotPermitted, match="E-BATCH-11"):
        acts.take_up(house.desk, delivery, actor=actor)
    assert house.state(delivery) == "validated"


@pytest.mark.parametrize("actor", [STAFF, LEAD, "operator.one", "stranger", access.SYSTEM, ""])
def test_only_a_data_steward_reviews(house, actor):
    delivery = FIRST
    with pytest.raises(NotPermitted, match="E-LIFE-02"):
        acts.take_up(house.desk, delivery, actor=actor)


def test_approving_needs_a_review_that_was_taken_up(house):
    delivery = FIRST
    with pytest.raises(Refused, match=r"E-LIFE-01.*in review"):
        acts.approve(house.desk, delivery, actor=STEWARD)


def test_what_was_returned_never_comes_back_and_another_file_takes_its_place(house):
    delivery = FIRST
    acts.take_up(house.desk, delivery, actor=STEWARD)
    with pytest.raises(Refused, match="E-BATCH-16"):
        acts.return_delivery(house.desk, delivery, reason="ask 13800138000", actor=STEWARD)
    acts.return_delivery(house.desk, delivery, reason="wrong clinic", actor=STEWARD)
    again = house.approved("01,3,")
    assert (house.state(delivery), house.state(again), house.shown()) == ("returned", "approved", {"01": 3})
    with pytest.raises(Refused, match="E-LIFE-01"):
        acts.approve(house.desk, delivery, actor=STEWARD)


def test_issues_name_cells_of_the_delivery_and_keep_it_from_approval(house):
    delivery = FIRST
    acts.take_up(house.desk, delivery, actor=STEWARD)
    good = {"row": 2, "column": "score", "reason": "too low"}
    for wrong in ({**good, "row": 9}, {**good, "column": "other"}, {**good, "reason": " "}):
        with pytest.raises(Refused, match=r"E-BATCH-15.*issue 2"):
            acts.raise_issues(house.desk, delivery, issues=[good, wrong], actor=STEWARD)
    with pytest.raises(Refused, match=r"E-BATCH-15.*None is named"):
        acts.raise_issues(house.desk, delivery, issues=[], actor=STEWARD)
    found = acts.raise_issues(house.desk, delivery, issues=[good], actor=STEWARD)
    assert (found.state, len(found.open_issues)) == ("has_issues", 1)
    assert next_steps(found)[0].role == "zone_lead"
    with pytest.raises(Refused, match="E-LIFE-01"):
        acts.approve(house.desk, delivery, actor=STEWARD)


def test_two_deliveries_of_one_row_stand_side_by_side_until_one_is_approved(house_empty):
    house = house_empty
    first, second = house.send("01,1,"), house.send("01,2,", "02,2,")
    for delivery in (first, second):
        acts.take_up(house.desk, delivery, actor=STEWARD)
    acts.approve(house.desk, second, actor=STEWARD)
    assert house.shown() == {"01": 2, "02": 2}
    with pytest.raises(Refused, match=r"E-BATCH-18.*Rows: 2"):
        acts.approve(house.desk, first, actor=STEWARD)
    assert house.shown() == {"01": 2, "02": 2}


def test_a_file_sent_as_a_correction_may_change_what_stands_once_approved(house_empty):
    house = house_empty
    house.approved("01,1,")
    changed = house.send("01,5,", actor=LEAD, correction_reason="read the form again")
    assert house.shown() == {"01": 1}
    acts.take_up(house.desk, changed, actor=STEWARD)
    acts.approve(house.desk, changed, actor=STEWARD)
    assert house.shown() == {"01": 5}


def test_a_release_brings_out_what_is_approved_and_says_what_it_left_out(house_empty):
    house = house_empty
    first, second = house.approved("01,1,"), house.send("02,2,")
    made = house.release()
    assert made.submissions == (first,)
    assert [(item.submission_id, item.reason) for item in made.excluded] == [(second, "validated")]
    assert (house.state(first), house.state(second)) == ("released", "validated")
    events = len(house.ledger.events())
    assert house.release() == made
    assert len(house.ledger.events()) == events
    assert releases.verify(house.workspace, ledger=house.ledger) == []


def test_a_delivery_of_which_nothing_is_shown_any_more_is_superseded(house_empty):
    house = house_empty
    first = house.approved("01,1,")
    house.release()
    changed = house.approved("01,5,", actor=LEAD, correction_reason="read the form again")
    house.release()
    assert (house.state(first), house.state(changed)) == ("superseded", "released")


def test_retracting_takes_a_delivery_out_of_later_panels_and_names_what_is_stale(house_empty):
    house = house_empty
    first, second = house.approved("01,1,"), house.approved("02,2,")
    made = house.release()
    for releases_named, withdrawal in (([], "W-2026-01"), ([made.release_id], "")):
        with pytest.raises(Refused, match=r"E-BATCH-2[34]"):
            acts.retract(house.desk, first, withdrawal=withdrawal, releases=releases_named, actor=STEWARD)
    acts.retract(house.desk, first, withdrawal="W-2026-01", releases=[made.release_id], actor=STEWARD)
    assert house.shown() == {"02": 2}
    assert acts.stale_releases(house.desk) == {made.release_id: (first,)}
    held = {item.submission_id for item in made.excluded}
    again = house.lake.pin(made.as_of_seq, made.excluded)
    assert again.tables == made.pins, "what the release saw can still be computed"
    assert (held, house.release().submissions) == (set(), (second,))


def test_panels_built_before_a_retraction_are_not_released_after_it(house_empty):
    house = house_empty
    first = house.approved("01,1,")
    house.publish()
    acts.retract(house.desk, first, withdrawal="W-2026-01", releases=[], actor=STEWARD)
    with pytest.raises(Refused, match=f"E-REL-04.*{first}"):
        releases.build(house.workspace, house.ledger, actor="operator.one", run_id="run")
    assert list(house.workspace.releases.glob("R*.json")) == []


def test_a_submission_whose_worker_died_before_its_verdict_is_not_shown(house_empty, monkeypatch):
    house = house_empty
    from quality import intake

    def die(*_, **__):
        raise RuntimeError("killed")

    monkeypatch.setattr(intake, "settle", die)
    with pytest.raises(RuntimeError):
        house.send("01,1,", contract=AUTO)
    monkeypatch.undo()
    assert Lake(house.workspace, house.ledger).closed_seq() == 1
    assert house.shown(contract=AUTO) == {}
    assert [item.reason for item in house.lake.pin().excluded] == ["validating"]


def test_an_unknown_delivery(house):
    with pytest.raises(NotFound, match="E-SUB-01"):
        acts.take_up(house.desk, "SUB-2026-0009", actor=STEWARD)


@pytest.mark.parametrize(
    ("done", "role"), [("", "data_steward"), ("take_up", "data_steward"), ("returned", "zone_operator")]
)
def test_what_waits_and_for_whom(house, done, role):
    delivery = FIRST
    if done:
        acts.take_up(house.desk, delivery, actor=STEWARD)
    if done == "returned":
        acts.return_delivery(house.desk, delivery, reason="wrong file", actor=STEWARD)
    (step,) = next_steps(house.desk.delivery(delivery))
    assert step.role == role
    assert step.command.startswith("zonelab ")
