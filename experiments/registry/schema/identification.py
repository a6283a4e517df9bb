"""Section 3.1 of the registry's model: what the experiment is called and what it is about, when it runs.

Belongs here: identification and context. Does not: people (people), the AI system (intervention).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from experiments.registry.schema.meta import Facts, Identifier, Iso, Part, Words

Level = Literal["individual", "organisation", "society"]
Domain = Literal[
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
Sector = Literal[
    "manufacturing",
    "agriculture",
    "logistics",
    "finance",
    "commerce",
    "home",
    "medical_care",
    "education",
    "government_affairs",
    "transportation",
    "environmental_protection",
    "security",
    "urban_management",
    "elder_and_disabled_care",
    "housekeeping",
    "courts",
    "public_safety",
    "smart_city",
    "smart_enterprise",
    "industrial",
    "everyday_life",
    "urban_governance",
]
TaskType = Literal["technology_demonstration", "policy_experiment", "social_experiment", "infrastructure"]
StudyType = Literal["interventional", "quasi_experimental", "observational"]
EvaluationMethod = Literal[
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


class SecondaryId(Part):
    """The same study in another registry."""

    registry: Literal["AEA", "OSF", "CT", "ChiCTR", "EGAP", "RIDIE", "other"]
    id: str


class PriorWork(Part):
    """How the study relates to an earlier one."""

    relation: Literal["extends", "replicates", "follow_up", "none"]
    ref: str = ""


class Node(Part):
    """One node of the theory of change."""

    id: Identifier
    label: Words
    kind: Literal["input", "activity", "output", "outcome", "impact", "assumption"]


class Edge(Part):
    """One arrow of the theory of change: what is thought to bring about what."""

    source: Identifier
    target: Identifier
    note: Words | None = None


class TheoryOfChange(Part):
    """A directed acyclic graph from the intervention to the outcomes."""

    nodes: tuple[Node, ...] = Field(min_length=2)
    edges: tuple[Edge, ...] = Field(min_length=1)
    note: Words | None = None


class StudyDate(Part):
    """A date, and whether it lies ahead or has come."""

    date: Iso
    type: Literal["anticipated", "actual"]


class StudyDates(Part):
    """The dates that registries ask for."""

    study_start: StudyDate
    intervention_start: StudyDate | None = None
    intervention_end: StudyDate | None = None
    primary_completion: StudyDate
    study_end: StudyDate


class Identification(Part):
    """Identification and context."""

    schema_version: Annotated[Literal[2], Facts("A", "D", "system")] = 2
    experiment_id: Annotated[str, Field(pattern=r"^SE-\d{4}-\d{4}$"), Facts("A", "D", "locked")]
    version: Annotated[str, Field(pattern=r"^\d+\.\d+$"), Facts("A", "D", "system")] = "0.1"
    title_brief: Annotated[Words, Facts("A", "D", "minor")]
    title_official: Annotated[Words | None, Facts("A", "S", "major")] = None
    acronym: Annotated[str | None, Field(max_length=14), Facts("A", None, "minor")] = None
    abstract: Annotated[Words | None, Facts("B", "S", "major")] = None
    keywords: Annotated[tuple[str, ...], Facts("A", "S", "minor")] = ()
    jel_codes: Annotated[tuple[Annotated[str, Field(pattern=r"^[A-Z]\d{0,2}$")], ...], Facts("A", None, "minor")] = ()
    secondary_ids: Annotated[tuple[SecondaryId, ...], Facts("A", None, "minor")] = ()
    prior_work: Annotated[tuple[PriorWork, ...], Facts("B", "S", "minor")] = ()
    simulated: Annotated[bool, Facts("A", None, "locked")] = False
    domain: Annotated[Domain | None, Facts("A", "S", "major")] = None
    sectors: Annotated[tuple[Sector, ...], Facts("A", "S", "minor")] = ()
    task_type: Annotated[TaskType | None, Facts("A", "S", "minor")] = None
    impact_levels: Annotated[tuple[Level, ...], Facts("B", "S", "major")] = ()
    study_type: Annotated[StudyType | None, Facts("C", "S", "major")] = None
    evaluation_method: Annotated[EvaluationMethod | None, Facts("C", "S", "major")] = None
    theory_of_change: Annotated[TheoryOfChange | None, Facts("B", "S", "major")] = None
    dates: Annotated[StudyDates | None, Facts("A", "S", "major")] = None
