"""Participant flow: how many were planned and assigned, and what became of them wave by wave, by arm.

Belongs here: counting distinct units, each table through disclosure control. Does not: who stands in which arm (panel), words.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from experiments.accounts.panel import ARM, KIND, LOT, SEEN, UNIT, Panel
from experiments.accounts.shapes import ArmCount, Flow, Wave, WaveArm
from experiments.registry.protocol import Protocol
from quality.disclosure.outputs import TOTAL, About, Key
from quality.disclosure.pages import counts_shown

SEEN_STATE, UNSEEN = "seen", "unseen"
REASONS = {"R": "refused", "NE": "ineligible"}
"""Classes of disposition told apart; all others are `unseen`: told singly, most would be held back."""
DATA, NONE = "data", "none"


def flow_of(panel: Panel, protocol: Protocol) -> Flow:
    """Return the flow of one panel.

    A unit of a wave is `seen`, `refused`, `ineligible`, or `unseen` for another reason. `with_outcome`
    counts units with a value of each outcome.
    """
    size = protocol.sample_size
    outcomes = [item.outcome for item in protocol.analyses if item.dataset == panel.dataset]
    wanted = [name for name in dict.fromkeys(outcomes) if name in panel.rows]
    rows = panel.rows.assign(state=_states(panel.rows))
    waves = [part for _, part in rows.groupby(panel.period, sort=True)]
    return Flow(
        id=panel.dataset,
        unit=panel.kind,
        planned_units=size.units if size else None,
        planned_clusters=size.clusters if size else None,
        assigned=_assigned(panel),
        waves=tuple(_wave(panel, part, wanted) for part in waves),
    )


def shown(panel: Panel, measure: str, dims: tuple[str, ...], counts: Mapping[Key, int]) -> dict[Key, int | None]:
    """Return counts with their margins as they may be shown; of what is about nobody, all of them."""
    if panel.kind == "nobody":
        return {**counts, **_margins(counts)}
    about = About(measure, panel.dataset, variables=dims, unit=panel.kind)
    empty = {key[-1] for key in counts} - {key[-1] for key, count in counts.items() if count}
    impossible = [key for key in counts if key[-1] in empty]
    return counts_shown(about, dims, counts, impossible=impossible, margins=True)


def _margins(counts: Mapping[Key, int]) -> dict[Key, int | None]:
    firsts = dict.fromkeys(key[0] for key in counts)
    found: dict[Key, int | None] = {
        (name, TOTAL)[: len(next(iter(counts)))]: sum(count for key, count in counts.items() if key[0] == name)
        for name in firsts
    }
    return found if len(next(iter(counts), ())) > 1 else {}


def _states(rows: pd.DataFrame) -> pd.Series:
    """Return what became of each row's unit; a table without observation marks lists only those seen."""
    if SEEN not in rows:
        return pd.Series(SEEN_STATE, index=rows.index)
    seen = rows[SEEN].fillna(value=False).astype(bool)
    kinds = rows[KIND].map(REASONS).fillna(UNSEEN) if KIND in rows else pd.Series(UNSEEN, index=rows.index)
    return kinds.mask(seen, SEEN_STATE)


def _assigned(panel: Panel) -> tuple[ArmCount, ...]:
    units: dict[Key, int] = {(arm,): int(panel.rows.loc[panel.rows[ARM] == arm, UNIT].nunique()) for arm in panel.arms}
    lots = {arm: int(panel.rows.loc[panel.rows[ARM] == arm, LOT].nunique()) for arm in panel.arms}
    told = shown(panel, "units assigned", ("arm",), units)
    coarse = any(lots[arm] != units[arm,] for arm in panel.arms)
    return tuple(ArmCount(id=arm, units=told[arm,], clusters=lots[arm] if coarse else None) for arm in panel.arms)


def _wave(panel: Panel, part: pd.DataFrame, outcomes: list[str]) -> Wave:
    states = sorted(set(part["state"]) - {SEEN_STATE})
    counts: dict[Key, int] = {
        (arm, state): int(part.loc[(part[ARM] == arm) & (part["state"] == state), UNIT].nunique())
        for arm in panel.arms
        for state in (SEEN_STATE, *states)
    }
    told = shown(panel, "units by disposition", ("arm", "state"), counts)
    held = {name: _with(panel, part, name) for name in outcomes}
    arms = tuple(
        WaveArm(
            id=arm,
            units=told.get((arm, TOTAL)),
            states={state: told[arm, state] for state in (SEEN_STATE, *states)},
            with_outcome={name: held[name][arm, DATA] for name in outcomes},
        )
        for arm in panel.arms
    )
    return Wave(id=panel.name_of(part), arms=arms)


def _with(panel: Panel, part: pd.DataFrame, outcome: str) -> dict[Key, int | None]:
    there = part[outcome].notna()
    counts: dict[Key, int] = {
        (arm, state): int(part.loc[(part[ARM] == arm) & (there == (state == DATA)), UNIT].nunique())
        for arm in panel.arms
        for state in (DATA, NONE)
    }
    return shown(panel, f"units with {outcome}", ("arm", "state"), counts)
