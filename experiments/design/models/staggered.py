"""Parameters of `staggered_panel`: units observed at every period that adopt in cohorts or never.

Belongs here: names, units and bounds. Does not: drawing (generators).
"""

from __future__ import annotations

from pydantic import Field, model_validator

from experiments.design.models.measured import Count, Measured, Share, Spread, check_names
from experiments.registry.schema.meta import Part


class StaggeredOutcome(Measured):
    """An outcome of units that adopt at different times; all in the outcome's unit.

    Parameters
    ----------
    mean, sd_unit
        Level of the units that never adopt at the first period, and its standard deviation between units.
    sd_noise, autocorrelation
        Standard deviation of a unit's noise at each period, and its correlation from one period to the next (AR(1)).
    sd_zone_period
        Standard deviation of what hits a zone's units together at a period.
    trend
        Added at each period, one number a period; empty: none.
    effect_path
        Effect in the first, second, … period from adoption on; the last one stays. Empty: none.
    not_applicable
        Share (0 to 1) of units that never have a value.
    """

    mean: float
    sd_unit: Spread = 0.0
    sd_noise: float = Field(gt=0)
    autocorrelation: float = Field(default=0.0, gt=-1, lt=1)
    sd_zone_period: Spread = 0.0
    trend: tuple[float, ...] = ()
    effect_path: tuple[float, ...] = ()
    not_applicable: Share = 0.0


class Cohort(Part):
    """Units that adopt in one period (None: never). `levels`: added to the mean of an outcome, by its column's name."""

    period: str | None = None
    units_per_zone: Count
    levels: dict[str, float] = Field(default_factory=dict)


class StaggeredColumns(Part):
    """Names in the released table. None: no such column. `cohort` is 0 and `cohort_label`, `since` missing for never."""

    zone: str = "zone_id"
    unit: str
    period: str | None = None
    time: str
    cohort: str | None = None
    cohort_label: str | None = None
    treated: str | None = None
    since: str | None = None


class StaggeredPanel(Part):
    """`staggered_panel`: units observed at every period, adopting in cohorts or never, effects growing along a path.

    Parameters
    ----------
    columns
        Names of the released table's columns.
    zones
        Zone ids; empty: those of the protocol.
    periods
        Labels in time order.
    first_time
        Number of the first period in the column `time`; later ones count up by 1.
    cohorts
        Units a zone that adopt in each period. With a randomised stepped wedge the cohorts come from the assignment, and only
        their total counts.
    outcomes
        By the column's name.
    attrition
        For each period the share (0 to 1) of units still present that leave for good before it; empty: none.
    constants
        Further columns with one value throughout.
    """

    columns: StaggeredColumns
    zones: tuple[str, ...] = ()
    periods: tuple[str, ...] = Field(min_length=2)
    first_time: int = 0
    cohorts: tuple[Cohort, ...] = Field(min_length=1)
    outcomes: dict[str, StaggeredOutcome] = Field(min_length=1)
    attrition: tuple[Share, ...] = ()
    constants: dict[str, str | float | bool] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits(self) -> StaggeredPanel:
        check_names("period", {item.period for item in self.cohorts if item.period is not None}, set(self.periods))
        check_names("outcome", {name for item in self.cohorts for name in item.levels}, self.outcomes)
        lengths = {len(item.trend) for item in self.outcomes.values()} | {len(self.attrition)}
        if lengths - {0, len(self.periods)}:
            raise ValueError("trend and attrition need one number a period")
        return self
