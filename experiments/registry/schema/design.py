"""Section 3.4 of the registry's model: population, sampling, assignment (the data strategy).

Belongs here: what is declared about units and how they are drawn and assigned. Does not: the draw itself (experiments.design).
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from experiments.registry.schema.meta import Identifier, Iso, Parameters, Part, Words

Unit = Literal[
    "person",
    "household",
    "classroom",
    "school",
    "facility",
    "firm",
    "department",
    "community",
    "district",
    "device",
    "zone",
    "zone_period",
    "other",
]
Method = Literal[
    "simple",
    "complete",
    "block",
    "cluster",
    "block_cluster",
    "rerandomised",
    "stepped_wedge",
    "factorial",
    "threshold",
    "external",
]


class SamplingFrame(Part):
    """The list from which units are taken."""

    frame_name: str
    frame_date: Iso
    coverage_note: Words


class Criterion(Part):
    """Who may take part; `expr` is a restricted expression over registered variables."""

    id: Identifier
    kind: Literal["include", "exclude"]
    expr: str | None = None
    text: Words


class Sampling(Part):
    """How units are drawn from the frame."""

    method: Literal["census", "srs", "stratified", "cluster", "pps", "convenience", "administrative_all", "volunteer"]
    strata: tuple[str, ...] = ()
    psu: str | None = None


class SampleSize(Part):
    """Planned numbers; the actual ones are computed."""

    units: int = Field(ge=1)
    clusters: int | None = Field(default=None, ge=1)
    per_arm: dict[str, int]
    waves: int = Field(ge=1)


class StoppingRule(Part):
    """When collection ends."""

    kind: Literal["fixed_n", "fixed_date", "sequential"]
    looks: int | None = Field(default=None, ge=1)
    spending: Literal["obf", "pocock", "none"] | None = None


class Rerandomisation(Part):
    """Redraw until the balance criterion holds (Morgan and Rubin 2012)."""

    criterion: Literal["mahalanobis"] = "mahalanobis"
    covariates: tuple[str, ...] = Field(min_length=1)
    accept_probability: float = Field(default=0.1, gt=0, le=1)
    max_draws: int = Field(default=10_000, ge=1)


class Threshold(Part):
    """Units on one side of a cut-off are treated."""

    variable: str
    cut: float
    treated: Literal["at_or_above", "below"] = "at_or_above"


class AssignmentSpec(Part):
    """How units get their arm: enough to repeat the draw from the record alone.

    `unit_id` names the column of the frame whose rows are assigned; `cluster` the column whose units share one arm (without it,
    each row of a cluster method is a cluster); `strata` are blocks within which is drawn; `ratio` gives the weight of each arm;
    `periods` are the steps of a stepped wedge; `factors` the arms of each factor of a factorial design.
    """

    method: Method
    unit_id: str
    zone_column: str = "zone_id"
    cluster: str | None = None
    strata: tuple[str, ...] = ()
    ratio: dict[str, float] = Field(default_factory=dict)
    balance_covariates: tuple[str, ...] = ()
    rerandomisation: Rerandomisation | None = None
    threshold: Threshold | None = None
    periods: tuple[str, ...] = ()
    factors: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    external_source: Words | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    """Where the analyses find it: `{"unit": clinic_id, "block": block_id, "treatment": treat}` in the released table."""
    algorithm_version: Literal[1] = 1


class ModelM(Part):
    """The model that the diagnosis draws from: a generator and its parameters (experiments.design.models)."""

    generator: Identifier
    parameters: Parameters = Field(default_factory=dict)
