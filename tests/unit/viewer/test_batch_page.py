"""The Batches page: whose deliveries it lists, what it says of one, and that its acts are those of the record."""

from __future__ import annotations

import shutil

import pytest

from data.stale import mark
from quality.corrections import Item
from quality.corrections import acts as corrections
from quality.review import acts
from tests.unit.review.conftest import prepared
from tests.unit.review.review_house import FIRST, LEAD, STEWARD, House

pytestmark = pytest.mark.integration  # each run of a page takes a second


@pytest.fixture(scope="module")
def waiting(tmp_path_factory):
    return prepared(tmp_path_factory, "waiting", "01,1,", "02,2,", "03,99,").workspace.home


@pytest.fixture
def house(waiting, workspace, tmp_path):
    shutil.copytree(waiting, workspace.home, dirs_exist_ok=True)
    return House(workspace, tmp_path)


def said(run):
    return "\n".join(str(getattr(part, "body", "")) for part in run.get("html"))


def button(run, key):
    return next(item for item in run.button if item.key == key)


def field(run, key):
    return next(item for item in run.text_input if item.key == key)


def open_one(visit, house, user=STEWARD):
    return visit(house.workspace.home, "batches", user, sub=FIRST)


def test_what_waits_is_listed_with_its_next_step_and_what_went_stale_is_told(visit, house):
    mark(house.workspace, "R-1/SE-2026-0001", "WD-0001", "rows")
    run = visit(house.workspace.home, "batches", STEWARD)
    text = said(run)
    assert FIRST in text
    assert "Take it up for review" in text
    assert "R-1/SE-2026-0001" in text
    assert "WD-0001" in text


@pytest.mark.parametrize("user", ["", "staff.one", LEAD])
def test_the_page_is_for_data_stewards(visit, house, user):
    run = open_one(visit, house, user)
    assert "Not for you yet" in said(run)
    assert FIRST not in said(run)


def test_a_steward_takes_up_asks_and_the_zone_is_asked(visit, house):
    run = open_one(visit, house)
    assert "Row 4, Score" in said(run)
    button(run, "batch_take_up").click().run()
    assert house.state(FIRST) == "in_review"
    field(run, "issue_reason").set_value("far too low").run()
    button(run, "issue_add").click().run()
    button(run, "batch_raise").click().run()
    assert house.state(FIRST) == "has_issues"
    (issue,) = house.desk.delivery(FIRST).issues
    assert (issue.cell.row, issue.reason, issue.raised_by) == (2, "far too low", STEWARD)


def test_a_return_needs_a_reason_and_says_so(visit, house):
    acts.take_up(house.desk, FIRST, actor=STEWARD)
    run = open_one(visit, house)
    button(run, "batch_return").click().run()
    assert "E-BATCH-16" in said(run)
    field(run, "return_reason").set_value("wrong wave").run()
    button(run, "batch_return").click().run()
    assert house.state(FIRST) == "returned"


def test_a_correction_is_decided_on_the_page_and_the_batch_approved_and_retracted(visit, house):
    acts.take_up(house.desk, FIRST, actor=STEWARD)
    name = corrections.propose(house.desk, FIRST, [Item(2, "score", "1", "7", "replace", "misread")], actor=LEAD)
    run = open_one(visit, house)
    assert "misread" in said(run)
    button(run, f"accept_{name.correction_id}").click().run()
    assert house.desk.correction(name.correction_id).state == "accepted"
    button(run, "batch_approve").click().run()
    assert house.shown() == {"01": 7, "02": 2}
    field(run, "retract_withdrawal").set_value("WD-0001").run()
    button(run, "batch_retract").click().run()
    assert (house.state(FIRST), house.shown()) == ("retracted", {})


def test_who_is_of_the_zone_is_told_that_somebody_else_judges(visit, house):
    run = open_one(visit, house, "both.one")
    assert "somebody else judges it" in said(run)
    assert not [item for item in run.button if (item.key or "").startswith("batch_")]
