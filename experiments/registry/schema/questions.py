"""Section 3.5 of the registry's model: outcomes, inquiries, hypotheses and their families.

Belongs here: what is measured, asked and expected. Does not: how it is estimated (analysis).
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from experiments.registry.schema.identification import Level
from experiments.registry.schema.meta import Identifier, Part, Words


class TimeFrame(Part):
    """When an outcome is measured: wave ids, or days since assignment; a note where the panel has no waves."""

    waves: tuple[str, ...] = ()
    days: tuple[int, int] | None = None
    note: Words | None = None

    @model_validator(mode="after")
    def _says_something(self) -> TimeFrame:
        if not (self.waves or self.days or self.note):
            raise ValueError("waves, days or a note is needed")
        return self


class Outcome(Part):
    """One outcome. Tier `safety` makes it a harm outcome: it stands in the harms rows of every report."""

    id: Identifier
    name: Words
    tier: Literal["primary", "secondary", "exploratory", "safety"]
    level: Level
    construct_note: Words | None = None
    indicator_code: str | None = None
    variables: tuple[str, ...] = Field(min_length=1)
    derivation: str | None = None
    time_frame: TimeFrame
    scale: Literal["binary", "ordinal", "count", "continuous", "time_to_event", "index"]
    unit: Words
    direction_of_benefit: Literal["increase", "decrease", "none"]
    validity_ref: str | None = None
    data_source: Literal["survey", "admin", "sensor", "system_log"]


class Contrast(Part):
    """Two arms compared: the effect is `arm_a` less `arm_b`."""

    arm_a: Identifier
    arm_b: Identifier


class Inquiry(Part):
    """A question with an answer in the model: which effect, on which outcome, in whom."""

    id: Identifier
    estimand: Literal["ate", "itt", "late", "att", "cate", "qte", "spillover", "descriptive", "trend"]
    population: Words
    contrast: Contrast
    outcome_id: Identifier
    horizon: Words | None = None
    intercurrent_event_strategy: Literal[
        "treatment_policy", "composite", "hypothetical", "principal_stratum", "while_on_treatment"
    ] = "treatment_policy"


class SmallestEffect(Part):
    """The smallest effect of interest, in the outcome's unit, as an absolute size."""

    value: float = Field(gt=0)
    unit: Words
    basis: Words | None = None


class Hypothesis(Part):
    """What is expected, in which direction, and from which size on it matters."""

    id: Identifier
    statement: Words
    inquiry_id: Identifier
    direction: Literal["increase", "decrease", "non_zero", "equivalence", "non_inferiority"]
    sesoi: SmallestEffect | None = None
    family_id: Identifier | None = None
    tier: Literal["confirmatory", "exploratory"]
    prior_expectation: Words | None = None


class Resampling(Part):
    """How many draws a joint resampling takes, and where they begin."""

    reps: int = Field(default=9999, ge=99, le=999_999)
    seed: int = Field(default=1, ge=0, lt=2**32)


class Family(Part):
    """Hypotheses whose p-values are corrected together.

    `romano_wolf` and `westfall_young` are step-down maxT: the first resamples by the analyses' clusters, the second repeats the
    registered assignment. `order` is that of a `fixed_sequence`. Behind a `gatekeeper` a family is tested once all (serial)
    hypotheses of that family are rejected, or with the share of alpha of those that are (parallel).
    """

    LATER: ClassVar[frozenset[str]] = frozenset({"order", "resampling", "gatekeeper", "gatekeeping"})
    """Fields that stand in no text (and bear on no hash) while they say nothing."""

    id: Identifier
    correction: Literal["none", "bonferroni", "holm", "bh", "by", "fixed_sequence", "romano_wolf", "westfall_young"]
    alpha: float = Field(default=0.05, gt=0, lt=1)
    order: tuple[Identifier, ...] = ()
    resampling: Resampling | None = None
    gatekeeper: Identifier | None = None
    gatekeeping: Literal["serial", "parallel"] | None = None

    @model_serializer(mode="wrap")
    def _without_idle(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what says nothing: families registered before these fields were there keep their text and its hash."""
        found: dict[str, Any] = handler(self)
        return {name: value for name, value in found.items() if name not in self.LATER or value not in (None, (), [])}
