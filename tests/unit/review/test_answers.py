"""What a sender answers to remarks is kept with the delivery, and only what may stand in the ledger for good."""

import pytest

from data.ledger import Ledger
from data.messages import Refused
from data.submissions import submissions


def test_answers_are_kept_with_the_delivery(house_empty):
    sent = house_empty.send("01,1,", answers={"W-PANEL-02": " moved away ", "W-COL-03": ""})
    assert house_empty.desk.delivery(sent).answers == (("W-COL-03", ""), ("W-PANEL-02", "moved away"))
    without = house_empty.send("02,1,")
    assert house_empty.desk.delivery(without).answers == ()


@pytest.mark.parametrize("answers", [{"E-KEY-01": "x"}, {"W-PANEL-02": "x" * 201}, {"W-PANEL-02": "ask 13800138000"}])
def test_an_answer_that_cannot_be_kept_is_refused_and_nothing_is_taken_in(house_empty, answers):
    with pytest.raises(Refused, match="E-ANSWER-01") as refused:
        house_empty.send("01,1,", answers=answers)
    assert "13800138000" not in str(refused.value)
    assert submissions(Ledger.open(house_empty.workspace)) == []
