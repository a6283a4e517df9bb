"""Positions in a distribution (R8): no ends, quantiles only where enough units lie on either side and beside them.

Belongs here: which positions may be shown. Does not: working out quantiles, rounding them (rounding).
"""

from __future__ import annotations

from quality.disclosure.outputs import Quantiles
from quality.disclosure.policy import Policy

BESIDE = 3
"""Distinct units within the rounding of a quantile."""


def held_positions(output: Quantiles, policy: Policy) -> dict[float, str]:
    """Return the quantiles that are held back, and by which rule.

    Ends (q of 0 or 1) fail since nobody lies beyond them.

    >>> from quality.disclosure.outputs import About, Cell
    >>> from quality.disclosure.policy import load_policy
    >>> found = Quantiles(About("wait", "p"), Cell(40, 40), {0.1: (1.0, 9), 0.5: (4.0, 9), 0.75: (7.0, 2), 1.0: (9.0, 9)})
    >>> held_positions(found, load_policy())
    {0.1: 'R8', 0.75: 'R8', 1.0: 'R8'}
    """
    n, held = output.base.units, {}
    for place, (_, beside) in output.places.items():
        room = round(n * min(place, 1 - place), 9)
        if not 0 <= place <= 1 or room < policy.threshold or beside < BESIDE:
            held[place] = "R8"
    return held
