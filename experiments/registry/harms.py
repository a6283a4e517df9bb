"""Harm stopping rules: evaluated per zone on released tables; one that is crossed suspends the experiment in that zone.

Belongs here: the numbers, and the suspension that follows. Does not: when it is evaluated (orchestration), the rule's form
(schema), going on again, which an ethics reviewer decides (machines). A rule that cannot speak says why.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.access import PLATFORM, SYSTEM
from data.ledger import Ledger
from data.messages import NotFound, Text
from data.releases import Release
from experiments.expression import filter_columns, filter_mask
from experiments.frames import read_columns
from experiments.registry.acts_running import set_status
from experiments.registry.ethics import RUNNING
from experiments.registry.records import Record
from experiments.registry.schema.governance import HarmRule
from experiments.registry.store import Registry

CROSSED = "harm_crossed"
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class HarmFinding:
    """One rule in one zone: crossed, quiet, or silent with the reason. `value` is None where the rule is silent.

    `suspended` tells whether this evaluation suspended the experiment there; an experiment that is not running is not.
    """

    experiment_id: str
    rule_id: str
    zone: str
    state: Literal["crossed", "quiet", "silent"]
    who_acts: str
    value: float | None = None
    threshold: float | None = None
    n: int = 0
    reason: Text | None = None
    suspended: bool = False

    @property
    def message(self) -> Text:
        """What happened and who must act."""
        if self.state != "crossed":
            return self.reason or Text(en="within the threshold", zh="未超过阈值")
        values = {"id": self.experiment_id, "rule": self.rule_id, "zone": self.zone, "who": self.who_acts}
        return _CROSSED.fill(**values, value=f"{self.value:.4g}", threshold=f"{self.threshold:g}", n=self.n)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {**asdict(self), "reason": self.reason.model_dump() if self.reason else None}


def evaluate(experiment_id: str, rule: HarmRule, zones: list[str], release: Release) -> list[HarmFinding]:
    """Return what one rule says in each zone, on a released table.

    Parameters
    ----------
    rule
        `statistic` of `variable` over the rows that `filter` keeps; with `contrast` the treated less the others. Fewer
        than `min_n` rows on a side, and it is silent.
    zones
        Of the registered version.
    """
    names = [
        rule.variable,
        "zone_id",
        *filter_columns(rule.filter or ""),
        *([rule.treatment] if rule.treatment else []),
    ]
    try:
        frame = read_columns(release.table(rule.dataset), names)
    except NotFound as error:
        return [_silent(experiment_id, rule, zone, error.text) for zone in zones]
    lost = sorted(set(names) - set(frame.columns))
    if lost:
        reason = Text(en=f"no column {', '.join(lost)}", zh=f"没有列 {', '.join(lost)}")
        return [_silent(experiment_id, rule, zone, reason) for zone in zones]
    kept = frame[filter_mask(rule.filter, frame).yes] if rule.filter else frame
    told = kept[kept[rule.variable].notna()]
    return [_in_zone(experiment_id, rule, zone, told[told["zone_id"] == zone]) for zone in zones]


def act_on_harms(registry: Registry, release: Release) -> list[HarmFinding]:
    """Evaluate every registered rule on a release and suspend, as the platform, where one is crossed.

    A crossing is recorded once per rule, zone and release (`harm_crossed`), also where the experiment is not running.
    """
    found: list[HarmFinding] = []
    for record in registry.records():
        current = record.current
        if current is None or current.state != "registered" or (current.protocol.simulated and not release.simulated):
            continue
        zones = [zone.zone_id for zone in current.protocol.zones]
        for rule in current.protocol.harm_stopping_rule:
            said = evaluate(record.experiment_id, rule, zones, release)
            found += [_acted(registry, record, finding, release) for finding in said]
    return found


def _acted(registry: Registry, record: Record, finding: HarmFinding, release: Release) -> HarmFinding:
    if finding.state != "crossed":
        return finding
    _note(registry.ledger, finding, release)
    if registry.record(record.experiment_id).zone_status.get(finding.zone) not in RUNNING:
        return finding
    set_status(registry, record.experiment_id, zone=finding.zone, action="suspend", cause="harm", actor=PLATFORM)
    return HarmFinding(**{**vars(finding), "suspended": True})


def _note(ledger: Ledger, finding: HarmFinding, release: Release) -> None:
    detail = {
        "rule_id": finding.rule_id,
        "zone_id": finding.zone,
        "release_id": release.release_id,
        "value": finding.value,
        "threshold": finding.threshold,
        "n": finding.n,
        "who_acts": finding.who_acts,
    }
    known = [event.detail for event in ledger.events(CROSSED, finding.experiment_id)]
    if detail not in known:
        with ledger.transaction() as connection:
            ledger.record(
                connection, kind=CROSSED, object_id=finding.experiment_id, detail=detail, actor=SYSTEM, role=SYSTEM
            )


def _in_zone(experiment_id: str, rule: HarmRule, zone: str, rows: pd.DataFrame) -> HarmFinding:
    values = rows[rule.variable].to_numpy(dtype=float)
    sides = [values]
    if rule.contrast:
        if rule.treatment is None:
            return _silent(experiment_id, rule, zone, _NO_TREATMENT)
        treated = rows[rule.treatment].to_numpy(dtype=float)
        sides = [values[treated == 1], values[treated == 0]]
    least = min(len(side) for side in sides)
    if least < rule.min_n:
        few = Text(en=f"{least} rows, fewer than {rule.min_n}", zh=f"{least} 行，少于 {rule.min_n}")
        return _silent(experiment_id, rule, zone, few)
    numbers = [_statistic(rule, side) for side in sides]
    value = numbers[0] - numbers[1] if rule.contrast else numbers[0]
    crossed = value > rule.threshold if rule.worse == "above" else value < rule.threshold
    return HarmFinding(
        experiment_id,
        rule.id,
        zone,
        "crossed" if crossed else "quiet",
        rule.who_acts,
        value=round(value, 6),
        threshold=rule.threshold,
        n=sum(len(side) for side in sides),
    )


def _statistic(rule: HarmRule, values: Numbers) -> float:
    if rule.statistic == "mean":
        return float(values.mean())
    cut = 0.0 if rule.cut is None else rule.cut
    return float((values > cut).mean() if rule.statistic == "share_above" else (values < cut).mean())


def _silent(experiment_id: str, rule: HarmRule, zone: str, reason: Text) -> HarmFinding:
    return HarmFinding(experiment_id, rule.id, zone, "silent", rule.who_acts, threshold=rule.threshold, reason=reason)


_NO_TREATMENT = Text(en="the rule is a contrast and names no treatment", zh="该规则为组间比较，但未写明处理变量")
_CROSSED = Text(
    en="{id}, rule {rule}, zone {zone}: {value} passes the threshold {threshold} ({n} rows). {who} must act; only an "
    "ethics reviewer lets the experiment go on there.",
    zh="{id} 的规则 {rule} 在 {zone}：{value} 超过阈值 {threshold}（{n} 行）。须由 {who} 处理；只有伦理评审可恢复该区实验。",
)
