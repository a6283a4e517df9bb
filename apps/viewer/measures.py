"""What the panel page can show: per mart its unit, its periods, its arms, its clusters, and the outcomes with their units.

Belongs here: names of columns of the released marts and how they are told to a reader. Does not: SQL (reads), drawing
(components.charts). An outcome is added by a row here once its mart carries the column; a column that a release lacks is
left out of the menu.
"""

from __future__ import annotations

from dataclasses import dataclass

from apps.viewer.language import N_, t
from quality.disclosure import MIN_CELL


@dataclass(frozen=True)
class Measure:
    """An outcome column: its label, its unit, and the decimals that make sense for a mean of it."""

    column: str
    label: str
    unit: str
    digits: int


@dataclass(frozen=True)
class Panel:
    """A released panel and how to read it.

    `arm` is a SQL expression that gives a key of `arms`, the comparison arm first. `seen` is a SQL expression that is true for a
    unit observed in the period (`share_of` says of what the share is). `cluster` is what standard errors are clustered by.
    `floor` is the fewest units a shown mean rests on; published figures of cities need no protection.
    """

    mart: str
    label: str
    unit_column: str
    units_label: str
    period_column: str
    order_column: str
    period_label: str
    arm: str
    arms: dict[str, str]
    seen: str
    share_of: str
    cluster: str
    interval_note: str
    outcomes: tuple[Measure, ...]
    floor: int = MIN_CELL


PANELS: dict[str, Panel] = {
    "panel_individual_wave": Panel(
        mart="panel_individual_wave",
        label=N_("People by wave"),
        unit_column="person_id",
        units_label=N_("people"),
        period_column="wave",
        order_column="wave_order",
        period_label=N_("Wave"),
        arm="case treat when 1 then 'treated' when 0 then 'control' end",
        arms={"control": N_("Usual triage (control)"), "treated": N_("AI triage")},
        seen="is_observed",
        share_of=N_("Share of people on the roster who were interviewed"),
        cluster="clinic_id",
        interval_note=N_("Mean ± 1.96 standard errors, clustered by clinic."),
        outcomes=(
            Measure("wait_min", N_("Waiting time"), N_("minutes"), 1),
            Measure("satisfaction_score", N_("Satisfaction (1 to 5)"), N_("points"), 2),
        ),
    ),
    "panel_organisation_quarter": Panel(
        mart="panel_organisation_quarter",
        label=N_("Organisations by quarter"),
        unit_column="org_id",
        units_label=N_("organisations"),
        period_column="quarter",
        order_column="quarter_index",
        period_label=N_("Quarter"),
        arm="case when adopted_quarter_index = 0 then 'never' when adopted_quarter_index > 0 then 'ever' end",
        arms={"never": N_("Never adopted a copilot"), "ever": N_("Adopts a copilot at some time")},
        seen="productivity_krmb is not null",
        share_of=N_("Share of organisations that reported productivity"),
        cluster="org_id",
        interval_note=N_("Mean ± 1.96 standard errors over organisations."),
        outcomes=(
            Measure("productivity_krmb", N_("Value added per worker"), N_("1,000 RMB per quarter"), 1),
            Measure("headcount_routine", N_("Workers in routine tasks"), N_("workers"), 1),
            Measure("headcount_total", N_("Workers in total"), N_("workers"), 1),
        ),
    ),
    "panel_district_month": Panel(
        mart="panel_district_month",
        label=N_("Districts by month"),
        unit_column="district_id",
        units_label=N_("districts"),
        period_column="month",
        order_column="month_index",
        period_label=N_("Month"),
        arm="case when switched_on_date is not null then 'ever' when signal_share is not null then 'never' end",
        arms={"never": N_("Fixed signals throughout"), "ever": N_("Adaptive signals at some time")},
        seen="hours_observed > 0",
        share_of=N_("Share of districts with at least one sensor hour"),
        cluster="district_id",
        interval_note=N_("Mean ± 1.96 standard errors over districts."),
        outcomes=(
            Measure("speed_kmh", N_("Traffic speed"), N_("km/h"), 1),
            Measure("pm25_ugm3", N_("Fine particles (PM2.5)"), N_("µg/m³"), 1),
        ),
    ),
    "panel_city_year": Panel(
        mart="panel_city_year",
        label=N_("Cities by year"),
        unit_column="city_id",
        units_label=N_("cities"),
        period_column="cast(year as varchar)",
        order_column="year",
        period_label=N_("Year"),
        arm="case when zone_id is null then 'other' else 'zone' end",
        arms={"other": N_("Other cities"), "zone": N_("Pilot zones")},
        seen="yearbook_rows + supplement_rows + census_rows + account_rows > 0",
        share_of=N_("Share of cities with a figure of any source"),
        cluster="city_id",
        interval_note=N_("Mean ± 1.96 standard errors over cities."),
        outcomes=(
            Measure("population_10k", N_("Population of the city districts"), N_("10,000 persons"), 1),
            Measure("population_supplement_10k", N_("Population, supplementary compilations"), N_("10,000 persons"), 1),
            Measure("gdp_10k_rmb", N_("Gross domestic product, prices of the year"), N_("10,000 RMB"), 0),
            Measure("gdp_real_10k_rmb", N_("Gross domestic product, constant prices"), N_("10,000 RMB"), 0),
        ),
        floor=1,
    ),
}


def measure_name(measure: Measure) -> str:
    """Return an outcome with its unit, in the screen's language.

    >>> measure_name(PANELS["panel_individual_wave"].outcomes[0])
    'Waiting time (minutes)'
    """
    return t("{label} ({unit})", label=t(measure.label), unit=t(measure.unit))
