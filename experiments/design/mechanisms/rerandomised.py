"""Rerandomisation: draw again until the covariates' Mahalanobis distance between arms is small (Morgan & Rubin 2012).

Belongs here: criterion, acceptance, probabilities. Does not: the draw that is repeated (allocation), the balance table (balance).
With equal shares each unit's probability stays exactly its share (swapping arms leaves the distance as it is); otherwise it is
estimated by simulation and marked so. Analyses need randomisation inference or adjustment for the covariates.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from experiments.design.frame import SealedFrame
from experiments.design.mechanisms.allocation import allocate_units, enough
from experiments.design.mechanisms.drawn import Codes, Drawn, Request, chances, codes
from experiments.design.messages import refusal
from experiments.design.ratio import Shares
from experiments.design.stream import Stream
from experiments.registry.schema.design import Rerandomisation

ACCEPTED_FOR_PROBABILITY = 2000
TOLERANCE = 1e-9
DIGITS = 9
"""To which distance and threshold are rounded before they are compared: the last bits differ between machines."""

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Criterion:
    """Whitened covariates of the items that are drawn (clusters or units), and the largest distance that is accepted."""

    scores: Matrix
    first: Codes  # one unit of each item
    threshold: float

    def distance(self, choice: Codes) -> float:
        """Return Σ over arms of n·|mean score|²: for two arms Morgan and Rubin's M, χ² with rank·(arms − 1) df."""
        arm = choice[self.first]
        sizes = np.bincount(arm)
        sums = np.stack([np.bincount(arm, weights=column) for column in self.scores.T], axis=1)
        filled = sizes > 0
        return round(float((sums[filled] ** 2 / sizes[filled, None]).sum()), DIGITS)

    def distances(self, arms: Codes, options: int) -> Matrix:
        """Return the distance of each of many draws, (draws × items)."""
        found: Matrix = np.zeros(len(arms))
        for option in range(options):
            inside = (arms == option).astype(np.float64)
            size = np.maximum(inside.sum(axis=1), 1.0)
            found += ((inside @ self.scores) ** 2).sum(axis=1) / size
        return found.round(DIGITS)


def draw(request: Request) -> Drawn:
    """Draw until the distance is within the threshold; the number of draws and the distance stand in the record."""
    rule = request.spec.rerandomisation
    if rule is None:
        raise refusal("E-ASSIGN-05", method="rerandomised", field="rerandomisation")
    shares = request.shares()
    enough(len(set(request.clusters)), shares, "units", "单位")
    criterion = criterion_of(request, rule, len(shares))
    best = np.inf
    for attempt in range(1, rule.max_draws + 1):
        choice = allocate_units(request, shares, f"draw {attempt}|")
        distance = criterion.distance(choice)
        best = min(best, distance)
        if distance <= criterion.threshold:
            told = {"draws": attempt, "distance": repr(distance), "threshold": repr(criterion.threshold)}
            return _accepted(request, shares, choice, told)
    raise refusal("E-ASSIGN-10", n=rule.max_draws, threshold=criterion.threshold, best=best)


def _accepted(request: Request, shares: Shares, choice: Codes, told: dict[str, object]) -> Drawn:
    if len(set(shares)) == 1:
        return Drawn(request.options(), choice, chances(shares, choice), "exact", told)
    table = _probabilities(request.frame, request.spec.model_dump_json(), request.arms)
    return Drawn(request.options(), choice, table[np.arange(len(choice)), choice], "estimated", told)


def criterion_of(request: Request, rule: Rerandomisation, arms: int) -> Criterion:
    """Return the criterion: covariates of clusters (means) or units, within blocks, whitened; χ² quantile as threshold."""
    from scipy.stats import chi2

    member = codes(request.clusters)
    size = np.bincount(member)
    covariates = _covariates(request.frame, rule)
    items = np.stack([np.bincount(member, weights=column) / size for column in covariates.T], axis=1)
    _, first = np.unique(member, return_index=True)
    block = codes([request.blocks[place] for place in first])
    inside = items - np.stack([(np.bincount(block, weights=c) / np.bincount(block))[block] for c in items.T], axis=1)
    left, strength, _ = np.linalg.svd(inside, full_matrices=False)
    kept = strength > TOLERANCE * max(1.0, float(strength.max(initial=0.0)))
    freedom = max(len(items) - int(block.max()) - 1, 1)
    threshold = round(float(chi2.ppf(rule.accept_probability, max(int(kept.sum()), 1) * (arms - 1))), DIGITS)
    return Criterion(left[:, kept] * np.sqrt(freedom), first, threshold)


def _covariates(frame: SealedFrame, rule: Rerandomisation) -> Matrix:
    """Return numbers as they are and texts as indicators (the first level left out); refuse what does not vary."""
    constant = [name for name in rule.covariates if len(set(frame.cells(name))) == 1]
    if constant:
        raise refusal("E-ASSIGN-14", columns=", ".join(constant))
    columns: list[npt.NDArray[np.float64]] = []
    for name in rule.covariates:
        if frame.kind(name) == "number":
            columns.append(frame.numbers(name))
        else:
            cells = np.array(frame.texts([name]), dtype=object)
            columns += [(cells == level).astype(float) for level in sorted(set(cells))[1:]]
    return np.column_stack(columns)


@lru_cache(maxsize=8)
def _probabilities(frame: SealedFrame, spec_json: str, arms: tuple[str, ...]) -> Matrix:
    """Return P(unit gets arm | accepted) by simulation; a function of the design alone, never of the sealed seed."""
    from experiments.registry.schema.design import AssignmentSpec

    request = Request(frame, AssignmentSpec.model_validate_json(spec_json), arms, Stream(0))
    rule, shares = request.spec.rerandomisation, request.shares()
    assert rule is not None  # noqa: S101 the caller has drawn by it
    criterion = criterion_of(request, rule, len(shares))
    counts = np.zeros((len(frame), len(shares)))
    accepted = 0
    for attempt in range(ACCEPTED_FOR_PROBABILITY * 20):
        choice = allocate_units(request, shares, f"probability {attempt}|")
        if criterion.distance(choice) <= criterion.threshold:
            counts[np.arange(len(frame)), choice] += 1
            accepted += 1
        if accepted == ACCEPTED_FOR_PROBABILITY:
            break
    prior = np.array([float(share) for share in shares])
    table: Matrix = (counts + prior) / (accepted + 1)
    return table
