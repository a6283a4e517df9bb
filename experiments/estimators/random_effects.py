"""Random effects of units beside fixed ones, and Hausman's test of whether they agree.

When: a panel regression with one absorbed effect (option `random_effects` of `ols`), to see whether units' effects go with the
columns. Not when: designs with several levels or slopes that vary (mixed). Swamy & Arora (1972) variance components; Hausman
(1978).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from experiments.estimators.linear import Design, Fit
from experiments.messages import refusal
from experiments.sample import Codes, Matrix, Vector


def random_effects(design: Design, fit: Fit) -> dict[str, Any]:
    """Return random-effects coefficients, their standard errors, the variance components and Hausman's test.

    Parameters
    ----------
    design, fit
        A fitted regression with one fixed effect, unweighted.

    Raises
    ------
    Refused
        E-EST-16: no fixed effect or several, weights, or not more units than columns.
    """
    absorber = fit.absorber
    if absorber is None or len(absorber.factors) != 1 or np.ptp(fit.weights) > 0:
        raise refusal("E-EST-16", n=0)
    codes, levels = absorber.factors[0].codes, absorber.factors[0].levels
    if levels <= len(fit.names) + 1:
        raise refusal("E-EST-16", n=levels)
    x = np.column_stack([np.ones(fit.size), *design.columns.values()])
    size = np.bincount(codes).astype(float)
    within = float(fit.residual @ fit.residual) / (fit.size - fit.parameters)
    between = _between(x, design.outcome, codes, size)
    lasting = max(between - within / (levels / (1 / size).sum()), 0.0)
    theta = 1 - np.sqrt(within / (within + size * lasting))
    beta, matrix = _fitted(x, design.outcome, codes, theta, size)
    gap, apart = fit.beta - beta[1:], within * fit.bread - matrix[1:, 1:]
    chisq = float(gap @ np.linalg.solve(apart, gap))
    from scipy import stats

    return {
        "random_effects": {
            "estimate": dict(zip(fit.names, beta[1:].tolist(), strict=True)),
            "std_error": dict(zip(fit.names, np.sqrt(np.diag(matrix))[1:].tolist(), strict=True)),
            "var_unit": lasting,
            "var_residual": within,
        },
        "hausman": {"chisq": chisq, "df": len(gap), "p_value": float(stats.chi2.sf(chisq, len(gap)))},
    }


def _means(columns: Matrix, codes: Codes, size: Vector) -> Matrix:
    return np.column_stack([np.bincount(codes, weights=column) for column in columns.T]) / size[:, None]


def _between(x: Matrix, y: Vector, codes: Codes, size: Vector) -> float:
    """Return the residual variance of the regression of units' means."""
    means = _means(np.column_stack([x, y]), codes, size)
    left, right = means[:, :-1], means[:, -1]
    residual = right - left @ np.linalg.lstsq(left, right, rcond=None)[0]
    squared = float(residual @ residual)
    return squared / (len(size) - int(left.shape[1]))


def _fitted(x: Matrix, y: Vector, codes: Codes, theta: Vector, size: Vector) -> tuple[Vector, Matrix]:
    both = np.column_stack([x, y])
    swept = both - (theta[:, None] * _means(both, codes, size))[codes]
    left, right = swept[:, :-1], swept[:, -1]
    inverse = np.linalg.inv(left.T @ left)
    beta: Vector = inverse @ (left.T @ right)
    residual = right - left @ beta
    sigma = float(residual @ residual) / (len(y) - x.shape[1])
    return beta, sigma * inverse
