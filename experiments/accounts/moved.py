"""Means of each outcome by wave and arm, and the analyses registered to test how far a result hangs on its choices.

Belongs here: those two accounts. Does not: effects by wave (event studies are analyses), estimating (run). A mean passes
disclosure control; it describes and says nothing of an effect.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from experiments.accounts.baseline import means_of
from experiments.accounts.panel import ARM, SEEN, Panel
from experiments.accounts.shapes import Label, MeanArm, MeanWave, OverTime, Robust
from experiments.registry.protocol import Protocol
from experiments.results import Attempt, headline
from quality.disclosure.outputs import About

NUMBERS = ("estimate", "std_error", "conf_low", "conf_high", "p_value")


def over_time(panel: Panel, protocol: Protocol) -> tuple[OverTime, ...]:
    """Return the means of the outcomes that the analyses of a panel read, by wave and arm."""
    outcomes = [item.outcome for item in protocol.analyses if item.dataset == panel.dataset]
    known = [name for name in dict.fromkeys(outcomes) if pd.api.types.is_numeric_dtype(panel.rows.get(name))]
    return tuple(_outcome(panel, name) for name in known)


def _outcome(panel: Panel, name: str) -> OverTime:
    seen = panel.rows[panel.rows[SEEN].fillna(value=False).astype(bool)] if SEEN in panel.rows else panel.rows
    told = seen[seen[name].notna()]
    waves = tuple(_wave(panel, part, name) for _, part in told.groupby(panel.period, sort=True))
    return OverTime(id=f"{panel.dataset}:{name}", dataset=panel.dataset, variable=name, waves=waves)


def _wave(panel: Panel, part: pd.DataFrame, name: str) -> MeanWave:
    groups = {arm: part.loc[part[ARM] == arm, name].to_numpy(float) for arm in panel.arms}
    about = About(name, panel.dataset, variables=("arm",), unit=panel.kind)
    means = means_of(about, {arm: values for arm, values in groups.items() if len(values) > 1})
    return MeanWave(id=panel.name_of(part), arms=tuple(MeanArm(id=arm, mean=means.get(arm)) for arm in panel.arms))


def robust(protocol: Protocol, attempts: Sequence[Attempt]) -> tuple[Robust, ...]:
    """Return each registered robustness analysis: its headline row, or why it has none."""
    registered = {item.id: item for item in protocol.robustness}
    return tuple(_robust(registered[item.analysis.id].parent_analysis_id, item) for item in attempts)


def _robust(parent: str | None, attempt: Attempt) -> Robust:
    varies = attempt.analysis.what_varies
    told = {"id": attempt.analysis.id, "parent": parent, "varies": Label.of(varies) if varies else None}
    if attempt.result is None:
        empty = dict.fromkeys((*NUMBERS, "n_units"))
        reason = Label.of(attempt.refused.text) if attempt.refused else None
        return Robust.model_validate({**told, **empty, "reason": reason})
    name = headline(attempt.analysis, attempt.result)
    row = next(item for item in attempt.result.to_dict()["estimates"] if item["term"] == name)
    numbers = {key: row[key] for key in NUMBERS}
    return Robust.model_validate({**told, **numbers, "n_units": attempt.result.n_units, "reason": None})
