"""Assignment by a threshold: units on one side of a cut-off get the first arm. Nothing is drawn.

Belongs here: that rule. Does not: analysing it (a regression discontinuity, never a comparison of means).
"""

from __future__ import annotations

import numpy as np

from experiments.design.mechanisms.drawn import Drawn, Request
from experiments.design.messages import refusal

TWO = 2


def draw(request: Request) -> Drawn:
    """Return the first arm for units on the treated side, the second for the others."""
    rule = request.spec.threshold
    if rule is None:
        raise refusal("E-ASSIGN-05", method="threshold", field="threshold")
    if len(request.arms) != TWO:
        raise refusal("E-ASSIGN-12", reason="a threshold separates exactly two", reason_zh="阈值只能区分两个组")
    score = request.frame.numbers(rule.variable)
    treated = score >= rule.cut if rule.treated == "at_or_above" else score < rule.cut
    choice = np.where(treated, 0, 1).astype(np.int64)
    return Drawn(request.options(), choice, np.ones(len(choice)), "deterministic")
