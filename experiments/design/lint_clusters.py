"""Few clusters, before there are data: what a protocol plans against what its confirmatory analyses ask for.

Belongs here: that rule and how many clusters are planned. Does not: the other rules on analyses and assignment (lint), the same
rule on results (experiments.few_clusters).
"""

from __future__ import annotations

from collections.abc import Iterator

from experiments.design.sealed_columns import columns_of, key
from experiments.estimators import NAMES, method
from experiments.estimators.variance import FEW_CLUSTERS
from experiments.registry.check.problem import ProtocolProblem, doubt, error
from experiments.registry.protocol import Protocol, RegisteredAnalysis
from experiments.registry.schema.design import AssignmentSpec

OWN_CORRECTION = frozenset({"gee", "mixed"})
"""Methods with a small-sample correction of their own."""


def few_clusters(
    protocol: Protocol, spec: AssignmentSpec, analysis: RegisteredAnalysis, path: str
) -> Iterator[ProtocolProblem]:
    """Yield confirmatory analyses that ask for CR1 alone where fewer than forty clusters are planned."""
    count = planned_clusters(protocol, spec, analysis)
    tiers = {item.id: item.tier for item in protocol.hypotheses}
    confirms = any(tiers.get(name) == "confirmatory" for name in analysis.hypothesis_ids)
    is_cr1 = analysis.vcov in (None, "CR1") and analysis.inference.method == "analytic"
    if not confirms or not is_cr1 or count is None or count >= FEW_CLUSTERS or analysis.estimator in OWN_CORRECTION:
        return
    if analysis.estimator in NAMES and method(analysis.estimator).regression is None:
        yield error(
            f"{path}.estimator",
            f"With {count} clusters {analysis.estimator} has no answer but CR1, too narrow below {FEW_CLUSTERS}: use ols, "
            "ancova, lin, twfe or difference_in_means, or make the hypothesis exploratory.",
            f"仅 {count} 个聚类时，{analysis.estimator} 只有 CR1 结果，少于 {FEW_CLUSTERS} 个时过窄："
            "请用 ols、ancova、lin、twfe 或 difference_in_means，或将假设改为探索性。",
        )
        return
    yield doubt(
        f"{path}.vcov",
        f"{count} clusters are too few for CR1: the result will carry CR2, the wild bootstrap beside it. Say vcov: CR2.",
        f"{count} 个聚类不足以使用 CR1：结果将采用 CR2，并列出野聚类自助法。请写明 vcov: CR2。",
    )


def planned_clusters(protocol: Protocol, spec: AssignmentSpec, analysis: RegisteredAnalysis) -> int | None:
    """Return how many clusters an analysis is planned to have: zones, or the clusters that are assigned; None where unknown."""
    if len(analysis.cluster) != 1:
        return None
    named = key(analysis.cluster[0], spec)
    if named == frozenset({spec.zone_column}):
        return len(protocol.zones)
    size = protocol.sample_size
    return size.clusters if size is not None and named == columns_of(spec).cluster_key else None
