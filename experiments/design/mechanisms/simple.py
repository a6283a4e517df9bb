"""Simple randomisation: every unit by itself, with the declared probabilities; counts are left to chance.

Belongs here: that draw. Does not: fixed counts (complete). An arm may stay empty in a small frame: prefer complete.
"""

from __future__ import annotations

from itertools import accumulate

import numpy as np

from experiments.design.mechanisms.drawn import Drawn, Request, chances
from experiments.design.stream import SCALE


def draw(request: Request) -> Drawn:
    """Draw each unit's arm independently; probabilities are exact to 2⁻⁶⁴."""
    shares = request.shares()
    keys = request.stream.keys("simple", len(request.frame))
    bounds = np.array([int(total * SCALE) for total in list(accumulate(shares))[:-1]], dtype=np.uint64)
    choice = np.searchsorted(bounds, keys, side="right").astype(np.int64)
    return Drawn(request.options(), choice, chances(shares, choice))
