"""Allocation in fixed numbers: the arithmetic that complete, blocked and clustered draws have in common.

Belongs here: groups and shares → a random arm for each with exact counts. Does not: what a group or an item is (the mechanisms).
"""

from __future__ import annotations

import numpy as np

from experiments.design.mechanisms.drawn import Codes, Request, codes
from experiments.design.messages import refusal
from experiments.design.ratio import Shares, whole_and_rest, with_remainder
from experiments.design.stream import Stream


def allocate(groups: Codes, shares: Shares, stream: Stream, label: str = "") -> Codes:
    """Return an option for each item such that each group holds exactly its counts.

    Within a group of m items an option of share s gets m·s items; where that is no whole number, the odd items' options are drawn
    so that each item's probability of an option is exactly its share. Groups are independent.

    Parameters
    ----------
    groups
        Group of each item, 0 and up.
    shares
        Of the options; they add up to 1.
    stream, label
        Keys come under ``<label>order``, ``<label>remainder:<group>`` and ``<label>remainder:<group>|arms``.

    >>> from fractions import Fraction
    >>> halves = (Fraction(1, 2), Fraction(1, 2))
    >>> sorted(allocate(np.array([0, 0, 0, 0]), halves, Stream(3)).tolist())
    [0, 0, 1, 1]
    """
    order = np.lexsort((stream.keys(f"{label}order", len(groups)), groups))
    sizes = np.bincount(groups)
    options = [
        np.repeat(np.arange(len(shares)), _counts(int(size), shares, stream, f"{label}remainder:{group}"))
        for group, size in enumerate(sizes)
    ]
    choice = np.empty(len(groups), dtype=np.int64)
    choice[order] = np.concatenate(options)
    return choice


def _counts(size: int, shares: Shares, stream: Stream, label: str) -> tuple[int, ...]:
    whole, rest = whole_and_rest(size, shares)
    if not any(rest):
        return whole
    order = np.argsort(stream.keys(f"{label}|arms", len(shares)), kind="stable")
    return with_remainder(whole, rest, stream.uniform(label), order.tolist())


def allocate_units(request: Request, shares: Shares, label: str = "") -> Codes:
    """Return an option for each unit, within blocks if there are strata and cluster-wise if there is a cluster column."""
    if request.spec.cluster:
        return allocate_clusters(request, shares, label)
    return allocate(request.block_codes, shares, request.stream, label)


def allocate_clusters(request: Request, shares: Shares, label: str = "") -> Codes:
    """Return an option for each unit; all units of a cluster get the same one."""
    member = codes(request.clusters)
    _, first = np.unique(member, return_index=True)
    within_one(request, request.blocks, "block", "区组")
    return allocate(codes([request.blocks[place] for place in first]), shares, request.stream, label)[member]


def within_one(request: Request, labels: list[str], what: str, what_zh: str) -> None:
    """Make sure that each cluster lies in one block (or zone)."""
    places: dict[str, set[str]] = {}
    for cluster, label in zip(request.clusters, labels, strict=True):
        places.setdefault(cluster, set()).add(label)
    torn = sum(len(found) > 1 for found in places.values())
    if torn:
        raise refusal("E-ASSIGN-08", n=torn, cluster=request.spec.cluster, what=what, what_zh=what_zh)


def enough(count: int, shares: Shares, what: str, what_zh: str) -> None:
    """Make sure that there are as many items as options."""
    if count < len(shares):
        raise refusal("E-ASSIGN-07", n=count, what=what, what_zh=what_zh, k=len(shares))
