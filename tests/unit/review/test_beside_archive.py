"""A delivery under review beside what panels show without it."""

import pytest

from data.messages import NotPermitted
from quality.review.beside_archive import beside_archive
from tests.unit.review.review_house import STEWARD


def counts(house, delivery):
    found = beside_archive(house.desk, house.desk.delivery(delivery), actor=STEWARD)
    return found.new, found.changed, found.same, found.missing


def test_rows_are_new_changed_the_same_or_missing_and_values_only_where_they_may_be_seen(house_approved):
    sent = house_approved.send("01,5,secret words", "02,-1,", "03,3,", correction_reason="typed wrongly")
    found = beside_archive(house_approved.desk, house_approved.desk.delivery(sent), actor=STEWARD)
    assert counts(house_approved, sent) == (1, 1, 1, 0)
    assert [(cell.row, cell.column, cell.old, cell.new) for cell in found.cells] == [(2, "score", "1", "5")]
    assert counts(house_approved, house_approved.send("04,1,")) == (1, 0, 0, 2)


def test_who_may_not_read_in_the_zone_sees_nothing(house_approved):
    delivery = house_approved.desk.deliveries()[0]
    with pytest.raises(NotPermitted):
        beside_archive(house_approved.desk, delivery, actor="nobody")
