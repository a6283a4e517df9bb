"""The AEA RCT Registry's form: sections and field names as its page "Version" lists them (part I, 2024), text by text.

Belongs here: the table. Does not: sending it anywhere: the registry takes entries by hand, field by field, so that names and
order are theirs. Their "hidden" fields stay closed until a trial ends: what we make public under an embargo goes there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from data.reference import zones as pilot_zones
from experiments.registry.exchange.prose import (
    both,
    inline,
    itemised,
    labelled,
    listed,
    paragraphs,
    spaced,
    told,
)
from experiments.registry.exchange.target import Account, Target, account, filled, nested, row
from experiments.registry.protocol import Protocol, ZoneRole
from experiments.registry.schema.design import ModelM, SampleSize
from experiments.registry.schema.governance import EthicsDecision
from experiments.registry.schema.identification import PriorWork, SecondaryId, StudyDates
from experiments.registry.schema.meta import Words
from experiments.registry.schema.people import Agency, Investigator, Organisation, Person
from experiments.registry.schema.questions import Hypothesis, Outcome

SCHEMA = {"name": "AEA RCT Registry", "version": "2024"}

_OTHER = ("secondary", "exploratory", "safety")

SECTOR = {
    "education": "Education",
    "environment": "Environment & Energy",
    "health": "Health",
    "elderly_care": "Health",
    "employment": "Labor",
    "urban_management": "Governance",
    "public_service": "Governance",
    "community": "Welfare",
}
"""Our domains in their keywords; a domain that is not here has none there."""


def to_aea(protocol: Protocol, visible: frozenset[str]) -> tuple[dict[str, Any], Account]:
    """Return the form by section and field name, and the account of our fields."""
    form = nested(filled(TABLE, protocol, visible), "|")
    return {"sections": form}, account(TABLE, protocol, visible)


def _places(zones: tuple[ZoneRole, ...]) -> list[dict[str, str]]:
    known = pilot_zones()
    return [
        {"Country": "China", "Region": inline(known[item.zone_id].name) if item.zone_id in known else item.zone_id}
        for item in zones
    ]


def _person(person: Person | None) -> str:
    if person is None:
        return ""
    orcid = f"ORCID {person.orcid}" if person.orcid else ""
    return "; ".join(part for part in (inline(person.name), person.affiliation, orcid) if part)


def _others(responsible: Person | None, investigators: tuple[Investigator, ...]) -> list[dict[str, str]]:
    first = responsible.user if responsible else None
    return [
        {
            "Name": inline(item.name),
            "Affiliation": item.affiliation,
            "Role": spaced(item.role),
            **({"ORCID": item.orcid} if item.orcid else {}),
        }
        for item in investigators
        if item.user != first
    ]


def _keywords(domain: str | None) -> str:
    return SECTOR.get(domain or "", "Other")


def _more_keywords(domain: str | None, sectors: tuple[str, ...], task: str | None, keywords: tuple[str, ...]) -> str:
    found = [*keywords, *(spaced(item) for item in sectors), *(spaced(item) for item in (domain, task) if item)]
    return ", ".join(dict.fromkeys(found))


def _secondary(ids: tuple[SecondaryId, ...]) -> str:
    return "\n".join(f"{item.registry}: {item.id}" for item in ids)


def _prior(works: tuple[PriorWork, ...]) -> str:
    """Return their sentence, and what the trial builds upon."""
    known = [item for item in works if item.relation != "none"]
    if not known:
        return "This trial does not extend or rely on any prior RCTs."
    said = "This trial is based on or builds upon one or more prior RCTs."
    return paragraphs(said, itemised(works))


def _date(which: str) -> Callable[[StudyDates], str]:
    def read(dates: StudyDates) -> str:
        chosen = getattr(dates, which)
        return f"{chosen.date} ({chosen.type})" if chosen else ""

    return read


def _sponsors(sponsor: Organisation | None, funders: tuple[Organisation, ...]) -> list[dict[str, str]]:
    return [
        {"Sponsor Name": item.org, "Type": spaced(item.type), **({"Award": item.award_no} if item.award_no else {})}
        for item in (sponsor, *funders)
        if item
    ]


def _partner(agency: Agency) -> list[dict[str, str]]:
    kind = {"government": "Government", "ngo": "NGO", "private_company": "Private Company"}.get(agency.type, "Other")
    return [{"Partner Name": agency.org, "Type": kind, "Technology vendor": told(agency.is_technology_vendor)}]


def _endpoints(*tiers: str) -> Callable[[tuple[Outcome, ...]], str]:
    def read(outcomes: tuple[Outcome, ...]) -> str:
        return "\n".join(f"- {inline(item.name)} ({inline(item.unit)})" for item in outcomes if item.tier in tiers)

    return read


def _explained(*tiers: str) -> Callable[[tuple[Outcome, ...]], str]:
    def read(outcomes: tuple[Outcome, ...]) -> str:
        return itemised(item for item in outcomes if item.tier in tiers)

    return read


def _clustered(assigned: str | None, observed: str | None) -> str:
    return "Yes" if assigned and observed and assigned != observed else "No"


def _clusters(size: SampleSize | None, unit: str | None) -> str:
    if size is None:
        return ""
    return f"{size.clusters if size.clusters is not None else size.units} {spaced(unit or 'units')}"


def _observations(size: SampleSize | None, unit: str | None) -> str:
    return "" if size is None else f"{size.units} {spaced(unit or 'units')} in {size.waves} waves"


def _per_arm(size: SampleSize) -> str:
    return "\n".join(f"{n} {arm}" for arm, n in size.per_arm.items())


def _power(model: ModelM | None, hypotheses: tuple[Hypothesis, ...], note: Words | None) -> str:
    sizes = "\n".join(
        f"- {item.id}: {item.sesoi.value} {inline(item.sesoi.unit)}" for item in hypotheses if item.sesoi is not None
    )
    return paragraphs(
        f"Smallest effects of interest:\n{sizes}" if sizes else "",
        labelled("Model that the power was simulated from", model),
        both(note),
    )


def _irb(decisions: tuple[EthicsDecision, ...]) -> list[dict[str, str]]:
    return [
        {
            "IRB Name": item.board,
            "IRB Approval Date": item.date,
            "IRB Approval Number": item.number,
            "Decision": spaced(item.decision),
            "Id": item.id,
            "Expires": item.expires_on,
            "Zones": ", ".join(item.zones),
        }
        for item in decisions
    ]


_DESIGN = listed("Study type", "Evaluation method", "Intervention model", "Allocation", "Arms", "Masking", "Design")
_DETAILS = listed(
    "Model of change",
    "Target population",
    "Sampling frame",
    "Sampling",
    "Eligibility",
    "Stopping rule",
    "Exposure measure",
    "Contamination",
    "Dose",
    "Schedule",
    "Data sources",
    "Unit of analysis",
)
_PLAN = listed("Inquiries", "Hypotheses", "Families", "Analyses", "Robustness", "Heterogeneity")

_ABOUT, _HOW = "Trial Information|", "Experimental Details|"
_PLACE_LEFT = "zones.role zones.planned_n zones.local_lead zones.zone_approval_state zones.zone_ethics_ref"

TABLE: tuple[Target, ...] = (
    row(_ABOUT + "Trial Title", "title_brief", both),
    row(_ABOUT + "Location(s)", "zones", _places, omits=_PLACE_LEFT),
    row(_ABOUT + "Primary Investigator", "responsible_party", _person, omits="responsible_party.user"),
    row(
        _ABOUT + "Other Primary Investigator(s)", "responsible_party investigators", _others, omits="investigators.user"
    ),
    row(_ABOUT + "Keywords", "domain", _keywords),
    row(_ABOUT + "Additional Keywords", "domain sectors task_type keywords", _more_keywords),
    row(_ABOUT + "JEL Code(s)", "jel_codes", ", ".join),
    row(_ABOUT + "Secondary Identifying Numbers", "secondary_ids", _secondary),
    row(_ABOUT + "Prior work", "prior_work", _prior),
    row(_ABOUT + "Abstract", "abstract", both),
    row("Dates|Trial Start Date", "dates", _date("study_start")),
    row("Dates|Intervention Start Date", "dates", _date("intervention_start")),
    row("Dates|Intervention End Date", "dates", _date("intervention_end")),
    row("Dates|Trial End Date", "dates", _date("study_end"), omits="dates.primary_completion"),
    row("Sponsors & Partners|Trial Sponsor(s)", "sponsor funders", _sponsors),
    row("Sponsors & Partners|Trial Partner(s)", "implementing_agency", _partner),
    row(_HOW + "Intervention (Public)", "interventions", itemised),
    row(_HOW + "Primary Outcomes (end points)", "outcomes", _endpoints("primary")),
    row(_HOW + "Primary Outcomes (explanation)", "outcomes", _explained("primary")),
    row(_HOW + "Secondary Outcomes (end points)", "outcomes", _endpoints(*_OTHER)),
    row(_HOW + "Secondary Outcomes (explanation)", "outcomes", _explained(*_OTHER)),
    row(
        _HOW + "Experimental Design (Public)",
        "study_type evaluation_method intervention_model allocation arms masking design_note",
        _DESIGN,
    ),
    row(
        _HOW + "Experimental Design Details (Hidden)",
        "theory_of_change target_population sampling_frame sampling_method eligibility stopping_rule exposure_measure "
        "contamination_risk dose_schedule schedule data_sources unit_of_analysis",
        _DETAILS,
    ),
    row(_HOW + "Randomization Method", "assignment_spec", told),
    row(_HOW + "Randomization Unit", "unit_of_assignment", spaced),
    row(_HOW + "Was the treatment clustered?", "unit_of_assignment unit_of_observation", _clustered),
    row(_HOW + "Planned Number of Clusters", "sample_size unit_of_assignment", _clusters),
    row(_HOW + "Planned Number of Observations", "sample_size unit_of_observation", _observations),
    row(_HOW + "Sample size (or number of clusters) by treatment arms", "sample_size", _per_arm),
    row(
        _HOW + "Power calculation: Minimum Detectable Effect Size for Main Outcomes",
        "model_m hypotheses diagnosis_note",
        _power,
    ),
    row("IRB|Institutional Review Boards (IRBs)", "ethics", _irb, omits="ethics.document_sha256"),
    row(
        "Analysis Plan|Analysis Plan Documents",
        "inquiries hypotheses families analyses robustness heterogeneity",
        _PLAN,
    ),
)
