"""CR2 and CR3: cluster variances that correct the shrinkage of residuals, with Satterthwaite's df and the HTZ joint test.

When: always with clusters under about forty; CR2 is unbiased when errors are independent and alike (Bell & McCaffrey 2002), its
df say how much the few clusters are worth (Pustejovsky & Tipton 2018). Not when: two cluster variables, or fixed effects of
very many levels that no cluster contains. Everything is computed from per-cluster cross-products of an orthonormal basis of the
design; effects nested in clusters are swept out first, which changes nothing (theorem 2 there, weights as working variances).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from experiments.estimators.absorb import Absorber, Factor
from experiments.estimators.linear import Fit
from experiments.estimators.variance import FEW_CLUSTERS, Covariance, is_nested
from experiments.messages import refusal, warning
from experiments.sample import Codes, Matrix, Vector

Cube = npt.NDArray[np.float64]
POWER = {"CR2": -0.5, "CR3": -1.0}
FULL = 1e-9
"""Share of a direction that may be left by a cluster; less means that the cluster alone determines it (its residual is 0)."""
LEAST_DF = 4.0
"""Below so many Satterthwaite df the t approximation itself is poor (Pustejovsky & Tipton 2018)."""
CELLS = 50_000_000


@dataclass(frozen=True)
class Corrected:
    """A fitted regression seen cluster by cluster, `G` clusters, `k` coefficients, a basis of `r` directions.

    `lever` holds u_g = (I − P_g)^power Q'X (X'X)⁻¹, (G, r, k); `cross` the P_g = Q_g'Q_g, (G, r, r); `moment` the Q_g'e_g, (G,
    r).
    """

    lever: Cube
    cross: Cube
    moment: Matrix

    @property
    def scores(self) -> Matrix:
        """Return each cluster's corrected contribution to the coefficients, (G, k)."""
        found: Matrix = np.einsum("grk,gr->gk", self.lever, self.moment)
        return found

    @property
    def matrix(self) -> Matrix:
        """Return the variance matrix, (k, k)."""
        found: Matrix = self.scores.T @ self.scores
        return found

    def satterthwaite(self, contrast: Matrix) -> Vector:
        """Return the df of each row of `contrast`, (q, k), by matching two moments of its variance estimate."""
        u = np.einsum("grk,qk->gqr", self.lever, contrast)
        t = np.einsum("grs,gqs->gqr", self.cross, u)
        own = np.einsum("gqr,gqr->gq", u, t)
        length = np.einsum("gqr,gqr->gq", t, t)
        shared = np.einsum("gqr,gqs->qrs", t, t)
        first = (own - length).sum(axis=0)
        second = (own**2 - 2 * own * length).sum(axis=0) + (shared**2).sum(axis=(1, 2))
        found: Vector = first**2 / second
        return found

    def joint(self, contrast: Matrix, beta: Vector, bread: Matrix) -> dict[str, Any]:
        """Return the HTZ test that every row of `contrast`, (q, k), is zero (Pustejovsky & Tipton 2018, approximation AHZ)."""
        q = len(contrast)
        value = contrast @ beta
        wald = float(value @ np.linalg.solve(contrast @ self.matrix @ contrast.T, value))
        values, vectors = np.linalg.eigh(contrast @ bread @ contrast.T)
        scaled = (vectors / np.sqrt(values)) @ vectors.T @ contrast
        u = np.einsum("grk,qk->gqr", self.lever, scaled)
        t = np.einsum("grs,gqs->gqr", self.cross, u)
        inner = -np.einsum("gqr,hpr->ghqp", t, t)
        places = np.arange(len(u))
        inner[places, places] += np.einsum("gqr,gpr->gqp", u, t)
        spread = np.einsum("ghqq,ghpp->", inner, inner) + np.einsum("ghqp,ghpq->", inner, inner)
        eta = q * (q + 1) / float(spread)
        return f_test((eta - q + 1) / (eta * q) * wald, q, eta - q + 1, "HTZ")


def f_test(statistic: float, df1: float, df2: float, method: str) -> dict[str, Any]:
    """Return a joint test as it stands in the diagnostics."""
    from scipy import stats

    p_value = float(stats.f.sf(statistic, df1, df2)) if df2 > 0 else float("nan")
    return {"statistic": float(statistic), "df1": df1, "df2": float(df2), "p_value": p_value, "method": method}


def corrected(fit: Fit, codes: Codes, kind: str) -> Corrected:
    """Return the regression's corrected cluster scores.

    Parameters
    ----------
    fit
        A least-squares fit, absorbed or not, weighted or not (weights count as inverse working variances).
    codes
        (n,) cluster numbers 0, 1, … without gaps.
    kind
        CR2 or CR3.

    Raises
    ------
    Refused
        E-EST-04: one cluster. E-EST-10: fixed effects that no cluster contains have too many levels.
    """
    basis = basis_of(fit, codes, kind)
    count = int(codes.max()) + 1
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(count))
    rows = basis[order]
    if count * rows.shape[1] ** 2 > CELLS:
        raise refusal("E-EST-10", vcov=kind, cells=count * rows.shape[1] ** 2, limit=CELLS)
    cross = np.stack([np.add.reduceat(rows * rows[:, [place]], starts) for place in range(rows.shape[1])], axis=1)
    moment: Matrix = np.add.reduceat(rows * fit.residual[order, None], starts)
    values, vectors = np.linalg.eigh(cross)
    room = 1 - values
    stretch = np.where(room > FULL, np.maximum(room, FULL) ** POWER[kind], 0.0)
    lever = np.einsum("grs,gs,gts,tk->grk", vectors, stretch, vectors, basis.T @ fit.x @ fit.bread, optimize=True)
    return Corrected(lever, cross, moment)


def basis_of(fit: Fit, codes: Codes, kind: str) -> Matrix:
    """Return an orthonormal basis, (n, r), of the columns and of those fixed effects that no cluster contains."""
    own: Matrix = np.linalg.qr(fit.x)[0]
    if fit.absorber is None:
        return own
    nested = [factor for factor in fit.absorber.factors if is_nested(factor.codes, codes)]
    wide = [factor for factor in fit.absorber.factors if not is_nested(factor.codes, codes)]
    if not wide:
        return own
    return np.column_stack([own, _dummies(fit.absorber, nested, wide, kind)])


def dummies_of(absorber: Absorber, kind: str) -> Matrix:
    """Return an orthonormal basis, (n, levels), of all fixed effects of a regression."""
    return _dummies(absorber, [], list(absorber.factors), kind)


def _dummies(absorber: Absorber, nested: list[Factor], wide: list[Factor], kind: str) -> Matrix:
    cells = len(absorber.weights) * sum(factor.levels for factor in wide)
    if cells > CELLS:
        raise refusal("E-EST-10", vcov=kind, cells=cells, limit=CELLS)
    dummies = np.hstack([np.eye(factor.levels)[factor.codes] for factor in wide])
    if nested:
        dummies = Absorber(tuple(nested), absorber.weights).residual(dummies)
    orthogonal, triangle = np.linalg.qr(dummies * np.sqrt(absorber.weights)[:, None])
    left, size, _ = np.linalg.svd(triangle)
    found: Matrix = orthogonal @ left[:, size > FULL * size.max()]
    return found


def bias_reduced(fit: Fit, name: str, codes: Codes, kind: str) -> Covariance:
    """Return CR2 or CR3 with a df for each coefficient."""
    count = int(codes.max()) + 1
    if count == 1:
        raise refusal("E-EST-04", column=name, n=count)
    found = corrected(fit, codes, kind)
    df = found.satterthwaite(np.eye(len(fit.names)))
    low = float(df.min())
    poor = (warning("W-EST-04", column=name, df=low),) if low < LEAST_DF and count < FEW_CLUSTERS else ()
    description = {
        "df_rule": "Satterthwaite (Bell-McCaffrey), one a coefficient",
        "small_sample": f"{kind}: residuals of a cluster times (I - H)^{POWER[kind]:g}, no further factor",
        "k": fit.parameters,
        "clusters": {name: count},
    }
    return Covariance(found.matrix, low, description, poor, count, df)
