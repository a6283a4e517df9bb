"""Blocked (stratified) randomisation: complete randomisation within every block, independently.

Belongs here: that draw. Does not: blocks of clusters (block_cluster). A block is a combination of the strata's values.
"""

from __future__ import annotations

from experiments.design.mechanisms.allocation import allocate, enough
from experiments.design.mechanisms.drawn import Drawn, Request, chances
from experiments.design.messages import refusal


def draw(request: Request) -> Drawn:
    """Draw within blocks; odd units of a block that the ratio does not divide are drawn too, so probabilities stay exact."""
    if not request.spec.strata:
        raise refusal("E-ASSIGN-05", method="block", field="strata")
    shares = request.shares()
    enough(len(request.frame), shares, "units", "单位")
    choice = allocate(request.block_codes, shares, request.stream)
    return Drawn(request.options(), choice, chances(shares, choice))
