"""Values in ClinicalTrials.gov's vocabularies, each made from typed parts of a protocol.

Belongs here: their enumerations and structures. Does not: where a value stands in their record (ctgov).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from experiments.registry.exchange.prose import both, given, inline, spaced, told
from experiments.registry.protocol import Arm, Intervention
from experiments.registry.schema.design import Criterion, SampleSize, Sampling
from experiments.registry.schema.governance import Dissemination
from experiments.registry.schema.identification import SecondaryId, StudyDates
from experiments.registry.schema.people import Agency, Investigator, Organisation, Person
from experiments.registry.schema.questions import Outcome

Struct = dict[str, Any]

ALLOCATION = {"randomised": "RANDOMIZED", "non_randomised": "NON_RANDOMIZED", "not_applicable": "NA"}
MODEL = {
    "single_group": "SINGLE_GROUP",
    "parallel": "PARALLEL",
    "crossover": "CROSSOVER",
    "factorial": "FACTORIAL",
    "sequential": "SEQUENTIAL",
    "stepped_wedge": "SEQUENTIAL",  # their nearest word; the description says stepped wedge
}
ARM = {
    "experimental": "EXPERIMENTAL",
    "active_comparator": "ACTIVE_COMPARATOR",
    "sham": "SHAM_COMPARATOR",
    "no_intervention": "NO_INTERVENTION",
    "usual_practice": "OTHER",
}
MASKED = {
    "participant": "PARTICIPANT",
    "provider": "CARE_PROVIDER",
    "analyst": "INVESTIGATOR",
    "outcome_assessor": "OUTCOMES_ASSESSOR",
}
MASKING = ("NONE", "SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE")
SPONSOR = {"government": "OTHER_GOV", "private_company": "INDUSTRY", "bank": "INDUSTRY"}
ROLE = {"pi": "PRINCIPAL_INVESTIGATOR", "co_pi": "SUB_INVESTIGATOR", "analyst": "SUB_INVESTIGATOR"}
REGISTRY = {"CT", "ChiCTR"}
PROBABILITY = {"census", "srs", "stratified", "cluster", "pps", "administrative_all"}

COLLABORATORS_LEFT = "funders.award_no implementing_agency.is_technology_vendor"
SIZE_LEFT = "sample_size.clusters sample_size.per_arm sample_size.waves"
ZONES_LEFT = "zones.role zones.planned_n zones.zone_approval_state zones.zone_ethics_ref zones.local_lead"
OUTCOMES_LEFT = "outcomes.tier outcomes.level outcomes.direction_of_benefit outcomes.data_source"


def secondary_ids(ids: tuple[SecondaryId, ...]) -> list[Struct]:
    """Return other registries' ids."""
    return [
        {
            "id": item.id,
            "type": "REGISTRY" if item.registry in REGISTRY else "OTHER",
            "domain": item.registry,
        }
        for item in ids
    ]


def organisation(org: Organisation) -> Struct:
    """Return the organisation that answers for the record."""
    return {"fullName": org.org, "class": SPONSOR.get(org.type, "OTHER")}


def organisation_named(org: Organisation | Agency) -> Struct:
    """Return a sponsor or collaborator."""
    return {"name": org.org, "class": SPONSOR.get(org.type, "OTHER")}


def collaborators(funders: tuple[Organisation, ...], agency: Agency | None) -> list[Struct]:
    """Return funders and the implementing agency, each once."""
    found = [organisation_named(item) for item in (*funders, *((agency,) if agency else ()))]
    return [item for place, item in enumerate(found) if item not in found[:place]]


def date(which: str) -> Callable[[StudyDates], Struct | None]:
    """Return a function that reads one date and says whether it has come."""

    def read(dates: StudyDates) -> Struct | None:
        chosen = getattr(dates, which)
        if chosen is None:
            return None
        return {"date": chosen.date, "type": "ACTUAL" if chosen.type == "actual" else "ESTIMATED"}

    return read


def responsible(person: Person) -> Struct:
    """Return the responsible party."""
    return {
        "type": "PRINCIPAL_INVESTIGATOR",
        "investigatorFullName": inline(person.name),
        "investigatorAffiliation": person.affiliation,
    }


def never(_experiment_id: str) -> bool:
    """Return that the FDA, a regulator of another country, regulates no study of this programme."""
    return False


def conditions(domain: str | None, sectors: tuple[str, ...]) -> list[str]:
    """Return what the study is about: they ask for diseases, we name domain and sectors."""
    return [spaced(item) for item in dict.fromkeys((*((domain,) if domain else ()), *sectors))]


def study_type(kind: str) -> str:
    """Return their type; a quasi-experiment with an intervention that nobody assigned is observational there."""
    return "INTERVENTIONAL" if kind == "interventional" else "OBSERVATIONAL"


def purpose(kind: str) -> str | None:
    """Return the purpose of an interventional study: none of their medical ones."""
    return "OTHER" if kind == "interventional" else None


def observational_model(kind: str) -> str | None:
    """Return the model of a study that they call observational."""
    return None if kind == "interventional" else "OTHER"


def if_interventional(make: Callable[[Any], object]) -> Callable[[str | None, Any], object]:
    """Return a function for what their record holds of interventional studies only: none of it for another type."""

    def read(kind: str | None, value: Any) -> object:  # noqa: ANN401 -- whatever `make` takes
        return make(value) if kind == "interventional" and value else None

    return read


def phases(kind: str) -> list[str] | None:
    """Return the phase of an interventional study: none, because it tests no drug."""
    return ["NA"] if kind == "interventional" else None


def model_described(kind: str | None, method: str | None, model: str | None) -> str | None:
    """Return method and model in our words, for an interventional study."""
    if kind != "interventional":
        return None
    return ", ".join(spaced(item) for item in (method, model) if item)


def masking(masked: tuple[str, ...]) -> Struct:
    """Return how many are masked, and who."""
    who = [MASKED[item] for item in masked if item in MASKED]
    return {"masking": MASKING[len(who)], **({"whoMasked": who} if who else {})}


def enrolment(size: SampleSize | None, dates: StudyDates | None) -> Struct | None:
    """Return the number of units; actual once the study has ended."""
    if size is None:
        return None
    ended = dates is not None and dates.study_end.type == "actual"
    return {"count": size.units, "type": "ACTUAL" if ended else "ESTIMATED"}


def arm_groups(arms: tuple[Arm, ...], delivered: tuple[Intervention, ...]) -> list[Struct]:
    """Return the arms with the names of what each receives."""
    return [
        {
            "label": arm.arm_id,
            "type": ARM[arm.type],
            "description": f"{inline(arm.label)} ({spaced(arm.type)})",
            "interventionNames": [f"{_kind(item)}: {_name(item)}" for item in delivered if arm.arm_id in item.arms],
        }
        for arm in arms
    ]


def interventions(delivered: tuple[Intervention, ...], _arms: tuple[Arm, ...]) -> list[Struct]:
    """Return what is delivered, the AI card in the description."""
    return [
        {
            "type": _kind(item).upper(),
            "name": _name(item),
            "description": "; ".join(
                f"{spaced(name)}: {told(value)}" for name, value in given(item) if name not in ("id", "arms")
            ),
            "armGroupLabels": list(item.arms),
            "otherNames": [item.id],
        }
        for item in delivered
    ]


def _kind(item: Intervention) -> str:
    return "Behavioral" if item.kind in ("information", "incentive", "training") else "Other"


def _name(item: Intervention) -> str:
    return inline(item.ai_system.name) if item.ai_system else item.id


def outcomes(*tiers: str) -> Callable[[tuple[Outcome, ...]], list[Struct]]:
    """Return a function that lists the outcomes of the tiers: measure, time frame, description."""

    def read(found: tuple[Outcome, ...]) -> list[Struct]:
        return [_outcome(item) for item in found if item.tier in tiers]

    return read


def _outcome(item: Outcome) -> Struct:
    shown = ("construct_note", "indicator_code", "variables", "derivation", "scale", "unit", "validity_ref")
    about = "; ".join(f"{spaced(name)}: {told(value)}" for name, value in given(item) if name in shown)
    return {"measure": both(item.name), "timeFrame": told(item.time_frame), "description": f"id: {item.id}; {about}"}


def criteria(eligibility: tuple[Criterion, ...]) -> str:
    """Return the criteria as their two lists."""
    blocks = []
    for kind, title in (("include", "Inclusion Criteria"), ("exclude", "Exclusion Criteria")):
        found = [item for item in eligibility if item.kind == kind]
        rows = [f"* {item.id}: {inline(item.text)}" + (f" [{item.expr}]" if item.expr else "") for item in found]
        if rows:
            blocks.append(f"{title}:\n\n" + "\n".join(rows))
    return "\n\n".join(blocks)


def sampling(method: Sampling) -> str:
    """Return whether units are drawn with known probability."""
    return "PROBABILITY_SAMPLE" if method.method in PROBABILITY else "NON_PROBABILITY_SAMPLE"


def officials(investigators: tuple[Investigator, ...]) -> list[Struct]:
    """Return the team's scientists; whoever leads field work is a study director there."""
    return [
        {
            "name": inline(item.name),
            "affiliation": item.affiliation,
            "role": ROLE.get(item.role, "STUDY_DIRECTOR"),
        }
        for item in investigators
    ]


def sharing(plan: Dissemination) -> str:
    """Return whether individual data are shared."""
    return {"open": "YES", "controlled": "YES", "closed": "NO"}[plan.data_access]
