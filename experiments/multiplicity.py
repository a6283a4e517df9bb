"""Registered families of hypotheses: p-values corrected together, as the protocol says.

Belongs here: which analyses of a results file are corrected together. Does not: the corrections and what is tested
(experiments.design.decisions, the same for a diagnosis and for data), joint resampling (to come).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from experiments.design.decisions import corrected, p_of_test
from experiments.design.questions import Question, questions_of
from experiments.registry.protocol import Protocol


def adjust(protocol: Protocol, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the analysis entries with `adjusted` filled in for those in a family.

    A registered analysis without a result counts as a test that decides nothing: a family does not shrink because one of its
    analyses was refused. What is corrected for equivalence and non-inferiority is the p-value against the margin.

    Parameters
    ----------
    protocol
        Names the families and their corrections.
    entries
        Entries of `analyses`; `adjusted` becomes ``{family_id, correction, n_tests, p_value}`` or None.
    """
    found = {entry["analysis_id"]: {**entry, "adjusted": None} for entry in entries}
    questions = questions_of(protocol)
    for family in protocol.families:
        members = [question for question in questions if question.family_id == family.id]
        p_values = np.array([[_p_value(question, found.get(question.analysis.id)) for question in members]])
        for question, p_value in zip(members, corrected(family, p_values)[0] if members else (), strict=True):
            if question.analysis.id in found:
                found[question.analysis.id]["adjusted"] = {
                    "family_id": family.id,
                    "correction": family.correction,
                    "n_tests": len(members),
                    "p_value": float(p_value),
                }
    return list(found.values())


def _p_value(question: Question, entry: dict[str, Any] | None) -> float:
    if entry is None:
        return float("nan")
    row = next(row for row in entry["result"]["estimates"] if row["term"] == entry["term"])
    numbers = [row[name] if row[name] is not None else np.inf for name in ("estimate", "std_error", "df", "p_value")]
    return float(p_of_test(question, np.array([numbers], dtype=float))[0])
