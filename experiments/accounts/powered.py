"""Power, planned and achieved: what the diagnosis on record promised, and what the standard errors could have seen.

Belongs here: both numbers per analysis with a hypothesis. Does not: diagnosing a design (design.diagnose). Achieved is 2.8
standard errors: 1.96 for 5 % two-sided plus 0.84 for a power of 80 % (Bloom 1995); it is not "observed power".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from data import documents
from data.ledger import Ledger
from data.messages import NotFound, PlatformFailed
from experiments.accounts.shapes import Power
from experiments.design.diagnosis import Diagnosis
from experiments.registry.records import VersionRecord

REACH = 2.8


def power_of(entries: list[dict[str, Any]], diagnosis: Diagnosis | None) -> tuple[Power, ...]:
    """Return a row per analysis with a hypothesis.

    Parameters
    ----------
    entries
        `analyses` of the results document.
    diagnosis
        On record with the version; None where none is.
    """
    planned = {item.analysis_id: item for item in diagnosis.analyses} if diagnosis else {}
    return tuple(_power(entry, planned, diagnosis) for entry in entries if entry["hypothesis"]["id"])


def _power(entry: Mapping[str, Any], planned: Mapping[str, Any], diagnosis: Diagnosis | None) -> Power:
    row = next(item for item in entry["result"]["estimates"] if item["term"] == entry["term"])
    sesoi, plan = entry["hypothesis"]["sesoi"], planned.get(entry["analysis_id"])
    achieved = None if row["std_error"] is None else REACH * row["std_error"]
    return Power(
        id=entry["analysis_id"],
        sesoi=sesoi,
        planned_power=plan.value("power").value if plan else None,
        planned_mde=plan.value("mde").value if plan else None,
        simulations=diagnosis.sims if plan and diagnosis else None,
        achieved_mde=achieved,
        sees_sesoi=None if sesoi is None or achieved is None else achieved <= sesoi,
    )


def diagnosis_of(ledger: Ledger | None, version: VersionRecord | None) -> Diagnosis | None:
    """Return the diagnosis on record with a version; None where there is none or it cannot be read."""
    if ledger is None or version is None or version.diagnosis_sha256 is None:
        return None
    try:
        content = json.loads(documents.get(ledger, version.diagnosis_sha256))
        return Diagnosis.of(content)
    except (NotFound, PlatformFailed, KeyError, TypeError):
        return None
