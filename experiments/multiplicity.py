"""Registered families of hypotheses: p-values corrected together, as the protocol says.

Belongs here: which analyses of a results file are corrected together, and what the file says of it. Does not: the corrections and
what is tested (experiments.design.decisions, the same for a diagnosis and for data), joint resampling (joint_families).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from experiments.design.decisions import Numbers, family_p, members_of, p_of_test, wrong_sign
from experiments.design.questions import questions_of
from experiments.joint_families import Joint
from experiments.registry.protocol import Family, Protocol
from experiments.result import finite


def adjust(
    protocol: Protocol, entries: list[dict[str, Any]], joint: Mapping[str, Joint] = MappingProxyType({})
) -> list[dict[str, Any]]:
    """Return the analysis entries with `adjusted` filled in for those in a family.

    A registered analysis without a result counts as a test that decides nothing: a family does not shrink because one of its
    analyses was refused. What is corrected for equivalence and non-inferiority is the p-value against the margin.

    Parameters
    ----------
    protocol
        Names the families and their corrections.
    entries
        Entries of `analyses`; `adjusted` becomes ``{family_id, correction, n_tests, p_unadjusted, p_value}`` or None, with the
        gatekeeper and the resampling where there are some. `p_unadjusted` is of the registered test: against the margin, or of
        one side, where that is the hypothesis; `p_value` of the result is against no difference on either side.
    joint
        By family, what joint resampling found.
    """
    found = {entry["analysis_id"]: {**entry, "adjusted": None} for entry in entries}
    questions = questions_of(protocol)
    numbers = [_numbers(found.get(question.analysis.id)) for question in questions]
    tested = np.array([[p_of_test(item, row)[0] for item, row in zip(questions, numbers, strict=True)]])
    wrong = np.array([[wrong_sign(item, row)[0] for item, row in zip(questions, numbers, strict=True)]])
    names = [question.analysis.id for question in questions]
    own = {family.id: members_of(family, questions) for family in protocol.families}
    given = {key: np.array([[item.p_values.get(names[at], np.nan) for at in own[key]]]) for key, item in joint.items()}
    together = family_p(questions, protocol.families, tested, wrong, given)[0]
    for family in protocol.families:
        for place in own[family.id]:
            if names[place] in found:
                told = _told(family, len(own[family.id]), joint.get(family.id))
                p_values = {"p_unadjusted": finite(float(tested[0, place])), "p_value": finite(float(together[place]))}
                found[names[place]]["adjusted"] = told | p_values
    return list(found.values())


def _told(family: Family, tests: int, joint: Joint | None) -> dict[str, Any]:
    told: dict[str, Any] = {"family_id": family.id, "correction": family.correction, "n_tests": tests}
    if family.gatekeeper is not None:
        told |= {"gatekeeper": family.gatekeeper, "gatekeeping": family.gatekeeping}
    if joint is None:
        return told
    refused = {"correction": None} if "refused" in joint.notes else {}
    return told | refused | {"resampling": joint.notes}


def _numbers(entry: dict[str, Any] | None) -> Numbers:
    """Return estimate, error, df and p-value of the row that answers, (1, 4); not-a-number without a result."""
    if entry is None:
        return np.full((1, 4), np.nan)
    row = next(row for row in entry["result"]["estimates"] if row["term"] == entry["term"])
    absent = {"estimate": np.nan, "std_error": np.inf, "df": np.inf, "p_value": np.nan}
    return np.array([[value if row[name] is None else row[name] for name, value in absent.items()]], dtype=float)
