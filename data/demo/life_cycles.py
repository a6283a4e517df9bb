"""What zones report of themselves: documents of their life cycle, yearly indicators, practices; open innovation platforms.

Belongs here: the draw of these tables, from streams of their own. Does not: experiments (clinics, districts), files.
Nothing in it is true of a zone: the dates of approval are the real ones, every document, figure and platform is simulated.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from data.demo.streams import prefix, stream
from data.reference import zones

STREAM = "life-cycle"
LAST_YEAR = 2025
LATE, MISSING = 0.12, 0.10
"""Shares of annual reports that come after 31 December, and that do not come at all."""
COUNTS = (
    ("ai_institutes", 2, 9),
    ("innovation_teams", 5, 40),
    ("data_platforms", 1, 8),
    ("computing_centres", 0, 4),
    ("network_sites", 2000, 60000),
    ("plans_and_policies", 1, 12),
    ("ai_employment", 4000, 90000),
)
PRACTICES = {
    "beijing": ("triage at district clinics", "social_experiment", "SE-2026-0001"),
    "hangzhou": ("a register of copilots in use", "policy_experiment", "SE-2026-0002"),
    "deqing": ("signals that adapt to traffic", "technology_demonstration", ""),
}
"""Zones that propose a practice; the last one names no experiment, so that it is a claim."""
PLATFORMS = (
    ("OIP-SIM-IMAGING", "medical imaging", "shanghai", None, ""),
    ("OIP-SIM-TRAFFIC", "urban traffic", "hangzhou", None, ""),
    ("OIP-SIM-HIRING", "recruitment", "", date(2025, 6, 30), "SE-2026-0002"),
)


def simulate_life_cycle(seed: int, zone_id: str) -> dict[str, pd.DataFrame]:
    """Draw the tables `zone_document`, `zone_indicator_year`, `zone_practice` of one zone, in contract columns."""
    rng = stream(seed, STREAM, zone_id)
    documents = [*_construction(rng, zone_id), *_reports(rng, zone_id), *_evidence(zone_id)]
    return {
        "zone_document": pd.DataFrame(documents).assign(
            zone_id=zone_id, reference_no=None, file_sha256=None, is_simulated=True
        )[list(DOCUMENT)],
        "zone_indicator_year": pd.DataFrame(_indicators(rng, zone_id)),
        "zone_practice": pd.DataFrame(_practices(zone_id), columns=list(PRACTICE)),
    }


DOCUMENT = (
    "zone_id",
    "document_id",
    "kind_code",
    "issued_date",
    "report_year",
    "issuer_code",
    "reference_no",
    "title",
    "file_sha256",
    "is_simulated",
)
PRACTICE = (
    "zone_id",
    "practice_id",
    "title",
    "task_type_code",
    "proposed_date",
    "experiment_id",
    "document_id",
    "adopted_count",
    "is_simulated",
)


def open_platforms() -> pd.DataFrame:
    """Return the table `open_platform`: nothing random, nobody real."""
    return pd.DataFrame(
        [
            {
                "platform_id": platform,
                "platform_name": f"SIMULATED platform for {domain}",
                "sub_domain": domain,
                "lead_company": f"SIMULATED company {number}",
                "zone_id": seat or None,
                "applied_date": date(2019, 9, 2),
                "examined_date": date(2020, 1, 15),
                "confirmed_date": date(2020, 3, 2),
                "last_report_year": 2024 if shut else LAST_YEAR,
                "test_set_count": number + 1,
                "shut_down_date": shut,
                "shut_down_reason_code": "society" if shut else None,
                "harm_experiment_id": harm or None,
                "is_simulated": True,
            }
            for number, (platform, domain, seat, shut, harm) in enumerate(PLATFORMS, start=1)
        ]
    )


def _document(
    zone_id: str, name: str, kind: str, issued: date, issuer: str, year: int | None = None
) -> dict[str, object]:
    title = f"SIMULATED {kind.replace('_', ' ')}" + (f" {year}" if year else "")
    return {
        "document_id": f"{prefix(zone_id)}-{name}",
        "kind_code": kind,
        "issued_date": issued,
        "report_year": year,
        "issuer_code": issuer,
        "title": title,
    }


def _construction(rng: np.random.Generator, zone_id: str) -> list[dict[str, object]]:
    created = zones()[zone_id].created
    days = np.cumsum(rng.integers(30, 120, 3))
    steps = (
        ("PLAN", "construction_plan", "zone_government"),
        ("PLAN-PROVINCE", "plan_province_review", "province_science"),
        ("PLAN-MOST", "plan_most_review", "most"),
    )
    found = [
        _document(zone_id, "RECOMMENDED", "recommendation", created - timedelta(days=150), "province_science"),
        _document(zone_id, "EXPERTS", "expert_assessment", created - timedelta(days=40), "expert_panel"),
    ]
    for (name, kind, issuer), day in zip(steps, days, strict=True):
        found.append(_document(zone_id, name, kind, created + timedelta(days=int(day)), issuer))
    if rng.random() < 0.4:  # noqa: PLR2004 the share of zones that the ministry has assessed
        found.append(_document(zone_id, "ASSESSED", "assessment", date(2024, 5, 20), "most"))
    return found


def _reports(rng: np.random.Generator, zone_id: str) -> list[dict[str, object]]:
    found = []
    for year in range(2020, LAST_YEAR + 1):
        fate, day = rng.random(), int(rng.integers(1, 31))
        if fate < MISSING:
            continue
        late = fate < MISSING + LATE
        sent = date(year + 1, 1, day) if late else date(year, 12, day)
        found.append(_document(zone_id, f"REPORT-{year}", "annual_report", sent, "zone_government", year))
        review = sent + timedelta(days=45)
        found.append(_document(zone_id, f"REVIEW-{year}", "report_province_review", review, "province_science", year))
    return found


def _evidence(zone_id: str) -> list[dict[str, object]]:
    return [
        _document(zone_id, f"STAT-{year}", "evidence", date(year + 1, 3, 20), "statistics_office")
        for year in range(2020, LAST_YEAR + 1)
    ]


def _indicators(rng: np.random.Generator, zone_id: str) -> list[dict[str, object]]:
    county = zones()[zone_id].level == "county"
    core = rng.uniform(8, 20) if county else rng.uniform(60, 700)
    related = core * rng.uniform(4, 7)
    counts = {name: int(rng.integers(low, high)) for name, low, high in COUNTS}
    found = []
    for year in range(2020, LAST_YEAR + 1):
        growth = rng.uniform(1.04, 1.22)
        core, related = core * growth, related * growth
        values: dict[str, float] = {"core_ai_industry": core, "related_industries": related, **counts}
        for name, value in values.items():
            if rng.random() < 0.05:  # noqa: PLR2004 the share of figures that a zone does not send
                continue
            found.append(_indicator(zone_id, name, year, value))
    return found


def _indicator(zone_id: str, name: str, year: int, value: float) -> dict[str, object]:
    money = name in ("core_ai_industry", "related_industries")
    return {
        "zone_id": zone_id,
        "indicator_code": name,
        "year": year,
        "price_basis_code": "current" if money else "none",
        "base_year": None,
        "value": round(value, 1),
        "finality_code": "final" if year < LAST_YEAR else "preliminary",
        "catalogue": "SIMULATED catalogue" if money else None,
        "source_document_id": f"{prefix(zone_id)}-STAT-{year}",
        "is_simulated": True,
    }


def _practices(zone_id: str) -> list[dict[str, object]]:
    if zone_id not in PRACTICES:
        return []
    title, task, experiment = PRACTICES[zone_id]
    return [
        {
            "zone_id": zone_id,
            "practice_id": f"{prefix(zone_id)}-P1",
            "title": f"SIMULATED: {title}",
            "task_type_code": task,
            "proposed_date": date(2026, 1, 15),
            "experiment_id": experiment or None,
            "document_id": f"{prefix(zone_id)}-STAT-{LAST_YEAR}",
            "adopted_count": None,
            "is_simulated": True,
        }
    ]
