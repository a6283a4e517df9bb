"""Factorial design: one arm of every factor, drawn jointly so that all combinations come in fixed numbers.

Belongs here: that draw. Does not: single-factor designs. A unit's arm is its combination, joined by ``+`` in the order of the
factors' names; the share of a combination is the product of its arms' shares within their factors.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import prod

from experiments.design.mechanisms.allocation import allocate_units, enough
from experiments.design.mechanisms.drawn import Drawn, Option, Request, chances
from experiments.design.messages import refusal
from experiments.design.ratio import Shares, shares_of
from experiments.registry.schema.design import AssignmentSpec

PLUS = "+"


def draw(request: Request) -> Drawn:
    """Draw each unit's combination, within blocks and cluster-wise where declared."""
    options, shares = lots(request)
    enough(len(set(request.clusters)), shares, "units", "单位")
    choice = allocate_units(request, shares)
    return Drawn(options, choice, chances(shares, choice))


def lots(request: Request) -> tuple[tuple[Option, ...], Shares]:
    """Return the combinations and the share of each."""
    factors = _factors(request)
    options = tuple(Option(PLUS.join(cell)) for cell in product(*factors))
    known = {arm: weight for arm, weight in request.spec.ratio.items() if any(arm in levels for levels in factors)}
    if len(known) < len(request.spec.ratio):
        shares_of(request.spec.ratio, [arm for levels in factors for arm in levels])  # raises, naming the stranger
    single = [shares_of({arm: weight for arm, weight in known.items() if arm in levels}, levels) for levels in factors]
    shares: tuple[Fraction, ...] = tuple(prod(cell, start=Fraction(1)) for cell in product(*single))
    return options, shares


def factors_of(spec: AssignmentSpec) -> tuple[tuple[str, ...], ...]:
    """Return the arms of each factor in the order in which a combination names them; none where the method has no factors."""
    return tuple(spec.factors[name] for name in sorted(spec.factors)) if spec.method == "factorial" else ()


def _factors(request: Request) -> tuple[tuple[str, ...], ...]:
    factors = factors_of(request.spec)
    if not factors or any(len(set(levels)) < 2 for levels in factors):  # noqa: PLR2004 a factor has two levels at least
        raise refusal("E-ASSIGN-05", method="factorial", field="factors (two arms or more each)")
    arms = [arm for levels in factors for arm in levels]
    strange = sorted(set(arms) ^ set(request.arms))
    if strange or len(set(arms)) != len(arms):
        what = ", ".join(strange) or "an arm that stands twice"
        raise refusal(
            "E-ASSIGN-12",
            reason=f"each is a level of exactly one factor, and in factors this is amiss: {what}",
            reason_zh=f"每个组应恰为一个因素的一个水平，factors 中有误：{what}",
        )
    return factors
