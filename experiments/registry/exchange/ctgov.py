"""A study record shaped as ClinicalTrials.gov's API (version 2) gives it: `protocolSection` and its modules.

Belongs here: the table and their vocabularies. Does not: sending; our studies are no drug trials, so that what their schema
has no word for becomes OTHER or stays under `unmapped`. "-like": an id of theirs (NCT) is never made up.
"""

from __future__ import annotations

from typing import Any

from data.reference import zones as pilot_zones
from experiments.registry.exchange import ctgov_values as v
from experiments.registry.exchange.prose import both, listed
from experiments.registry.exchange.target import Account, Target, account, filled, nested, row
from experiments.registry.protocol import Protocol, ZoneRole

SCHEMA = {"name": "ClinicalTrials.gov API", "version": "2"}


def to_ctgov(protocol: Protocol, visible: frozenset[str]) -> tuple[dict[str, Any], Account]:
    """Return the record with its modules in their order, and the account of our fields."""
    return (
        {"protocolSection": nested(filled(TABLE, protocol, visible), "."), "hasResults": False},
        account(TABLE, protocol, visible),
    )


def _locations(zones: tuple[ZoneRole, ...]) -> list[dict[str, object]]:
    return [_location(item) for item in zones]


def _location(item: ZoneRole) -> dict[str, object]:
    zone = pilot_zones().get(item.zone_id)
    place: dict[str, object] = {"facility": item.zone_id, "country": "China"}
    if zone is not None:
        place |= {
            "facility": f"{zone.name.en} / {zone.name.zh}",
            "city": zone.name.en,
            "geoPoint": {"lat": zone.latitude, "lon": zone.longitude},
        }
    if item.local_lead is not None:
        place["contacts"] = [{"name": both(item.local_lead.name), "role": "CONTACT"}]
    return place


_ID, _STATUS, _SPONSOR = "identificationModule.", "statusModule.", "sponsorCollaboratorsModule."
_DESIGN, _INFO, _WHO = "designModule.", "designModule.designInfo.", "eligibilityModule."
_DETAILED = listed(
    "Evaluation method",
    "Allocation",
    "Intervention model",
    "Masking",
    "Theory of change",
    "Design",
    "Unit of observation",
    "Unit of assignment",
    "Unit of analysis",
    "Assignment",
    "Stopping rule",
    "Inquiries",
    "Hypotheses",
    "Families",
    "Analyses",
    "Robustness",
    "Heterogeneity",
    "Exposure measure",
    "Contamination",
    "Dose",
    "Schedule",
)

TABLE: tuple[Target, ...] = (
    row(_ID + "orgStudyIdInfo.id", "experiment_id", str),
    row(_ID + "secondaryIdInfos", "secondary_ids", v.secondary_ids),
    row(_ID + "organization", "sponsor", v.organisation, omits="sponsor.award_no"),
    row(_ID + "briefTitle", "title_brief", both),
    row(_ID + "officialTitle", "title_official", both),
    row(_ID + "acronym", "acronym", str),
    row(
        _STATUS + "startDateStruct",
        "dates",
        v.date("study_start"),
        omits="dates.intervention_start dates.intervention_end",
    ),
    row(_STATUS + "primaryCompletionDateStruct", "dates", v.date("primary_completion")),
    row(_STATUS + "completionDateStruct", "dates", v.date("study_end")),
    row(
        _SPONSOR + "responsibleParty",
        "responsible_party",
        v.responsible,
        omits="responsible_party.orcid responsible_party.user",
    ),
    row(_SPONSOR + "leadSponsor", "sponsor", v.organisation_named),
    row(_SPONSOR + "collaborators", "funders implementing_agency", v.collaborators, omits=v.COLLABORATORS_LEFT),
    row("oversightModule.isFdaRegulatedDrug", "experiment_id", v.never),
    row("oversightModule.isFdaRegulatedDevice", "experiment_id", v.never),
    row("descriptionModule.briefSummary", "abstract", both),
    row(
        "descriptionModule.detailedDescription",
        "evaluation_method allocation intervention_model masking theory_of_change design_note unit_of_observation "
        "unit_of_assignment unit_of_analysis assignment_spec stopping_rule "
        "inquiries hypotheses families analyses robustness heterogeneity exposure_measure contamination_risk dose_schedule "
        "schedule",
        _DETAILED,
    ),
    row("conditionsModule.conditions", "domain sectors", v.conditions),
    row("conditionsModule.keywords", "keywords jel_codes", lambda words, jel: [*words, *jel]),
    row(_DESIGN + "studyType", "study_type", v.study_type),
    row(_DESIGN + "phases", "study_type", v.phases),
    row(_INFO + "allocation", "study_type allocation", v.if_interventional(v.ALLOCATION.get)),
    row(_INFO + "interventionModel", "study_type intervention_model", v.if_interventional(v.MODEL.get)),
    row(_INFO + "interventionModelDescription", "study_type evaluation_method intervention_model", v.model_described),
    row(_INFO + "primaryPurpose", "study_type", v.purpose),
    row(_INFO + "observationalModel", "study_type", v.observational_model),
    row(_INFO + "maskingInfo", "study_type masking", v.if_interventional(v.masking)),
    row(_DESIGN + "enrollmentInfo", "sample_size dates", v.enrolment, omits=v.SIZE_LEFT),
    row("armsInterventionsModule.armGroups", "arms interventions", v.arm_groups),
    row("armsInterventionsModule.interventions", "interventions arms", v.interventions),
    row("outcomesModule.primaryOutcomes", "outcomes", v.outcomes("primary"), omits=v.OUTCOMES_LEFT),
    row("outcomesModule.secondaryOutcomes", "outcomes", v.outcomes("secondary", "safety")),
    row("outcomesModule.otherOutcomes", "outcomes", v.outcomes("exploratory")),
    row(_WHO + "eligibilityCriteria", "eligibility", v.criteria),
    row(_WHO + "studyPopulation", "target_population sampling_frame", listed("Population", "Frame")),
    row(_WHO + "samplingMethod", "sampling_method", v.sampling, omits="sampling_method.strata sampling_method.psu"),
    row(
        "contactsLocationsModule.overallOfficials",
        "investigators",
        v.officials,
        omits="investigators.orcid investigators.user",
    ),
    row("contactsLocationsModule.locations", "zones", _locations, omits=v.ZONES_LEFT),
    row("ipdSharingStatementModule.ipdSharing", "dissemination", v.sharing),
    row(
        "ipdSharingStatementModule.description",
        "dissemination publication_agreement",
        listed("Sharing", "Publication agreement"),
    ),
)
"""`statusModule.overallStatus` and `versionHolder` come from the record, not from the plan: the export adds them."""
