"""Section 3.2 of the registry's model: who answers for the study, who pays, who may not be independent, which zones take part.

Belongs here: people, organisations, zones, conflicts, funding. Does not: who may do what on the platform (data.access).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from experiments.registry.schema.meta import Facts, Identifier, Part, Words, both

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
    planned_n: Annotated[
        int | None,
        Field(ge=1),
        Facts(
            "D",
            "S",
            "major",
            label=both("Planned units", "计划单位数"),
            guidance=both(
                "How many units of observation this zone is to bring; all zones together give the sample size.",
                "该试点区计划纳入的观测单位数；各区合计即样本量。",
            ),
            example=both("240", "240"),
            judged=both("The zone has that many eligible units.", "该试点区确有这么多符合条件的单位。"),
        ),
    ] = None
    local_lead: Annotated[
        Person | None,
        Facts(
            "D",
            "L",
            "minor",
            label=both("Local lead", "当地负责人"),
            guidance=both(
                "Who answers for the study in the zone and opens recruitment there.",
                "在该试点区对研究负责并启动招募的人。",
            ),
            example=both("An official of the zone with an account on the platform", "在平台有账户的试点区工作人员"),
            judged=both("The person works in the zone and is no reviewer.", "在该试点区工作，且不是评审人。"),
        ),
    ] = None
    zone_approval_state: Annotated[
        Literal["pending", "approved", "refused"],
        Facts(
            "D",
            None,
            "operational",
            label=both("Approval of the zone", "试点区审批"),
            guidance=both(
                "Whether the zone has agreed to take part; recruitment there needs it.",
                "该试点区是否同意参加；当地招募以此为前提。",
            ),
            example=both("approved", "approved"),
            judged=both("A zone that has refused is taken out.", "已拒绝的试点区应移除。"),
        ),
    ] = "pending"
    zone_ethics_ref: Annotated[
        Identifier | None,
        Facts(
            "I",
            None,
            "operational",
            label=both("Ethics decision of the zone", "试点区伦理决定"),
            guidance=both("Id of the ethics decision that covers this zone.", "覆盖该试点区的伦理决定编号。"),
            example=both("central_board", "central_board"),
            judged=both("The decision names the zone and has not expired.", "该决定列明此试点区且未失效。"),
        ),
    ] = None
