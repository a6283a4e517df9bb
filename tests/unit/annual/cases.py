"""A document of an annual report small enough to be read: one zone, one experiment, a benefit and a harm."""

from __future__ import annotations

from experiments.annual.shapes import Annual

PIN = {"release_id": "R000007-0a1b2c3d", "generation_id": "gen-000001", "as_of_seq": 7, "simulated": True}


def text(en, zh):
    return {"en": en, "zh": zh}


def claim(name, **differs):
    found = {
        "id": f"SE-2026-0009.{name}.is_treated",
        "experiment_id": "SE-2026-0009",
        "outcome": text("Waiting time", "等候时间"),
        "unit": text("min", "分钟"),
        "level": "individual",
        "is_harm": False,
        "verdict": "good",
        "certainty": "moderate",
        "estimate": -5.678,
        "conf_low": -6.8123,
        "conf_high": -4.5512,
        "zones": 11,
        "pooled": -6.0763,
        "prediction_low": -6.7481,
        "prediction_high": -5.4045,
        "i2": 12.4,
        "sentence": text("AI triage probably cut the wait by 5.68 min.", "AI 分诊很可能使等候减少 5.68 分钟。"),
    }
    return {**found, **differs}


HARM = claim(
    "jobs",
    is_harm=True,
    verdict="bad",
    pooled=None,
    sentence=text("Routine jobs may have fallen by 2.44.", "常规岗位可能减少 2.44。"),
)
ZONE = {
    "id": "deqing",
    "state": "constructing",
    "since": "2020-06-17",
    "missing_documents": ["plan_most_review"],
    "condition_year": 2024,
    "met": ["plans"],
    "not_met": ["core_industry"],
    "no_data": [],
    "reports": [{"id": "2020", "due": "2020-12-31", "submitted": None, "status": "overdue"}],
    "overdue": [2020],
}
STUDY = {
    "id": "SE-2026-0009",
    "title": text("AI triage in clinics", "诊所 AI 分诊"),
    "zones": ["deqing", "xian"],
    "version": "1.0",
    "systems": [text("Triage", "分诊系统")],
    "dates": {"study_start": "2024-11-04", "study_end": "2025-12-31"},
    "published": True,
    "stale": False,
    "rules_crossed": 0,
    "rules_quiet": 2,
    "rules_silent": 0,
    "deviations": 0,
}


def document(**differs):
    """Return a whole document; `differs` replaces its parts."""
    found = {
        "schema_version": 1,
        "scope": "zone",
        "zone_id": "deqing",
        "year": 2025,
        "as_of": "2025-12-31",
        "release": PIN,
        "worry": "overdue",
        "zones": [ZONE],
        "practices": [],
        "indicators": [
            {
                "id": "deqing-ai_institutes-none",
                "zone_id": "deqing",
                "indicator": "ai_institutes",
                "price_basis": "none",
                "value": 1234.0,
                "before": 3.5,
            }
        ],
        "targets": [
            {
                "id": "core-2025",
                "year": 2024,
                "by_year": 2025,
                "threshold_bn_rmb": 400.0,
                "zones_bn_rmb": 628.09,
                "zones_share": 1.570225,
                "zones_reporting": 11,
                "zones_expected": 11,
            }
        ],
        "platforms": [],
        "waves": [
            {"id": "deqing-W1", "zone_id": "deqing", "year": 2024, "issued": 240, "seen_share": 1.0},
            {"id": "deqing-W2", "zone_id": "deqing", "year": 2025, "issued": None, "seen_share": None},
        ],
        "quality": [
            {
                "id": "deqing",
                "files": 23,
                "rows_read": 29112,
                "rows_accepted": 29111,
                "rows_quarantined": 1,
                "corrections": 0,
                "reasons": {"E-RANGE-01": 1},
            }
        ],
        "trends": [
            {
                "id": "SE-2026-0009-wait",
                "experiment_id": "SE-2026-0009",
                "level": "individual",
                "name": text("Waiting time", "等候时间"),
                "unit": text("min", "分钟"),
                "points": [{"id": "W1", "mean": 51.5, "low": 49.1, "high": 53.9, "others": 48.2}],
            }
        ],
        "studies": [STUDY],
        "claims": [claim("wait"), HARM],
        "due": [{"id": "report-2026", "date": "2026-12-31", "what": "report", "experiment_id": None, "zone_id": None}],
        "use": {"exports": 2, "analyses": 5},
    }
    return Annual.model_validate({**found, **differs})
