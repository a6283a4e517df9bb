"""Registered families of hypotheses: p-values corrected together, as the protocol says.

Belongs here: Bonferroni, Holm, Benjamini–Hochberg over confirmatory analyses. Does not: joint resampling (to come).
"""

from __future__ import annotations

from typing import Any

from experiments.registry.protocol import Family, Protocol

_METHODS = {"bonferroni": "bonferroni", "holm": "holm", "bh": "fdr_bh"}


def adjust(protocol: Protocol, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the analysis entries with `adjusted` filled in for those in a family.

    Parameters
    ----------
    protocol
        Names the families and their corrections.
    entries
        Entries of `analyses`; `adjusted` becomes ``{family_id, correction, n_tests, p_value}`` or None.
    """
    found = [{**entry, "adjusted": None} for entry in entries]
    for family in protocol.families:
        members = [entry for entry in found if entry["hypothesis"]["family_id"] == family.id]
        for entry, p_value in zip(members, _corrected(family, [_p_value(entry) for entry in members]), strict=True):
            entry["adjusted"] = {
                "family_id": family.id,
                "correction": family.correction,
                "n_tests": len(members),
                "p_value": p_value,
            }
    return found


def _p_value(entry: dict[str, Any]) -> float:
    rows = {row["term"]: row for row in entry["result"]["estimates"]}
    return float(rows[entry["term"]]["p_value"])


def _corrected(family: Family, p_values: list[float]) -> list[float]:
    if family.correction == "none" or not p_values:
        return p_values
    from statsmodels.stats.multitest import multipletests

    return [float(value) for value in multipletests(p_values, family.alpha, _METHODS[family.correction])[1]]
