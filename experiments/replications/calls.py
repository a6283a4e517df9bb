"""Methods that are no estimator of a spec, as a study file calls them: data and arguments in, named numbers out.

Belongs here: the bridge from a study's arguments to the public function, and the names of what it returns. Does not: the methods
themselves (design.power, weights, inference, multiplicity).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from experiments.design import power
from experiments.equivalence import Summary, equivalence, from_summaries
from experiments.estimate import estimate
from experiments.estimators.survival import kaplan_meier
from experiments.joint_tests import Correction, adjusted, max_t, together
from experiments.messages import not_found
from experiments.spec import AnalysisSpec
from experiments.weights.raking import rake
from experiments.weights.survey import Survey, design_effect, survey_mean, survey_regression, survey_total

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


def equivalence_of_means(
    treated: list[float], control: list[float], margin: float, unit: str = "raw", *, equal: bool = False
) -> Mapping[str, float]:
    """Return two one-sided tests of two arms given as [mean, sd, size]; a margin in `sd` is in root mean square sds."""
    arms = [Summary(arm[0], arm[1], int(arm[2])) for arm in (treated, control)]
    scale = ((arms[0].sd ** 2 + arms[1].sd ** 2) / 2) ** 0.5 if unit == "sd" else 1.0
    gap, error, df = from_summaries(*arms, equal_variances=equal)
    found = equivalence(gap, error, df, (-margin * scale, margin * scale)).to_dict()
    return {name: value for name, value in found.items() if name != "verdict"} | {"df": df, "margin": margin * scale}


def joint_outcomes(frame: pd.DataFrame, outcomes: list[str], treatment: str) -> Mapping[str, float]:
    """Return effects on several outcomes with their t statistics (HC0), correlations and maxT p-values."""
    found = together(frame[outcomes].to_numpy(float), frame[treatment].to_numpy(float))
    single, stepped = max_t(found, step_down=False), max_t(found)
    numbers: dict[str, float] = {}
    for place, name in enumerate(outcomes):
        own = {"diff": found.estimates, "t": found.statistics, "single": single, "stepdown": stepped}
        numbers |= {f"{what}({name})": float(values[place]) for what, values in own.items()}
        numbers |= {f"corr({name},{other})": float(found.correlation[place, k]) for k, other in enumerate(outcomes)}
    return numbers


def corrected_family(frame: pd.DataFrame, specs: list[dict[str, Any]]) -> Mapping[str, float]:
    """Return the p-values of some analyses of one treatment, and all corrections of them, by the analyses' places."""
    results = [estimate(AnalysisSpec.model_validate(spec), frame, data_sha256="") for spec in specs]
    p_values = [result.row(str(spec["treatment"])).p_value for result, spec in zip(results, specs, strict=True)]
    numbers = {f"p({place})": value for place, value in enumerate(p_values)}
    corrections: tuple[Correction, ...] = ("bonferroni", "holm", "bh", "by")
    for method in corrections:
        numbers |= {f"{method}({place})": float(value) for place, value in enumerate(adjusted(p_values, method))}
    return numbers


def survey_estimates(  # noqa: PLR0913 - how the sample was drawn
    frame: pd.DataFrame,
    *,
    weights: str,
    population: str,
    means: list[str] | None = None,
    totals: list[str] | None = None,
    strata: str | None = None,
    cluster: str | None = None,
    regression: list[str] | None = None,
    rake_to: dict[str, dict[str, float]] | None = None,
) -> Mapping[str, float]:
    """Return design-based means, totals and a regression (outcome first), with raking where totals of margins are given."""
    raked = rake(frame[weights].to_numpy(float), frame, rake_to) if rake_to else None
    survey = Survey(
        frame[weights].to_numpy(float),
        strata=frame[strata] if strata else None,
        clusters=frame[cluster] if cluster else None,
        population=frame[population],
        raked=raked,
    )
    rows = [survey_mean(survey, frame[name].to_numpy(float), term=f"mean {name}") for name in means or []]
    rows += [survey_total(survey, frame[name].to_numpy(float), term=f"total {name}") for name in totals or []]
    numbers = {f"deff {name}": design_effect(survey, frame[name].to_numpy(float)) for name in means or []}
    if regression:
        terms = ["(Intercept)", *regression[1:]]
        design = np.column_stack([np.ones(len(frame)), frame[regression[1:]].to_numpy(float)])
        rows += survey_regression(survey, frame[regression[0]].to_numpy(float), design, terms=terms)
    numbers |= {row.term: row.estimate for row in rows} | {f"se({row.term})": row.std_error for row in rows}
    if raked is None:
        return numbers
    cells = frame[list(rake_to or {})].astype(str).agg("_".join, axis=1)
    numbers |= {f"weight {cell}": float(weight) for cell, weight in zip(cells, raked.weights, strict=True)}
    return numbers | {"weight least": float(raked.weights.min()), "weight greatest": float(raked.weights.max())}


CALLS: dict[str, Call] = {
    "cluster_means": cluster_means,
    "cluster_over_time": cluster_over_time,
    "cluster_proportions": cluster_proportions,
    "corrected_family": corrected_family,
    "equivalence_of_means": equivalence_of_means,
    "joint_outcomes": joint_outcomes,
    "rank_sum": rank_sum,
    "survey_estimates": survey_estimates,
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
