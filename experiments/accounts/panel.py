"""The rows of an experiment in one released panel, with the arm of each unit: what flow, baseline and delivery count.

Belongs here: reading the columns, arms by the sealed draw or, without one, by who was ever treated. Does not: counting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from experiments.design.sealed_columns import PREFIX, columns_of, with_assignment
from experiments.registry.protocol import Protocol, RegisteredAnalysis
from experiments.source import Source
from quality.disclosure.outputs import Units
from quality.exports.variables import subject_of
from quality.marts import mart

UNIT, ARM, LOT, SEEN, KIND = "unit", "arm", "lot", "is_observed", "disposition_class"


@dataclass(frozen=True)
class Panel:
    """One released panel of an experiment.

    `rows` has `unit` (a text), `arm` (an arm's id), `lot` (what was assigned: the cluster, or the unit), the period's column, the
    zone, and the columns asked for. `arms`: experimental ones first, as declared. `treatment`: the analyses' column, if one.
    """

    dataset: str
    kind: Units
    rows: pd.DataFrame
    period: str
    label: str
    arms: tuple[str, ...]
    treatment: str | None
    variables: tuple[str, ...]

    def name_of(self, part: pd.DataFrame) -> str:
        """Return how the table writes the period of some rows: its label, a month without day and hour."""
        label = part[self.label].iloc[0]
        return f"{label:%Y-%m}" if isinstance(label, pd.Timestamp) else str(label)

    def names(self) -> dict[str, str]:
        """Return the name of each period by the text of its number."""
        return {str(key): self.name_of(part) for key, part in self.rows.groupby(self.period, sort=True)}

    def first(self) -> pd.DataFrame:
        """Return the rows of the first period."""
        return self.rows[self.rows[self.period] == self.rows[self.period].min()]


def panels(source: Source, protocol: Protocol) -> list[Panel]:
    """Return the panels that the analyses read, those that the release has, in registered order."""
    names = dict.fromkeys(item.dataset for item in protocol.analyses)
    found = [_panel(source, protocol, name) for name in names if name in source.release.tables]
    return [item for item in found if item is not None]


def _panel(source: Source, protocol: Protocol, dataset: str) -> Panel | None:
    meta = mart(dataset).meta
    analyses = [item for item in protocol.analyses if item.dataset == dataset]
    if not (meta.unit and meta.period):
        return None
    variables = _variables(protocol, analyses)
    treatment = next((item.treatment for item in analyses if item.treatment), None)
    wave = str(meta.wave or meta.period)
    wanted = [*meta.unit, meta.period, wave, "zone_id", SEEN, KIND, treatment or "", *variables]
    frame = _read(source, protocol, dataset, list(dict.fromkeys(name for name in wanted if name)))
    if frame is None or frame.empty:
        return None
    frame = frame[frame["zone_id"].isin([zone.zone_id for zone in protocol.zones])] if "zone_id" in frame else frame
    keys = [name for name in meta.unit if name in frame]
    frame = frame.assign(**{UNIT: _joined(frame, keys)})
    armed = _with_arms(frame, protocol, treatment)
    if armed is None:
        return None
    subject = subject_of(dataset)
    kind: Units = "nobody" if subject == "nobody" else "organisation" if subject == "organisations" else "person"
    there = tuple(name for name in variables if name in armed)
    label = wave if wave in armed else str(meta.period)
    arms = tuple(arm.arm_id for arm in protocol.arms if (armed[ARM] == arm.arm_id).any())
    own = treatment if treatment in armed else None
    return Panel(dataset, kind, armed, str(meta.period), label, arms, own, there)


def _variables(protocol: Protocol, analyses: Sequence[RegisteredAnalysis]) -> tuple[str, ...]:
    """Return the registered covariates: of analyses, of moderators, of protected groups; then the outcomes."""
    groups = protocol.screening.special_groups if protocol.screening else ()
    named = [
        *(item.subgroup_variable for item in groups if item.subgroup_variable),
        *(item.variable for item in protocol.heterogeneity),
        *(name for item in analyses for name in item.covariates),
        *(item.outcome for item in analyses),
    ]
    return tuple(dict.fromkeys(named))


def _read(source: Source, protocol: Protocol, dataset: str, columns: list[str]) -> pd.DataFrame | None:
    """Return columns of a panel, those of the sealed draw joined where there is one that the table can be joined to."""
    from experiments.frames import read_columns

    table = source.release.table(dataset)
    spec = protocol.assignment_spec
    if spec is None or not source.units:
        return read_columns(table, columns)
    unit = columns_of(spec).unit
    frame = read_columns(table, [*columns, *unit.split(":")])
    return with_assignment(frame, source.units, unit) if set(unit.split(":")) <= set(frame.columns) else frame


def _with_arms(frame: pd.DataFrame, protocol: Protocol, treatment: str | None) -> pd.DataFrame | None:
    if f"{PREFIX}arm" in frame and frame[f"{PREFIX}arm"].notna().any():
        placed = frame[frame[f"{PREFIX}arm"].notna()]
        zone = placed["zone_id"].astype(str) + ":" if "zone_id" in placed else ""
        return placed.assign(**{ARM: placed[f"{PREFIX}arm"], LOT: zone + placed[f"{PREFIX}cluster"].astype(str)})
    treated, control = _two(protocol)
    if treatment not in frame or treated is None or control is None:
        return None
    ever = (frame[treatment].fillna(0).astype(float) > 0).groupby(frame[UNIT]).transform("max")
    return frame.assign(**{ARM: ever.map({True: treated, False: control}), LOT: frame[UNIT]})


def _two(protocol: Protocol) -> tuple[str | None, str | None]:
    """Return the arms of a comparison of two; more than two cannot be told apart by who was treated."""
    tried = [arm.arm_id for arm in protocol.arms if arm.type == "experimental"]
    rest = [arm.arm_id for arm in protocol.arms if arm.type != "experimental"]
    return (tried[0], rest[0]) if len(tried) == len(rest) == 1 else (None, None)


def _joined(frame: pd.DataFrame, keys: Sequence[str]) -> Any:  # noqa: ANN401 - a column
    text = frame[keys[0]].astype(str)
    for name in keys[1:]:
        text = text + ":" + frame[name].astype(str)
    return text
