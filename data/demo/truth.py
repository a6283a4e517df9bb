"""The truth that the demo's analyses are held against.

Belongs here: per registered analysis, the number that its estimand equals, derived from the worlds' parameters. Does not: the
analyses (experiments/registry/demo), the parameters (clinics, organisations, districts).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from data.demo import clinics, districts, organisations


@dataclass(frozen=True)
class TruthEntry:
    """One analysis and what it should find. `experiment` and `analysis` are the join with `results.json`.

    `is_harm`: the outcome is registered for safety; its truth may still be no harm at all.
    """

    experiment: str
    analysis: str
    outcome: str
    truth: float
    unit: str
    is_harm: bool
    derivation: str


def true_effects() -> tuple[TruthEntry, ...]:
    """Return the truth of every analysis that has one (the pooled staggered TWFE has none: its weights can be negative)."""
    return (*_clinic_truth(), *_organisation_truth(), *_district_truth())


def as_json(entries: tuple[TruthEntry, ...]) -> list[dict[str, object]]:
    """Return the entries as plain dictionaries for `truth.json`."""
    return [asdict(entry) for entry in entries]


def _clinic_truth() -> tuple[TruthEntry, ...]:
    world = clinics.WORLD
    none = "no effect is simulated"
    rows = (
        (
            "wait_itt",
            "wait_min",
            world.effect,
            False,
            "0.30 x elderly effect + 0.70 x younger effect; the same in W2 to W4",
        ),
        ("satisfaction_itt", "satisfaction_score", world.effect_satisfaction, False, none),
        ("wait_elderly", "wait_min", world.effect_elderly, False, "effect on persons aged 60 or over at W1"),
        ("wait_younger", "wait_min", world.effect_younger, False, "effect on persons under 60 at W1: -33/7"),
        ("satisfaction_elderly", "satisfaction_score", world.effect_satisfaction, True, none),
    )
    units = {"wait_min": "min", "satisfaction_score": "points"}
    return tuple(
        TruthEntry(clinics.EXPERIMENT, analysis, outcome, truth, units[outcome], is_harm, why)
        for analysis, outcome, truth, is_harm, why in rows
    )


def _organisation_truth() -> tuple[TruthEntry, ...]:
    world = organisations.WORLD
    why = (
        "mean of the effect over the cohort's quarters from adoption to 2025Q4: with the cohort and the never-adopters only, on "
        "a balanced panel, the two-way fixed-effects coefficient is (post - pre) adopters minus (post - pre) never-adopters"
    )
    entries: list[TruthEntry] = []
    for cohort in filter(None, world.cohorts):
        since = np.arange(len(world.quarters) - world.quarters.index(cohort), dtype=float)
        gain, loss = (
            round(float(effect(since).mean()), 9) for effect in (world.productivity_effect, world.routine_effect)
        )
        for short, outcome, truth, unit, is_harm in (
            ("productivity", "productivity_krmb", gain, "1,000 RMB", False),
            ("routine", "headcount_routine", loss, "persons", True),
        ):
            analysis = f"{short}_{cohort.lower()}"
            entries.append(TruthEntry(organisations.EXPERIMENT, analysis, outcome, truth, unit, is_harm, why))
    return tuple(entries)


def _district_truth() -> tuple[TruthEntry, ...]:
    world = districts.WORLD
    why = "constant while signals are on; the dose is the share of a month's observed hours with signals on"
    return (
        TruthEntry(
            districts.EXPERIMENT, "speed", "speed_kmh", world.effect_speed, "km/h", is_harm=False, derivation=why
        ),
        TruthEntry(
            districts.EXPERIMENT, "pm25", "pm25_ugm3", world.effect_pm25, "ug/m3", is_harm=False, derivation=why
        ),
    )
