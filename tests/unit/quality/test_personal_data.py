"""Names of people and bank cards stop a file; places, answers, codes, ids, dates and measurements never do."""

import pyarrow as pa
import pytest

from data.contracts import Column
from data.duck import open_duckdb
from data.readers import RawTable
from data.readers.raw import text_table
from quality.columns import Matching
from quality.privacy import is_bank_card, is_personal_text, masked, scan
from quality.privacy_names import count_names

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
PEOPLE = [*(f"{name}伟" for name in SURNAMES), "欧阳修", "诸葛亮"]
"""The twenty commonest surnames and two of antiquity: nobody in particular."""


def luhn(start):
    return next(start + digit for digit in "0123456789" if is_bank_card(start + digit))


UNIONPAY, VISA, MASTER = luhn("622202123456789"), luhn("401288888888188"), luhn("555555555555444")


def found(header, values, column=None):
    """Return the codes that a file with this one column gets."""
    cells = pa.chunked_array([pa.array(values, pa.string())])
    rows = pa.chunked_array([pa.array(range(2, len(values) + 2), pa.int64())])
    raw = RawTable(columns=(header,), table=text_table([header], [cells], rows), format="csv")
    names = {column.name: tuple(raw.names)} if column else {}

    class Declared:
        column = staticmethod(lambda _: column)

    with open_duckdb(threads=1) as connection:
        private = scan(connection, raw, Declared(), Matching(names, (), (), ()))
    hidden = masked(raw, private).table[0].to_pylist()
    assert (hidden == ["•••" if value else None for value in values]) is bool(private.columns) or not any(values)
    return {told.code: told.count for told in private.problems}


def text_column(**more):
    return Column.model_validate({"name": "note", "type": "string", "label": {"en": "x", "zh": "x"}, **more})


@pytest.mark.parametrize(
    ("header", "values", "codes"),
    [
        ("姓名", ["王伟", "李 娜", None], {"E-PII-03": 2}),
        ("受访者姓名（必填）", ["欧阳修"], {"E-PII-03": 1}),
        ("户主姓名", [*PEOPLE, "不详"], {"E-PII-03": 23}),
        ("Full name", ["Ada Lovelace", "Alan M. Turing"], {"E-PII-03": 2}),
        ("respondent_name", ["Ada Lovelace"], {"E-PII-03": 1}),
        ("First Name", ["Ada"], {"E-PII-03": 1}),
        ("name", PEOPLE, {"E-PII-03": 22}),
        ("联系人", PEOPLE, {"E-PII-03": 22}),
        ("备注2", PEOPLE, {"E-PII-03": 22}),
        ("card", [UNIONPAY], {"E-PII-02": 1}),
        ("卡号", [f"{UNIONPAY[:4]} {UNIONPAY[4:8]} {UNIONPAY[8:12]} {UNIONPAY[12:]}", VISA, MASTER], {"E-PII-02": 3}),
        ("note", [f"付款卡{UNIONPAY}，谢谢"], {"E-PII-02": 1}),
        ("note", ["６２２２" + UNIONPAY[4:]], {"E-PII-02": 1}),
        ("note", ["11010519491231002X", UNIONPAY], {"E-PII-01": 1, "E-PII-02": 1}),
        (UNIONPAY, ["x"], {"E-PII-01": 1}),
    ],
)
def test_what_stops_a_file(header, values, codes):
    assert found(header, values) == codes


INNOCENT = {
    "姓名代码": ["01", "02"],
    "姓名": ["P0001", "P0002"],
    "诊所名称": ["朝阳诊所", "安康门诊部"],
    "name": ["德清县", "吴兴区", "安吉县", "长兴县", "南浔区"],
    "名称": ["温度", "湿度", "风速"],
    "地名": PEOPLE,
    "school name": PEOPLE,
    "variable name": ["wait_min", "clinic_id"],
    "Product Name": ["Green Tea", "Black Tea"],
    "county": ["江宁区", "高淳区", "安吉县", "余杭区", "萧山区", "金坛区", "溧阳市", "江阴市", "宜兴市", "武进区"] * 5,
    "满意度": ["满意", "一般", "方便", "不便"] * 50,
    "职业": ["教师", "农民", "工人", "司机", "医生", "护士", "商人", "学生"] * 10,
    "时段": ["白天", "黄昏", "夜间"] * 20,
    "学历": ["高中", "大专", "本科", "小学"] * 20,
    "person_id": [f"SH-P{number:05d}" for number in range(100)],
    "ids": [f"62{number:014d}" for number in range(100)],
    "device": [f"35{number:013d}" for number in range(100)],
    "uuid": ["550e8400-e29b-41d4-a716-446655440000"],
    "micros": [str(1_772_600_000_000_000 + number) for number in range(100)],
    "stamp": ["20260304120000", "202603041200001", "2026030412000012"],
    "time": ["2026-03-04 12:00:00", "2026/3/4 0:00"],
    "long": ["0.6222021234567890123", "622.2021234567894", "1e16"],
    "order": ["ORD6222021234567894X"],
    "zeros": ["0000000000000000", "4444444444444444"],
    "region": ["330521", "330521000000", "330521100203"],
    "credit": ["91330521MA2B4C5D6E"],
    "turnover": ["13812345678.50", "12345678901"],
    "free": ["王伟说等候时间太长，希望改进服务" * 3, "没有意见"] * 20,
    "empty": [None, None],
}


@pytest.mark.parametrize("header", INNOCENT)
def test_what_does_not_stop_a_file(header):
    assert found(header, INNOCENT[header]) == {}


@pytest.mark.parametrize(
    ("declared", "stops"),
    [
        ({}, True),
        ({"sensitivity": "direct"}, False),
        ({"pattern": ".*"}, False),
        ({"codes": {"王伟": {"en": "a", "zh": "a"}}}, False),
        ({"type": "integer"}, False),
    ],
)
def test_what_the_contract_declares_counts(declared, stops):
    assert bool(found("x", PEOPLE, text_column(**declared))) is stops


def test_a_declared_column_is_not_judged_by_its_header_and_a_few_cells():
    assert found("姓名", ["王伟"], text_column()) == {}


def test_the_count_is_of_the_whole_column():
    cells = pa.chunked_array([pa.array([*PEOPLE, None] * 1000, pa.string())])
    assert count_names("姓名", cells, None) == 22_000


@pytest.mark.parametrize("digits", ["6222021234567895", "622202123456789", "1234567812345670", "4" * 16])
def test_no_card(digits):
    assert not is_bank_card(digits)


def test_personal_texts():
    assert is_personal_text(f"卡 {UNIONPAY}")
    assert not is_personal_text("330521")
