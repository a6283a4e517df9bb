"""One specification from products by cluster: the treatment's estimate, its error, and how it moves when clusters are drawn.

Belongs here: that algebra. Does not: columns (grouped), draws (joint). Q is an orthonormal basis of the design, P_h = Q_h'Q_h,
u_h the coefficient's row of (I − P_h)^power (power 0 for CR1): the variance is the sum of squares of u_h'Q_h'e_h; under
weights v of clusters and the null such a score is Σ_g v_g (u_h'm_gh − m_g'P_h u_h), m the moments Q'e of the null's residuals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from experiments.curve.grouped import Cubes, Group
from experiments.estimators.bias_reduced import FULL, POWER, Corrected
from experiments.estimators.rows import estimate_row
from experiments.messages import refusal
from experiments.result import Estimate
from experiments.sample import Matrix, Vector
from experiments.spec import AnalysisSpec

ALIKE = 1e-12
"""Share of a column's squared length that must remain after the others are taken out; rounding of products is near."""


@dataclass(frozen=True)
class Evaluated:
    """One specification: its row; under draws v, (B, G), the estimate is v·`shift` and its scores v·`scores`, (G, H).

    `factor`: of the variance; `bar`: |t| beyond which it is significant; `spread`: standard deviation of the outcome.
    """

    row: Estimate
    rows: int
    clusters: int
    shift: Vector
    scores: Matrix
    factor: float
    bar: float
    spread: float


def evaluated(spec: AnalysisSpec, group: Group) -> Evaluated:
    """Return what a specification finds.

    Raises
    ------
    Refused
        E-EST-02: columns that cannot be told apart. E-EST-03, -13: treatment or outcome does not vary. E-EST-14: no residual.
    """
    places = _places(spec, group)
    outcome = group.names.index(spec.outcome, group.wide)
    total = group.total
    turn = _turn(group, total, places)
    base = np.concatenate([np.zeros(group.wide), turn[0]])
    frame = np.zeros((len(total), group.wide + len(places)))
    frame[np.arange(group.wide), np.arange(group.wide)] = 1.0
    frame[np.ix_(places, np.arange(group.wide, frame.shape[1]))] = turn
    beta = turn @ (turn.T @ total[places, outcome])
    left = np.zeros(len(total))
    left[places], left[outcome] = -beta, 1.0
    if left @ total @ left <= ALIKE * (group.spreads[outcome] ** 2 * group.rows):
        raise refusal("E-EST-14", column=spec.outcome)
    null = left + float(beta[0]) * frame @ base / float(base @ base)
    return _with_error(spec, group, frame, base, (left, null), float(beta[0]))


def _with_error(
    spec: AnalysisSpec,
    group: Group,
    frame: Matrix,
    base: Vector,
    residuals: tuple[Vector, Vector],
    beta: float,
) -> Evaluated:
    (left, null), by_own = residuals, group.by_own
    count, kind = len(by_own), spec.vcov or "CR1"
    moments, kept = by_own @ left @ frame, group.products @ null @ frame
    if kind == "CR1":
        lever = np.broadcast_to(base, (count, len(base)))
        pulled = by_own @ (frame @ base) @ frame
        parameters = group.spent + len(beta_names(spec, group))
        factor = count / (count - 1) * (group.rows - 1) / (group.rows - parameters)
        df = float(count - 1)
    else:
        cross = frame.T @ by_own @ frame
        lever = _corrected_lever(cross, base, POWER[kind])
        pulled = _times(cross, lever)
        df = float(Corrected(lever[:, :, None], cross, moments).satterthwaite(np.ones((1, 1)))[0])
        factor = 1.0
    error = float(factor * ((lever * moments).sum(axis=1) ** 2).sum()) ** 0.5
    drawn = group.of_drawn @ kept
    scores = -drawn @ pulled.T
    scores[group.drawn, group.own] += (kept * lever[group.own]).sum(axis=1)  # a pair comes once
    return Evaluated(
        row=estimate_row(str(spec.treatment), beta, error, df, spec.alpha),
        rows=group.rows,
        clusters=count,
        shift=drawn @ base,
        scores=scores,
        factor=factor,
        bar=float(special.stdtrit(df, 1 - spec.alpha / 2)),
        spread=float(group.spreads[group.names.index(spec.outcome, group.wide)]),
    )


def _corrected_lever(cross: Cubes, base: Vector, power: float) -> Matrix:
    """Return each cluster's part in the coefficient, its residuals corrected by a power of what is not its own."""
    values, vectors = np.linalg.eigh(cross)
    stretch = np.where(1 - values > FULL, np.maximum(1 - values, FULL) ** power, 0.0)
    return _times(vectors, stretch * (base @ vectors))


def _times(matrices: Cubes, vectors: Matrix) -> Matrix:
    found: Matrix = (matrices @ vectors[:, :, None])[:, :, 0]
    return found


def beta_names(spec: AnalysisSpec, group: Group) -> list[str]:
    """Return the columns of a specification, the treatment first."""
    wanted = [str(spec.treatment), *spec.covariates]
    own = [name for name in group.names[group.wide :] if name in wanted or name.partition("[")[0] in wanted]
    return sorted(own, key=lambda name: name != spec.treatment)


def _places(spec: AnalysisSpec, group: Group) -> np.ndarray:
    for name, code in ((str(spec.treatment), "E-EST-03"), (spec.outcome, "E-EST-13")):
        if group.spreads[group.names.index(name, group.wide)] == 0:
            raise refusal(code, column=name, n=group.rows)
    return np.array([group.names.index(name, group.wide) for name in beta_names(spec, group)])


def _turn(group: Group, total: Matrix, places: np.ndarray) -> Matrix:
    """Return the matrix that makes the columns an orthonormal basis, (p, p); refuse columns that others explain."""
    own = total[np.ix_(places, places)]
    length = np.sqrt(np.maximum(np.diag(own), 0.0))
    gone = length**2 <= ALIKE * group.lengths[places] ** 2
    if gone.any():
        raise refusal("E-EST-02", columns=", ".join(group.names[place] for place in places[gone]))
    try:
        lower = np.linalg.cholesky(own / np.outer(length, length))
    except np.linalg.LinAlgError:
        lower = np.zeros((1, 1))
    if (np.diag(lower) ** 2 <= ALIKE).any():
        raise refusal("E-EST-02", columns=", ".join(group.names[place] for place in places))
    found: Matrix = np.linalg.inv(lower).T / length[:, None]
    return found
