"""Confirmatory results of fewer than forty clusters: CR2 and a resampling answer together, CR1 never alone.

Belongs here: which row such a result is read from, and refusing one that has nothing but CR1. Does not: the variances and tests
(estimators). CR1's intervals are too narrow with few clusters (Cameron, Gelbach & Miller 2008; Pustejovsky & Tipton 2018). A
registered analysis that asks for it is done; the row that answers the hypothesis carries CR2 with Satterthwaite's df, CR1 and the
wild bootstrap stand beside it in `diagnostics.few_clusters`. A method that has no second answer is refused.
"""

from __future__ import annotations

import math
from typing import Any

from experiments.estimators.variance import FEW_CLUSTERS
from experiments.messages import refusal, warning
from experiments.result import EstimateResult
from experiments.spec import AnalysisSpec

UNCORRECTED = ("CR1", "influence functions", "BJS", "stacked estimating equations, by cluster")
"""Beginnings of `diagnostics.vcov` that say: clustered, and nothing done for few clusters."""
REPLACED = ("std_error", "statistic", "df", "p_value", "conf_low", "conf_high")


def with_few_clusters(spec: AnalysisSpec, result: EstimateResult, term: str) -> EstimateResult:
    """Return the result as a confirmatory hypothesis is answered by it: unchanged unless it rests on CR1 with few clusters.

    Parameters
    ----------
    spec
        What was registered.
    term
        The row that answers.

    Raises
    ------
    Refused
        E-FEW-01: fewer than forty clusters and no answer but CR1.
    """
    row = result.row(term)
    if not _rests_on_cr1(spec, result) or math.isnan(row.std_error):
        return result
    beside = result.diagnostics.get("few_clusters", {}).get(term)
    if beside is None:
        raise refusal("E-FEW-01", analysis=spec.id or "-", estimator=spec.estimator, n=result.n_clusters)
    kept = {name: getattr(row, name) for name in REPLACED}
    told: dict[str, Any] = {**beside, "CR1": kept, "headline": "CR2"}
    rows = tuple(item.model_copy(update=beside["CR2"]) if item is row else item for item in result.estimates)
    few = {**result.diagnostics["few_clusters"], term: told}
    others = tuple(item for item in result.warnings if item["code"] != "W-EST-01")
    said = warning("W-FEW-01", n=result.n_clusters, p=beside["wild_bootstrap"]["p_value"])
    return result.model_copy(
        update={
            "estimates": rows,
            "diagnostics": result.diagnostics | {"few_clusters": few},
            "warnings": (*others, said),
        }
    )


def _rests_on_cr1(spec: AnalysisSpec, result: EstimateResult) -> bool:
    if spec.inference.method != "analytic" or result.n_clusters is None or result.n_clusters >= FEW_CLUSTERS:
        return False
    return str(result.diagnostics.get("vcov", "")).startswith(UNCORRECTED)
