"""The shape of harms, certainty, what the plan declares and history in results.json, and of all accounts together.

Belongs here: frozen models, continuing `shapes`. Does not: computing (the modules beside).
"""

from __future__ import annotations

from typing import Any, Literal

from experiments.accounts.shapes import (
    Attrition,
    Baseline,
    Bound,
    Curve,
    Delivery,
    Flow,
    Label,
    OverTime,
    Power,
    Robust,
    Shape,
)

Level = Literal["high", "moderate", "low", "very_low"]
Answer = Literal["good", "some", "serious"]


class HarmArm(Shape):
    """Units of an arm with an event since treatment began; zero is zero."""

    id: str
    units: int | None


class HarmEvent(Shape):
    """One kind of event in the units' records, by arm; `id` is its code."""

    id: str
    label: Label
    arms: tuple[HarmArm, ...]


class HarmWatch(Shape):
    """One outcome registered as harm: what it is, where and when it was looked for, which analyses answer."""

    id: str
    name: Label
    definition: Label | None
    source: str
    waves: tuple[str, ...]
    analyses: tuple[str, ...]


class HarmRuleResult(Shape):
    """One stopping rule on this release: in how many zones it was crossed, quiet, or could not speak."""

    id: str
    crossed: int
    quiet: int
    silent: int
    threshold: float


class Harms(Shape):
    """How harm was looked for and what is on record of it."""

    watched: tuple[HarmWatch, ...]
    rules: tuple[HarmRuleResult, ...]
    events_since: str | None
    events: tuple[HarmEvent, ...]


class Reason(Shape):
    """Why a rating goes down: the domain (`id`), by how many levels, from which fact."""

    id: str
    levels: int
    text: Label


class Rating(Shape):
    """What a reviewer decided in place of the proposal."""

    level: Level
    reason: str


class Certainty(Shape):
    """Certainty of one analysis (`id`): what the facts propose, with the reason of each step down; `rated` overrides it."""

    id: str
    start: Level
    proposed: Level
    reasons: tuple[Reason, ...]
    bias: dict[str, Answer]
    rated: Rating | None = None


class Elsewhere(Shape):
    """One analysis (`id`) zone by zone: pooled by random effects, and where the effect of a new zone is expected."""

    id: str
    zones: int
    zones_left_out: int
    pooled: float | None
    conf_low: float | None
    conf_high: float | None
    tau2: float | None
    i2: float | None
    prediction_low: float | None
    prediction_high: float | None
    without_low: float | None
    without_high: float | None
    moves_most: str | None
    changes_sign: bool | None
    reason: Label | None = None


class EthicsDecision(Shape):
    """A committee's decision."""

    id: str
    board: str
    number: str
    decision: str
    date: str
    expires_on: str
    zones: int


class Money(Shape):
    """Who pays; `id` is the place in the plan."""

    id: str
    org: str
    type: str
    award_no: str | None


class Conflict(Shape):
    """A declared conflict, without the person's name."""

    id: str
    kind: str
    entity: str


class Declared(Shape):
    """What the plan declares of question, safeguards, money and people. No name of a person stands in it."""

    abstract: Label | None
    prior_work: tuple[str, ...]
    theory: tuple[Label, ...]
    assumptions: tuple[Label, ...]
    population: Label | None
    sampling: str | None
    masking: tuple[str, ...]
    concealed: bool
    dates: dict[str, str]
    ethics: tuple[EthicsDecision, ...]
    consent: dict[str, Any] | None
    protection: dict[str, Any] | None
    risks: tuple[dict[str, Any], ...]
    screening_tier: str | None
    alternatives: dict[str, Label]
    sponsor: Money | None
    funders: tuple[Money, ...]
    implementer: Money | None
    implementer_sells: bool | None
    remunerated: bool | None
    publication: str | None
    conflicts: tuple[Conflict, ...] | None
    data_access: str | None
    code_access: str | None
    results_due: str | None


class Earlier(Shape):
    """An earlier release on which the experiment was analysed (`id`), and when first."""

    id: str
    at: str
    analyses: int


class Accounts(Shape):
    """Everything that stands beside the estimates. One that could not be given is null or empty."""

    flow: tuple[Flow, ...] = ()
    baseline: tuple[Baseline, ...] = ()
    delivery: Delivery | None = None
    power: tuple[Power, ...] = ()
    over_time: tuple[OverTime, ...] = ()
    robust: tuple[Robust, ...] = ()
    curves: tuple[Curve, ...] = ()
    attrition: tuple[Attrition, ...] = ()
    bounds: tuple[Bound, ...] = ()
    harms: Harms | None = None
    certainty: tuple[Certainty, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    declared: Declared | None = None
    history: tuple[Earlier, ...] = ()
