"""Where a zone stands depends on the day that is named, on nothing else."""

from datetime import date
from types import SimpleNamespace

import pytest

from apps.cli.programme import day
from data.messages import NotFound, WrongUsage
from quality.programme import CONSTRUCTION, programme_status, zone_status

STATES = [
    ("approved", 3, date(2019, 11, 2)),
    ("constructing", 4, date(2020, 5, 1)),
    ("withdrawn", 7, date(2024, 6, 30)),
]
DOCUMENTS = [
    ("approval", date(2019, 11, 2)),
    ("recommendation", date(2019, 9, 1)),
    ("plan_most_review", date(2020, 5, 1)),
]


def _condition(name, order, status, year):
    return {
        "condition_id": name,
        "condition_order": order,
        "status_code": status,
        "year": year,
        "is_waivable": False,
    }


@pytest.fixture
def tables():
    return {
        "fct_zone_state": [{"state_code": c, "state_order": n, "since_date": since} for c, n, since in STATES],
        "fct_zone_document": [{"kind_code": kind, "issued_date": issued} for kind, issued in DOCUMENTS],
        "fct_zone_condition": [
            _condition("plans", 8, "met", 2022),
            _condition("core_industry", 3, "met", 2022),
            _condition("plans", 8, "not_met", 2023),
            _condition("core_industry", 3, "no_data", 2023),
            _condition("plans", 8, "met", 2024),
            _condition("core_industry", 3, "no_data", 2024),
        ],
        "fct_annual_report": [
            {"report_year": year, "due_date": date(year, 12, 31), "submitted_date": submitted}
            for year, submitted in ((2022, date(2022, 12, 31)), (2023, date(2024, 1, 9)), (2024, None), (2025, None))
        ],
        "fct_zone_practice": [
            {"practice_id": "P1", "proposed_date": date(2023, 5, 1), "is_candidate": True},
            {"practice_id": "P2", "proposed_date": date(2024, 5, 1), "is_candidate": False},
        ],
    }


@pytest.mark.parametrize(
    ("when", "state"),
    [
        (date(2019, 11, 1), None),
        (date(2019, 11, 2), "approved"),
        (date(2024, 6, 29), "constructing"),
        (date(2024, 6, 30), "withdrawn"),
    ],
)
def test_a_state_begins_on_the_day_of_its_document(tables, when, state):
    assert zone_status("deqing", when, tables).state == state


def test_what_the_file_lacks_is_asked_of_an_approved_zone_only(tables):
    assert zone_status("deqing", date(2019, 11, 1), tables).missing_documents == ()
    lacking = ("expert_assessment", "construction_plan", "plan_province_review")
    assert zone_status("deqing", date(2024, 1, 1), tables).missing_documents == lacking
    assert zone_status("deqing", date(2020, 4, 30), tables).missing_documents == (*lacking, CONSTRUCTION[-1])


def test_overdue_is_what_has_not_come_by_the_day(tables):
    told = {
        when: [report.status for report in zone_status("deqing", when, tables).reports]
        for when in (date(2022, 12, 31), date(2024, 1, 8), date(2024, 12, 31), date(2025, 1, 1))
    }
    assert list(told.values()) == [
        ["submitted"],
        ["submitted", "overdue", "due"],
        ["submitted", "submitted_late", "due"],
        ["submitted", "submitted_late", "overdue", "due"],
    ]
    assert zone_status("deqing", date(2025, 1, 1), tables).overdue == (2024,)


def test_conditions_are_those_of_the_year_before_and_nothing_is_carried_over(tables):
    ready = {year: zone_status("deqing", date(year, 7, 1), tables) for year in (2023, 2024, 2025, 2026)}
    assert {year: found.is_ready for year, found in ready.items()} == {2023: True, 2024: False, 2025: None, 2026: None}
    assert ready[2023].conditions == {"met": ("core_industry", "plans"), "not_met": (), "no_data": ()}
    assert ready[2024].conditions == {"met": (), "not_met": ("plans",), "no_data": ("core_industry",)}
    assert ready[2026].conditions == {"met": (), "not_met": (), "no_data": ("core_industry", "plans")}, (
        "nobody reported"
    )


def test_a_practice_is_a_candidate_or_a_claim_from_its_proposal_on(tables):
    early, late = (zone_status("deqing", when, tables) for when in (date(2023, 5, 1), date(2024, 5, 1)))
    assert (early.candidates, early.claims) == (("P1",), ())
    assert (late.candidates, late.claims) == (("P1",), ("P2",))


def test_a_release_from_before_says_what_it_lacks():
    with pytest.raises(NotFound, match=r"E-PROG-01.*fct_zone_document"):
        programme_status(SimpleNamespace(release_id="R-1", tables={}), date(2026, 1, 1))


@pytest.mark.parametrize("written", ["", "31.1.2026", "2026-13-01", "today"])
def test_a_day_is_written_one_way(written):
    with pytest.raises(WrongUsage, match="E-USAGE-21"):
        day(written)
