"""The protocol's schema: the fields that this version needs, under their final names.

Belongs here: what a protocol may say, its digest, reading it from YAML. Does not: whether its parts fit together (check),
lifecycle and amendments (to come). Vocabulary: AEA and OSF registries, DeclareDesign's inquiries, ClinicalTrials.gov's arms.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data.messages import Text
from experiments.messages import not_found, refusal
from experiments.spec import AnalysisSpec, described

Level = Literal["individual", "organisation", "society"]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=60)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ZoneRole(_Part):
    """A zone that takes part, and as what."""

    zone_id: str
    role: Literal["treatment", "control", "mixed"]
    planned_n: int | None = Field(default=None, ge=1)


class Arm(_Part):
    """One arm of the comparison."""

    arm_id: Identifier
    label: Text
    type: Literal["experimental", "active_comparator", "sham", "no_intervention", "usual_practice"]


class AiSystem(_Part):
    """The AI system under study. Its version is recorded at launch; each change opens an exposure epoch."""

    name: Text
    provider: str
    model_family: str
    model_version: str | None = None
    update_policy: Literal["frozen", "scheduled", "continuous"]
    decision_role: Literal["informs", "recommends", "decides_with_human_review", "decides_autonomously"]
    human_override: bool
    alternative_offered: Text | None = None
    affected_parties: tuple[Literal["users", "non_users", "workers", "bystanders"], ...] = Field(min_length=1)


class Intervention(_Part):
    """What an arm receives; `ai_system` is there exactly when the kind says so."""

    id: Identifier
    arms: tuple[Identifier, ...] = Field(min_length=1)
    kind: Literal["ai_system", "non_ai_service", "information", "incentive", "training", "policy", "other"]
    ai_system: AiSystem | None = None


class Outcome(_Part):
    """One outcome. Tier `safety` makes it a harm outcome: it stands in the harms rows of every report."""

    id: Identifier
    name: Text
    tier: Literal["primary", "secondary", "exploratory", "safety"]
    level: Level
    construct_note: Text | None = None
    variables: tuple[str, ...] = Field(min_length=1)
    time_frame: Text
    scale: Literal["binary", "ordinal", "count", "continuous", "time_to_event", "index"]
    unit: Text
    direction_of_benefit: Literal["increase", "decrease", "none"]
    data_source: Literal["survey", "admin", "sensor", "system_log"]


class Contrast(_Part):
    """Two arms compared: the effect is `arm_a` less `arm_b`."""

    arm_a: Identifier
    arm_b: Identifier


class Inquiry(_Part):
    """A question with an answer in the model: which effect, on which outcome, in whom."""

    id: Identifier
    estimand: Literal["ate", "itt", "late", "att", "cate", "qte", "spillover", "descriptive", "trend"]
    population: Text
    contrast: Contrast
    outcome_id: Identifier


class SmallestEffect(_Part):
    """The smallest effect of interest, in the outcome's unit, as an absolute size."""

    value: float = Field(gt=0)
    unit: Text
    basis: Text | None = None


class Hypothesis(_Part):
    """What is expected, in which direction, and from which size on it matters."""

    id: Identifier
    statement: Text
    inquiry_id: Identifier
    direction: Literal["increase", "decrease", "non_zero", "equivalence", "non_inferiority"]
    sesoi: SmallestEffect | None = None
    family_id: Identifier | None = None
    tier: Literal["confirmatory", "exploratory"]


class Family(_Part):
    """Hypotheses whose p-values are corrected together."""

    id: Identifier
    correction: Literal["none", "bonferroni", "holm", "bh"]
    alpha: float = Field(default=0.05, gt=0, lt=1)


class RegisteredAnalysis(AnalysisSpec):
    """An analysis spec, the released table that it reads, and the hypotheses that it answers (none: exploratory)."""

    id: Identifier
    dataset: str
    hypothesis_ids: tuple[Identifier, ...] = ()

    def spec(self) -> AnalysisSpec:
        """Return the bare spec, whose digest is that of the same spec given to `zonelab estimate`."""
        fields = self.model_fields_set & AnalysisSpec.model_fields.keys()
        return AnalysisSpec.model_validate({name: getattr(self, name) for name in fields})


class Protocol(_Part):
    """One version of one experiment's plan.

    Every text is in English and Chinese. Free text stands only in `*_note`, statements, names and labels; what a machine
    compares later is typed.
    """

    experiment_id: str = Field(pattern=r"^SE-\d{4}-\d{4}$")
    version: str = Field(pattern=r"^\d+\.\d+$")
    title_brief: Text
    simulated: bool = False
    domain: Literal[
        "urban_management",
        "education",
        "community",
        "health",
        "elderly_care",
        "environment",
        "sport",
        "public_service",
        "employment",
        "other",
    ]
    impact_levels: tuple[Level, ...] = Field(min_length=1)
    study_type: Literal["interventional", "quasi_experimental", "observational"]
    evaluation_method: Literal[
        "rct",
        "cluster_rct",
        "stepped_wedge",
        "factorial",
        "rdd",
        "did",
        "matching",
        "iv",
        "its",
        "synthetic_control",
        "regression",
        "other",
    ]
    zones: tuple[ZoneRole, ...] = Field(min_length=1)
    arms: tuple[Arm, ...] = Field(min_length=1)
    interventions: tuple[Intervention, ...] = Field(min_length=1)
    unit_of_assignment: str
    design_note: Text | None = None
    outcomes: tuple[Outcome, ...] = Field(min_length=1)
    inquiries: tuple[Inquiry, ...] = Field(min_length=1)
    hypotheses: tuple[Hypothesis, ...] = Field(min_length=1)
    families: tuple[Family, ...] = ()
    analyses: tuple[RegisteredAnalysis, ...] = Field(min_length=1)

    def hypothesis(self, hypothesis_id: str) -> Hypothesis:
        """Return a hypothesis by id; KeyError if there is none."""
        return {item.id: item for item in self.hypotheses}[hypothesis_id]

    def outcome_of(self, hypothesis: Hypothesis) -> Outcome:
        """Return the outcome that a hypothesis is about; KeyError if the reference leads nowhere."""
        return {item.id: item for item in self.outcomes}[self.inquiry_of(hypothesis).outcome_id]

    def inquiry_of(self, hypothesis: Hypothesis) -> Inquiry:
        """Return the inquiry that a hypothesis is about; KeyError if the reference leads nowhere."""
        return {item.id: item for item in self.inquiries}[hypothesis.inquiry_id]


def protocol_digest(protocol: Protocol) -> str:
    """Return the sha256 of the protocol's canonical JSON: sorted keys, UTF-8 NFC, numbers as decimal text."""
    content = _canonical(protocol.model_dump(mode="json"))
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: object) -> object:
    if isinstance(value, dict):
        return {name: _canonical(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_canonical(inner) for inner in value]
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    return repr(value) if isinstance(value, float) else value


def load_protocol(path: Path) -> Protocol:
    """Return the protocol in a YAML file.

    Raises
    ------
    NotFound
        No such file.
    Refused
        It does not have a protocol's form; every problem is listed with the path of its field.
    """
    if not path.is_file():
        raise not_found("E-PROTO-02", name=path.name)
    try:
        return Protocol.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise refusal("E-PROTO-01", name=path.name, problems=described(error)) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise refusal("E-PROTO-01", name=path.name, problems=f"Not YAML: {error}") from error
