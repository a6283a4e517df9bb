"""Families: the correction fits the tests, sequences name them all, gates lead from one family to the next.

Belongs here: what the schema cannot say of a family by itself. Does not: the corrections (design.decisions, joint_families).
"""

from __future__ import annotations

from collections.abc import Iterator

from experiments.estimators import NAMES, method
from experiments.registry.check.problem import Case, ProtocolProblem, doubt, error, lost
from experiments.registry.protocol import Family, Protocol
from experiments.registry.schema.analysis import RegisteredAnalysis

JOINTLY = ("romano_wolf", "westfall_young")
NO_DRAW = ("threshold", "external")
RATE = {"bh": "the false discovery rate", "by": "the false discovery rate", "none": "nothing"}
RATE_ZH = {"bh": "错误发现率", "by": "错误发现率", "none": "任何错误率"}


def families(case: Case) -> Iterator[ProtocolProblem]:
    """Yield families that no hypothesis is in, corrections that do not fit, sequences and gates that lead nowhere."""
    protocol = case.protocol
    for place, family in enumerate(protocol.families):
        path = f"families.{place}"
        within = [item for item in protocol.hypotheses if item.family_id == family.id]
        if protocol.hypotheses and not within:
            yield doubt(path, f"No hypothesis is in {family.id}.", f"没有假设属于 {family.id}。")
        if family.correction == "none" and sum(item.tier == "confirmatory" for item in within) > 1:
            yield doubt(
                f"{path}.correction",
                "Several confirmatory hypotheses share an error rate that is not corrected.",
                "多个确证性假设共享错误率而未作校正。",
            )
        yield from _sequence(path, family, [item.id for item in within])
        yield from _resampled(protocol, path, family)
        yield from _gate(protocol, path, family)


def _sequence(path: str, family: Family, within: list[str]) -> Iterator[ProtocolProblem]:
    """In a fixed sequence each hypothesis has one place; elsewhere an order says nothing."""
    if family.correction != "fixed_sequence":
        if family.order:
            yield error(
                f"{path}.order",
                f"{family.correction} has no order: use fixed_sequence, or leave it out.",
                f"{family.correction} 没有顺序：请改用 fixed_sequence 或删除 order。",
            )
    elif sorted(family.order) != sorted(within):
        listed = ", ".join(within)
        yield error(
            f"{path}.order",
            f"A fixed sequence names each hypothesis of the family once: {listed}.",
            f"固定顺序须列出该族的每个假设各一次：{listed}。",
        )


def _resampled(protocol: Protocol, path: str, family: Family) -> Iterator[ProtocolProblem]:
    if family.correction not in JOINTLY:
        if family.resampling is not None:
            yield error(
                f"{path}.resampling",
                f"{family.correction} draws nothing: use romano_wolf or westfall_young, or leave it out.",
                f"{family.correction} 不作抽样：请改用 romano_wolf 或 westfall_young，或删除此项。",
            )
        return
    members = [item for item in protocol.analyses if family.id in _families_of(protocol, item)]
    yield from _tests(protocol, path, family, members)
    if family.correction == "romano_wolf":
        keys = {item.cluster[0] if len(item.cluster) == 1 else item.unit for item in members}
        if len(keys) > 1 or None in keys:
            yield error(
                f"{path}.correction",
                "romano_wolf resamples clusters: name one and the same cluster (or unit) in all analyses of the family.",
                "romano_wolf 按聚类重抽样：请在同族各分析中指定同一 cluster（或 unit）。",
            )
    elif protocol.assignment_spec is None or protocol.assignment_spec.method in NO_DRAW:
        yield error(
            f"{path}.correction",
            "westfall_young repeats the registered draw, and assignment_spec draws nothing. Use romano_wolf or holm.",
            "westfall_young 须重复已登记的抽取，而 assignment_spec 没有抽取。请用 romano_wolf 或 holm。",
        )


def _tests(
    protocol: Protocol, path: str, family: Family, members: list[RegisteredAnalysis]
) -> Iterator[ProtocolProblem]:
    """Joint resampling is of two-sided tests of no effect by least squares."""
    other = [item.id for item in members if item.estimator in NAMES and method(item.estimator).regression is None]
    other += [item.id for item in members if item.estimator == "difference_in_means" and item.strata]
    if other:
        listed = ", ".join(other)
        yield error(
            f"{path}.correction",
            f"{family.correction} takes difference_in_means without strata, ols, ancova, lin and twfe; not {listed}. Use holm.",
            f"{family.correction} 只用于无 strata 的 difference_in_means、ols、ancova、lin 与 twfe；不含 {listed}。请用 holm。",
        )
    margins = [
        item.id
        for item in protocol.hypotheses
        if item.family_id == family.id and item.direction in ("equivalence", "non_inferiority")
    ]
    if margins:
        listed = ", ".join(margins)
        yield error(
            f"{path}.correction",
            f"{family.correction} tests that there is no effect; {listed} ask for a margin. Use holm, or another family.",
            f"{family.correction} 检验的是无效应；{listed} 针对界值。请用 holm 或另设一族。",
        )


def _families_of(protocol: Protocol, item: RegisteredAnalysis) -> set[str | None]:
    named = {hypothesis.id: hypothesis.family_id for hypothesis in protocol.hypotheses}
    return {named.get(name) for name in item.hypothesis_ids[:1]}


def _gate(protocol: Protocol, path: str, family: Family) -> Iterator[ProtocolProblem]:
    if (family.gatekeeper is None) != (family.gatekeeping is None):
        yield error(
            f"{path}.gatekeeping",
            "gatekeeper names the family before this one, gatekeeping says serial or parallel: give both or neither.",
            "gatekeeper 指明其前一族，gatekeeping 为 serial 或 parallel：须同时给出或都不给出。",
        )
    if family.gatekeeper is None:
        return
    keeper = next((item for item in protocol.families if item.id == family.gatekeeper), None)
    if keeper is None:
        yield lost(f"{path}.gatekeeper", family.gatekeeper)
        return
    if _circular(protocol, family):
        yield error(f"{path}.gatekeeper", "The gates run in a circle.", "把关顺序构成回路。")
        return
    yield from _keeps(protocol, path, family, keeper)


def _circular(protocol: Protocol, family: Family) -> bool:
    before = {item.id: item.gatekeeper for item in protocol.families}
    seen: set[str] = set()
    step: str | None = family.id
    while step is not None and step not in seen:
        seen.add(step)
        step = before.get(step)
    return step is not None


def _keeps(protocol: Protocol, path: str, family: Family, keeper: Family) -> Iterator[ProtocolProblem]:
    """Yield gatekeepers that do not hold the family-wise rate, pass alpha on twice, or have none left to pass on."""
    tests = [item for item in protocol.analyses if keeper.id in _families_of(protocol, item)]
    if keeper.correction in ("bh", "by") or (keeper.correction == "none" and len(tests) > 1):
        yield error(
            f"{path}.gatekeeper",
            f"{keeper.id} ({keeper.correction}) holds {RATE[keeper.correction]}, a gate needs the family-wise error rate: use "
            "bonferroni, holm, fixed_sequence, romano_wolf or westfall_young there.",
            f"{keeper.id}（{keeper.correction}）控制的是{RATE_ZH[keeper.correction]}，把关须控制族错误率："
            "请在该族使用 bonferroni、holm、fixed_sequence、romano_wolf 或 westfall_young。",
        )
    elif family.gatekeeping == "parallel" and keeper.correction not in ("bonferroni", "none"):
        yield error(
            f"{path}.gatekeeping",
            f"{keeper.correction} uses up its alpha unless all is rejected, so nothing is passed on in parallel: use bonferroni "
            f"in {keeper.id}, or serial.",
            f"{keeper.correction} 除非全部拒绝，否则会用尽 alpha，无法并行传递："
            f"请在 {keeper.id} 使用 bonferroni，或改为 serial。",
        )
    if keeper.alpha != family.alpha:
        yield error(
            f"{path}.alpha",
            f"It is {family.alpha} here and {keeper.alpha} in the gatekeeper {keeper.id}: alpha is passed on, so both are one.",
            f"此处为 {family.alpha}，把关族 {keeper.id} 为 {keeper.alpha}：alpha 依次传递，二者须相同。",
        )
    earlier = [item.id for item in protocol.families if item.gatekeeper == keeper.id and item.id != family.id]
    if earlier and earlier[0] < family.id:
        yield error(
            f"{path}.gatekeeper",
            f"{keeper.id} is the gatekeeper of {earlier[0]} already: its alpha can be passed on once.",
            f"{keeper.id} 已是 {earlier[0]} 的把关族：其 alpha 只能传递一次。",
        )
