"""A certainty rating proposed from facts: where it starts, each step down with the fact behind it, judged risk of bias by domain.

When: before a reviewer rates; the reviewer's rating overrides it. After GRADE (Guyatt et al. 2008) and the domains of RoB 2
(Sterne et al. 2019): a lottery starts high, anything else low. Belongs here: thresholds and rules, all in this file. Does not:
rating publication bias across studies, or what only a reader can see. A machine never rates up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from data.messages import Text
from experiments.accounts.shapes import Attrition, Baseline, Flow, Label
from experiments.accounts.shapes_judged import Certainty, Elsewhere, Level, Reason
from experiments.accounts.zone_words import METHODS, REASONS, STATUS
from experiments.registry.protocol import Protocol

LEVELS: tuple[Level, ...] = ("very_low", "low", "moderate", "high")
FEW, VERY_FEW = 40, 10
"""Clusters below which a comparison rests on few, on very few (Cameron & Miller 2015)."""
DIFFERS, LOST, IMBALANCE, I2, ZONES = 0.05, 0.30, 0.25, 50.0, 3
"""Attrition that differs by 5 points (joint p < 0.05); 30 % of an arm unseen; 0.25 standard deviations at baseline (What Works
Clearinghouse); I² of 50 %; three zones."""
JOINT = 0.05
KEPT = ("as_registered", "amended_before_data")
DOMAINS = ("randomisation", "deviations", "missing_data", "measurement", "selection")
SERIOUS = frozenset({"not_random", "not_registered", "deviated", "attrition"})
IN_DOMAIN = {
    "not_random": "randomisation",
    "imbalance": "randomisation",
    "few_clusters": "randomisation",
    "deviated": "deviations",
    "not_registered": "selection",
    "unreported": "selection",
    "attrition": "missing_data",
    "lost": "missing_data",
    "unmasked": "measurement",
}


@dataclass(frozen=True)
class Evidence:
    """The accounts that a rating reads."""

    protocol: Protocol
    flow: tuple[Flow, ...]
    baseline: tuple[Baseline, ...]
    attrition: tuple[Attrition, ...]
    elsewhere: Mapping[str, Elsewhere]
    unreported: int
    registered: bool


def certainty_of(entry: dict[str, Any], evidence: Evidence) -> Certainty:
    """Return the proposed rating of one analysis.

    Parameters
    ----------
    entry
        Of `analyses`, with its status on record.
    """
    start: Level = "high" if evidence.protocol.allocation == "randomised" else "low"
    reasons = [*_bias(entry, evidence), *_precision(entry), *_breadth(entry, evidence)]
    down = sum(reason.levels for reason in reasons)
    place = max(LEVELS.index(start) - down, 0)
    return Certainty(
        id=entry["analysis_id"], start=start, proposed=LEVELS[place], reasons=tuple(reasons), bias=_domains(reasons)
    )


def _reason(key: str, levels: int = 1, **values: object) -> Reason:
    text = REASONS[key].fill(**values) if values else REASONS[key]
    return Reason(id=key, levels=levels, text=Label.of(text))


def _bias(entry: dict[str, Any], evidence: Evidence) -> list[Reason]:
    """Return what may bend the estimate. A start at low has paid for the missing lottery already."""
    protocol, found = evidence.protocol, []
    if protocol.allocation != "randomised":
        found.append(_reason("not_random", 0))
    if not evidence.registered:
        found.append(_reason("not_registered"))
    elif entry["status"] not in KEPT:
        status = STATUS.get(entry["status"], Text(en=entry["status"], zh=entry["status"]))
        found.append(Reason(id="deviated", levels=1, text=_with(REASONS["deviated"], status, "status")))
    found += _missing(entry, evidence)
    largest = max(_imbalances(evidence.baseline, entry["dataset"]), default=0.0)
    if largest > IMBALANCE and protocol.allocation == "randomised":
        found.append(_reason("imbalance", largest=f"{largest:.2f}"))
    if _is_told_unmasked(entry, protocol):
        found.append(_reason("unmasked", 0))
    n = entry["result"]["n_clusters"]
    if n is not None and n < FEW:
        found.append(_reason("few_clusters", 2 if n < VERY_FEW else 1, n=n))
    return found


def _imbalances(baseline: tuple[Baseline, ...], dataset: str) -> list[float]:
    """Return the standardised differences of units; those of what was drawn are chance where the draw was right."""
    rows = [row for item in baseline if item.id == dataset for row in item.rows if row.about == "unit"]
    return [abs(row.difference) for row in rows if row.difference is not None]


def _with(text: Text, inner: Text, name: str) -> Label:
    return Label(en=text.en.replace(f"{{{name}}}", inner.en), zh=text.zh.replace(f"{{{name}}}", inner.zh))


def _missing(entry: dict[str, Any], evidence: Evidence) -> list[Reason]:
    told = next((item for item in evidence.attrition if item.id == entry["dataset"]), None)
    sizes = [abs(wave.estimate) for wave in told.waves if wave.estimate is not None] if told else []
    joint = told.joint_p_value if told else None
    if joint is not None and joint < JOINT and sizes and max(sizes) > DIFFERS:
        p = "<0.001" if joint < 0.001 else f"{joint:.3f}"  # noqa: PLR2004 - as p-values are shown
        return [_reason("attrition", worst=f"{100 * max(sizes):.1f}", p=p)]
    worst = max(_unseen(evidence.flow, entry["dataset"]), default=0.0)
    return [_reason("lost", share=f"{100 * worst:.0f}")] if worst > LOST else []


def _unseen(flow: tuple[Flow, ...], dataset: str) -> list[float]:
    """Return, per wave and arm, the share of the units in the panel that were not seen."""
    arms = [arm for item in flow if item.id == dataset for wave in item.waves for arm in wave.arms]
    return [1 - arm.states["seen"] / arm.units for arm in arms if arm.units and arm.states.get("seen") is not None]  # type: ignore[operator]


def _is_told_unmasked(entry: dict[str, Any], protocol: Protocol) -> bool:
    source = next((item.data_source for item in protocol.outcomes if item.id == entry["outcome"].get("id")), None)
    return source == "survey" and "participant" not in protocol.masking


def _precision(entry: dict[str, Any]) -> list[Reason]:
    """Return how the interval lies to the smallest effect of interest."""
    row = next(item for item in entry["result"]["estimates"] if item["term"] == entry["term"])
    sesoi = entry["hypothesis"]["sesoi"]
    if sesoi is None:
        return [_reason("no_sesoi")]
    low = float("-inf") if row["conf_low"] is None else row["conf_low"]
    high = float("inf") if row["conf_high"] is None else row["conf_high"]
    if low <= -sesoi and high >= sesoi:
        return [_reason("very_imprecise", 2, sesoi=f"{sesoi:g}")]
    holds = low < 0 < high and (low <= -sesoi or high >= sesoi)
    return [_reason("imprecise", sesoi=f"{sesoi:g}")] if holds else []


def _breadth(entry: dict[str, Any], evidence: Evidence) -> list[Reason]:
    """Return inconsistency between zones, indirectness, results that are missing."""
    found, zones = [], len(evidence.protocol.zones)
    place = evidence.elsewhere.get(entry["analysis_id"])
    ends = (place.prediction_low, place.prediction_high) if place else (None, None)
    if place and place.i2 is not None and place.i2 > I2 and None not in ends and ends[0] * ends[1] < 0:  # type: ignore[operator]
        found.append(_reason("inconsistent", i2=f"{place.i2:.0f}"))
    if zones < ZONES:
        found.append(_reason("few_zones", n=zones))
    method = evidence.protocol.sampling_method.method if evidence.protocol.sampling_method else ""
    if method in METHODS:
        found.append(Reason(id="selected", levels=1, text=_with(REASONS["selected"], METHODS[method], "method")))
    if evidence.unreported:
        found.append(_reason("unreported"))
    return found


def _domains(reasons: list[Reason]) -> dict[str, Any]:
    """Return the judgement of each domain: serious where a serious reason stands in it, some where another does."""
    told: dict[str, str] = dict.fromkeys(DOMAINS, "good")
    for reason in reasons:
        domain = IN_DOMAIN.get(reason.id)
        if domain is not None and told[domain] != "serious":
            told[domain] = "serious" if reason.id in SERIOUS else "some"
    return told
