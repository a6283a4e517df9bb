"""Methods that are no estimator of a spec, as a study file calls them: data and arguments in, named numbers out.

Belongs here: the bridge from a study's arguments to the public function, and the names of what it returns. Does not: the methods
themselves (design.power, weights, inference, multiplicity).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from experiments.design import power
from experiments.estimators.survival import kaplan_meier
from experiments.messages import not_found

Call = Callable[..., Mapping[str, float]]


def two_means(**arguments: float) -> Mapping[str, float]:
    """Return the power of comparing two means, or the size or the effect that is not given (at power 0.8)."""
    if "size" not in arguments:
        return {"size": power.needed(lambda size: power.two_means(arguments["effect"], size), low=2)}
    if "effect" not in arguments:
        return {"effect": power.needed(lambda effect: power.two_means(effect, arguments["size"]), low=1e-9)}
    return {"power": power.two_means(**arguments)}


def two_proportions(first: float, second: float) -> Mapping[str, float]:
    """Return the units an arm that comparing two proportions needs."""
    return {"size": power.needed(lambda size: power.two_proportions(first, second, size), low=2)}


def cluster_means(effect: float, clusters: float, size: float, icc: float, variance: float) -> Mapping[str, float]:
    """Return the power of a cluster-randomised trial, its outcome of that variance."""
    return {"power": power.cluster_means(effect, clusters, size, icc, sd=variance**0.5)}


def cluster_proportions(first: float, second: float, size: float, icc: float, clusters: float) -> Mapping[str, float]:
    """Return 1 where so many clusters an arm do not suffice for power 0.8."""
    return {"too_few": float(power.cluster_proportions(first, second, clusters, size, icc) < power.TARGET)}


def cluster_over_time(effect: float, size: float, **correlations: float) -> Mapping[str, float]:
    """Return the clusters an arm that a difference in differences of cluster means needs."""
    found = power.Correlations(**correlations)
    return {
        "clusters": power.needed(lambda clusters: power.cluster_over_time(effect, clusters, size, found), low=1.001)
    }


def stepped_wedge_clusters(
    effect: float, size: float, steps: int, variance: float, **correlations: float
) -> Mapping[str, float]:
    """Return the clusters that switch at each step of a complete stepped wedge."""
    found, sd = power.Correlations(**correlations), variance**0.5
    return {
        "clusters": power.needed(
            lambda clusters: power.stepped_wedge_by_effect(effect, clusters, size, steps, found, sd=sd), low=1.001
        )
    }


def stepped_wedge(sequences: list[int], effect: float, cell: float, cluster: float) -> Mapping[str, float]:
    """Return the power of a stepped wedge by generalised least squares on cell means; `cell`, `cluster` are variances."""
    design = power.stepped_wedge_design(sequences)
    return {"power": power.stepped_wedge(effect, power.stepped_wedge_variance(design, cell=cell, cluster=cluster))}


def rank_sum(frame: pd.DataFrame, outcome: str, treatment: str) -> Mapping[str, float]:
    """Return Wilcoxon's rank-sum statistic of the control group against the treated, normal with continuity correction (R's)."""
    from scipy import stats

    found = stats.mannwhitneyu(
        *(frame.loc[frame[treatment] == arm, outcome] for arm in (0, 1)), use_continuity=True, method="asymptotic"
    )
    return {"statistic": float(found.statistic), "p": float(found.pvalue)}


def survival_at(
    frame: pd.DataFrame, time: str, event: str, group: str, value: float, times: list[float]
) -> Mapping[str, float]:
    """Return Kaplan-Meier survival of one group at some times, `s(time)` and `se(time)`."""
    rows = frame[frame[group] == value]
    curve = kaplan_meier(rows[time].to_numpy(float), rows[event].to_numpy() == 1)
    found = {when: curve.at(when) for when in times}
    return {f"s({when})": at[0] for when, at in found.items()} | {f"se({when})": at[1] for when, at in found.items()}


CALLS: dict[str, Call] = {
    "cluster_means": cluster_means,
    "cluster_over_time": cluster_over_time,
    "cluster_proportions": cluster_proportions,
    "rank_sum": rank_sum,
    "stepped_wedge": stepped_wedge,
    "stepped_wedge_clusters": stepped_wedge_clusters,
    "survival_at": survival_at,
    "two_means": two_means,
    "two_proportions": two_proportions,
}


def called(name: str, frame: pd.DataFrame | None, arguments: dict[str, Any]) -> Mapping[str, float]:
    """Return the numbers that a call finds; `frame` is handed to it where the study has data.

    Raises
    ------
    NotFound
        E-REPL-07: no such call.
    """
    if name not in CALLS:
        raise not_found("E-REPL-07", name=name, known=", ".join(CALLS))
    return CALLS[name](**arguments) if frame is None else CALLS[name](frame, **arguments)
