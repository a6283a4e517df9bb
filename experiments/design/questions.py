"""What a diagnosis asks of a protocol: per analysis its estimand, contrast, decision and margin; and the models it is asked of.

Belongs here: protocol → questions, and the model variants in which effects are the smallest ones of interest. Does not: drawing,
estimating (simulation), numbers about them (diagnosands).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from experiments.design.generators.world import Effects, Fixed
from experiments.design.mechanisms.factorial import factors_of
from experiments.design.models import Model
from experiments.design.models.clustered import ClusteredPanel, Compliance
from experiments.registry.protocol import Hypothesis, Inquiry, Protocol, RegisteredAnalysis

Estimand = Literal["average", "treated", "compliers", "none"]
ESTIMANDS: dict[str, Estimand] = {
    "itt": "average",
    "ate": "average",
    "cate": "average",
    "att": "treated",
    "late": "compliers",
}
"""Whose potential outcomes are compared; estimands that do not stand here have no number in these models."""

MARGINS = ("equivalence", "non_inferiority")


@dataclass(frozen=True)
class Question:
    """One registered analysis and what it is to decide.

    Parameters
    ----------
    contrast
        The arms compared, `arm_a` less `arm_b`; None without a hypothesis.
    direction
        Of the hypothesis; `non_zero` without one.
    benefit
        +1 when a higher outcome is better, -1 when a lower one is; 0 for neither.
    is_interaction
        In a factorial design: the contrast's arms are levels of two factors, and what is asked is how much the first one's effect
        is larger with the second.
    """

    analysis: RegisteredAnalysis
    hypothesis: Hypothesis | None
    estimand: Estimand
    contrast: tuple[str, str] | None
    direction: str
    sesoi: float | None
    benefit: int
    tier: str
    family_id: str | None
    is_interaction: bool = False

    @property
    def is_margin(self) -> bool:
        """Return whether the decision is that an effect is within a margin."""
        return self.direction in MARGINS

    @property
    def smallest(self) -> float | None:
        """Return the smallest effect of interest with its sign; None where none is registered or a margin is meant."""
        if self.sesoi is None or self.is_margin:
            return None
        return self.sesoi if self.sign > 0 else -self.sesoi

    @property
    def sign(self) -> int:
        """Return the expected sign; for `non_zero` that of a benefit."""
        if self.direction == "non_zero":
            return -1 if self.benefit < 0 else 1
        return -1 if self.direction == "decrease" else 1


def questions_of(protocol: Protocol) -> tuple[Question, ...]:
    """Return one question an analysis, in registered order."""
    return tuple(_question(protocol, analysis) for analysis in protocol.analyses)


def _question(protocol: Protocol, analysis: RegisteredAnalysis) -> Question:
    if not analysis.hypothesis_ids:
        return Question(analysis, None, "none", None, "non_zero", None, 0, "exploratory", None)
    hypothesis = protocol.hypothesis(analysis.hypothesis_ids[0])
    inquiry, outcome = protocol.inquiry_of(hypothesis), protocol.outcome_of(hypothesis)
    benefit = {"increase": 1, "decrease": -1, "none": 0}[outcome.direction_of_benefit]
    estimand, crossed = ESTIMANDS.get(inquiry.estimand, "none"), _crosses_factors(protocol, inquiry)
    return Question(
        analysis,
        hypothesis,
        "none" if crossed and estimand != "average" else estimand,
        _contrast(inquiry),
        hypothesis.direction,
        hypothesis.sesoi.value if hypothesis.sesoi else None,
        benefit,
        outcome.tier,
        hypothesis.family_id,
        crossed,
    )


def _crosses_factors(protocol: Protocol, inquiry: Inquiry) -> bool:
    factors = factors_of(protocol.assignment_spec) if protocol.assignment_spec else ()
    return bool(factors) and not any(set(_contrast(inquiry)) <= set(levels) for levels in factors)


def _contrast(inquiry: Inquiry) -> tuple[str, str]:
    return inquiry.contrast.arm_a, inquiry.contrast.arm_b


@dataclass(frozen=True)
class Variant:
    """A model with other effects, and the places of the questions that are asked of it."""

    effects: Effects
    asked: tuple[int, ...]


def variants_of(questions: tuple[Question, ...], model: Model) -> tuple[Variant, ...]:
    """Return the models at the smallest effects of interest: as few as give each outcome one effect at a time.

    With partial take-up the effect on takers is set so that the effect of being assigned is the smallest one of interest.
    """
    found: list[tuple[dict[str, Fixed], list[int]]] = []
    for place, question in enumerate(questions):
        fixed = _fixed(question, model)
        if fixed is None:
            continue
        column = question.analysis.outcome
        for effects, asked in found:
            if effects.setdefault(column, fixed) == fixed:
                asked.append(place)
                break
        else:
            found.append(({column: fixed}, [place]))
    return tuple(Variant(effects, tuple(asked)) for effects, asked in found)


def _fixed(question: Question, model: Model) -> Fixed | None:
    if question.smallest is None or question.contrast is None:
        return None
    first, second = question.contrast
    share = 1.0
    if question.estimand == "average" and isinstance(model, ClusteredPanel):
        share = _reached(model, first, second, together=question.is_interaction)
    return Fixed(first, second, question.smallest / share) if share > 0 else None


def _reached(model: ClusteredPanel, first: str, second: str, *, together: bool) -> float:
    """Return the share of units that the assignment moves into the first arm's treatment (`together`: into both)."""
    taken = model.compliance.get(first, Compliance()).take_up
    other = model.compliance.get(second, Compliance())
    if together:
        return min(taken, other.take_up)  # who is readier takes whatever is offered
    return taken - (other.crossover if other.crosses_to == first else 0.0)
