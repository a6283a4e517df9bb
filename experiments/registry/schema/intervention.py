"""Section 3.3 of the registry's model: the arms and the AI-intervention card, and the screening of 2022.

Belongs here: what is delivered, to whom, under which safeguards. Does not: how units are assigned to it (design).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from experiments.registry.schema.meta import Facts, Identifier, Iso, Part, Words, both

Integration = Literal["5g", "industrial_internet", "blockchain", "iot"]
SpecialGroup = Literal["elderly", "disabled", "women", "minors"]
Prohibited = Literal[
    "security",
    "persons_property_privacy",
    "discrimination",
    "price_discrimination",
    "deep_synthesis",
    "other_unlawful",
]
"""Article 67 of the Shanghai regulations: each practice has an answer."""


class Arm(Part):
    """One arm of the comparison."""

    arm_id: Identifier
    label: Words
    type: Literal["experimental", "active_comparator", "sham", "no_intervention", "usual_practice"]


class AiSystem(Part):
    """The AI-intervention card. Its version is required at launch; each change of it opens an exposure epoch."""

    name: Words
    provider: str
    model_family: str
    model_version: Annotated[
        str | None,
        Facts(
            "E",
            "L",
            "operational",
            label=both("Model version", "模型版本"),
            guidance=both(
                "The exact version in use at launch; each later change is recorded and opens an exposure epoch.",
                "启动时所用的确切版本；此后每次变更均予记录并开启新的暴露时段。",
            ),
            example=both("2.3.1", "2.3.1"),
            judged=both(
                "It lies in the registered range; under a frozen policy it never changes.",
                "在登记的版本范围内；若更新方式为冻结，则不得变更。",
            ),
        ),
    ] = None
    version_range: tuple[str, ...] = ()
    update_policy: Literal["frozen", "scheduled", "continuous"]
    decision_role: Literal["informs", "recommends", "decides_with_human_review", "decides_autonomously"]
    human_override: bool
    human_override_note: Words | None = None
    alternative_offered: Words | None = None
    affected_parties: tuple[Literal["users", "non_users", "workers", "bystanders"], ...] = Field(min_length=1)
    filing_ref: Annotated[
        str | None,
        Facts(
            "E",
            None,
            "operational",
            label=both("Filing number", "备案号"),
            guidance=both(
                "Number of the algorithm or generative-AI filing, where the service needs one.",
                "服务须备案时的算法或生成式人工智能备案号。",
            ),
            example=both("filing 000000000000", "备案 000000000000"),
            judged=both("It is there before launch wherever the law asks for it.", "法律要求备案的，启动前已取得。"),
        ),
    ] = None
    integrations: tuple[Integration, ...] = ()
    open_platform: str | None = None


class Intervention(Part):
    """What an arm receives; `ai_system` is there exactly when the kind says so."""

    id: Identifier
    arms: tuple[Identifier, ...] = Field(min_length=1)
    kind: Literal["ai_system", "non_ai_service", "information", "incentive", "training", "policy", "other"]
    note: Words | None = None
    ai_system: AiSystem | None = None


class ExposureMeasure(Part):
    """How it is known who was exposed, and from which contract's table."""

    kind: Literal["assigned", "offered", "activated", "usage_minutes", "requests", "sensor"]
    contract_id: str | None = None
    column: str | None = None


class Contamination(Part):
    """Whether the control units may be reached by the intervention."""

    risk: Literal["none", "low", "high"]
    mitigation: Words | None = None
    spillover_inquiry_id: Identifier | None = None


class Dose(Part):
    """When an arm receives how much."""

    arm_id: Identifier
    start: Iso
    end: Iso | None = None
    intensity: Words | None = None


class Screened(Part):
    """The answer to one prohibited practice."""

    practice: Prohibited
    present: bool
    note: Words


class GroupNeeds(Part):
    """How the needs of a group are met, and what it may use instead of the AI."""

    group: SpecialGroup
    affected: bool
    alternative_offered: Words | None = None
    subgroup_variable: str | None = None


class Screening(Part):
    """The screening of the Shanghai regulations in force since 2022-10-01, articles 65 and 67 to 70."""

    risk_tier: Literal["high", "medium", "low"]
    necessity_note: Words | None = None
    appropriateness_note: Words | None = None
    controllability_note: Words | None = None
    compliance_review_ref: str | None = None
    sandbox: bool = False
    prohibited: tuple[Screened, ...]
    biometrics: bool
    biometrics_safeguard_note: Words | None = None
    employment_use: tuple[Literal["discipline", "scheduling", "recruitment", "promotion"], ...] = ()
    employment_rights_note: Words | None = None
    special_groups: tuple[GroupNeeds, ...]
