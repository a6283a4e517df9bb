"""The results file of one experiment on one release: the only place that reports, pages and checks take numbers from.

Belongs here: its shape, its deterministic text, reading it back. Does not: running analyses (run), sentences (report). No time
of day stands in it: the same release, protocol and code give the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.messages import NotFound, Refused, Text
from experiments.messages import not_found, refusal
from experiments.registry.protocol import Hypothesis, Outcome, Protocol, RegisteredAnalysis, protocol_digest
from experiments.result import EstimateResult
from experiments.results_schema import SCHEMA_VERSION
from experiments.spec import spec_digest

RESULTS = "results.json"


@dataclass(frozen=True)
class Attempt:
    """What became of one registered analysis: a result, or the reason why there is none."""

    analysis: RegisteredAnalysis
    result: EstimateResult | None
    refused: Refused | NotFound | None = None


def analysis_entry(protocol: Protocol, analysis: RegisteredAnalysis, result: EstimateResult) -> dict[str, Any]:
    """Return one entry of `analyses`. `term` names the row of the result that answers the hypothesis.

    What it may be called (`label`, `status`) is the record's to say: `experiments.against_record` adds it.
    """
    hypothesis = protocol.hypothesis(analysis.hypothesis_ids[0]) if analysis.hypothesis_ids else None
    outcome = protocol.outcome_of(hypothesis) if hypothesis else None
    term = headline(analysis, result)
    return {
        "number_id": f"{protocol.experiment_id}.{analysis.id}.{term}",
        "analysis_id": analysis.id,
        "term": term,
        "hypothesis": _hypothesis(hypothesis, protocol),
        "outcome": _outcome(analysis, outcome, protocol),
        "dataset": analysis.dataset,
        "registered_spec_sha256": spec_digest(analysis.spec()),
        "spec": analysis.spec().model_dump(mode="json", exclude_defaults=True),
        "result": result.to_dict(),
    }


def headline(analysis: RegisteredAnalysis, result: EstimateResult) -> str:
    """Return the term that answers the hypothesis: the treatment, or the first coefficient after the intercept."""
    terms = [row.term for row in result.estimates]
    if analysis.treatment in terms:
        return str(analysis.treatment)
    return next(term for term in terms if term != "(Intercept)")


def _hypothesis(hypothesis: Hypothesis | None, protocol: Protocol) -> dict[str, Any]:
    if hypothesis is None:
        text = Text(en="No hypothesis was registered", zh="未登记假设").model_dump()
        arm = protocol.arms[0].label.model_dump()
        bare = {"direction": "", "tier": "exploratory", "sesoi": None, "family_id": None}
        return {"id": "", "statement": text, "population": {"en": "", "zh": ""}, "arm": arm, **bare}
    inquiry = protocol.inquiry_of(hypothesis)
    labels = {arm.arm_id: arm.label for arm in protocol.arms}
    return {
        "id": hypothesis.id,
        "statement": hypothesis.statement.model_dump(),
        "population": inquiry.population.model_dump(),
        "arm": labels[inquiry.contrast.arm_a].model_dump(),
        "direction": hypothesis.direction,
        "tier": hypothesis.tier,
        "sesoi": hypothesis.sesoi.value if hypothesis.sesoi else None,
        "family_id": hypothesis.family_id,
    }


def _outcome(analysis: RegisteredAnalysis, outcome: Outcome | None, protocol: Protocol) -> dict[str, Any]:
    if outcome is None:
        name = {"en": analysis.outcome, "zh": analysis.outcome}
        level = protocol.impact_levels[0]
        return {
            "name": name,
            "unit": {"en": "", "zh": ""},
            "level": level,
            "direction_of_benefit": "none",
            "is_harm": False,
        }
    return {
        "id": outcome.id,
        "name": outcome.name.model_dump(),
        "unit": outcome.unit.model_dump(),
        "level": outcome.level,
        "tier": outcome.tier,
        "direction_of_benefit": outcome.direction_of_benefit,
        "is_harm": outcome.tier == "safety",
    }


def results_document(
    protocol: Protocol,
    found: list[Attempt],
    *,
    release: dict[str, Any],
    code: dict[str, Any],
    run_id: str,
) -> dict[str, Any]:
    """Return the document of one experiment, analyses in registered order.

    `not_estimated` lists registered analyses without a result, with the reason: none is left out silently.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "experiment_id": protocol.experiment_id,
        "protocol": {"version": protocol.version, "digest": protocol_digest(protocol)},
        "release": release,
        "run_id": run_id,
        "code": code,
        "title": protocol.title_brief.model_dump(),
        "levels": list(protocol.impact_levels),
        "design": {
            "study_type": protocol.study_type,
            "evaluation_method": protocol.evaluation_method,
            "unit_of_assignment": protocol.unit_of_assignment,
            "note": protocol.design_note.model_dump() if protocol.design_note else None,
            "zones": [zone.zone_id for zone in protocol.zones],
            "arms": [{"id": arm.arm_id, "label": arm.label.model_dump(), "type": arm.type} for arm in protocol.arms],
        },
        "harm_outcomes_registered": sum(outcome.tier == "safety" for outcome in protocol.outcomes),
        "analyses": [analysis_entry(protocol, item.analysis, item.result) for item in found if item.result is not None],
        "not_estimated": [
            {"analysis_id": item.analysis.id, "code": item.refused.code, "message": item.refused.text.model_dump()}
            for item in found
            if item.refused is not None
        ],
    }


def to_text(document: dict[str, Any]) -> str:
    """Return the document as JSON: keys as declared, floats in the shortest form that reads back to the same number."""
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def load_results(path: Path) -> dict[str, Any]:
    """Return a results document; one of an earlier version lacks what came later, and reports say so.

    Raises
    ------
    NotFound
        There is no such file.
    Refused
        E-RUN-06: a later version of the platform wrote it.
    """
    if not path.is_file():
        raise not_found("E-RUN-02", path=f"{path.parent.parent.name}/{path.parent.name}/{path.name}")
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    written = document.get("schema_version", 1)
    if written > SCHEMA_VERSION:
        raise refusal("E-RUN-06", written=written, known=SCHEMA_VERSION)
    return document
