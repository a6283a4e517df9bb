"""Outcomes: levels, tiers, variables, sources.

Belongs here: whether what is to be measured can be measured. Does not: names and units (words), time frames (timing).
"""

from __future__ import annotations

from collections.abc import Iterator

from experiments.registry.check.marts import marts
from experiments.registry.check.problem import Case, ProtocolProblem, doubt, error


def levels(case: Case) -> Iterator[ProtocolProblem]:
    """Yield outcomes of a level that is not named, and named levels without an outcome."""
    protocol = case.protocol
    for place, item in enumerate(protocol.outcomes):
        if protocol.impact_levels and item.level not in protocol.impact_levels:
            yield error(
                f"outcomes.{place}.level",
                f"Level {item.level} is not among impact_levels.",
                f"impact_levels 中没有 {item.level}。",
            )
    for place, level in enumerate(protocol.impact_levels):
        if protocol.outcomes and level not in {item.level for item in protocol.outcomes}:
            yield doubt(f"impact_levels.{place}", f"No outcome has level {level}.", f"没有 {level} 层面的结果指标。")


def tiers(case: Case) -> Iterator[ProtocolProblem]:
    """Yield protocols without a primary outcome or without one that looks for harm, and primary ones nobody asks about."""
    protocol = case.protocol
    if not protocol.outcomes:
        return
    if not any(item.tier == "safety" for item in protocol.outcomes):
        yield doubt(
            "outcomes",
            "No outcome of tier safety: the report will say that harms were not looked for.",
            "没有安全层级的结果指标：报告将说明未考察不良影响。",
        )
    if case.reached("S") and not any(item.tier == "primary" for item in protocol.outcomes):
        yield error("outcomes", "No outcome of tier primary.", "没有主要层级的结果指标。")
    asked = {item.outcome_id for item in protocol.inquiries}
    for place, item in enumerate(protocol.outcomes):
        if asked and item.tier == "primary" and item.id not in asked:
            yield error(
                f"outcomes.{place}",
                f"No inquiry is about the primary outcome {item.id}.",
                f"没有研究问题涉及主要结果 {item.id}。",
            )


def variables(case: Case) -> Iterator[ProtocolProblem]:
    """Yield variables that no released table has."""
    known = {column for mart in marts().values() for column in mart.columns}
    for place, item in enumerate(case.protocol.outcomes):
        for name in item.variables:
            if known and name not in known:
                yield error(
                    f"outcomes.{place}.variables",
                    f"No released table has a column {name}.",
                    f"没有任何发布表含有列 {name}。",
                )


def sources(case: Case) -> Iterator[ProtocolProblem]:
    """Yield outcomes of a kind of source that no data source is of."""
    kinds = {item.kind for item in case.protocol.data_sources}
    for place, item in enumerate(case.protocol.outcomes):
        if kinds and item.data_source not in kinds:
            yield error(
                f"outcomes.{place}.data_source",
                f"No data source is of kind {item.data_source}.",
                f"数据来源中没有 {item.data_source} 类型。",
            )
