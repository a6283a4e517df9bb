"""What can be chosen where an answer names something else: an arm, an outcome, a zone, a table, a contract.

Belongs here: which answers refer to what, read from the draft itself or from the platform. Does not: whether a reference leads
somewhere (the checker says). Where there is nothing to choose from yet, the form asks for text.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from apps.viewer.components.form.content import Content, find
from apps.viewer.components.form.shape import Node
from apps.viewer.language import own
from data.contracts.load import contract_names
from data.reference import zones
from experiments.design.models import GENERATORS
from experiments.estimators import NAMES
from quality.marts import marts

# field -> (list of the draft, name of the id there, name of the words there)
_WITHIN: dict[str, tuple[tuple[str, ...], str, str]] = {
    "arm_a": (("arms",), "arm_id", "label"),
    "arm_b": (("arms",), "arm_id", "label"),
    "Dose.arm_id": (("arms",), "arm_id", "label"),
    "Intervention.arms": (("arms",), "arm_id", "label"),
    "per_arm": (("arms",), "arm_id", "label"),
    "ratio": (("arms",), "arm_id", "label"),
    "outcome_id": (("outcomes",), "id", "name"),
    "inquiry_id": (("inquiries",), "id", "population"),
    "spillover_inquiry_id": (("inquiries",), "id", "population"),
    "hypothesis_ids": (("hypotheses",), "id", "statement"),
    "family_id": (("families",), "id", ""),
    "parent_analysis_id": (("analyses",), "id", ""),
    "zone_ethics_ref": (("ethics",), "id", "board"),
    "Wave.instruments": (("instruments",), "id", ""),
    "variant_of": (("instruments",), "id", ""),
    "TimeFrame.waves": (("schedule",), "wave_id", "label"),
    "Edge.source": (("theory_of_change", "nodes"), "id", "label"),
    "Edge.target": (("theory_of_change", "nodes"), "id", "label"),
}


def choices(node: Node, content: Content) -> dict[str, str]:
    """Return what may be chosen for an answer, words by code; empty where it is free."""
    found = _WITHIN.get(f"{node.part}.{node.name}") or _WITHIN.get(node.name)
    if found is not None:
        return _within(content, *found)
    if (node.part, node.name) in (("ZoneRole", "zone_id"), ("EthicsDecision", "zones")):
        return {zone.zone_id: own(zone.name) for zone in zones().values()}
    return dict(_platform().get(node.name, {}))


def _within(content: Content, place: tuple[str, ...], key: str, words: str) -> dict[str, str]:
    held = find(content, place)
    items = [item for item in held if isinstance(item, Mapping)] if isinstance(held, list) else []
    return {str(item[key]): _said(item, key, words) for item in items if item.get(key)}


def _said(item: Mapping[str, object], key: str, words: str) -> str:
    said = own(item.get(words)) if words else ""
    return f"{item[key]} · {said}" if said else str(item[key])


@cache
def _platform() -> dict[str, dict[str, str]]:
    """Return what the platform offers: released tables, contracts, estimators. Codes stand for themselves."""
    return {
        "dataset": {name: name for name in marts()},
        "contract_id": {name: name for name in contract_names()},
        "estimator": {name: name for name in NAMES},
        "generator": {name: name for name in GENERATORS},
    }
