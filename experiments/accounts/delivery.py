"""Delivery: which AI system the plan names, who was offered it and who used it by arm, how the treatment came over time.

Belongs here: counting `fct_exposure` and the treatment by arm, through disclosure control. Does not: who stands in which arm.
"""

from __future__ import annotations

import pandas as pd

from experiments.accounts.panel import ARM, UNIT, Panel
from experiments.accounts.shapes import Card, Delivery, DoseArm, DosePeriod, Label, SystemUse, UseArm
from experiments.frames import read_columns
from experiments.registry.protocol import Protocol
from experiments.registry.schema.intervention import AiSystem
from experiments.source import Source
from quality.disclosure import share

EXPOSURES = "fct_exposure"
COLUMNS = [
    "zone_id", "unit_type", "unit_id", "system_id", "period_start", "period_end", "is_offered", "is_used", "system_version",
]  # fmt: skip
TYPES = {"person": "person", "organisation": "organisation"}


def delivery_of(source: Source, protocol: Protocol, panels: list[Panel]) -> Delivery:
    """Return what was delivered, as planned and as recorded."""
    cards = tuple(_card(item.id, item.ai_system) for item in protocol.interventions if item.ai_system is not None)
    systems = tuple(found for panel in panels for found in _systems(source, panel))
    dosed = next((panel for panel in panels if _changes(panel)), None)
    return Delivery(
        cards=cards,
        systems=systems,
        dose_of=dosed.treatment if dosed else None,
        dose=_dose(dosed) if dosed else (),
    )


def _card(name: str, system: AiSystem) -> Card:
    return Card(
        id=name,
        name=Label.of(system.name),
        provider=system.provider,
        model_family=system.model_family,
        model_version=system.model_version,
        version_range=system.version_range,
        update_policy=system.update_policy,
        decision_role=system.decision_role,
        human_override=system.human_override,
        alternative=Label.of(system.alternative_offered) if system.alternative_offered else None,
    )


def _systems(source: Source, panel: Panel) -> list[SystemUse]:
    if EXPOSURES not in source.release.tables or panel.kind not in TYPES:
        return []
    frame = read_columns(source.release.table(EXPOSURES), COLUMNS)
    if not set(COLUMNS) <= set(frame.columns):
        return []
    frame = frame[frame["unit_type"] == TYPES[panel.kind]]
    frame = frame.assign(**{UNIT: frame["zone_id"].astype(str) + ":" + frame["unit_id"].astype(str)})
    arms = panel.rows.drop_duplicates(UNIT).set_index(UNIT)[ARM]
    joined = frame[frame[UNIT].isin(arms.index)]
    return [_system(panel, arms, str(name), part) for name, part in joined.groupby("system_id", sort=True)]


def _system(panel: Panel, arms: pd.Series, name: str, part: pd.DataFrame) -> SystemUse:
    flags = part.assign(offered=part["is_offered"].eq(other=True), used=part["is_used"].eq(other=True))
    reached = flags.groupby(UNIT)[["offered", "used"]].max().reindex(arms.index, fill_value=False)
    versions = sorted(part["system_version"].dropna().astype(str).unique())
    start, end = (pd.to_datetime(part[column]) for column in ("period_start", "period_end"))
    return SystemUse(
        id=name,
        first_month=f"{start.min():%Y-%m}",
        last_month=f"{end.max():%Y-%m}",
        versions=tuple(versions),
        arms=_use(panel, arms, reached),
    )


def _use(panel: Panel, arms: pd.Series, reached: pd.DataFrame) -> tuple[UseArm, ...]:
    found = []
    for arm in panel.arms:
        mine = reached[arms == arm]
        shares = {name: _share(int(mine[name].sum()), len(mine)) for name in ("offered", "used")}
        found.append(UseArm(id=arm, **{f"{name}_share": value for name, value in shares.items()}))
    return tuple(found)


def _share(count: int, units: int) -> float | None:
    found = share(count, units)
    return round(found.value, 3) if found.kind == "exact" and found.value is not None else None


def _changes(panel: Panel) -> bool:
    if panel.treatment is None:
        return False
    return bool(panel.rows.groupby(UNIT)[panel.treatment].nunique().gt(1).any())


def _dose(panel: Panel) -> tuple[DosePeriod, ...]:
    """Return the mean of the treatment by period and arm; of people and organisations only shares on enough units."""
    found = []
    for _, part in panel.rows.groupby(panel.period, sort=True):
        arms = tuple(DoseArm(id=arm, mean=_mean(panel, part[part[ARM] == arm])) for arm in panel.arms)
        found.append(DosePeriod(id=panel.name_of(part), arms=arms))
    return tuple(found)


def _mean(panel: Panel, part: pd.DataFrame) -> float | None:
    values = part[panel.treatment].dropna().astype(float)
    if values.empty:
        return None
    if panel.kind == "nobody":
        return round(float(values.mean()), 3)
    if not values.isin([0.0, 1.0]).all():
        return None
    on = part.loc[values.index[values > 0], UNIT].nunique()
    return _share(int(on), int(part.loc[values.index, UNIT].nunique()))
