"""Cluster randomisation: fixed numbers of clusters in each arm; all units of a cluster share it.

Belongs here: that draw. Does not: clusters within blocks (block_cluster). Without `cluster` in the spec each row is a cluster.
"""

from __future__ import annotations

import numpy as np

from experiments.design.mechanisms.allocation import allocate, enough
from experiments.design.mechanisms.drawn import Drawn, Request, chances, codes


def draw(request: Request) -> Drawn:
    """Draw which clusters get which arm; a unit's probability is its cluster's, whatever the clusters' sizes."""
    shares = request.shares()
    member = codes(request.clusters)
    count = int(member.max()) + 1
    enough(count, shares, "clusters", "群组")
    choice = allocate(np.zeros(count, dtype=np.int64), shares, request.stream)[member]
    return Drawn(request.options(), choice, chances(shares, choice))
