"""Section 3.7 of the registry's model: data, schedule, ethics, consent, protection, disclosure, sharing.

Belongs here: what protects people and what others may see. Does not: enforcing it (registry.ethics, quality.disclosure).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from experiments.registry.schema.meta import Identifier, Iso, Part, Words


class DataSource(Part):
    """Where data come from, on what legal basis, and who has seen them already (OSF's five levels)."""

    id: Identifier
    kind: Literal["survey", "admin", "sensor", "system_log"]
    owner: str
    legal_basis: Words
    linkage_keys: tuple[str, ...] = ()
    consent_scope: Literal["participation", "linkage_admin", "sensor", "recontact", "reuse", "sharing"] | None = None
    refresh: Words | None = None
    prior_access: Literal[
        "not_created", "exists_not_observed", "exists_not_accessed", "accessed_not_analysed", "analysed"
    ]
    contract_id: str


class Instrument(Part):
    """A questionnaire or other instrument, in one version."""

    id: Identifier
    version: str
    languages: tuple[Literal["zh", "en"], ...] = Field(min_length=1)
    variant_of: Identifier | None = None
    content_sha256: Annotated[str | None, Field(pattern=r"^[0-9a-f]{64}$")] = None
    mode: Literal["capi", "cati", "cawi", "papi", "proxy", "passive"]


class Wave(Part):
    """One wave: when it is due, and the window in which it counts as on time."""

    wave_id: str
    label: Words
    order: int = Field(ge=0)
    target_date: Iso | None = None
    target_offset_days: int | None = None
    window_before: int = Field(default=0, ge=0)
    window_after: int = Field(default=0, ge=0)
    instruments: tuple[Identifier, ...] = ()
    mandatory: bool = True


class EthicsDecision(Part):
    """A committee's decision; after `expires_on` nothing more is taken in for its zones."""

    id: Identifier
    board: str
    number: str
    decision: Literal["approved", "exempt", "conditional", "refused"]
    date: Iso
    expires_on: Iso
    zones: tuple[str, ...] = Field(min_length=1)
    document_sha256: Annotated[str | None, Field(pattern=r"^[0-9a-f]{64}$")] = None


class ConsentPlan(Part):
    """How consent is given and taken back."""

    mode: Literal["written", "electronic", "oral", "opt_out", "waived"]
    waiver_reason: Words | None = None
    form_version: str
    form_sha256: Annotated[str | None, Field(pattern=r"^[0-9a-f]{64}$")] = None
    scopes: tuple[Literal["participation", "linkage_admin", "sensor", "recontact", "reuse", "sharing"], ...] = ()
    languages: tuple[Literal["zh", "en"], ...] = Field(min_length=1)
    minors_rule: Words
    withdrawal_policy: Literal["stop_future", "delete_identified", "delete_all"]


class ImpactAssessment(Part):
    """The assessment of what the study means for personal information."""

    ref: str
    date: Iso


class DataProtection(Part):
    """Protection of personal information."""

    personal_info_impact_assessment: ImpactAssessment
    sensitive_categories: tuple[str, ...] = ()
    minimisation_note: Words
    retention_until: Iso
    cross_border: bool
    pseudonymisation: Words


class Risk(Part):
    """One risk, who bears it, and what is done about it."""

    risk: Words
    affected: Words
    likelihood: Literal["low", "medium", "high"]
    severity: Literal["low", "medium", "high"]
    mitigation: Words
    owner: str


class HarmRule(Part):
    """Suspends the study in a zone when the metric passes the threshold.

    `statistic` of `variable` in `dataset`, per zone (rows kept by `filter`); with `contrast` the treated less the others by
    `treatment`. At least `min_n` rows on each side, or the rule stays silent and says so.
    """

    id: Identifier
    outcome_id: Identifier
    dataset: str
    variable: str
    statistic: Literal["mean", "share_above", "share_below"]
    cut: float | None = None
    filter: str | None = None
    contrast: bool = False
    treatment: str | None = None
    worse: Literal["above", "below"]
    threshold: float
    min_n: int = Field(default=20, ge=10)
    who_acts: str


class DisclosureRules(Part):
    """Floor for released tables."""

    min_cell: int = Field(default=10, ge=8)
    rounding_base: int = Field(default=5, ge=1)
    dominance_n: int = Field(default=1, ge=1)
    dominance_k: float = Field(default=0.8, gt=0, le=1)
    suppress_zone_ranking: bool = True


class Dissemination(Part):
    """When and how results and data become public."""

    embargo_until: Iso | None = None
    results_due: Iso | None = None
    data_access: Literal["open", "controlled", "closed"]
    code_access: Literal["open", "controlled", "closed"]


class Attestation(Part):
    """A statement that a named person made."""

    text_id: Literal["accurate", "no_undeclared_conflict", "will_report_all", "lawful_basis"]
    person: str
    at: Iso
