"""The shape of `accounts` in results.json: what stands beside the estimates, each item of a list under an id of its own.

Belongs here: frozen models, from which the published schema is made. Does not: computing (the modules beside). A number that may
not be shown, or does not exist, is null; `held` tells which of the two it is where both can be.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from data.messages import Text


class Shape(BaseModel):
    """Frozen; nothing unknown may stand in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Label(Shape):
    """A text in both languages."""

    en: str
    zh: str

    @classmethod
    def of(cls, text: Text) -> Label:
        """Return a text of the platform; a language that it lacks is filled by the other."""
        return cls(en=text.get("en"), zh=text.get("zh"))


class ArmCount(Shape):
    """Distinct units and clusters of an arm; `id` is the arm's."""

    id: str
    units: int | None
    clusters: int | None = None


class WaveArm(Shape):
    """One arm in one wave: units in the panel by what became of them (`seen`, `refused`, `ineligible`, `unseen`)."""

    id: str
    units: int | None
    states: dict[str, int | None]
    with_outcome: dict[str, int | None]


class Wave(Shape):
    """One wave or period, `id` as the released table writes it."""

    id: str
    arms: tuple[WaveArm, ...]


class Flow(Shape):
    """Units of one released table from assignment to each wave; `id` is the table's name."""

    id: str
    unit: Literal["person", "organisation", "nobody"]
    planned_units: int | None
    planned_clusters: int | None
    assigned: tuple[ArmCount, ...]
    waves: tuple[Wave, ...]


class BaselineArm(Shape):
    """Mean and standard deviation of a variable in an arm, of units seen at the first wave."""

    id: str
    n: int | None
    mean: float | None
    sd: float | None


class BaselineRow(Shape):
    """One variable before treatment. `difference`: of the means, experimental less comparison, in pooled standard deviations."""

    id: str
    label: Label
    about: Literal["unit", "assigned"]
    arms: tuple[BaselineArm, ...]
    difference: float | None
    held: bool = False


class Baseline(Shape):
    """Baseline of one released table; `largest` is the largest absolute standardised difference that is shown."""

    id: str
    wave: str
    rows: tuple[BaselineRow, ...]
    largest: float | None


class Card(Shape):
    """An AI system as the plan declares it; `id` is the intervention's."""

    id: str
    name: Label
    provider: str
    model_family: str
    model_version: str | None
    version_range: tuple[str, ...]
    update_policy: str
    decision_role: str
    human_override: bool
    alternative: Label | None


class UseArm(Shape):
    """Shares of an arm's units that a system was ever offered to, and that ever used it."""

    id: str
    offered_share: float | None
    used_share: float | None


class SystemUse(Shape):
    """What is on record of one system (`id`): months, versions, use by arm."""

    id: str
    first_month: str
    last_month: str
    versions: tuple[str, ...]
    arms: tuple[UseArm, ...]


class DoseArm(Shape):
    """Mean of the treatment variable in an arm: the share treated, or the mean dose."""

    id: str
    mean: float | None


class DosePeriod(Shape):
    """One period of a treatment that changes over time."""

    id: str
    arms: tuple[DoseArm, ...]


class Delivery(Shape):
    """What was delivered, to whom, when; `dose_of` names the treatment column that `dose` is of."""

    cards: tuple[Card, ...]
    systems: tuple[SystemUse, ...]
    dose_of: str | None
    dose: tuple[DosePeriod, ...]


class MeanArm(Shape):
    """Mean of an outcome in an arm, of the units seen."""

    id: str
    mean: float | None


class MeanWave(Shape):
    """One wave or period of an outcome."""

    id: str
    arms: tuple[MeanArm, ...]


class OverTime(Shape):
    """Means of one outcome (`id`: table and column) by wave and arm: a description, not an effect."""

    id: str
    dataset: str
    variable: str
    waves: tuple[MeanWave, ...]


class Curve(Shape):
    """A registered specification curve as a whole (`id`: the analysis); without one, why."""

    id: str
    varied: dict[str, int] = {}
    specifications: int = 0
    refused: int = 0
    rank: int | None = None
    median: float | None = None
    median_p: float | None = None
    same_sign: float | None = None
    same_sign_p: float | None = None
    significant: float | None = None
    significant_p: float | None = None
    draws: int | None = None
    reason: Label | None = None


class Robust(Shape):
    """One analysis registered to test how far another hangs on its choices; `parent` is the other."""

    id: str
    parent: str | None
    varies: Label | None
    estimate: float | None
    std_error: float | None
    conf_low: float | None
    conf_high: float | None
    p_value: float | None
    n_units: int | None
    reason: Label | None


class Power(Shape):
    """Planned and achieved power of one analysis (`id`). Achieved: 2.8 standard errors (5 %, two-sided, power 80 %)."""

    id: str
    sesoi: float | None
    planned_power: float | None
    planned_mde: float | None
    simulations: int | None
    achieved_mde: float | None
    sees_sesoi: bool | None


class AttritionWave(Shape):
    """Difference between the arms in the share unseen at a wave (experimental less comparison); `id` is the wave."""

    id: str
    estimate: float | None
    conf_low: float | None
    conf_high: float | None
    p_value: float | None


class Attrition(Shape):
    """Differential attrition in one released table, and bounds of the analyses that registered some."""

    id: str
    analyses: tuple[str, ...]
    waves: tuple[AttritionWave, ...]
    joint_p_value: float | None
    n_clusters: int | None


class Bound(Shape):
    """Lee or Manski bounds of one analysis."""

    id: str
    low: float | None
    high: float | None
