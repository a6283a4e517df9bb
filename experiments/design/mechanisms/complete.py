"""Complete randomisation: fixed numbers in each arm over the whole frame.

Belongs here: that draw. Does not: fixed numbers within blocks (block), of clusters (cluster).
"""

from __future__ import annotations

import numpy as np

from experiments.design.mechanisms.allocation import allocate, enough
from experiments.design.mechanisms.drawn import Drawn, Request, chances


def draw(request: Request) -> Drawn:
    """Draw which units get which arm, in numbers fixed by the ratio."""
    shares = request.shares()
    enough(len(request.frame), shares, "units", "单位")
    choice = allocate(np.zeros(len(request.frame), dtype=np.int64), shares, request.stream)
    return Drawn(request.options(), choice, chances(shares, choice))
