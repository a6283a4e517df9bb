"""Participation in a release: rates by zone and wave, retention by zone, and differential attrition of an experiment.

Belongs here: from released tables to what may be shown. Does not: formulas (aapor, retention, attrition), the threshold (shown).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from data.reference import PROGRAMME
from data.releases import Release
from experiments.frames import read_columns
from experiments.participation.aapor import CLASSES, outcome_rates
from experiments.participation.attrition import Names, differential_attrition, followed_rows
from experiments.participation.retention import retention
from experiments.participation.shown import classes_shown, shown_counts, shown_rates
from experiments.registry.protocol import Protocol, RegisteredAnalysis
from quality.disclosure import TOTAL, count_shown, share
from quality.disclosure.policy import load_policy
from quality.disclosure.rounding import to_base
from quality.exports.variables import subject_of
from quality.marts import Mart, marts

DISPOSITIONS = "fct_disposition"
SEEN, CLASS, SCOPE = "is_observed", "disposition_class", "is_in_scope"


def rates_by_wave(release: Release) -> list[dict[str, Any]]:
    """Return, per kind of unit and wave, first of all zones and then of each: issued units, classes and rates, small ones None.

    What is held back of one zone does not follow from the other zones and all zones together (`shown`).
    """
    wanted = ["zone_id", "unit_type", "wave", "wave_order", "is_issued", "disposition_class"]
    frame = read_columns(release.table(DISPOSITIONS), wanted)
    issued = frame[frame["is_issued"].fillna(value=False).astype(bool)]
    told: list[dict[str, Any]] = []
    for (kind, _, wave), rows in issued.groupby(["unit_type", "wave_order", "wave"], sort=True):
        zones = {str(zone): _counts(part[CLASS]) for zone, part in rows.groupby("zone_id", sort=True)}
        shown = classes_shown(zones, str(kind), DISPOSITIONS)
        every = {TOTAL: _counts(rows[CLASS]), **zones}
        told += [
            {
                "zone_id": PROGRAMME if zone == TOTAL else zone,
                "unit_type": str(kind),
                "wave": str(wave),
                **_rates(counts, {name: shown[zone, name] for name in (*CLASSES, TOTAL)}),
            }
            for zone, counts in every.items()
        ]
    return told


def _counts(classes: pd.Series) -> dict[str, int]:
    counted = classes.value_counts()
    return {name: int(counted.get(name, 0)) for name in CLASSES}


def _rates(counts: dict[str, int], shown: dict[str, int | None]) -> dict[str, Any]:
    hidden = [name for name in CLASSES if shown[name] is None]
    nothing = shown[TOTAL] is None
    return {
        "n_issued": shown[TOTAL],
        "classes": {name: shown[name] for name in CLASSES},
        "rates": dict.fromkeys(outcome_rates(counts))
        if nothing
        else shown_rates(counts, outcome_rates(counts), hidden),
    }


def followed(release: Release) -> list[Mart]:
    """Return the panels of a release in which units are followed over waves, with a row also where they were not seen."""
    return [
        mart
        for name, mart in marts().items()
        if name in release.tables
        and name != DISPOSITIONS
        and mart.meta.unit
        and SEEN in {column.name for column in mart.columns}
    ]


def retention_by_zone(release: Release, mart: Mart) -> list[dict[str, Any]]:
    """Return, per zone, the shares seen at each wave, of those seen at the first and at the wave before, and kinds of pattern.

    Shares on few units are None. A unit that is not eligible any more, or has no row (it had not begun, or has ended), is out
    of scope.
    """
    unit, period = list(mart.meta.unit), str(mart.meta.period)
    frame = _with_scope(release, mart, [*unit, period, SEEN])
    told = []
    for zone, rows in frame.groupby("zone_id", sort=True):
        found = retention(_complete(rows, unit, period), unit=unit, wave=period, observed=SEEN, in_scope=SCOPE)
        kinds = found.patterns.groupby("kind")["n"].sum()
        waves = [_wave(row) for row in found.curve.to_dict("records")]
        patterns = shown_counts({str(kind): int(count) for kind, count in kinds.items()}, mart.name)
        began = count_shown(int(found.curve["n_in_scope"].iloc[0]))
        told.append({"zone_id": str(zone), "n_first": _to_base(began), "waves": waves, "patterns": patterns})
    return told


def _to_base(count: int | None) -> int | None:
    return None if count is None else to_base(count, load_policy().rounding_base)


def _with_scope(release: Release, mart: Mart, columns: Sequence[str]) -> pd.DataFrame:
    """Return columns of a panel, and whether the unit is eligible: its disposition is not of class NE."""
    frame = read_columns(release.table(mart.name), [*columns, "zone_id", CLASS])
    return frame.assign(**{SCOPE: frame[CLASS].ne("NE") if CLASS in frame else True})


def _complete(rows: pd.DataFrame, unit: list[str], period: str) -> pd.DataFrame:
    """Return a row per unit and period; those that were not there are out of scope."""
    units, periods = rows[unit].drop_duplicates(), rows[[period]].drop_duplicates()
    grid = units.merge(periods, how="cross").merge(rows, on=[*unit, period], how="left")
    return grid.assign(**{SCOPE: grid[SCOPE].eq(other=True), SEEN: grid[SEEN].eq(other=True)})


def _wave(row: dict[str, Any]) -> dict[str, Any]:
    since, before = share(row["n_observed"], row["n_in_scope"]), share(row["n_observed_before"], row["n_followed"])
    return {
        "wave": row["wave"],
        "cumulative": since.value if since.kind == "exact" else None,
        "wave_on_wave": before.value if before.kind == "exact" and row["n_followed"] else None,
    }


def attrition_of(release: Release, protocol: Protocol) -> list[dict[str, Any]]:
    """Return differential attrition for each panel and design that a registered protocol's analyses read.

    Analyses whose treatment changes within a unit have no arm that one could leave from: they are passed over.
    """
    panels = {mart.name: mart for mart in followed(release)}
    seen: dict[tuple[str, Names], list[str]] = {}
    for analysis in protocol.analyses:
        if analysis.dataset in panels and _has_arms(release, panels[analysis.dataset], analysis):
            seen.setdefault((analysis.dataset, _names(panels[analysis.dataset], analysis)), []).append(analysis.id)
    return [_attrition(release, dataset, names, ids) for (dataset, names), ids in seen.items()]


def _has_arms(release: Release, mart: Mart, analysis: RegisteredAnalysis) -> bool:
    if not analysis.treatment or analysis.treatment not in {column.name for column in mart.columns}:
        return False
    frame = read_columns(release.table(mart.name), [*mart.meta.unit, analysis.treatment])
    return bool((frame.groupby(list(mart.meta.unit))[analysis.treatment].nunique() <= 1).all())


def _names(mart: Mart, analysis: RegisteredAnalysis) -> Names:
    """Return the design of an analysis: its strata (else the fixed effects that are neither time nor unit), its clusters."""
    known = {column.name for column in mart.columns}
    taken = {mart.meta.period, mart.meta.wave, ":".join(mart.meta.unit)}
    strata = [name for name in (analysis.strata, *analysis.fixed_effects) if name and name not in taken]
    usable = [name for name in (*strata[:1], *analysis.cluster[:1]) if set(name.split(":")) <= known]
    return Names(
        unit=mart.meta.unit,
        wave=str(mart.meta.period),
        observed=SEEN,
        treatment=str(analysis.treatment),
        in_scope=SCOPE,
        strata=next((name for name in strata[:1] if name in usable), None),
        cluster=next((name for name in analysis.cluster[:1] if name in usable), None),
    )


def _attrition(release: Release, dataset: str, names: Names, analyses: Sequence[str]) -> dict[str, Any]:
    columns = [*names.unit, names.wave, names.observed, names.treatment, names.strata or "", names.cluster or ""]
    mart = next(item for item in followed(release) if item.name == dataset)
    frame = _with_scope(release, mart, [part for name in columns for part in name.split(":") if part])
    found = differential_attrition(frame, names).to_dict()
    if subject_of(dataset) != "nobody":
        told = _told_waves(frame, names)
        found["differences"] = [row if told.get(row["term"], False) else _held(row) for row in found["differences"]]
    return {"dataset": dataset, "analyses": list(analyses), "strata": names.strata, "cluster": names.cluster, **found}


def _told_waves(frame: pd.DataFrame, names: Names) -> dict[str, bool]:
    """Return by term whether its wave's shares unseen, of either arm, may be told: on ten units each, seen and unseen."""
    rows = followed_rows(frame, names)
    first, *rest = (rows[name].astype(str) for name in names.unit)
    unit = first.str.cat(rest, sep=chr(31)) if rest else first
    told = {}
    for wave, part in rows.assign(unit=unit).groupby(names.wave):
        arms = [arm for _, arm in part.groupby(names.treatment)]
        shares = [share(arm.loc[arm["unseen"] == 1, "unit"].nunique(), arm["unit"].nunique()) for arm in arms]
        told[f"{names.treatment}:{names.wave}[{wave}]"] = all(each.kind == "exact" for each in shares)
    return told


def _held(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value if name == "term" else None for name, value in row.items()}
