"""The catalogue of the design page in full, and a table of planted faults: each gives exactly the codes it should."""

import re

import pytest
import yaml

from data.contracts import Contract
from quality.beside import Beside, RosterRelation
from quality.check import check_file
from quality.messages import CATALOGUE

pytestmark = pytest.mark.archive

CONTRACT = Contract.model_validate(
    yaml.safe_load(
        r"""
name: desk_try
version: "1.0"
title: {en: Try, zh: 试}
description: {en: Try, zh: 试}
unit: person
grain: one row per zone, person and wave
source_kind: survey
key: [zone_id, person_id, wave]
wave_column: wave
expected_rows: {at_most: 4}
columns:
  - {name: zone_id, type: string, label: {en: Zone, zh: 试点区}, required: true, source: zone}
  - name: person_id
    type: string
    label: {en: Person, zh: 编号}
    required: true
    pattern: '^P\d{3}$'
    roster: {contract: people, column: person_id}
  - {name: wave, type: string, label: {en: Wave, zh: 轮次}, required: true, source: wave}
  - {name: visit_date, type: date, label: {en: Visit, zh: 就诊日期}}
  - {name: seen_at, type: timestamp, label: {en: Seen, zh: 时间}}
  - name: height_cm
    type: number
    label: {en: Height, zh: 身高}
    required: true
    minimum: 30
    maximum: 250
    between_waves: {rise_at_most: 5, fall_at_most: 1}
  - {name: sex_code, type: integer, label: {en: Sex, zh: 性别}, codes: {"1": {en: m, zh: 男}, "2": {en: f, zh: 女}}}
  - {name: is_simulated, type: boolean, label: {en: Simulated, zh: 模拟}}
  - {name: note, type: string, label: {en: Note, zh: 备注}}
"""
    )
)
EARLIER = (
    "select * from (values ('P001', 'W1', 170.0), ('P002', 'W1', 180.0), ('P009', 'W1', 160.0)) "
    "t(person_id, wave, height_cm)"
)
ROSTER = RosterRelation("select unnest(['P001', 'P002', 'P003', 'P009']) as id", 4)
BESIDE = Beside(earlier=EARLIER, rosters={"person_id": ROSTER}, asked=True, matches={"身长": "height_cm"})
HEADER = "person_id,visit_date,seen_at,height_cm,sex_code,is_simulated,note"
FIRST = "P001,2026-03-04,2026-03-04 05:00,171,1,true,fine"
SECOND = "P002,2026-03-04,2026-03-04 05:00,180,2,true,fine"
THIRD = "P009,2026-03-04,2026-03-04 05:00,160,2,true,fine"
GOOD = (HEADER, FIRST, SECOND, THIRD)


def planted(row, old, new):
    """Return the good file with `old` made `new` in one of its lines."""
    lines = list(GOOD)
    assert old in lines[row]
    lines[row] = lines[row].replace(old, new, 1)
    return "\n".join(lines)


FAULTS = {
    "none": ("\n".join(GOOD), set()),
    "no file at all": ("\x00\x01\x02", {"E-FILE-01"}),
    "only a header": (HEADER, {"E-FILE-02"}),
    "open quotation mark": (planted(1, "fine", '"fine'), {"E-FILE-03"}),
    "text after a quotation mark": (planted(1, "fine", '"fine" x'), {"E-FILE-04"}),
    "required column absent": (planted(0, "height_cm", "something"), {"E-COL-01", "W-COL-03"}),
    "column twice": (planted(0, "note", "height_cm"), {"E-COL-02"}),
    "unknown column": (planted(0, "note", "colour"), {"W-COL-03"}),
    "column that may be another": (planted(0, "visit_date", "visit_dates"), {"W-COL-03", "I-COL-05"}),
    "column that was confirmed": (planted(0, "height_cm", "身长"), {"I-COL-04"}),
    "title above the header": ("Visits of the quarter\n" + "\n".join(GOOD), {"W-HEAD-01"}),
    "ragged row": (planted(1, ",fine", ""), {"E-ROW-01", "W-PANEL-02"}),
    "no date": (planted(1, "2026-03-04,", "03/04/26,"), {"E-TYPE-01"}),
    "no number": (planted(1, "171", "tall"), {"E-TYPE-02"}),
    "full-width digits": (planted(1, "171", "１７１"), {"W-TYPE-03"}),
    "no time": (planted(1, "05:00", "25:00"), {"E-TYPE-04"}),
    "no whole number": (planted(1, ",1,true", ",1.5,true"), {"E-TYPE-05"}),
    "no yes or no": (planted(1, "true", "maybe"), {"E-TYPE-06"}),
    "a time that was twice": (planted(1, "2026-03-04 05:00", "1988-09-11 01:30"), {"E-TIME-01"}),
    "id in scientific notation": (planted(1, "P001", "1.1E+17"), {"E-ID-01", "W-PANEL-02"}),
    "id with an invisible character": (planted(1, "P001", "P0\u200b01"), {"E-ID-02", "E-PATT-01", "W-PANEL-02"}),
    "id in full width": (planted(1, "P001", "Ｐ001"), {"W-ID-03"}),
    "id of another form": (planted(1, "P001", "Q001"), {"E-PATT-01", "W-PANEL-02"}),
    "no such code": (planted(1, ",1,true", ",3,true"), {"E-CODE-01"}),
    "out of range": (planted(1, "171", "999"), {"E-RANGE-01"}),
    "empty where required": (planted(1, "171", ""), {"E-REQ-01"}),
    "person twice": (planted(2, "P002", "P001"), {"E-KEY-01", "W-PANEL-02", "W-PANEL-03"}),
    "another zone": (planted(0, "note", "zone_id").replace("fine", "nanjing"), {"E-ZONE-02"}),
    "another wave": (planted(0, "note", "wave").replace("fine", "W3"), {"E-WAVE-02"}),
    "not on the roster": ("\n".join([*GOOD, THIRD.replace("P009", "P777")]), {"E-PANEL-01"}),
    "a person missing": ("\n".join(GOOD[:-1]), {"W-PANEL-02"}),
    "grown too fast": (planted(1, "171", "176"), {"W-PANEL-03"}),
    "shrunk": (planted(1, "171", "168"), {"W-PANEL-03"}),
    "more rows than expected": (
        "\n".join([*GOOD, THIRD.replace("P009", "P003"), THIRD.replace("P009", "P004")]),
        {"W-ROWS-01", "E-PANEL-01"},
    ),
    "a resident id": (planted(1, "fine", "11010519491231002X"), {"E-PII-01"}),
    "a mobile number": (planted(1, "fine", "13800138000"), {"E-PII-01"}),
    "a bank card": (planted(1, "fine", "6222021234567894"), {"E-PII-02"}),
    "names": (planted(0, "note", "姓名").replace("fine", "王伟"), {"E-PII-03", "W-COL-03"}),
}


@pytest.fixture
def codes(tmp_path):
    def run(text, *, wave="W2"):
        path = tmp_path / "file.csv"
        path.write_text(text, encoding="utf-8")
        report = check_file(path, CONTRACT, zone="deqing", wave=wave, beside=BESIDE)
        return {told.code for told in report.problems}

    return run


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_gives_exactly_its_codes(codes, fault):
    text, expected = FAULTS[fault]
    assert codes(text) == expected


def test_a_wave_that_nobody_says(codes):
    assert codes("\n".join(GOOD), wave=None) == {"E-WAVE-01"}


def test_seven_faults_are_told_in_one_pass(codes):
    """Criterion 10 of the design: the blank row is no error."""
    header = HEADER.replace("height_cm", "colour")
    rows = [FIRST.replace("2026-03-04,", "04.03.,"), SECOND.replace(",2,true", ",7,true"), THIRD, THIRD, ",,,,,,"]
    rows[2] = rows[2].replace("fine", "11010519491231002X")
    assert codes("\n".join([header, *rows])) == {
        "E-TYPE-01",
        "E-CODE-01",
        "E-KEY-01",
        "E-COL-01",
        "W-COL-03",
        "E-PII-01",
    }


OURS = {
    "E-FILE-01": "says why",
    "W-TYPE-03": "names the column",
    "E-REQ-01": "the contract's own missing codes",
    "E-KEY-01": "any key, not person and wave",
    "W-PANEL-02": "organisations and devices are followed too",
    "E-SYS-01": "the operators are the contact",
    "W-TMPL-01": "belongs to the reader of templates",
}
"""Messages that say more than the design page, and why."""


def bare(text):
    """Drop placeholders and the quotation marks around them: ours come with the value, so that a hidden one has none."""
    return re.sub(r"[“”\"]|\{[^}]*\}| +", "", text)


def test_every_message_of_the_design_page_is_in_the_catalogue(shared):
    page = (shared / "domain" / "viewer.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ((?:[EWI]-[A-Z]+|OK)-\d\d) \| (.+?) \| (.+?) \|$", page, re.MULTILINE)
    assert len(rows) == 20
    planted_codes = set().union(*(expected for _, expected in FAULTS.values()))
    assert {code for code, _, _ in rows} - planted_codes == {"W-TMPL-01", "E-SYS-01", "OK-01"}
    for code, english, chinese in rows:
        if code not in OURS:
            assert (code, bare(CATALOGUE[code].en)) == (code, bare(english))
            assert (code, bare(CATALOGUE[code].zh)) == (code, bare(chinese))
        else:
            assert code in CATALOGUE or code == "W-TMPL-01"
