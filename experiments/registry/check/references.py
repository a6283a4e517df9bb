"""References: ids are unique, and whatever is named exists.

Belongs here: ids within the protocol and the zones. Does not: columns of released tables (analyses, data), waves (timing).
"""

from __future__ import annotations

from collections.abc import Iterator

from data.reference import zones
from experiments.registry.check.problem import Case, ProtocolProblem, doubt, error, lost, unknown
from experiments.registry.protocol import Protocol
from experiments.registry.schema.identification import TheoryOfChange

_IDS = {
    "zones": "zone_id",
    "arms": "arm_id",
    "schedule": "wave_id",
    **dict.fromkeys(
        (
            *("interventions", "outcomes", "inquiries", "hypotheses", "families", "analyses", "robustness"),
            *("eligibility", "data_sources", "instruments", "ethics", "harm_stopping_rule"),
        ),
        "id",
    ),
}


def twice(case: Case) -> Iterator[ProtocolProblem]:
    """Yield ids that stand in one list twice, and analyses that share an id with a robustness analysis."""
    for name, key in _IDS.items():
        found = [getattr(item, key) for item in getattr(case.protocol, name)]
        if name == "robustness":
            found = [item.id for item in case.protocol.analyses] + found
        start = len(case.protocol.analyses) if name == "robustness" else 0
        for place, identifier in enumerate(found[start:], start):
            if identifier in found[:place]:
                yield error(f"{name}.{place - start}", f"{identifier} stands here twice.", f"{identifier} 重复出现。")


def known_zones(case: Case) -> Iterator[ProtocolProblem]:
    """Yield zones that do not exist or have refused, and ethics references that lead nowhere."""
    decisions = {item.id for item in case.protocol.ethics}
    for place, item in enumerate(case.protocol.zones):
        path = f"zones.{place}"
        if item.zone_id not in zones():
            yield _no_zone(f"{path}.zone_id", item.zone_id)
        if item.zone_approval_state == "refused":
            yield error(
                f"{path}.zone_approval_state", "This zone has refused: take it out.", "该试点区已拒绝，请移除。"
            )
        elif item.zone_approval_state == "pending" and case.reached("L"):
            yield doubt(
                f"{path}.zone_approval_state",
                "Recruitment in this zone waits for its approval.",
                "该试点区获批后方可招募。",
            )
        if item.zone_ethics_ref is not None:
            yield from unknown(f"{path}.zone_ethics_ref", [item.zone_ethics_ref], decisions)
    for place, decision in enumerate(case.protocol.ethics):
        for zone_id in sorted(set(decision.zones) - set(zones())):
            yield _no_zone(f"ethics.{place}.zones", zone_id)


def _no_zone(path: str, zone_id: str) -> ProtocolProblem:
    return error(path, f"No zone is called {zone_id}.", f"没有名为 {zone_id} 的试点区。")


def arms(case: Case) -> Iterator[ProtocolProblem]:
    """Yield arms that nothing reaches or compares, and arms that do not exist."""
    protocol = case.protocol
    there = {item.arm_id for item in protocol.arms}
    for place, item in enumerate(protocol.interventions):
        yield from unknown(f"interventions.{place}.arms", item.arms, there)
    for place, dose in enumerate(protocol.dose_schedule):
        yield from unknown(f"dose_schedule.{place}.arm_id", [dose.arm_id], there)
    served = {arm for item in protocol.interventions for arm in item.arms}
    compared = {arm for item in protocol.inquiries for arm in (item.contrast.arm_a, item.contrast.arm_b)}
    for place, arm in enumerate(protocol.arms):
        if arm.type in ("experimental", "active_comparator", "sham") and served and arm.arm_id not in served:
            yield error(
                f"arms.{place}",
                f"No intervention names the arm {arm.arm_id}.",
                f"没有干预措施涉及组别 {arm.arm_id}。",
            )
        if compared and arm.arm_id not in compared:
            yield doubt(f"arms.{place}", f"No inquiry compares {arm.arm_id}.", f"没有研究问题比较 {arm.arm_id}。")


def inquiries(case: Case) -> Iterator[ProtocolProblem]:
    """Yield inquiries about outcomes or arms that do not exist, or that compare an arm with itself."""
    protocol = case.protocol
    outcomes, there = {item.id for item in protocol.outcomes}, {item.arm_id for item in protocol.arms}
    for place, item in enumerate(protocol.inquiries):
        path = f"inquiries.{place}"
        yield from unknown(f"{path}.outcome_id", [item.outcome_id], outcomes)
        yield from unknown(f"{path}.contrast", [item.contrast.arm_a, item.contrast.arm_b], there)
        if item.contrast.arm_a == item.contrast.arm_b and item.estimand not in ("descriptive", "trend"):
            yield error(f"{path}.contrast", "An arm is compared with itself.", "同一组别自相比较。")
    risk = protocol.contamination_risk
    if risk is not None and risk.spillover_inquiry_id is not None:
        path = "contamination_risk.spillover_inquiry_id"
        yield from unknown(path, [risk.spillover_inquiry_id], {item.id for item in protocol.inquiries})
    if risk is not None and risk.risk == "high" and risk.mitigation is None:
        yield error("contamination_risk.mitigation", "A high risk needs a mitigation.", "风险高时须写明防范措施。")


def hypotheses(case: Case) -> Iterator[ProtocolProblem]:
    """Yield hypotheses without inquiry, family, size or analysis."""
    protocol = case.protocol
    asked, kin = {item.id for item in protocol.inquiries}, {item.id for item in protocol.families}
    answered = {name for analysis in protocol.analyses for name in analysis.hypothesis_ids}
    for place, item in enumerate(protocol.hypotheses):
        path = f"hypotheses.{place}"
        yield from unknown(f"{path}.inquiry_id", [item.inquiry_id], asked)
        if item.family_id is not None:
            yield from unknown(f"{path}.family_id", [item.family_id], kin)
        if protocol.analyses and item.id not in answered:
            yield error(path, f"No analysis answers {item.id}.", f"没有分析回答假设 {item.id}。")
        if item.direction in ("equivalence", "non_inferiority") and item.sesoi is None:
            yield error(f"{path}.sesoi", f"{item.direction} needs a smallest effect of interest.", "此方向需要 sesoi。")
        elif item.tier == "confirmatory" and item.sesoi is None:
            yield doubt(
                f"{path}.sesoi",
                "Without a smallest effect of interest the report cannot say that a difference is too small to matter.",
                "没有 sesoi，报告无法判断差异是否小到可以忽略。",
            )


def theory(case: Case) -> Iterator[ProtocolProblem]:
    """Yield arrows between nodes that do not exist, and circles."""
    graph = case.protocol.theory_of_change
    if graph is None:
        return
    nodes = {node.id for node in graph.nodes}
    for place, edge in enumerate(graph.edges):
        for end in sorted({edge.source, edge.target} - nodes):
            yield lost(f"theory_of_change.edges.{place}", end)
    if _circular(graph):
        yield error("theory_of_change.edges", "The arrows run in a circle.", "箭头构成回路。")


def _circular(graph: TheoryOfChange) -> bool:
    left = {(edge.source, edge.target) for edge in graph.edges}
    while left:
        starts = {source for source, _ in left} - {target for _, target in left}
        if not starts:
            return True
        left = {pair for pair in left if pair[0] not in starts}
    return False


def instruments(case: Case) -> Iterator[ProtocolProblem]:
    """Yield instruments of a wave, and variants, that do not exist."""
    protocol = case.protocol
    there = {item.id for item in protocol.instruments}
    for place, wave in enumerate(protocol.schedule):
        yield from unknown(f"schedule.{place}.instruments", wave.instruments, there)
    for place, item in enumerate(protocol.instruments):
        if item.variant_of is not None:
            yield from unknown(f"instruments.{place}.variant_of", [item.variant_of], there - {item.id})


def further_analyses(case: Case) -> Iterator[ProtocolProblem]:
    """Yield robustness analyses without parent or difference, and moderators of hypotheses that do not exist."""
    protocol: Protocol = case.protocol
    parents, stated = {item.id for item in protocol.analyses}, {item.id for item in protocol.hypotheses}
    for place, item in enumerate(protocol.robustness):
        path = f"robustness.{place}"
        if item.parent_analysis_id is None:
            yield error(f"{path}.parent_analysis_id", "Say which analysis it varies.", "请写明所变动的分析。")
        else:
            yield from unknown(f"{path}.parent_analysis_id", [item.parent_analysis_id], parents)
        if item.what_varies is None:
            yield error(f"{path}.what_varies", "Say what varies.", "请写明变动之处。")
    for place, moderator in enumerate(protocol.heterogeneity):
        yield from unknown(f"heterogeneity.{place}.hypothesis_ids", moderator.hypothesis_ids, stated)
