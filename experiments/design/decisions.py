"""What a hypothesis's test decides, and families of tests corrected together, for thousands of simulations at once.

Belongs here: estimate and interval → p-value of the hypothesis → corrected where a family is declared → decision. Does not: which
analyses of a results file are corrected together (experiments.multiplicity, by the same functions), simulation.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from experiments.design.questions import Question
from experiments.registry.protocol import Family

Numbers = npt.NDArray[np.float64]


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


def directed(question: Question, numbers: Numbers, p_values: Numbers) -> Numbers:
    """Return p-values as the decision takes them: 1 where a hypothesis with a direction has an estimate of the wrong sign."""
    if question.is_margin or question.direction == "non_zero":
        return p_values
    found: Numbers = np.where(numbers[:, 0] * question.sign < 0, 1.0, p_values)
    return found


def corrected(family: Family, p_values: Numbers) -> Numbers:
    """Return p-values corrected within each simulation; an analysis without one counts as a test that decides nothing.

    Parameters
    ----------
    family
        Names the correction.
    p_values
        Simulations × members.

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
    order = np.argsort(known, axis=1)
    ranked = np.take_along_axis(known, order, axis=1)
    ranks = np.arange(count)
    if family.correction == "holm":
        stepped = np.maximum.accumulate(ranked * (count - ranks), axis=1)
    else:  # Benjamini and Hochberg
        stepped = np.minimum.accumulate((ranked * count / (ranks + 1))[:, ::-1], axis=1)[:, ::-1]
    found = np.empty_like(known)
    np.put_along_axis(found, order, np.minimum(stepped, 1.0), axis=1)
    return np.where(np.isnan(p_values), np.nan, found)


def family_p(questions: tuple[Question, ...], families: tuple[Family, ...], p_values: Numbers) -> Numbers:
    """Return p-values (simulations × questions) corrected within the declared families."""
    found = p_values.copy()
    for family in families:
        members = [place for place, question in enumerate(questions) if question.family_id == family.id]
        found[:, members] = corrected(family, p_values[:, members])
    return found


def levels(questions: tuple[Question, ...], families: tuple[Family, ...]) -> Numbers:
    """Return the alpha of each question's corrected test: that of its family, else of its analysis."""
    alphas = {family.id: family.alpha for family in families}
    return np.array([alphas.get(str(item.family_id), item.analysis.alpha) for item in questions])
