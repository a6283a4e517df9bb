"""Judging positions in a distribution and curves over time (R8, R9).

Belongs here: from rule to decision. Does not: the rules (positions, survival).
"""

from __future__ import annotations

from typing import Any

from quality.disclosure.cells import small
from quality.disclosure.outputs import Key, Quantiles, Survival
from quality.disclosure.policy import Policy
from quality.disclosure.positions import held_positions
from quality.disclosure.rounding import figures, to_base
from quality.disclosure.survival import curve, merged_steps
from quality.disclosure.verdict import Decision, Released, accepted, refused

MIDPOINT = 6


def judge_quantiles(output: Quantiles, policy: Policy) -> Decision:
    """Judge quantiles; smallest and greatest values, ranges and modes are refused with all the rest."""
    about = output.about
    words: dict[str, Any] = {"what": about.measure, "threshold": policy.threshold}
    if about.unit == "nobody":
        return accepted(Released("quantiles", about, {(_q(q),): value for q, (value, _) in output.places.items()}, {}))
    if output.extremes:
        return refused("R8", "E-SDC-08", n=len(output.extremes), **words)
    rule = small(output.base, about, policy)
    held = held_positions(output, policy)
    if rule is not None:
        return refused("R1", "E-SDC-01", n=len(output.places), **words)
    if len(held) == len(output.places):
        return refused("R8", "E-SDC-08", n=len(held), **words)
    values: dict[Key, Any] = {
        (_q(q),): None if q in held else figures(value, policy.magnitude_figures)
        for q, (value, _) in output.places.items()
    }
    values[("n",)] = to_base(output.base.count, policy.rounding_base)
    return accepted(Released("quantiles", about, values, {(_q(q),): name for q, name in held.items()}))


def _q(place: float) -> str:
    return f"p{100 * place:g}"


def judge_survival(output: Survival, policy: Policy) -> Decision:
    """Judge a survival curve: steps merged until each has enough events, the tail cut."""
    words: dict[str, Any] = {"what": output.about.measure, "threshold": policy.threshold}
    if not len(output.times) == len(output.at_risk) == len(output.events) or output.censor_marks:
        return refused("R9", "E-SDC-09", **words)
    steps = merged_steps(output, policy)
    if not steps:
        return refused("R9", "E-SDC-09", **words)
    told = curve(steps, MIDPOINT)
    values: dict[Key, Any] = {
        (f"{time:g}", name): value
        for time, at_risk, events, share in told
        for name, value in (("at_risk_midpoint6", at_risk), ("events_midpoint6", events), ("survival", share))
    }
    return accepted(Released("survival", output.about, values, {}), {"steps": len(steps), "of": len(output.times)})
