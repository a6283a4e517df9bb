"""Cluster randomisation within blocks (matched pairs of clusters are blocks of two).

Belongs here: that draw. Does not: unblocked clusters (cluster), blocks of single units (block).
"""

from __future__ import annotations

from experiments.design.mechanisms.allocation import allocate_clusters, enough
from experiments.design.mechanisms.drawn import Drawn, Request, chances
from experiments.design.messages import refusal


def draw(request: Request) -> Drawn:
    """Draw which clusters of each block get which arm; each cluster must lie in one block."""
    if not request.spec.strata:
        raise refusal("E-ASSIGN-05", method="block_cluster", field="strata")
    shares = request.shares()
    enough(len(set(request.clusters)), shares, "clusters", "群组")
    choice = allocate_clusters(request, shares)
    return Drawn(request.options(), choice, chances(shares, choice))
