"""Effects by registered group (elderly, disabled, women, minors, …) and the test that they are the same.

When: the option `subgroups: [is_elderly]`, or the protocol's `heterogeneity`; groups are of before treatment. Not when: many
groups are looked through for one that stands out. Belongs here: the interacted regression, the joint test of equality, the
minimum cell: a group with fewer than ten units in an arm is withheld and named, and takes no part in the test. Does not: fits and
variances (estimators). Other methods are run group by group; their test needs groups that share no cluster (Cochran's Q).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from data.messages import Refused, Text
from experiments.estimators import method
from experiments.estimators.bias_reduced import corrected, f_test
from experiments.estimators.linear import Design, Fit, fit_linear
from experiments.estimators.regression import Regression, covariance
from experiments.estimators.rows import estimate_row
from experiments.estimators.variance import FEW_CLUSTERS, Covariance, is_nested
from experiments.leave_one_out import headline_row, without_extras
from experiments.messages import refusal
from experiments.result import Estimate, EstimateResult
from experiments.sample import Codes, Flags, Sample, Vector, is_numeric
from experiments.spec import AnalysisSpec
from quality.disclosure import MIN_CELL

MOST = 20
BASE = 5
"""Where a group is withheld, the numbers of the others are rounded, so that subtracting does not tell its own."""
TOO_SMALL = Text(en="fewer than {least} units in an arm", zh="某一组不足 {least} 个单位")
SHARED = Text(
    en="The groups share clusters, and this method gives no joint variance: compare the intervals.",
    zh="各组共有聚类，且该方法没有联合方差：请比较区间。",
)
ALONE = Text(en="Fewer than two groups are shown.", zh="可显示的组少于两个。")
Again = Callable[[AnalysisSpec, Sample], EstimateResult]


@dataclass(frozen=True)
class _Group:
    label: str
    rows: Flags
    units: dict[str, int]

    @property
    def is_small(self) -> bool:
        return min(self.units.values()) < MIN_CELL


def by_group(spec: AnalysisSpec, sample: Sample, columns: Sequence[str], again: Again) -> dict[str, Any]:
    """Return what stands in `diagnostics.subgroups`: by column the effects, the groups withheld, the test of equality.

    Raises
    ------
    Refused
        E-GROUP-01: a column of more than 20 groups, or the treatment's own.
    """
    return {column: _of(without_extras(spec), sample, column, again) for column in columns}


def _of(spec: AnalysisSpec, sample: Sample, column: str, again: Again) -> dict[str, Any]:
    groups = _groups(spec, sample, column)
    shown, small = [item for item in groups if not item.is_small], [item for item in groups if item.is_small]
    withheld = [{"group": item.label, "reason": TOO_SMALL.fill(least=MIN_CELL).model_dump()} for item in small]
    absent = int(sample.frame[column].isna().sum())
    told: dict[str, Any] = {"withheld": withheld, "n_rows_without_group": absent}
    planned = method(spec.estimator).regression
    try:
        if not shown:
            raise refusal("E-GROUP-02", column=column, least=MIN_CELL)
        rows, equal = (
            _separate(spec, sample, shown, again) if planned is None else _interacted(spec, sample, column, shown)
        )
    except Refused as error:
        return {
            "groups": [],
            "equal": None,
            "refused": {"code": error.code, "message": error.text.model_dump()},
            **told,
        }
    listed = [
        {"group": item.label, **_numbers(row), "n_units": _size(item, rounded=bool(small))}
        for item, row in zip(shown, rows, strict=True)
    ]
    return {"groups": listed, "equal": equal, **told}


def _groups(spec: AnalysisSpec, sample: Sample, column: str) -> list[_Group]:
    known = sample.frame[column].notna().to_numpy()
    labels = sample.frame[column].astype(str).to_numpy()
    names = np.unique(labels[known])
    if len(names) > MOST or column == spec.treatment:
        raise refusal("E-GROUP-01", column=column, n=len(names), most=MOST)
    return [
        _Group(str(name), known & (labels == name), _units(spec, sample, known & (labels == name))) for name in names
    ]


def _units(spec: AnalysisSpec, sample: Sample, rows: Flags) -> dict[str, int]:
    """Return how many units a group has in each arm (altogether, where treatment is a dose or a cohort)."""
    unit = sample.codes(spec.unit) if spec.unit else np.arange(sample.size)
    arm = sample.frame[spec.treatment] if spec.treatment and is_numeric(sample.frame[spec.treatment]) else None
    if arm is None or not arm.isin((0, 1)).all():
        return {"all": len(np.unique(unit[rows]))}
    treated = arm.to_numpy() == 1
    return {"treated": len(np.unique(unit[rows & treated])), "control": len(np.unique(unit[rows & ~treated]))}


def _size(group: _Group, *, rounded: bool) -> dict[str, int]:
    return {name: BASE * round(count / BASE) if rounded else count for name, count in group.units.items()}


def _numbers(row: Estimate) -> dict[str, float]:
    named = ("estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high")
    return {name: getattr(row, name) for name in named}


def _interacted(
    spec: AnalysisSpec, sample: Sample, column: str, shown: list[_Group]
) -> tuple[list[Estimate], dict[str, Any]]:
    """Return effects and test of one regression in which the treatment has a slope in each group."""
    kept: Flags = np.any([item.rows for item in shown], axis=0)
    sample = sample.where(kept)
    planned = method(spec.estimator).regression
    if planned is None:
        raise TypeError(spec.estimator)
    regression = planned(spec, sample)
    term = spec.treatment if spec.treatment in regression.design.columns else next(iter(regression.design.columns))
    design = _crossed(sample, regression.design, str(term), column, [item.rows[kept] for item in shown])
    fit = fit_linear(design, sample)
    regression = _small(replace(regression, design=design), sample)
    found = covariance(fit, regression, sample, spec)
    rows = [
        estimate_row(fit.names[at], fit.beta[at], found.matrix[at, at] ** 0.5, found.df_of(at), spec.alpha)
        for at in (fit.names.index(_name(str(term), column, place)) for place in range(len(shown)))
    ]
    slopes = [fit.names.index(_name(str(term), column, place)) for place in range(len(shown))]
    return rows, _equality(fit, regression, sample, slopes, found)


def _small(regression: Regression, sample: Sample) -> Regression:
    """Return the regression with CR2 in the place of CR1 where clusters are few."""
    is_few = len(regression.cluster) == 1 and int(sample.codes(regression.cluster[0]).max()) + 1 < FEW_CLUSTERS
    return replace(regression, vcov="CR2") if is_few and regression.vcov == "CR1" else regression


def _name(term: str, column: str, place: int) -> str:
    return f"{term}:{column}[{place}]"


def _crossed(sample: Sample, design: Design, term: str, column: str, groups: list[Flags]) -> Design:
    """Return the design with the treatment split by group; the groups' own levels, unless a fixed effect contains them."""
    own = {_name(term, column, place): design.columns[term] * rows for place, rows in enumerate(groups)}
    others = {name: values for name, values in design.columns.items() if name != term}
    member: Codes = np.argmax(np.stack(groups), axis=0).astype(np.int64)
    absorbed = any(is_nested(sample.codes(name), member) for name in design.fixed_effects)
    levels = {} if absorbed else {f"{column}[{at}]": groups[at].astype(np.float64) for at in range(1, len(groups))}
    explained = _explained(levels, others)
    return replace(
        design, columns={**own, **{name: levels[name] for name in levels if name not in explained}, **others}
    )


def _explained(levels: dict[str, Vector], others: dict[str, Vector]) -> set[str]:
    """Return the group levels that the analysis has among its covariates already."""
    if not levels or not others:
        return set()
    basis = np.column_stack([np.ones(len(next(iter(levels.values())))), *others.values()])
    left = {name: values - basis @ np.linalg.lstsq(basis, values, rcond=None)[0] for name, values in levels.items()}
    return {name for name, values in left.items() if np.linalg.norm(values) < 1e-8 * np.linalg.norm(levels[name])}


def _equality(fit: Fit, regression: Regression, sample: Sample, slopes: list[int], found: Covariance) -> dict[str, Any]:
    count = len(slopes)
    if count < 2:  # noqa: PLR2004 - equality is of two at least
        return {"reason": ALONE.model_dump()}
    contrast = np.zeros((count - 1, len(fit.names)))
    contrast[:, slopes[0]] = -1
    contrast[np.arange(count - 1), slopes[1:]] = 1
    if regression.vcov in ("CR2", "CR3"):
        seen = corrected(fit, sample.codes(regression.cluster[0]), regression.vcov)
        return seen.joint(contrast, fit.beta, fit.bread)
    value = contrast @ fit.beta
    wald = float(value @ np.linalg.solve(contrast @ found.matrix @ contrast.T, value))
    return f_test(wald / (count - 1), count - 1, found.df, f"F, {regression.vcov}")


def _separate(
    spec: AnalysisSpec, sample: Sample, shown: list[_Group], again: Again
) -> tuple[list[Estimate], dict[str, Any]]:
    """Return effects of the method run on each group, and Cochran's Q where no cluster lies in two of them."""
    rows = [headline_row(spec, again(spec, sample.where(item.rows))) for item in shown]
    if len(rows) < 2:  # noqa: PLR2004 - equality is of two at least
        return rows, {"reason": ALONE.model_dump()}
    together = spec.cluster or ((spec.unit,) if spec.unit else ())
    member = np.argmax(np.stack([item.rows for item in shown]), axis=0).astype(np.int64)
    inside = np.any([item.rows for item in shown], axis=0)
    nested = all(is_nested(_again_numbered(sample.codes(str(name))[inside]), member[inside]) for name in together)
    if not nested or not all(row.std_error > 0 for row in rows):
        return rows, {"reason": SHARED.model_dump()}
    return rows, _cochran(np.array([row.estimate for row in rows]), np.array([row.std_error for row in rows]))


def _again_numbered(codes: Codes) -> Codes:
    found: Codes = np.unique(codes, return_inverse=True)[1].astype(np.int64)
    return found


def _cochran(estimate: Vector, std_error: Vector) -> dict[str, Any]:
    from scipy import stats

    weight = std_error**-2
    statistic = float((weight * (estimate - np.average(estimate, weights=weight)) ** 2).sum())
    df = len(estimate) - 1
    return {"statistic": statistic, "df1": df, "p_value": float(stats.chi2.sf(statistic, df)), "method": "Cochran's Q"}
