"""Parameters of `clustered_panel`: units in clusters in blocks in zones, several waves.

Belongs here: names, units and bounds. Does not: drawing (generators). Variance shares as Hooper, Teerenstra, de Hoop & Eldridge
(2016): intracluster correlation, cluster and unit autocorrelation.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from experiments.design.models.measured import Count, Measured, Share, Spread, check_names
from experiments.registry.schema.meta import Part


class Effect(Part):
    """The effect of having an arm's treatment, on one outcome.

    Parameters
    ----------
    size
        In the outcome's unit (points of probability for a binary one), for a unit whose moderators are all false.
    extra
        Added for units whose moderator is true, by the moderator's name, in the same unit.
    path
        Fraction of the effect reached in the first, second, … wave of exposure; the last one stays. Empty: all at once.
    """

    size: float
    extra: dict[str, float] = Field(default_factory=dict)
    path: tuple[float, ...] = ()


class PanelOutcome(Measured):
    """An outcome in a panel of units within clusters.

    The variance of a value within a block is split as Hooper et al. (2016) do: sd² · icc between clusters, of which the share
    `cluster_autocorrelation` is lasting and the rest is drawn anew each wave; sd² · (1 − icc) between units, of which the share
    `unit_autocorrelation` is lasting.

    Parameters
    ----------
    scale
        `binary`: the components add to the probability of a 1, which is held within 0 and 1; `sd` may then be left out.
    mean
        At the first wave, untreated, moderators false; the outcome's unit, or a probability.
    sd
        Standard deviation within a block, in the outcome's unit.
    icc, cluster_autocorrelation, unit_autocorrelation
        Shares (0 to 1) as above.
    sd_block, sd_zone
        Standard deviations between blocks of a zone and between zones.
    wave_shifts
        Added at each wave, one number a wave; empty: none.
    levels
        Added for units whose moderator is true, treated or not, by the moderator's name.
    effects
        By arm; an arm that does not stand here has none. In a factorial design ``call+visit`` is what having both adds.
    """

    scale: Literal["continuous", "binary"] = "continuous"
    mean: float
    sd: float | None = Field(default=None, gt=0)
    icc: Share = 0.0
    cluster_autocorrelation: Share = 1.0
    unit_autocorrelation: Share = 0.0
    sd_block: Spread = 0.0
    sd_zone: Spread = 0.0
    wave_shifts: tuple[float, ...] = ()
    levels: dict[str, float] = Field(default_factory=dict)
    effects: dict[str, Effect] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_spread(self) -> PanelOutcome:
        if self.scale == "continuous" and self.sd is None:
            raise ValueError("sd is needed for a continuous outcome")
        if self.scale == "binary" and not 0 < self.mean < 1:
            raise ValueError("the mean of a binary outcome lies between 0 and 1")
        return self

    @property
    def spread(self) -> float:
        """Return the standard deviation within a block; √(p(1 − p)) for a binary outcome without `sd`."""
        return self.sd if self.sd is not None else float((self.mean * (1 - self.mean)) ** 0.5)


class Moderator(Part):
    """A truth value fixed before treatment: the share for whom it holds; `exact`: that share of every cluster, to the unit."""

    share: Share
    level: Literal["unit", "cluster"] = "unit"
    exact: bool = False


class Compliance(Part):
    """What an arm's units do with their assignment.

    Parameters
    ----------
    take_up
        Share (0 to 1) of the arm's units that take its treatment.
    crosses_to, crossover
        The arm whose treatment the share `crossover` gets although assigned to this one.
    """

    take_up: Share = 1.0
    crosses_to: str | None = None
    crossover: Share = 0.0


class Spillover(Part):
    """Units without treatment get `fraction` of a treated neighbour's effect, times the share of neighbours that are treated.

    Neighbours are the other units of assignment in the same block or zone.
    """

    fraction: float
    within: Literal["block", "zone"] = "block"


class Indicator(Part):
    """A 0/1 column: `assigned` to one of the arms; `exposed`: and treatment has begun; `taken_up`: and it was taken up.

    In a factorial design ``call+visit`` among the arms means both.
    """

    arms: tuple[str, ...] = Field(min_length=1)
    kind: Literal["assigned", "exposed", "taken_up"] = "assigned"


class PanelColumns(Part):
    """Names in the released table. None: no such column."""

    zone: str = "zone_id"
    block: str | None = None
    cluster: str | None = None
    unit: str = "person_id"
    wave: str = "wave"
    wave_order: str | None = "wave_order"
    post: str | None = "is_post"
    observed: str | None = "is_observed"
    arm: str | None = None


class ClusteredPanel(Part):
    """`clustered_panel`: units in clusters in blocks in zones, several waves; trials by unit, by cluster, stepped wedges.

    Parameters
    ----------
    columns
        Names of the released table's key columns.
    indicators
        Treatment columns that the analyses read, by name.
    zones
        Zone ids; empty: those of the protocol.
    blocks_per_zone, clusters_per_block, units_per_cluster
        Counts. A trial without blocks has one block a zone; one without clusters has units_per_cluster 1 or `columns.cluster`
        left out.
    waves
        Labels in time order.
    treated_from
        Label of the first wave at which an assigned treatment acts (a stepped wedge takes it from the assignment).
    moderators
        Boolean columns by name.
    outcomes
        By the column's name.
    baselines
        Columns that repeat an outcome's value at the first wave, by name: ``{wait_min_w1: wait_min}``.
    compliance, attrition
        By arm. Attrition: for each wave the share (0 to 1) of those still present who leave for good before it.
    absence
        Share absent from a wave after the first, who come back.
    spillover
        None: no unit is touched by another's treatment.
    constants
        Further columns with one value throughout.
    """

    columns: PanelColumns = PanelColumns()
    indicators: dict[str, Indicator] = Field(default_factory=dict)
    zones: tuple[str, ...] = ()
    blocks_per_zone: Count = 1
    clusters_per_block: Count
    units_per_cluster: Count
    waves: tuple[str, ...] = Field(min_length=1)
    treated_from: str
    moderators: dict[str, Moderator] = Field(default_factory=dict)
    outcomes: dict[str, PanelOutcome] = Field(min_length=1)
    baselines: dict[str, str] = Field(default_factory=dict)
    compliance: dict[str, Compliance] = Field(default_factory=dict)
    attrition: dict[str, tuple[Share, ...]] = Field(default_factory=dict)
    absence: Share = 0.0
    spillover: Spillover | None = None
    constants: dict[str, str | float | bool] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits(self) -> ClusteredPanel:
        if self.treated_from not in self.waves:
            raise ValueError(f"treated_from {self.treated_from} is not among the waves")
        if any(len(shares) != len(self.waves) for shares in self.attrition.values()):
            raise ValueError("attrition needs one share a wave")
        check_names("moderator", _moderators(self.outcomes), self.moderators)
        check_names("outcome", set(self.baselines.values()), self.outcomes)
        if any(len(item.wave_shifts) not in (0, len(self.waves)) for item in self.outcomes.values()):
            raise ValueError("wave_shifts needs one number a wave")
        return self


def _moderators(outcomes: dict[str, PanelOutcome]) -> set[str]:
    levels = {name for item in outcomes.values() for name in item.levels}
    return levels | {name for item in outcomes.values() for effect in item.effects.values() for name in effect.extra}
