"""Results documents small enough to be read, in the form that `experiments.results` writes: a benefit, a harm, a loose end."""

from __future__ import annotations

import copy
from typing import Any

DIGEST = "0123456789abcdef" * 4


def text(en: str, zh: str) -> dict[str, str]:
    return {"en": en, "zh": zh}


def entry(ident: str, row: dict[str, float], **differs: Any) -> dict[str, Any]:
    """Return one analysis; `differs` replaces parts of hypothesis and outcome."""
    hypothesis = {
        "id": "H1",
        "statement": text("Triage shortens the wait", "分诊缩短等候"),
        "population": text("All patients", "全部患者"),
        "arm": text("AI triage", "AI 分诊"),
        "direction": "decrease",
        "tier": "confirmatory",
        "sesoi": 2.0,
        "family_id": "main",
    }
    outcome = {
        "id": ident,
        "name": text("Waiting time", "等候时间"),
        "unit": text("min", "分钟"),
        "level": "individual",
        "tier": "primary",
        "direction_of_benefit": "decrease",
        "is_harm": False,
    }
    diagnostics = {"n_incomplete": 3, "n_after_filter": 6003, "control_mean": 48.25}
    result = {
        "estimator": "ols",
        "spec_sha256": DIGEST,
        "data_sha256": DIGEST,
        "n_obs": 6000,
        "n_units": 2480,
        "n_clusters": 44,
        "estimates": [{"term": "is_treated", "statistic": 1.0, "df": 43.0, **row}],
        "diagnostics": diagnostics,
        "warnings": [],
    }
    return {
        "number_id": f"SE-2026-0009.{ident}.is_treated",
        "analysis_id": ident,
        "term": "is_treated",
        "hypothesis": {key: differs.get(key, value) for key, value in hypothesis.items()},
        "outcome": {key: differs.get(key, value) for key, value in outcome.items()},
        "dataset": "panel_individual_wave",
        "spec": {"outcome": "wait_min", "alpha": 0.05},
        "result": result,
        "adjusted": differs.get(
            "adjusted",
            {"family_id": "main", "correction": "holm", "n_tests": 2, "p_unadjusted": 0.0061, "p_value": 0.0123},
        ),
        "label": differs.get("label", "confirmatory"),
        "status": "as_registered",
    }


BENEFIT = entry(
    "wait", {"estimate": -5.678, "std_error": 0.56, "p_value": 0.00001, "conf_low": -6.8123, "conf_high": -4.5512}
)
HARM = entry(
    "jobs",
    {"estimate": -2.4444, "std_error": 0.267, "p_value": 0.0431, "conf_low": -2.9731, "conf_high": -1.9102},
    is_harm=True,
    level="organisation",
    direction_of_benefit="increase",
    name=text("Routine jobs", "常规岗位"),
    adjusted=None,
)
LOOSE = entry(
    "mood",
    {"estimate": 0.3331, "std_error": 0.25, "p_value": 0.1777, "conf_low": -0.1612, "conf_high": 0.8277},
    tier="exploratory",
    label="exploratory",
    level="society",
    sesoi=None,
    name=text("Mood", "情绪"),
    adjusted=None,
)


def document(*entries: dict[str, Any], **differs: Any) -> dict[str, Any]:
    """Return a results document with these analyses."""
    found = {
        "schema_version": 3,
        "experiment_id": "SE-2026-0009",
        "protocol": {"version": "1.0", "digest": DIGEST},
        "release": {
            "release_id": "R000007-0a1b2c3d",
            "as_of_seq": 7,
            "simulated": True,
            "tables": {"panel_individual_wave": {"rows": 6003, "fingerprint": DIGEST}},
        },
        "run_id": "run-1",
        "code": {"commit": "abc123", "dirty": False},
        "title": text("AI triage in clinics", "诊所 AI 分诊"),
        "levels": ["individual", "organisation"],
        "design": {
            "study_type": "interventional",
            "evaluation_method": "cluster_rct",
            "unit_of_assignment": "facility",
            "note": None,
            "zones": ["beijing", "xian"],
            "arms": [
                {"id": "a", "label": text("AI triage", "AI 分诊"), "type": "experimental"},
                {"id": "b", "label": text("Usual triage", "常规分诊"), "type": "usual_practice"},
            ],
        },
        "harm_outcomes_registered": sum(item["outcome"]["is_harm"] for item in entries),
        "analyses": list(entries),
        "not_estimated": [],
        "registration": {"version": "1.0", "registered_at": "2026-03-02T09:00:00+00:00", "assignments": []},
        "registered_vs_done": [_row(item) for item in entries],
        "deviations": [],
        "checks": [
            {"trigger": "a", "title": text("Arms", "各组"), "state": "ran", "found": 0, "reason": None},
            {
                "trigger": "b",
                "title": text("Window", "窗口"),
                "state": "not_checked",
                "found": 0,
                "reason": text("No source.", "没有来源。"),
            },
        ],
        "timing": {"level": 1, "text": text("Before any data", "数据产生之前"), "worsened_by_declaration": False},
        "amendments": [],
        "exposure_epochs": [],
    }
    return copy.deepcopy({**found, **differs})


def _row(item: dict[str, Any]) -> dict[str, Any]:
    hypothesis = item["hypothesis"]
    return {
        "hypothesis_id": hypothesis["id"],
        "statement": hypothesis["statement"],
        "analysis_ids": [item["analysis_id"]],
        "label": item["label"],
        "status": item["status"],
        "changes": [],
    }
