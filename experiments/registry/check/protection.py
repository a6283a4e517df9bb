"""Data, ethics, consent, harm: what protects people is there and holds.

Belongs here: contracts of data sources, decisions and their expiry, consent, stopping rules. Does not: enforcing them at
intake (data, quality) or at run time (registry.harms).
"""

from __future__ import annotations

from collections.abc import Iterator

from data.contracts.load import contract_names, load_contract
from experiments.registry.check.analyses import filtered
from experiments.registry.check.marts import marts
from experiments.registry.check.problem import Case, ProtocolProblem, doubt, error, unknown


def data_sources(case: Case) -> Iterator[ProtocolProblem]:
    """Yield sources without a contract, linked without consent, or seen before by the team."""
    protocol = case.protocol
    scopes = protocol.consent_plan.scopes if protocol.consent_plan else None
    for place, item in enumerate(protocol.data_sources):
        path = f"data_sources.{place}"
        yield from _contract(f"{path}.contract_id", item.contract_id)
        if scopes is not None and item.consent_scope is not None and item.consent_scope not in scopes:
            yield error(
                f"{path}.consent_scope",
                f"consent_plan.scopes does not hold {item.consent_scope}.",
                f"consent_plan.scopes 未包含 {item.consent_scope}。",
            )
        if item.prior_access in ("accessed_not_analysed", "analysed"):
            yield doubt(
                f"{path}.prior_access",
                "The team has seen these data: reviewers will ask what can still be confirmed.",
                "团队已看过这些数据：评审会询问还能确证什么。",
            )


def _contract(path: str, name: str) -> Iterator[ProtocolProblem]:
    known = contract_names()
    if name not in known:
        names = ", ".join(known)
        yield error(path, f"There is no contract {name}. Known: {names}.", f"没有合约 {name}。可用：{names}。")


def exposure(case: Case) -> Iterator[ProtocolProblem]:
    """Yield exposure measures whose table or column no contract has."""
    measure = case.protocol.exposure_measure
    if measure is None or measure.contract_id is None:
        return
    yield from _contract("exposure_measure.contract_id", measure.contract_id)
    contract = load_contract(measure.contract_id) if measure.contract_id in contract_names() else None
    if contract and measure.column and measure.column not in [column.name for column in contract.columns]:
        yield error(
            "exposure_measure.column",
            f"{measure.contract_id} has no column {measure.column}.",
            f"{measure.contract_id} 没有列 {measure.column}。",
        )


def ethics(case: Case) -> Iterator[ProtocolProblem]:
    """Yield zones without a valid decision, and decisions that expire before the study ends."""
    protocol = case.protocol
    if not protocol.ethics:
        return
    covered: set[str] = set()
    for place, item in enumerate(protocol.ethics):
        path = f"ethics.{place}"
        if item.expires_on <= item.date:
            yield error(f"{path}.expires_on", "It expires before it was taken.", "失效日期早于决定日期。")
        elif item.decision == "refused":
            yield error(f"{path}.decision", "The committee has refused.", "委员会已拒绝。")
        elif item.expires_on < case.today.isoformat():
            yield error(f"{path}.expires_on", "The decision has expired.", "该决定已失效。")
        else:
            covered |= set(item.zones)
            if protocol.dates and item.expires_on < protocol.dates.study_end.date:
                yield doubt(f"{path}.expires_on", "It expires before the study ends.", "在研究结束前失效。")
    if case.reached("R"):
        for place, zone in enumerate(protocol.zones):
            if zone.zone_id not in covered:
                yield error(
                    f"zones.{place}.zone_ethics_ref",
                    f"No valid ethics decision covers {zone.zone_id}.",
                    f"没有有效的伦理决定覆盖 {zone.zone_id}。",
                )


def consent(case: Case) -> Iterator[ProtocolProblem]:
    """Yield waivers without a reason, consent to nothing, and data kept for less than the study."""
    plan, guard, dates = case.protocol.consent_plan, case.protocol.data_protection, case.protocol.dates
    if plan is not None and plan.mode == "waived" and plan.waiver_reason is None:
        yield error("consent_plan.waiver_reason", "A waiver needs its reason.", "豁免须写明理由。")
    if plan is not None and plan.mode != "waived" and not plan.scopes:
        yield error("consent_plan.scopes", "Say what is consented to.", "请写明同意的范围。")
    if guard is not None and dates is not None and guard.retention_until < dates.study_end.date:
        yield error("data_protection.retention_until", "It lies before the end of the study.", "早于研究结束日期。")
    if guard is not None and guard.cross_border:
        yield doubt(
            "data_protection.cross_border",
            "Data cross a border: reviewers will ask for the legal basis.",
            "数据出境：评审会要求法律依据。",
        )


def harm_rules(case: Case) -> Iterator[ProtocolProblem]:
    """Yield stopping rules that could not be evaluated."""
    outcomes = {item.id for item in case.protocol.outcomes}
    for place, rule in enumerate(case.protocol.harm_stopping_rule):
        path = f"harm_stopping_rule.{place}"
        yield from unknown(f"{path}.outcome_id", [rule.outcome_id], outcomes)
        if rule.statistic != "mean" and rule.cut is None:
            yield error(f"{path}.cut", f"{rule.statistic} needs a cut.", f"{rule.statistic} 需要 cut。")
        if rule.contrast and rule.treatment is None:
            yield error(f"{path}.treatment", "A contrast needs the treatment's column.", "组间对比需要处理变量列。")
        mart = marts().get(rule.dataset)
        if mart is None:
            yield error(f"{path}.dataset", f"There is no table {rule.dataset}.", f"没有表 {rule.dataset}。")
            continue
        for name in ("variable", "treatment"):
            column = getattr(rule, name)
            if column is not None and column not in mart.columns:
                yield error(f"{path}.{name}", f"{mart.name} has no column {column}.", f"{mart.name} 没有列 {column}。")
        if rule.filter is not None:
            yield from filtered(case, f"{path}.filter", mart, rule.filter)
