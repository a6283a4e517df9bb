"""Whether leaving the panel depends on the arm: per wave, jointly over waves, and through whom it takes away.

Belongs here: linear probability models of being unseen with clustered errors, and their joint tests. Does not: bounds and
reweighting, which answer to what is found (estimators, weights). Few clusters: the F test has G - 1 denominator degrees of
freedom and is still too eager below forty; the count is in the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from experiments.estimators.linear import Design, fit_linear
from experiments.estimators.rows import estimate_row
from experiments.estimators.variance import Clusters, Covariance, clustered, heteroskedastic
from experiments.messages import refusal
from experiments.result import Estimate
from experiments.sample import Sample, Vector, design_columns


@dataclass(frozen=True)
class JointTest:
    """Wald test that all of `terms` are zero, as F with (`df1`, `df2`) degrees of freedom."""

    terms: tuple[str, ...]
    statistic: float
    df1: int
    df2: float
    p_value: float


@dataclass(frozen=True)
class Attrition:
    """Differential attrition: a difference per follow-up wave (arm 1 less arm 0), its joint test; who is taken away, by arm."""

    differences: tuple[Estimate, ...]
    joint: JointTest
    selective: JointTest | None
    n_clusters: int | None

    def to_dict(self) -> dict[str, Any]:
        """Return the result ready for JSON."""
        rows = [row.model_dump(exclude={"group"}) for row in self.differences]
        tests = {
            name: asdict(test) if test else None
            for name, test in (("joint", self.joint), ("selective", self.selective))
        }
        return {"differences": rows, **tests, "n_clusters": self.n_clusters}


@dataclass(frozen=True)
class Names:
    """Columns of the panel: `unit` and `wave` its key, `treatment` 0/1, `covariates` as known at the first wave.

    `strata` and `cluster` may be several columns taken together, `a:b`.
    """

    unit: tuple[str, ...]
    wave: str
    observed: str
    treatment: str
    in_scope: str | None = None
    strata: str | None = None
    cluster: str | None = None
    covariates: tuple[str, ...] = ()


def differential_attrition(panel: pd.DataFrame, names: Names, *, alpha: float = 0.05) -> Attrition:
    """Test whether being unseen after the first wave depends on the arm.

    Parameters
    ----------
    panel
        One row per unit and wave, also for those not seen. Units enter that were seen at the first wave and whose arm, stratum
        and cluster are known.

    Returns
    -------
    Attrition
        `differences` are of the share unseen in each follow-up wave, within `strata` if given. `selective` tests whether
        covariates move attrition differently in the two arms (treatment × covariate, all at once), at the last wave.

    Raises
    ------
    Refused
        E-EST-01: nobody was seen at the first wave. E-EST-03: one arm only. E-EST-04: a single cluster. E-EST-13: nobody left.

    Notes
    -----
    Source: AEA registry's question "was attrition correlated with treatment?"; Glennerster & Takavarasha (2013), 7; the errors
    are CR1 by `cluster`, else HC1.
    """
    rows = followed_rows(panel, names)
    waves = sorted(rows[names.wave].unique())
    columns = {
        f"{names.treatment}:{names.wave}[{wave}]": ((rows[names.wave] == wave) * rows[names.treatment]).to_numpy(float)
        for wave in waves
    }
    effects = [names.wave, *([names.strata] if names.strata else [])]
    fixed = (":".join(effects),)
    beta, found, terms = _fit(rows, names, columns, fixed)
    differences = [
        estimate_row(term, float(value), float(np.sqrt(found.matrix[place, place])), found.df, alpha)
        for place, (term, value) in enumerate(zip(terms, beta, strict=True))
    ]
    joint = wald(terms, beta, found)
    last = rows[rows[names.wave] == waves[-1]].reset_index(drop=True)
    selective = _selective(last, names) if names.covariates else None
    return Attrition(tuple(differences), joint, selective, found.n_clusters)


def wald(terms: Sequence[str], beta: Vector, found: Covariance) -> JointTest:
    """Return the test that all coefficients are zero; a singular variance counts its rank."""
    rank = int(np.linalg.matrix_rank(found.matrix, hermitian=True))
    statistic = float(beta @ np.linalg.pinv(found.matrix, hermitian=True) @ beta) / max(rank, 1)
    return JointTest(tuple(terms), statistic, rank, found.df, float(stats.f.sf(statistic, max(rank, 1), found.df)))


def followed_rows(panel: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Return the follow-up rows, in scope, of units seen at the first wave: `unseen`, and what that wave told."""
    unit, wave = list(names.unit), names.wave
    first = panel[panel[wave] == panel[wave].min()]
    needed = [names.treatment, *_parts(names.strata), *_parts(names.cluster)]
    began = first[first[names.observed].fillna(value=False).astype(bool)].dropna(subset=needed)
    if began.empty:
        raise refusal("E-EST-01", n_read=len(panel), n_filter=len(first), n_complete=0)
    if began[names.treatment].nunique() == 1:
        raise refusal("E-EST-03", column=names.treatment, n=len(began))
    kept = [*needed, *names.covariates]
    later = panel.loc[panel[wave] > panel[wave].min(), [*unit, wave, names.observed, *_parts(names.in_scope)]]
    joined = later.merge(began[list(dict.fromkeys([*unit, *kept]))], on=unit)
    if names.in_scope:
        joined = joined[joined[names.in_scope].fillna(value=False).astype(bool)]
    unseen = ~joined[names.observed].fillna(value=False).astype(bool)
    return joined.assign(unseen=unseen.astype(float)).reset_index(drop=True)


def _selective(last: pd.DataFrame, names: Names) -> JointTest:
    """Return the joint test of treatment × covariate on being unseen, main effects beside it."""
    complete = last.dropna(subset=list(names.covariates)).reset_index(drop=True)
    plain = {k: v for name in names.covariates for k, v in design_columns(complete, name).items()}
    treated = complete[names.treatment].to_numpy(float)
    crossed = {f"{names.treatment}:{name}": treated * (values - values.mean()) for name, values in plain.items()}
    columns = {names.treatment: treated, **plain, **crossed}
    fixed = (names.strata,) if names.strata else ()
    beta, found, terms = _fit(complete, names, columns, fixed)
    places = [terms.index(name) for name in crossed]
    part = Covariance(found.matrix[np.ix_(places, places)], found.df, found.description)
    return wald(tuple(crossed), beta[places], part)


def _fit(
    rows: pd.DataFrame, names: Names, columns: dict[str, Vector], fixed: tuple[str, ...]
) -> tuple[Vector, Covariance, list[str]]:
    sample = Sample(rows, None, {})
    fit = fit_linear(Design("unseen", rows["unseen"].to_numpy(float), columns, fixed), sample)
    if names.cluster:
        found = clustered(fit, Clusters({names.cluster: sample.codes(names.cluster)}))
    else:
        found = heteroskedastic(fit, "HC1")
    return fit.beta, found, list(fit.names)


def _parts(name: str | None) -> list[str]:
    return name.split(":") if name else []
