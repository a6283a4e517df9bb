"""What the page says of each family of tests: how its p-values were corrected, and behind which gate.

Belongs here: those sentences. Does not: corrected p-values (multiplicity), other sentences (sentences).
"""

from __future__ import annotations

from typing import Any

from data.messages import Language
from experiments.registry.vocabulary import value_name
from experiments.report.wording import word


def families(document: dict[str, Any], language: Language) -> list[str]:
    """Return one sentence for each family that a result is in, in the order of the analyses."""
    told = {entry["adjusted"]["family_id"]: entry["adjusted"] for entry in document["analyses"] if entry["adjusted"]}
    return [_sentence(adjusted, language) for adjusted in told.values()]


def _sentence(adjusted: dict[str, Any], language: Language) -> str:
    resampling = adjusted.get("resampling", {})
    name, n = adjusted["family_id"], adjusted["n_tests"]
    if "refused" in resampling:
        reason = resampling["refused"]["message"][language]
        return word("family_refused", language, family=name, reason=reason)
    parts = [word("family_corrected", language, family=name, n=n, correction=_named(adjusted["correction"], language))]
    if resampling:
        kind = "family_every_draw" if resampling["exact"] else "family_draws"
        parts.append(word(kind, language, n=f"{resampling['draws']:,}", by=_by(resampling, language)))
    if adjusted.get("gatekeeper"):
        rule = value_name("Family", "gatekeeping", adjusted["gatekeeping"]).get(language)
        parts.append(word("family_gate", language, keeper=adjusted["gatekeeper"], rule=rule))
    return (" " if language == "en" else "").join(parts)


def _named(correction: str, language: Language) -> str:
    return value_name("Family", "correction", correction).get(language)


def _by(resampling: dict[str, Any], language: Language) -> str:
    mechanism = resampling.get("mechanism")
    return word("family_draw", language) if mechanism else str(resampling["by"])
