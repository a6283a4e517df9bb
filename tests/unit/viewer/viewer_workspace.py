"""A small released workspace for the viewer's tests: simulated marts, published, released and analysed by the real rooms.

Belongs here: building the fixture. Does not: the demo programme (data.demo), which takes minutes; this stands in seconds.
Numbers come from a fixed seed. `deqing` has 8 people, so that suppression shows; `xian` sends nothing.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data import generations, releases
from data.ledger import Ledger
from data.paths import Workspace
from data.pins import Pin
from data.reference import zones

SEED = 20261118
SILENT, SMALL = "xian", "deqing"
CLINICS, PEOPLE, WAVES = 8, 30, 4
COHORTS = (0, 8096, 8098, 8100)


def build(home: Path) -> Workspace:
    """Write a release and the results of the demo protocols on it below `home`."""
    from experiments.run import run_all

    workspace = released(home)
    run_all(workspace, releases.load_release(workspace), "RUN-0001")
    publish(workspace)
    return workspace


def publish(workspace: Workspace) -> None:
    """Bring every report to its readers by the real acts; public documents are those of the run, not set twice."""
    from experiments.registry.store import Registry
    from experiments.results import load_results
    from experiments.reviewing import acts, publishing
    from experiments.reviewing.desk import ReviewDesk, findings_to_rate

    desk = ReviewDesk(Registry.open(workspace))
    for item in desk.items():
        name, folder = item.reported.name, item.reported.path.parent
        acts.submit(desk, name, actor="tester.author")
        ratings = {
            key: {"level": "low", "reason": "Of a test."} for key in findings_to_rate(load_results(item.reported.path))
        }
        for checker in ("tester.checker", "tester.ethics"):
            acts.check(desk, name, vote="approve", ratings=ratings, actor=checker)
        acts.approve(desk, name, actor="tester.checker")
        made = publishing.report_file
        publishing.report_file = lambda _, language, kind, folder=folder, **__: _bytes(folder, language, kind)
        try:
            acts.publish(desk, name, actor="tester.publisher")
        finally:
            publishing.report_file = made


def _bytes(folder: Path, language: str, kind: str) -> bytes:
    return (folder / f"report.{language}.{kind}").read_bytes()


def released(home: Path) -> Workspace:
    """Write a release below `home`, without any result."""
    rng = np.random.default_rng(SEED)
    marts = {
        "panel_individual_wave": people(rng),
        "panel_organisation_quarter": organisations(rng),
        "panel_district_month": districts(rng),
    }
    workspace = Workspace(home).create()
    ledger = Ledger.open(workspace)
    files = {name: workspace.build / f"{name}.parquet" for name in marts}
    for name, table in marts.items():
        pq.write_table(table, files[name])
    pin = Pin(as_of_seq=42, tables={})
    generations.publish(workspace, ledger, source=files, pin=pin, run_id="RUN-0001", contracts={})
    releases.build(workspace, ledger, actor="tester", run_id="RUN-0001")
    return workspace


def people(rng: np.random.Generator) -> pa.Table:
    """Return `panel_individual_wave`: 8 clinics a zone in pairs, 30 people each, 4 waves, attrition that grows."""
    rows = []
    for zone in (zone for zone in zones() if zone != SILENT):
        for clinic in range(CLINICS):
            level = 45 + rng.normal(0, 4)
            for number in range(1 if zone == SMALL else PEOPLE):
                last = 1 + int(np.searchsorted(np.cumsum([0.05, 0.07, 0.07]), rng.random()))
                person = {"zone_id": zone, "person_id": f"P{clinic:02d}{number:03d}", "clinic_id": f"C{clinic:02d}"}
                rows += [_visit(rng, person, clinic, number, wave, level, seen=wave <= last) for wave in range(1, 5)]
    return pa.Table.from_pylist(rows)


def _visit(rng, person, clinic, number, wave, level, *, seen):
    treat, old = clinic % 2, number % 3 == 0
    wait = level - (9.0 if old else 4.5) * treat * (wave > 1) + rng.normal(0, 9)
    return {
        **person,
        "block_id": f"B{clinic // 2}",
        "treat": treat,
        "wave": f"W{wave}",
        "wave_order": wave,
        "is_post": wave > 1,
        "is_elderly": old,
        "is_observed": seen,
        "interview_date": date(2025, 3 * wave - 2, 14) if seen else None,
        "wait_min": max(0.0, round(wait, 1)) if seen else None,
        "satisfaction_score": int(np.clip(round(rng.normal(3.6, 0.9)), 1, 5)) if seen else None,
        "is_simulated": True,
    }


def organisations(rng: np.random.Generator) -> pa.Table:
    """Return `panel_organisation_quarter`: 20 organisations in 9 zones, 12 quarters, three cohorts of adopters."""
    rows = []
    for zone in list(zones())[:9]:
        for number in range(20):
            start, level = COHORTS[number % 4], rng.normal(60, 6)
            for index in range(8092, 8104):
                since = max(0, index - start + 1) if start else 0
                rows.append(
                    {
                        "zone_id": zone,
                        "org_id": f"O{number:03d}",
                        "quarter": f"{index // 4}Q{index % 4 + 1}",
                        "quarter_index": index,
                        "adopted_quarter_index": start,
                        "is_adopted": int(since > 0),
                        "productivity_krmb": round(level + 0.4 * (index - 8092) + 0.8 * since + rng.normal(0, 2), 3),
                        "headcount_routine": round(60 - 0.5 * since + rng.normal(0, 2)),
                        "headcount_total": 150 + round(rng.normal(0, 9)),
                        "is_simulated": True,
                    }
                )
    return pa.Table.from_pylist(rows)


def districts(rng: np.random.Generator) -> pa.Table:
    """Return `panel_district_month`: 6 districts in 8 zones, 18 months, two thirds switched on."""
    rows = []
    for zone in list(zones())[:8]:
        for number in range(6):
            switched, level = (date(2025, 4 + number, 1) if number < 4 else None), rng.normal(27, 2)
            for step in range(18):
                index = 2024 * 12 + 9 + step
                month = date(index // 12, index % 12 + 1, 1)
                signal = 1.0 if switched and month >= switched else 0.0
                rows.append(
                    {
                        "zone_id": zone,
                        "district_id": f"D{number}",
                        "month": month,
                        "month_index": index,
                        "switched_on_date": switched,
                        "signal_share": signal,
                        "hours_expected": 720,
                        "hours_observed": 700,
                        "speed_kmh": round(level + 1.8 * signal + rng.normal(0, 0.6), 3),
                        "pm25_ugm3": round(38 + 14 * np.cos(step * 0.52) + rng.normal(0, 3), 3),
                        "is_simulated": True,
                    }
                )
    return pa.Table.from_pylist(rows)
