"""Rosters and earlier waves out of the real archive: who is refused, who is missing, what changed, how many rows to expect."""

import pytest
import yaml

from data.contracts import Contract
from data.ledger import Ledger
from quality.beside import look_beside
from quality.desk import check_at_desk, expected_rows
from quality.intake import submit

pytestmark = pytest.mark.archive

ROSTER = """
name: people_try
version: "1.0"
title: {en: Roster, zh: 名册}
description: {en: Roster, zh: 名册}
unit: person
grain: one row per zone and person
source_kind: admin
key: [zone_id, person_id]
columns:
  - {name: zone_id, type: string, label: {en: Zone, zh: 试点区}, required: true, source: zone}
  - {name: person_id, type: string, label: {en: Person, zh: 编号}, required: true}
"""


@pytest.fixture
def roster(tmp_path):
    path = tmp_path / "people_try.yml"
    path.write_text(ROSTER, encoding="utf-8")
    return path


@pytest.fixture
def visits(roster):
    return Contract.model_validate(
        yaml.safe_load(
            f"""
name: visits_try
version: "1.0"
title: {{en: Visits, zh: 就诊}}
description: {{en: Visits, zh: 就诊}}
unit: person
grain: one row per zone, person and wave
source_kind: survey
key: [zone_id, person_id, wave]
wave_column: wave
expected_rows: {{share_of_roster: 0.5}}
columns:
  - {{name: zone_id, type: string, label: {{en: Zone, zh: 试点区}}, required: true, source: zone}}
  - name: person_id
    type: string
    label: {{en: Person, zh: 编号}}
    required: true
    sensitivity: direct
    roster: {{contract: {roster}, column: person_id}}
  - {{name: wave, type: string, label: {{en: Wave, zh: 轮次}}, required: true, source: wave}}
  - name: birth_year
    type: integer
    label: {{en: Year of birth, zh: 出生年份}}
    between_waves: {{constant: true}}
  - name: secret
    type: number
    label: {{en: Secret, zh: 机密}}
    sensitivity: sensitive
    between_waves: {{rise_at_most: 2}}
"""
        )
    )


@pytest.fixture
def send(tmp_path, workspace):
    def run(contract, text, *, zone="deqing", wave=None):
        path = tmp_path / "file.csv"
        path.write_text(text, encoding="utf-8")
        return submit(path, contract=contract, zone=zone, wave=wave, actor="staff", workspace=workspace)

    return run


@pytest.fixture
def check(tmp_path, workspace):
    def run(contract, text, *, zone="deqing", wave="W2"):
        path = tmp_path / "file.csv"
        path.write_text(text, encoding="utf-8")
        ledger = Ledger.open(workspace)
        report = check_at_desk(path, contract, workspace=workspace, ledger=ledger, zone=zone, wave=wave)
        return [(p.code, p.row, p.column, p.count) for p in report.problems]

    return run


def test_without_a_roster_of_the_zone_nobody_is_asked_for(visits, roster, send):
    send(str(roster), "person_id\n1\n", zone="hefei")
    assert send(visits, "person_id\n1\n2\n", wave="W1").problems == ()


def test_who_is_not_on_the_roster_of_the_zone_goes_to_quarantine(visits, roster, send):
    send(str(roster), "person_id\n1\n2\n")
    send(str(roster), "person_id\n3\n", zone="hefei")
    result = send(visits, "person_id\n1\n3\n", wave="W1")
    assert (result.status, result.rows_accepted, result.rows_quarantined) == ("quarantined", 1, 1)
    (told,) = result.problems
    assert (told.code, told.row, told.column) == ("E-PANEL-01", 3, "person_id")
    assert told.message.en == "Row 3: participant (not shown) is not on the roster for this zone."


def test_people_missing_since_the_wave_before(visits, send, check):
    send(visits, "person_id\n1\n2\n3\n", wave="W1")
    send(visits, "person_id\n9\n", wave="W1", zone="hefei")
    assert check(visits, "person_id\n1\n") == [("W-PANEL-02", None, None, 2)]
    assert check(visits, "person_id\n1\n2\n3\n4\n") == []
    assert check(visits, "person_id\n1\n", wave="W1") == []


def test_who_came_in_another_file_of_the_wave_is_not_missing(visits, send, check):
    send(visits, "person_id\n1\n2\n", wave="W1")
    send(visits, "person_id\n1\n", wave="W2")
    assert check(visits, "person_id\n2\n") == []
    assert check(visits, "person_id\n2\n", wave="W3") == [("W-PANEL-02", None, None, 1)]


def test_waves_within_one_file_are_compared_too(visits, check):
    text = "person_id,wave,birth_year\n1,W9,1980\n2,W9,1970\n1,W10,1981\n"
    assert check(visits, text, wave=None) == [("W-PANEL-02", None, None, 1), ("W-PANEL-03", 4, "birth_year", 1)]


def test_an_implausible_change_is_a_warning_and_enters(visits, send):
    send(visits, "person_id,birth_year,secret\n1,1980,5\n2,1970,5\n3,,\n", wave="W1")
    result = send(visits, "person_id,birth_year,secret\n1,1981,7\n2,1970,7.5\n3,1960,99\n", wave="W2")
    assert (result.status, result.rows_accepted) == ("accepted", 3)
    assert [told.message.en for told in result.problems] == [
        "Row 2, Year of birth: changed from 1980 to 1981 since wave W1. Please check.",
        "Row 3, Secret: changed from (not shown) to (not shown) since wave W1. Please check.",
    ]


def test_a_hundred_changes_are_told_one_by_one(visits, send, check):
    people = range(103)
    send(visits, "person_id,birth_year\n" + "".join(f"{n},1980\n" for n in people), wave="W1")
    told = check(visits, "person_id,birth_year\n" + "".join(f"{n},1981\n" for n in people))
    assert len(told) == 101
    assert told[-1] == ("W-PANEL-03", 102, "birth_year", 3)


def test_how_many_rows_are_expected(visits, roster, send, check, workspace):
    ledger = Ledger.open(workspace)
    declared = visits.model_copy(update={"expected_rows": visits.expected_rows.model_copy(update={"at_least": 7})})

    def expected(contract=visits):
        found = expected_rows(contract, look_beside(workspace, ledger, contract, "deqing"), "W2")
        return found and (found.rows, found.source.en)

    assert expected() is None
    assert expected(declared) == (7, "contract")
    send(visits, "person_id\n1\n2\n3\n", wave="W1")
    assert expected() == (3, "rows of W1")
    send(str(roster), "person_id\n1\n2\n3\n4\n5\n")
    assert expected() == (5, "roster of the zone")
    assert ("W-ROWS-01", None, None, 2) in check(visits, "person_id\n1\n2\n")
    assert "W-ROWS-01" not in {told[0] for told in check(visits, "person_id\n1\n2\n3\n")}


def test_a_resumed_submission_is_judged_by_the_archive_before_its_own_rows(visits, send, workspace):
    first = send(visits, "person_id\n1\n2\n", wave="W1")
    beside = look_beside(workspace, Ledger.open(workspace), visits, "deqing", submission_id=first.submission_id)
    assert expected_rows(visits, beside, "W2") is None
