"""Stepped wedge: every unit (or cluster) gets the intervention, the period from which on is drawn.

Belongs here: that draw. Does not: who starts when by somebody else's decision (external). The first arm is what is switched on,
the last what was before; a ratio that names the last arm keeps a share of the units there for good.
"""

from __future__ import annotations

from experiments.design.mechanisms.allocation import allocate_units, enough
from experiments.design.mechanisms.drawn import Drawn, Option, Request, chances
from experiments.design.messages import refusal
from experiments.design.ratio import Shares, shares_of

TWO = 2


def draw(request: Request) -> Drawn:
    """Draw the first treated period of each unit, in fixed numbers, within blocks and cluster-wise where declared."""
    options, shares = lots(request)
    enough(len(set(request.clusters)), shares, "units", "单位")
    choice = allocate_units(request, shares)
    return Drawn(options, choice, chances(shares, choice))


def lots(request: Request) -> tuple[tuple[Option, ...], Shares]:
    """Return the periods from which on, and never where the ratio says so, with the share of each."""
    periods = request.spec.periods
    if not periods:
        raise refusal("E-ASSIGN-05", method="stepped_wedge", field="periods")
    if len(request.arms) != TWO:
        raise refusal("E-ASSIGN-12", reason="a stepped wedge has exactly two", reason_zh="阶梯楔形恰有两个组")
    if len(set(periods)) != len(periods):
        raise refusal("E-ASSIGN-12", reason="a period stands twice", reason_zh="有重复的时期")
    options = [Option(request.arms[0], period) for period in periods]
    names = list(periods)
    if request.arms[-1] in request.spec.ratio:
        options.append(Option(request.arms[-1]))
        names.append(request.arms[-1])
    return tuple(options), shares_of(request.spec.ratio, names)
