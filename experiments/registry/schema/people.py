"""Section 3.2 of the registry's model: who answers for the study, who pays, who may not be independent, which zones take part.

Belongs here: people, organisations, zones, conflicts, funding. Does not: who may do what on the platform (data.access).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from experiments.registry.schema.meta import Facts, Identifier, Part, Words

OrganisationType = Literal[
    "government",
    "ngo",
    "international_organisation",
    "private_company",
    "research_institution",
    "foundation",
    "bank",
    "other",
]
"""The eight kinds that RIDIE knows."""


class Person(Part):
    """A person as the platform knows them: `user` is the name that acts, in the ledger and in reviews."""

    user: str = Field(min_length=1)
    name: Words
    affiliation: str = ""
    orcid: Annotated[str | None, Field(pattern=r"^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$")] = None


class Investigator(Person):
    """A member of the team."""

    role: Literal["pi", "co_pi", "analyst", "field_lead"]


class Organisation(Part):
    """A sponsor or funder."""

    org: str
    type: OrganisationType
    award_no: str | None = None


class Agency(Part):
    """Who delivers the intervention; a vendor of the technology is named as such."""

    org: str
    type: OrganisationType
    is_technology_vendor: bool


class Remuneration(Part):
    """Whether the implementer pays anybody of the team."""

    received: bool
    note: Words | None = None


class PublicationAgreement(Part):
    """Whether anybody may delay or stop publication."""

    kind: Literal["unrestricted", "review_period", "restricted"]
    review_period_days: int | None = Field(default=None, ge=1)


class Conflict(Part):
    """One conflict of interest."""

    person: str
    kind: Literal["financial", "employment", "family", "intellectual", "other"]
    entity: str


class Conflicts(Part):
    """Declared conflicts; an empty list is a statement, not an omission."""

    declared: tuple[Conflict, ...]


class ZoneRole(Part):
    """A zone that takes part, and as what."""

    zone_id: str
    role: Literal["treatment", "control", "mixed"]
    planned_n: int | None = Field(default=None, ge=1)
    local_lead: Person | None = None
    zone_approval_state: Literal["pending", "approved", "refused"] = "pending"
    zone_ethics_ref: Identifier | None = None


class People(Part):
    """People, organisations, independence, zones."""

    responsible_party: Annotated[Person | None, Facts("A", "D", "major")] = None
    investigators: Annotated[tuple[Investigator, ...], Facts("A", "D", "major")] = ()
    sponsor: Annotated[Organisation | None, Facts("A", "S", "major")] = None
    funders: Annotated[tuple[Organisation, ...], Facts("A", "S", "major")] = ()
    implementing_agency: Annotated[Agency | None, Facts("A", "S", "major")] = None
    remuneration_from_implementer: Annotated[Remuneration | None, Facts("A", "S", "major")] = None
    publication_agreement: Annotated[PublicationAgreement | None, Facts("K", "S", "major", "t2")] = None
    conflicts: Annotated[Conflicts | None, Facts("A", "S", "minor")] = None
    zones: Annotated[tuple[ZoneRole, ...], Facts("D", "S", "major")] = ()
