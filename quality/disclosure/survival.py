"""Curves over time (R9): each step that is shown rests on enough units at risk and enough events since the last.

Belongs here: merging steps, cutting the tail, Kaplan-Meier over what is left, from rounded numbers. Does not: Cox (models).
"""

from __future__ import annotations

from dataclasses import dataclass

from quality.disclosure.outputs import Survival
from quality.disclosure.policy import Policy
from quality.disclosure.rounding import midpoint


@dataclass(frozen=True)
class Step:
    """One shown step: up to which time, units at risk at its beginning, events in it."""

    time: float
    at_risk: int
    events: int


def merged_steps(output: Survival, policy: Policy) -> list[Step]:
    """Return the steps that may be shown; events after the last of them are not told.

    >>> from quality.disclosure.outputs import About
    >>> from quality.disclosure.policy import load_policy
    >>> curve = Survival(About("job", "p"), (1.0, 2.0, 3.0, 4.0), (50, 44, 30, 8), (6, 6, 12, 8))
    >>> merged_steps(curve, load_policy())
    [Step(time=2.0, at_risk=50, events=12), Step(time=3.0, at_risk=30, events=12)]
    """
    steps: list[Step] = []
    since, began = 0, None
    for time, at_risk, events in zip(output.times, output.at_risk, output.events, strict=True):
        if at_risk < policy.threshold:
            break
        since, began = since + events, at_risk if began is None else began
        if since >= policy.threshold:
            steps.append(Step(time, began, since))
            since, began = 0, None
    return steps


def curve(steps: list[Step], base: int) -> list[tuple[float, int, int, float]]:
    """Return time, at risk, events and the share still without an event, of midpoint-rounded numbers.

    >>> curve([Step(2.0, 50, 12), Step(3.0, 30, 12)], 6)
    [(2.0, 51, 9, 0.8235), (3.0, 27, 9, 0.549)]
    """
    found, alive = [], 1.0
    for step in steps:
        at_risk, events = midpoint(step.at_risk, base), midpoint(step.events, base)
        alive *= max(0.0, 1 - events / at_risk)
        found.append((step.time, at_risk, events, round(alive, 4)))
    return found
