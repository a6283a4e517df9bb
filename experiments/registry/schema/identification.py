"""Section 3.1 of the registry's model: what the experiment is called and what it is about, when it runs.

Belongs here: identification and context. Does not: people (people), the AI system (intervention).
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from experiments.registry.schema.meta import Identifier, Iso, Part, Words

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
