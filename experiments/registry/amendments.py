"""Amendments: what a change of the registered plan needs, decided by the platform from the difference and the phase.

Belongs here: assessing two versions, the request that a person makes, the record (registry model, section 5). Does not: the class
of one change (change_classes), the act that proposes it (amending). Minor or major is never chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from data.messages import Refused
from experiments.registry.amendment_texts import refused
from experiments.registry.change_classes import Classed, Plan, classified, heaviest
from experiments.registry.diff import Change, diff
from experiments.registry.points import Phase, Points
from experiments.registry.protocol import Protocol
from experiments.registry.records import SIDES, Side
from experiments.registry.schema.meta import ChangeClass, Section
from experiments.registry.sections import SIDE_OF_SECTION

ReasonCode = Literal[
    "unforeseen_event",
    "error_in_registration",
    "missing_information",
    "untested_assumption_violated",
    "auxiliary_hypothesis_falsified",
    "policy_change",
    "ai_system_changed",
    "zone_added",
    "zone_dropped",
    "ethics_request",
    "funding",
    "administrative",
]
"""Lakens (2024), five reasons to deviate, and seven of a programme."""

Knowledge = Literal["none", "blinded_aggregate", "unblinded"]
Inference = Literal["none", "weakens", "strengthens", "unknown"]
JUSTIFICATION = 100
"""Characters that a justification has at least."""

SYSTEM = frozenset({"version", "schema_version"})
DESIGN = frozenset(
    {"arms", "zones", "allocation", "intervention_model", "assignment_spec", "sample_size", "model_m", "analyses"}
    | {"outcomes", "inquiries", "hypotheses", "families", "schedule", "stopping_rule", "unit_of_assignment"}
)
"""Fields that a diagnosis rests on: it is stale when one of them changes."""

DRAW = frozenset({"arms", "allocation", "intervention_model", "assignment_spec", "unit_of_assignment"})
ETHICS = frozenset(
    {"arms", "interventions", "zones", "eligibility", "target_population", "instruments", "consent_plan"}
    | {"data_protection", "data_sources", "risk_register", "harm_stopping_rule", "screening"}
)
CONSENT = frozenset({"interventions", "consent_plan", "data_protection", "data_sources", "instruments"})


@dataclass(frozen=True)
class Reading:
    """One entry of the access log: somebody read outcome tables, blinded to the arms or not."""

    at: str
    blinded: bool = False


@dataclass(frozen=True)
class Request:
    """What a person says about an amendment; the rest is computed.

    `ethics_reapproval_needed` and `reconsent_needed` may raise what the platform finds, never lower it.
    """

    reason_code: str
    justification: str
    initiated_by: str
    knowledge_of_results: Knowledge = "none"
    expected_effect_on_inference: Inference = "unknown"
    affected_hypotheses: tuple[str, ...] = ()
    ethics_reapproval_needed: bool = False
    reconsent_needed: bool = False


@dataclass(frozen=True)
class Assessment:
    """What the platform finds about a proposal: the changes with their classes, the version that it becomes, what it resets."""

    before: str
    after: str
    changes: tuple[Classed, ...]
    change_class: ChangeClass
    phase: Phase
    resets: dict[Side, tuple[Section, ...]]
    zones_added: tuple[str, ...]
    redraw: bool
    rediagnosis_needed: bool
    ethics_reapproval_needed: bool
    reconsent_needed: bool
    affected_hypotheses: tuple[str, ...]

    @property
    def locked(self) -> tuple[Classed, ...]:
        """The changes that are impossible now."""
        return tuple(item for item in self.changes if item.change_class == "locked")

    @property
    def status(self) -> Literal["amended before data", "amended after data"]:
        """How reports call what this amendment changed."""
        return "amended after data" if any(item.after_data for item in self.changes) else "amended before data"


def assess(
    old: Protocol,
    new: Protocol,
    points: Points,
    first: Protocol | None = None,
    design_hash: Callable[[Protocol], str] | None = None,
) -> Assessment:
    """Return what a proposal changes and what that needs at the phase the study has reached; refuses nothing.

    Parameters
    ----------
    old, new
        The registered version and the proposal; the proposal's own version number counts for nothing.
    points
        t1 to t4 so far.
    first
        The first version of this major version (default: `old`), from which shifts of dates are counted.
    design_hash
        What a diagnosis depends on; by default every change of a field in `DESIGN` makes the diagnosis stale.
    """
    plan = Plan(old, new, first or old, points)
    found = tuple(classified(change, plan) for change in diff(old, new) if change.field not in SYSTEM)
    needed = heaviest([item.change_class for item in found])
    fields = {item.change.field for item in found if item.change_class in ("major", "locked")}
    return Assessment(
        before=old.version,
        after=next_version(old.version, needed),
        changes=found,
        change_class=needed,
        phase=points.phase,
        resets=_resets(found, needed),
        zones_added=tuple(
            item.change.item or "" for item in found if item.change.field == "zones" and item.change.kind == "added"
        ),
        redraw=bool(fields & DRAW) and not points.reached("t1"),
        rediagnosis_needed=design_hash(old) != design_hash(new) if design_hash else bool(fields & DESIGN),
        ethics_reapproval_needed=bool(fields & ETHICS),
        reconsent_needed=bool(fields & CONSENT),
        affected_hypotheses=_affected(tuple(item.change for item in found), old, new),
    )


def check_request(
    assessment: Assessment, request: Request, readings: tuple[Reading, ...], known: frozenset[str]
) -> None:
    """Make sure that a proposal may go on: something changes, nothing locked, reason given, knowledge declared as logged.

    Raises
    ------
    Refused
        E-AMD-01 to E-AMD-06; the message lists the paths and what remains possible.
    """
    if assessment.change_class in ("system", "operational"):
        raise refused("E-AMD-01", version=assessment.before)
    if assessment.locked:
        raise _locked(assessment.locked)
    if request.reason_code not in get_args(ReasonCode):
        raise refused("E-AMD-03", given=request.reason_code, known=", ".join(get_args(ReasonCode)))
    length = len(request.justification.strip())
    if length < JUSTIFICATION:
        raise refused("E-AMD-04", n=length, least=JUSTIFICATION)
    lost = sorted(set(request.affected_hypotheses) - known)
    if lost:
        raise refused("E-AMD-06", ids=", ".join(lost))
    least = known_from(readings)
    if get_args(Knowledge).index(request.knowledge_of_results) < get_args(Knowledge).index(least):
        when = min(reading.at for reading in readings)[:16]
        raise refused("E-AMD-05", declared=request.knowledge_of_results, n=len(readings), when=when, least=least)


def known_from(readings: tuple[Reading, ...]) -> Knowledge:
    """Return the knowledge of results that the access log shows at least.

    >>> known_from(()), known_from((Reading("2026-01-01", blinded=True),)), known_from((Reading("2026-01-01"),))
    ('none', 'blinded_aggregate', 'unblinded')
    """
    if not readings:
        return "none"
    return "blinded_aggregate" if all(reading.blinded for reading in readings) else "unblinded"


def next_version(number: str, change_class: ChangeClass) -> str:
    """Return the number that the platform gives to the amended version.

    >>> next_version("1.2", "minor"), next_version("1.2", "major"), next_version("1.2", "operational")
    ('1.3', '2.0', '1.2')
    """
    major, minor = (int(part) for part in number.split("."))
    if change_class in ("major", "locked"):
        return f"{major + 1}.0"
    return f"{major}.{minor + 1}" if change_class == "minor" else number


def amendment_record(assessment: Assessment, request: Request, readings: tuple[Reading, ...]) -> dict[str, Any]:
    """Return the record of an amendment, as the ledger keeps it (event `amendment_proposed`)."""
    affected = dict.fromkeys([*assessment.affected_hypotheses, *request.affected_hypotheses])
    return {
        "from": assessment.before,
        "to": assessment.after,
        "class": assessment.change_class,
        "status": assessment.status,
        "changed_paths": [item.change.path for item in assessment.changes],
        "changes": [{**item.change.to_dict(), "class": item.change_class} for item in assessment.changes],
        "reason_code": request.reason_code,
        "justification": request.justification.strip(),
        "initiated_by": request.initiated_by,
        "phase_at_change": assessment.phase,
        "knowledge_of_results": request.knowledge_of_results,
        "readings_on_record": len(readings),
        "affected_hypotheses": list(affected),
        "expected_effect_on_inference": request.expected_effect_on_inference,
        "ethics_reapproval_needed": assessment.ethics_reapproval_needed or request.ethics_reapproval_needed,
        "reconsent_needed": assessment.reconsent_needed or request.reconsent_needed,
        "rediagnosis_needed": assessment.rediagnosis_needed,
        "resets": {side: list(sections) for side, sections in assessment.resets.items()},
        "zones_added": list(assessment.zones_added),
        "redraw": assessment.redraw,
    }


def _locked(found: tuple[Classed, ...]) -> Refused:
    points = ", ".join(sorted({item.facts.locked_from or "D" for item in found}))
    paths = ", ".join(item.change.path for item in found)
    return refused("E-AMD-02", n=len(found), points=points, paths=paths)


def _resets(found: tuple[Classed, ...], needed: ChangeClass) -> dict[Side, tuple[Section, ...]]:
    """Return what each side is to read again: a major version is reviewed by both anew."""
    if needed not in ("major", "locked"):
        return {}
    touched = sorted({item.facts.section for item in found})
    return {side: tuple(section for section in touched if side in SIDE_OF_SECTION[section]) for side in SIDES}


def _affected(changes: tuple[Change, ...], old: Protocol, new: Protocol) -> tuple[str, ...]:
    """Return the hypotheses that a change reaches: itself, its inquiry, outcome or family, an analysis that answers it."""
    touched = {(change.field, change.item) for change in changes}
    found: dict[str, None] = {}
    for version in (old, new):
        outcomes = {item.id: item.outcome_id for item in version.inquiries}
        for item in version.hypotheses:
            places = {
                ("hypotheses", item.id),
                ("inquiries", item.inquiry_id),
                ("outcomes", outcomes.get(item.inquiry_id)),
                ("families", item.family_id),
                *(("analyses", analysis.id) for analysis in version.analyses if item.id in analysis.hypothesis_ids),
            }
            if places & touched:
                found[item.id] = None
    return tuple(found)
