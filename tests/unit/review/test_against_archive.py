"""A file beside the archive before it is sent: new, changed, same, missing; values only of one's own zone and plain columns."""

import pytest

from data.messages import NotPermitted, Refused
from quality.against import against_archive
from quality.check import check_file
from quality.review import acts
from tests.unit.review.review_house import FIRST, REVIEWED, STAFF, STEWARD

pytestmark = pytest.mark.archive


@pytest.fixture
def beside(house_approved):
    """Return a function: lines of a file → its difference from an archive of 01 (1, secret words) and 02 (refused)."""

    def compare(*lines, zone="deqing", actor=STAFF, contract=REVIEWED, house=house_approved, **more):
        report = check_file(house.write(*lines, **more), contract, zone=zone)
        return against_archive(house.workspace, house.ledger, report, contract, zone=zone, actor=actor)

    compare.house = house_approved
    return compare


def counts(found):
    return found.new, found.changed, found.same, found.missing


def test_rows_are_new_changed_or_the_same(beside):
    events = len(beside.house.ledger.events())
    found = beside("01,4,secret words", "02,-1,", "03,3,")
    assert (counts(found), found.cells_changed, found.by_column) == ((1, 1, 1, 0), 1, {"score": 1})
    (cell,) = found.cells
    assert (cell.row, cell.column, cell.old, cell.new, cell.is_hidden) == (2, "score", "1", "4", False)
    assert len(beside.house.ledger.events()) == events
    assert found.document()["cells"] == [{"row": 2, "column": "score", "old": "1", "new": "4", "is_hidden": False}]


def test_what_is_not_in_the_file_any_more_is_missing(beside):
    assert counts(beside("01,1,secret words")) == (0, 0, 1, 1)


def test_another_reason_for_a_missing_value_is_a_change(beside):
    found = beside("01,1,secret words", "02,,")
    assert (counts(found), found.by_column) == ((0, 1, 1, 0), {"score": 1})
    assert (found.cells[0].old, found.cells[0].new, found.cells[0].is_hidden) == (None, None, False)


def test_values_of_a_sensitive_column_are_not_shown(beside):
    found = beside("01,1,other words", "02,-1,")
    assert found.by_column == {"remark": 1}
    assert (found.cells[0].old, found.cells[0].new, found.cells[0].is_hidden) == (None, None, True)
    assert "words" not in str(found.document())


def test_another_zones_rows_are_neither_missing_nor_shown(beside):
    """Without the zone in its key, a file could ask for anybody's values by guessing ids."""
    loose = REVIEWED.model_copy(update={"name": "loose_try", "key": ("person_id",), "review": "auto"})
    beside.house.send("01,1,", "02,2,", contract=loose)
    found = beside("01,9,", zone="jinan", actor="steward.two", contract=loose)
    assert counts(found) == (0, 1, 0, 0)
    assert all(cell.is_hidden and cell.old is None for cell in found.cells)


def test_bad_rows_are_in_no_count(beside):
    assert counts(beside("01,11,", "03,3,")) == (1, 0, 0, 2)


def test_what_waits_counts_as_there_and_what_was_returned_does_not(beside):
    house = beside.house
    second = house.send("03,3,")
    assert counts(beside("03,3,")) == (0, 0, 1, 2)
    acts.take_up(house.desk, second, actor=STEWARD)
    acts.return_delivery(house.desk, second, reason="wrong clinic", actor=STEWARD)
    assert counts(beside("03,3,")) == (1, 0, 0, 2)


def test_who_may_not_read_there_sees_nothing(beside):
    for actor in ("stranger", ""):
        with pytest.raises(NotPermitted, match="E-ACCESS-01"):
            beside("01,1,", actor=actor)
    with pytest.raises(NotPermitted, match="E-ACCESS-01"):
        beside("01,1,", zone="jinan", actor=STAFF)


def test_a_file_that_cannot_enter_is_not_compared(beside):
    with pytest.raises(Refused, match="E-BATCH-05"):
        beside("1", header="other")


def test_only_the_files_own_waves_and_span_of_time_can_be_missing(beside):
    columns = [*REVIEWED.columns, REVIEWED.columns[1].model_copy(update={"name": "wave"})]
    fields = {"columns": tuple(columns), "key": ("zone_id", "person_id", "wave"), "review": "auto"}
    waves = REVIEWED.model_copy(update={**fields, "name": "wave_try", "wave_column": "wave"})
    header = "person_id,score,remark,wave"
    path = beside.house.write("01,1,,W1", "02,1,,W2", "03,1,,W2", header=header)
    from quality.intake import submit

    submit(path, contract=waves, zone="deqing", actor=STAFF, workspace=beside.house.workspace)
    assert counts(beside("02,1,,W2", contract=waves, header=header)) == (0, 0, 1, 1)
    assert beside.house.desk.delivery(FIRST).wave == "U"
