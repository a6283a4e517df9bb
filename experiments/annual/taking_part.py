"""Who took part and how outcomes moved: waves of a zone, files and rows that it sent, outcomes described over time.

Belongs here: those numbers through disclosure control. Does not: effects (studies); a trend here is description, nothing more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from scipy import stats

from data.releases import Release
from data.submissions import Submission
from experiments.accounts.panel import LOT, UNIT, Panel, panels
from experiments.accounts.shapes import Label
from experiments.annual.shapes import Quality, Trend, TrendPoint, WaveShare
from experiments.plans import Plan
from experiments.source import Source
from quality.disclosure import count_shown, share
from quality.disclosure.policy import load_policy
from quality.disclosure.rounding import to_base

WAVES = "dim_wave"
LEAST = 3
"""Clusters below which no interval is told, and other zones below which their mean is not."""


def waves(release: Release, zones: Sequence[str], year: int) -> tuple[WaveShare, ...]:
    """Return, for each zone and wave up to a year, units issued and the share of them seen."""
    if WAVES not in release.tables:
        return ()
    rows = pq.read_table(release.table(WAVES)).to_pylist()
    kept = [
        row for row in rows if row["zone_id"] in zones and row["wave_year"] is not None and row["wave_year"] <= year
    ]
    return tuple(
        WaveShare(
            id=f"{row['zone_id']}-{row['wave']}",
            zone_id=row["zone_id"],
            year=row["wave_year"],
            issued=_count(row["units_issued"]),
            seen_share=_share(row["units_observed"], row["units_issued"]),
        )
        for row in sorted(kept, key=lambda row: (row["zone_id"], row["wave_order"]))
    )


def quality(found: Sequence[Submission], release: Release, zones: Sequence[str]) -> tuple[Quality, ...]:
    """Return, per zone, the files of this release and what became of their rows."""
    inside = set(release.submissions)
    return tuple(
        _quality(zone, [item for item in found if item.zone == zone and item.submission_id in inside]) for zone in zones
    )


def _quality(zone: str, mine: list[Submission]) -> Quality:
    reasons: Counter[str] = Counter()
    for item in mine:
        for problem in item.problems:
            if problem["severity"] == "error":
                reasons[problem["code"]] += int(problem["count"])
    return Quality(
        id=zone,
        files=len(mine),
        rows_read=sum(item.rows_read for item in mine),
        rows_accepted=sum(item.rows_accepted for item in mine),
        rows_quarantined=sum(item.rows_quarantined for item in mine),
        corrections=sum(item.rows_accepted for item in mine if item.correction_reason),
        reasons=dict(sorted(reasons.items())),
    )


def trends(release: Release, plans: Sequence[Plan], zone: str) -> tuple[Trend, ...]:
    """Return the experiments' outcomes over time in one zone, with all other zones beside it."""
    found = []
    for plan in plans:
        protocol = plan.protocol
        if zone not in {item.zone_id for item in protocol.zones}:
            continue
        source = Source(release, protocol.assignment_spec, plan.units())
        for panel in panels(source, protocol):
            for outcome in protocol.outcomes:
                column = next((name for name in outcome.variables if name in panel.rows), None)
                if column is None or outcome.tier == "safety":
                    continue
                points = _points(panel, column, zone)
                words = {"name": Label.of(outcome.name), "unit": Label.of(outcome.unit), "level": outcome.level}
                name = f"{protocol.experiment_id}-{outcome.id}"
                found.append(Trend(id=name, experiment_id=protocol.experiment_id, points=points, **words))
    return tuple(found)


def _points(panel: Panel, column: str, zone: str) -> tuple[TrendPoint, ...]:
    told = []
    for _, part in panel.rows.groupby(panel.period, sort=True):
        known = part[part[column].notna()]
        here, others = known[known["zone_id"] == zone], known[known["zone_id"] != zone]
        mean, low, high = _mean(panel, here, column)
        beside = _mean(panel, others, column)[0] if others["zone_id"].nunique() >= LEAST else None
        told.append(TrendPoint(id=panel.name_of(part), mean=mean, low=low, high=high, others=beside))
    return tuple(told)


def _mean(panel: Panel, part: pd.DataFrame, column: str) -> tuple[float | None, float | None, float | None]:
    """Return a mean with its 95 % interval over clusters; nothing of fewer units than may be told."""
    least = 1 if panel.kind == "nobody" else load_policy().threshold
    if part[UNIT].nunique() < least:
        return None, None, None
    mean = float(part[column].mean())
    lots = part.groupby(LOT, sort=True)[column].mean().to_numpy(float)
    if len(lots) < LEAST:
        return _figures(mean), None, None
    reach = float(stats.t.ppf(0.975, len(lots) - 1)) * float(lots.std(ddof=1)) / float(np.sqrt(len(lots)))
    return _figures(mean), _figures(mean - reach), _figures(mean + reach)


def _figures(value: float) -> float:
    return float(f"{value:.{load_policy().magnitude_figures}g}")


def _count(units: int | None) -> int | None:
    told = None if units is None else count_shown(units)
    return None if told is None else to_base(told, load_policy().rounding_base)


def _share(seen: int | None, issued: int | None) -> float | None:
    if not issued or seen is None:
        return None
    found = share(seen, issued)
    return round(found.value, 3) if found.kind == "exact" and found.value is not None else None
