"""What a hypothesis's test decides, and families of tests corrected together, for thousands of simulations at once.

Belongs here: estimate and interval → p-value of the hypothesis → corrected where a family is declared → decision. Does not: which
analyses of a results file are corrected together (experiments.multiplicity, by the same functions), simulation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from experiments.design.questions import Question
from experiments.gatekeeping import Gate, passed_on
from experiments.registry.protocol import Family

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def p_of_test(question: Question, numbers: Numbers) -> Numbers:
    """Return, per simulation (or for one result), the p-value of the hypothesis's test: what families correct.

    Parameters
    ----------
    question
        `increase`, `decrease`, `non_zero`: the two-sided p-value of no effect. `equivalence`, `non_inferiority`: twice the larger
        (the only) one-sided p-value against the margin, so that it is below alpha exactly when the 1 − alpha interval lies
        inside the margin (two one-sided tests, Schuirmann 1987, at alpha/2 each).
    numbers
        Simulations × (estimate, std_error, df, p_value, …); not-a-number where an analysis was refused.

    Returns
    -------
    p-values; not-a-number where there is no estimate.
    """
    estimate, error, df, p_value = (numbers[:, place] for place in range(4))
    if not question.is_margin:
        return p_value
    from scipy import stats

    margin = question.sesoi if question.sesoi is not None else np.nan
    below: Numbers = stats.t.sf((estimate + margin) / error, df)  # evidence that the effect is above -margin
    above: Numbers = stats.t.sf((margin - estimate) / error, df)
    if question.direction == "equivalence":
        decisive: Numbers = np.maximum(below, above)
    else:
        decisive = below if question.benefit >= 0 else above
    doubled: Numbers = np.minimum(2 * decisive, 1.0)
    return doubled


def wrong_sign(question: Question, numbers: Numbers) -> Flags:
    """Return where a hypothesis with a direction has an estimate of the other sign."""
    if question.is_margin or question.direction == "non_zero":
        return np.zeros(len(numbers), dtype=bool)
    found: Flags = numbers[:, 0] * question.sign < 0
    return found


def directed(question: Question, numbers: Numbers, p_values: Numbers) -> Numbers:
    """Return p-values as the decision takes them: 1 where a hypothesis with a direction has an estimate of the wrong sign."""
    found: Numbers = np.where(wrong_sign(question, numbers), 1.0, p_values)
    return found


def corrected(family: Family, p_values: Numbers, places: Sequence[int] = ()) -> Numbers:
    """Return p-values corrected within each simulation; an analysis without one counts as a test that decides nothing.

    Parameters
    ----------
    family
        Names the correction. For joint resampling Holm stands in, whose corrected p-values are as large or larger: a diagnosis
        then understates the power.
    p_values
        Simulations × members.
    places
        Of each member in a fixed sequence; in the order in which they stand if left out.

    Examples
    --------
    >>> family = Family(id="main", correction="holm")
    >>> corrected(family, np.array([[0.01, 0.04, 0.03]])).round(3).tolist()
    [[0.03, 0.06, 0.06]]
    """
    count = p_values.shape[1]
    if family.correction == "none" or count == 0:
        return p_values
    known = np.where(np.isnan(p_values), 1.0, p_values)
    if family.correction == "bonferroni":
        return np.where(np.isnan(p_values), np.nan, np.minimum(known * count, 1.0))
    if family.correction == "fixed_sequence":
        return _in_sequence(p_values, known, places or range(count))
    order = np.argsort(known, axis=1)
    ranked = np.take_along_axis(known, order, axis=1)
    ranks = np.arange(count)
    if family.correction in ("bh", "by"):
        harmonic = float((1 / (ranks + 1)).sum()) if family.correction == "by" else 1.0
        stepped = np.minimum.accumulate((ranked * harmonic * count / (ranks + 1))[:, ::-1], axis=1)[:, ::-1]
    else:
        stepped = np.maximum.accumulate(ranked * (count - ranks), axis=1)
    found = np.empty_like(known)
    np.put_along_axis(found, order, np.minimum(stepped, 1.0), axis=1)
    return np.where(np.isnan(p_values), np.nan, found)


def _in_sequence(p_values: Numbers, known: Numbers, places: Sequence[int]) -> Numbers:
    """Each is tested as long as all before it were rejected (Maurer, Hothorn & Lehmacher 1995)."""
    order = np.argsort(places, kind="stable")
    found = np.empty_like(known)
    found[:, order] = np.maximum.accumulate(known[:, order], axis=1)
    return np.where(np.isnan(p_values), np.nan, found)


def family_p(
    questions: tuple[Question, ...],
    families: tuple[Family, ...],
    p_values: Numbers,
    wrong: Flags,
    given: Mapping[str, Numbers] = MappingProxyType({}),
) -> Numbers:
    """Return p-values (simulations × questions) corrected within the declared families, then taken through their gates.

    Parameters
    ----------
    wrong
        Where the estimate has the wrong sign (`wrong_sign`): it stops a sequence and opens no gate, however small its p-value.
    given
        By family, p-values (simulations × members) that joint resampling has corrected.
    """
    found = p_values.copy()
    members = {family.id: members_of(family, questions) for family in families}
    for family in families:
        own = members[family.id]
        if family.id in given:
            found[:, own] = given[family.id]
            continue
        tested = p_values[:, own]
        if family.correction == "fixed_sequence":
            tested = np.where(wrong[:, own] & ~np.isnan(tested), 1.0, tested)
        found[:, own] = corrected(family, tested, [_place(family, questions[place]) for place in own])
    if any(family.gatekeeper for family in families):
        for simulation, stops in zip(found, wrong, strict=True):
            _through_gates(simulation, stops, families, members)
    return found


def members_of(family: Family, questions: tuple[Question, ...]) -> list[int]:
    """Return the places of a family's tests among the questions."""
    return [place for place, question in enumerate(questions) if question.family_id == family.id]


def in_order(families: Sequence[Family]) -> list[Family]:
    """Return families with each behind its gatekeeper; those in a circle are left out (they cannot be registered)."""
    found: list[Family] = []
    left = list(families)
    while left:
        known = {family.id for family in found}
        ready = [family for family in left if family.gatekeeper is None or family.gatekeeper in known]
        if not ready:
            break
        found += ready
        left = [family for family in left if family not in ready]
    return found


def _place(family: Family, question: Question) -> int:
    name = question.hypothesis.id if question.hypothesis else ""
    return family.order.index(name) if name in family.order else len(family.order)


def _through_gates(
    p_values: Numbers, wrong: Flags, families: tuple[Family, ...], members: Mapping[str, list[int]]
) -> None:
    """Take the p-values of one simulation through the gates, in place."""
    gates: dict[str, Gate] = {}
    for family in in_order(families):
        own = members[family.id]
        gates[family.id] = Gate()
        if family.gatekeeper is not None:
            before = members[family.gatekeeper]
            stopped = wrong[before] | np.isnan(p_values[before])
            decided = np.where(stopped, np.inf, p_values[before])
            gates[family.id] = passed_on(gates[family.gatekeeper], decided, family.gatekeeping or "serial")
            p_values[own] = gates[family.id].through(p_values[own])


def levels(questions: tuple[Question, ...], families: tuple[Family, ...]) -> Numbers:
    """Return the alpha of each question's corrected test: that of its family, else of its analysis."""
    alphas = {family.id: family.alpha for family in families}
    return np.array([alphas.get(str(item.family_id), item.analysis.alpha) for item in questions])
