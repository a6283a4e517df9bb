"""All draws that a declared mechanism can make, where they can be listed and are equally likely.

Belongs here: counting and listing them over the lots (clusters, or units drawn singly). Does not: drawing one (mechanisms),
what is estimated under them (estimators.redrawn). A group that the ratio does not divide has draws that are not equally likely;
a probability that differs between arms makes simple draws so: neither is listed.
"""

from __future__ import annotations

from itertools import combinations
from math import factorial as ways
from math import prod

import numpy as np
import numpy.typing as npt

from experiments.design.mechanisms import factorial, stepped_wedge
from experiments.design.mechanisms.drawn import Codes, Option, Request, codes
from experiments.design.mechanisms.rerandomised import criterion_of
from experiments.design.ratio import Shares, whole_and_rest

Draws = npt.NDArray[np.int8]
_LOTS = {"factorial": factorial.lots, "stepped_wedge": stepped_wedge.lots}
DRAWING = frozenset(
    {"simple", "complete", "block", "cluster", "block_cluster", "rerandomised", "stepped_wedge", "factorial"}
)
"""Methods that draw; a threshold and somebody else's choice have no other draw."""


def options_of(request: Request) -> tuple[tuple[Option, ...], Shares]:
    """Return what can be drawn, and the share of each."""
    made = _LOTS.get(request.spec.method)
    return made(request) if made else (request.options(), request.shares())


def first_units(request: Request) -> Codes:
    """Return one unit of each lot, in the order of the lots' names."""
    found: Codes = np.unique(codes(request.clusters), return_index=True)[1].astype(np.int64)
    return found


def size_of(request: Request) -> int | None:
    """Return how many draws the mechanism can make, before a balance criterion; None where they are not equally likely."""
    shares = options_of(request)[1]
    groups = _groups(request)
    if request.spec.method == "simple":
        return len(shares) ** len(groups) if len(set(shares)) == 1 else None
    counts = [whole_and_rest(int(size), shares) for size in np.bincount(groups)]
    if any(any(rest) for _, rest in counts):
        return None
    return prod(ways(sum(whole)) // prod(map(ways, whole)) for whole, _ in counts)


def every_draw(request: Request) -> Draws:
    """Return each draw that the mechanism can make, (draws × lots); call it only where `size_of` is a number that fits.

    After rerandomisation these are the draws that the criterion accepts.
    """
    shares, groups = options_of(request)[1], _groups(request)
    if request.spec.method == "simple":
        return np.indices((len(shares),) * len(groups), dtype=np.int8).reshape(len(groups), -1).T
    found: Draws = np.zeros((1, len(groups)), dtype=np.int8)
    for group, size in enumerate(np.bincount(groups)):
        own = arrangements(whole_and_rest(int(size), shares)[0])
        found = np.repeat(found, len(own), axis=0)
        found[:, groups == group] = np.tile(own, (len(found) // len(own), 1))
    if request.spec.rerandomisation is None:
        return found
    criterion = criterion_of(request, request.spec.rerandomisation, len(shares))
    return found[criterion.distances(found.astype(np.int64), len(shares)) <= criterion.threshold]


def arrangements(counts: tuple[int, ...]) -> Draws:
    """Return every way to give `counts[k]` of the places option k.

    >>> arrangements((1, 2)).tolist()
    [[0, 1, 1], [1, 0, 1], [1, 1, 0]]
    """
    found: Draws = np.full((1, sum(counts)), len(counts) - 1, dtype=np.int8)
    for option, count in enumerate(counts[:-1]):
        free = np.argsort(found != len(counts) - 1, axis=1, kind="stable")[
            :, : int((found[0] == len(counts) - 1).sum())
        ]
        picks = np.array(list(combinations(range(free.shape[1]), count)), dtype=np.int64).reshape(-1, count)
        chosen = free[:, picks].reshape(-1, count)
        found = np.repeat(found, len(picks), axis=0)
        np.put_along_axis(found, chosen, np.int8(option), axis=1)
    return found


def _groups(request: Request) -> Codes:
    """Return the block of each lot; one for all where nothing is drawn within blocks."""
    return codes([request.blocks[place] for place in first_units(request)])
