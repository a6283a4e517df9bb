"""A small released workspace for the viewer's tests: simulated marts of the documented shapes, and results files on them.

Belongs here: building the fixture. Does not: the demo programme (data.demo), which takes minutes; here a release stands in a
second. Numbers are drawn from a fixed seed; `deqing` has 8 people so that suppression shows, `xian` sends nothing.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data.paths import Workspace
from data.reference import zones

SEED = 20261118
SILENT, SMALL = "xian", "deqing"


def build(home: Path) -> Workspace:
    """Write a release and three results files below `home`."""
    workspace = Workspace(home).create()
    rng = np.random.default_rng(SEED)
    release_id = _release(workspace, {"panel_individual_wave": people(rng), "panel_organisation_quarter": organisations(rng), "panel_district_month": districts(rng)})
    for document in results(release_id):
        folder = workspace.results / release_id / str(document["experiment_id"])
        folder.mkdir(parents=True)
        (folder / "results.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        (folder / "report.html").write_text("<!doctype html><title>SIMULATED</title>", encoding="utf-8")
    return workspace


def _release(workspace: Workspace, marts: dict[str, pa.Table]) -> str:
    folder = workspace.releases / "R000042-0a1b2c3d"
    folder.mkdir(parents=True)
    for name, table in marts.items():
        pq.write_table(table, folder / f"{name}.parquet")
    manifest = {"release_id": folder.name, "generation_id": "gen-000001", "as_of_seq": 42, "simulated": True, "built_at": "2026-11-18T00:03:00+00:00",
                "tables": {name: {"rows": t.num_rows, "sha256": "", "fingerprint": "", "file": f"{name}.parquet"} for name, t in marts.items()}}
    (folder / "release.json").write_text(json.dumps(manifest))
    return folder.name


def people(rng: np.random.Generator) -> pa.Table:
    """Return `panel_individual_wave`: 8 clinics a zone, 30 people each, 4 waves, attrition that grows."""
    rows = []
    for zone in zones():
        if zone == SILENT:
            continue
        for clinic in range(8):
            treat, level = clinic % 2, 45 + rng.normal(0, 4)
            for number in range(1 if zone == SMALL else 30):
                stays = 1 + int(np.searchsorted(np.cumsum([0.04, 0.06, 0.06]), rng.random()))
                for wave in range(1, 5):
                    seen = wave <= stays + (stays == 4)
                    rows.append(_person(rng, zone, clinic, number, wave, treat, level, seen=seen))
    return pa.Table.from_pylist(rows)


def _person(rng, zone, clinic, number, wave, treat, level, *, seen):
    wait = max(0.0, level - 6.0 * treat * (wave > 1) + rng.normal(0, 9))
    return {
        "zone_id": zone,
        "person_id": f"P{clinic:02d}{number:03d}",
        "wave": f"W{wave}",
        "wave_order": wave,
        "clinic_id": f"C{clinic:02d}",
        "treat": treat,
        "is_observed": seen,
        "interview_date": date(2025, 3 * (wave - 1) + 1, 14) if seen else None,
        "wait_min": round(wait, 1) if seen else None,
        "satisfaction_score": int(np.clip(round(rng.normal(3.6, 0.9)), 1, 5)) if seen else None,
        "is_simulated": True,
    }


def organisations(rng: np.random.Generator) -> pa.Table:
    """Return `panel_organisation_quarter`: 16 organisations a zone, 12 quarters, adoption from 2024Q3 on."""
    rows = []
    for zone in list(zones())[:9]:
        for number in range(16):
            start = 0 if number % 3 == 0 else 2024 * 4 + 2 + number % 4
            level = rng.normal(95, 8)
            for step in range(12):
                index = 2023 * 4 + step + 4
                since = max(0, index - start + 1) if start else 0
                rows.append({
                    "zone_id": zone, "org_id": f"O{number:03d}", "quarter": f"{index // 4}Q{index % 4 + 1}", "quarter_index": index,
                    "adopted_quarter_index": start, "productivity_krmb": round(level + 0.6 * step + 1.4 * since + rng.normal(0, 3), 3),
                    "headcount_routine": round(60 - 0.9 * since + rng.normal(0, 3), 0), "headcount_total": 150 + int(rng.normal(0, 9)), "is_simulated": True,
                })
    return pa.Table.from_pylist(rows)


def districts(rng: np.random.Generator) -> pa.Table:
    """Return `panel_district_month`: 6 districts a zone, 18 months, two thirds switched on."""
    rows = []
    for zone in list(zones())[:8]:
        for number in range(6):
            on, level = (date(2025, 4 + number, 1) if number < 4 else None), rng.normal(27, 2)
            for step in range(18):
                index = 2024 * 12 + 9 + step
                month = date(index // 12, index % 12 + 1, 1)
                signal = 1.0 if on and month >= on else 0.0
                rows.append({
                    "zone_id": zone, "district_id": f"D{number}", "month": month, "month_index": index, "switched_on_date": on, "signal_share": signal,
                    "hours_expected": 720, "hours_observed": 700, "speed_kmh": round(level + 1.8 * signal + rng.normal(0, 0.6), 3),
                    "pm25_ugm3": round(38 + 14 * np.cos(step / 12 * 6.28) + rng.normal(0, 3), 3), "is_simulated": True,
                })
    return pa.Table.from_pylist(rows)


def results(release_id: str) -> list[dict[str, object]]:
    """Return three results documents of the documented shape."""
    wait, satisfied = _outcome("Waiting time", "等候时间", "minutes", "分钟", "individual", "lower"), _outcome("Satisfaction (1 to 5)", "满意度（1 至 5）", "points", "分", "individual", "higher")
    value, routine = _outcome("Value added per worker", "人均增加值", "1,000 RMB per quarter", "千元/季", "organisation", "higher"), _outcome("Workers in routine tasks", "常规岗位人数", "workers", "人", "organisation", "higher", harm=True)
    speed, dust = _outcome("Traffic speed", "车速", "km/h", "公里/小时", "society", "higher"), _outcome("Fine particles (PM2.5)", "细颗粒物（PM2.5）", "µg/m³", "微克/立方米", "society", "lower")
    return [
        _document(release_id, "SE-2026-0001", "AI triage in community clinics", "社区诊所的 AI 分诊", [
            _analysis("wait_itt", wait, -6.0312, 0.3187, 80, sesoi=2.0), _analysis("satisfaction_itt", satisfied, 0.0121, 0.0228, 80, sesoi=0.15),
            _analysis("wait_elderly", wait, -8.914, 0.6021, 80, label="exploratory"), _analysis("wait_younger", wait, -4.801, 0.4127, 80, label="exploratory")]),
        _document(release_id, "SE-2026-0002", "AI copilots in organisations", "企业中的 AI 助手", [
            _analysis("productivity_2024q3", value, 5.112, 0.931, 60), _analysis("routine_2024q3", routine, -3.204, 0.612, 60),
            _analysis("productivity_pooled_twfe", value, 3.871, 0.702, 144, label="exploratory", warnings=[{"code": "W-EST-01", "message": {"en": "Effects that grow over time bias this average under staggered adoption.", "zh": "分期采用且效应随时间增长时，此平均值有偏。"}}])]),
        _document(release_id, "SE-2026-0003", "Adaptive traffic signals", "自适应交通信号", [
            _analysis("speed", speed, 1.7921, 0.1103, 48), _analysis("pm25", dust, 0.118, 0.4402, 48)]),
    ]


def _outcome(en, zh, unit_en, unit_zh, level, benefit, *, harm=False):
    return {"name": {"en": en, "zh": zh}, "unit": {"en": unit_en, "zh": unit_zh}, "level": level, "direction_of_benefit": benefit, "is_harm": harm}


def _document(release_id, experiment, en, zh, analyses):
    return {"schema_version": 1, "experiment_id": experiment, "protocol": {"version": "1.0.0", "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
            "release": {"release_id": release_id, "as_of_seq": 42, "simulated": True}, "run_id": "demo", "code": {"commit": "0" * 40, "dirty": False}, "title": {"en": en, "zh": zh},
            "levels": sorted({a["outcome"]["level"] for a in analyses}), "analyses": [{**a, "number_id": f"{experiment}/{a['analysis_id']}"} for a in analyses]}


def _analysis(name, outcome, estimate, error, clusters, *, label="confirmatory", sesoi=None, warnings=()):
    term = {"term": "treat", "estimate": estimate, "std_error": error, "statistic": estimate / error, "df": clusters - 1, "p_value": 0.0123, "conf_low": estimate - 1.99 * error, "conf_high": estimate + 1.99 * error}
    return {"analysis_id": name, "hypothesis": {"id": "H1", "statement": {"en": "It changes.", "zh": "有变化。"}, "direction": "two_sided", "tier": "primary", "sesoi": sesoi},
            "outcome": outcome, "dataset": "panel_individual_wave", "label": label,
            "result": {"estimator": "ols", "spec_sha256": "a" * 64, "data_sha256": "b" * 64, "n_obs": 7000, "n_units": 2400, "n_clusters": clusters, "estimates": [term], "diagnostics": {"r_squared": 0.2134, "vcov": "CR1"}, "warnings": list(warnings)}}
