"""What a field form brings to the gate: routing, select-multiple in its spellings, locations, dates, grouped numbers."""

import datetime as dt

import pytest

from data.contracts import Contract, contract_digest, load_contract
from data.contracts.routing import RoutingError, parse
from quality.check import check_file

pytestmark = pytest.mark.archive

COLUMNS = [
    {"name": "key", "type": "string", "label": {"en": "Key", "zh": "编号"}, "required": True},
    {"name": "seen_on", "type": "date", "label": {"en": "Seen", "zh": "日期"}, "date_order": "dmy"},
    {"name": "uses_ai", "type": "string", "label": {"en": "AI", "zh": "人工智能"}},
    {"name": "tools", "type": "string", "label": {"en": "Tools", "zh": "工具"}, "aliases": ["grp/tools"]},
    {
        "name": "tools_chat",
        "type": "boolean",
        "label": {"en": "Chat", "zh": "聊天"},
        "aliases": ["grp/tools/chat"],
        "split": {"of": "tools", "choice": "chat"},
    },
    {
        "name": "tools_draw",
        "type": "boolean",
        "label": {"en": "Draw", "zh": "绘图"},
        "aliases": ["grp/tools/draw"],
        "split": {"of": "tools", "choice": "draw"},
    },
    {"name": "gps", "type": "string", "label": {"en": "GPS", "zh": "位置"}, "sensitivity": "direct"},
    {
        "name": "gps_longitude",
        "type": "number",
        "label": {"en": "Longitude", "zh": "经度"},
        "split": {"of": "gps", "place": 1},
        "sensitivity": "direct",
    },
    {"name": "pay", "type": "number", "label": {"en": "Pay", "zh": "工资"}, "missing_codes": {"#": "suppressed"}},
]
HOURS = {
    "name": "hours",
    "type": "number",
    "label": {"en": "Hours", "zh": "小时"},
    "required": True,
    "asked_if": "${uses_ai} = 'yes' and selected(${tools}, 'chat')",
}


def contract(columns=COLUMNS, **more):
    return Contract.model_validate(
        {
            "name": "form",
            "version": "1.0",
            "title": {"en": "Form", "zh": "表"},
            "description": {"en": "Form", "zh": "表"},
            "unit": "person",
            "grain": "one row per key",
            "scope": "programme",
            "source_kind": "survey",
            "key": ["key"],
            "thousands": "comma",
            "columns": columns,
            **more,
        }
    )


@pytest.fixture
def report(tmp_path):
    """Return a function: header and lines → the report of their check."""

    def check(header, *lines, agreed=None):
        path = tmp_path / "form.csv"
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return check_file(path, agreed or contract())

    return check


def codes(report):
    return [told.code for told in report.problems]


def column(report, name):
    return report.good.column(name).to_pylist()


@pytest.mark.parametrize("written", ["25/06/2019", "25-6-2019", "25.06.2019", "2019-06-25", "25/06/2019 00:00:00"])
def test_a_date_day_first_is_read_where_the_contract_says_so(report, written):
    assert column(report("key,seen_on", f"1,{written}"), "seen_on") == [dt.date(2019, 6, 25)]


@pytest.mark.parametrize("written", ["06/25/2019", "25/06/19", "25-06/2019", "31/06/2019"])
def test_what_is_no_date_day_first_stays_an_error(report, written):
    assert codes(report("key,seen_on", f"1,{written}")) == ["E-TYPE-01"]


def test_without_a_declared_order_a_date_of_digits_only_is_refused(report):
    plain = contract([COLUMNS[0], {**COLUMNS[1], "date_order": "ymd"}])
    assert codes(report("key,seen_on", "1,03/04/2019", agreed=plain)) == ["E-TYPE-01"]


def test_codes_in_one_cell_become_one_column_each(report):
    found = report("key,grp/tools", "1,chat", "2,draw chat", "3,", "4,drawchat")
    assert column(found, "tools_chat") == [True, True, None, False]
    assert column(found, "tools_draw") == [False, True, None, False]


@pytest.mark.parametrize(("yes", "no"), [("1", "0"), ("TRUE", "FALSE"), ("True", "False")])
def test_one_column_per_choice_is_the_same_answer(report, yes, no):
    found = report("key,grp/tools/chat,grp/tools/draw", f"1,{yes},{yes}", f"2,{no},{yes}", f"3,{no},{no}", "4,,")
    assert column(found, "tools") == ["chat draw", "draw", None, None]
    assert column(found, "tools_chat") == [True, False, False, None]


def test_with_a_choice_missing_the_answer_is_not_put_together(report):
    assert column(report("key,grp/tools/chat", "1,1"), "tools") == [None]


def test_a_location_gives_its_numbers(report):
    assert column(report("key,gps", "1,30.5 119.9 4.0 6", "2,30.5", "3,"), "gps_longitude") == [119.9, None, None]


def test_a_question_that_was_not_asked_is_not_applicable_and_not_required(report):
    found = report(
        "key,uses_ai,tools,hours", "1,yes,chat,3", "2,no,,", "3,yes,draw,", "4,,,", agreed=contract([*COLUMNS, HOURS])
    )
    assert column(found, "hours") == [3.0, None, None, None]
    assert column(found, "hours__st") == [0, 8, 8, 8]


def test_a_question_that_was_asked_must_be_answered(report):
    found = report("key,uses_ai,tools,hours", "1,yes,draw chat,", agreed=contract([*COLUMNS, HOURS]))
    assert [(told.code, told.row) for told in found.problems] == [("E-REQ-01", 2)]


def test_numbers_in_groups_of_three_are_read_and_a_decimal_comma_is_not(report):
    found = report("key,pay", '1,"140,886,310"', '2,"1,234.5"', "3,#", '4,"1,5"', '5,"1,23,456"')
    assert column(found, "pay") == [140886310.0, 1234.5, None]
    assert column(found, "pay__st") == [0, 0, 13]
    assert codes(found) == ["E-TYPE-02", "E-TYPE-02"]


@pytest.mark.parametrize(
    "expression", ["count(${tools}) > 1", "${a} = ${b}", ". > 3", "${a} =", "${a} < 'x'", "(${a} = 1", "true() or x"]
)
def test_a_routing_rule_that_one_row_cannot_decide_is_refused_and_not_half_taken(expression):
    with pytest.raises(RoutingError):
        parse(expression)


def test_a_contract_whose_routing_names_no_column_is_refused():
    with pytest.raises(ValueError, match="asked_if names columns"):
        contract([COLUMNS[0], {**COLUMNS[2], "asked_if": "${nobody} = 'yes'"}])


def test_fields_that_came_later_leave_the_digests_of_released_contracts_alone():
    """The digest of the first release: manifests of that time must still name this contract."""
    told = contract_digest(load_contract("district_signal"))
    assert told == "5cc27321f470ded6a866820ec61ac1fce531568571ccc3c0493d4fd4c1435e6c"
    assert contract_digest(contract()) != contract_digest(contract(thousands="none"))
