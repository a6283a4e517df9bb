"""Who takes part in the demo's experiments: the lists of units that their assignments are drawn from, or were made over.

Belongs here: one frame an experiment, before any outcome. Does not: drawing arms (the registry does), outcomes (clinics,
organisations, districts). Only clinics are drawn; organisations and districts were somebody else's choice.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from data.demo import clinics, districts, organisations
from data.demo.programme import check_arguments
from data.demo.streams import stream
from data.reference import zones


def frames(seed: int, scale: float) -> dict[str, pd.DataFrame]:
    """Return the frame of every experiment by its id, one row a unit, in the columns that its protocol names.

    Raises WrongUsage as `simulate` does.

    >>> {name: len(frame) for name, frame in frames(1, 1.0).items()}
    {'SE-2026-0001': 88, 'SE-2026-0002': 220, 'SE-2026-0003': 66}
    """
    check_arguments(seed, scale)
    return {
        clinics.EXPERIMENT: _all_zones(lambda zone_id: _clinics(seed, zone_id)),
        organisations.EXPERIMENT: _all_zones(lambda zone_id: _organisations(seed, scale, zone_id)),
        districts.EXPERIMENT: _all_zones(lambda zone_id: _districts(seed, zone_id)),
    }


def _all_zones(one: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([one(zone_id) for zone_id in zones()], ignore_index=True)


def _clinics(seed: int, zone_id: str) -> pd.DataFrame:
    """Return the clinics with two facts of the register, in pairs of like size; they bear on no simulated outcome."""
    frame = clinics.clinic_list(zone_id)
    rng = stream(seed, f"{clinics.EXPERIMENT} register", zone_id)
    pair = rng.integers(3, 15, len(frame) // 2).repeat(2)
    return frame.assign(doctors=pair + rng.integers(0, 3, len(frame)), has_pharmacy=rng.random(len(frame)) < 0.6)  # noqa: PLR2004


def _organisations(seed: int, scale: float, zone_id: str) -> pd.DataFrame:
    table = organisations.simulate_organisations(seed, scale, zone_id).drop_duplicates("org_id")
    frame = table[["zone_id", "org_id", "sector_code", "adopted_quarter"]].reset_index(drop=True)
    arm = frame["adopted_quarter"].map(lambda quarter: "copilot" if quarter else "without")
    return frame.assign(arm=arm)


def _districts(seed: int, zone_id: str) -> pd.DataFrame:
    frame = districts.signal_list(seed, zone_id)
    arm = frame["switched_on_date"].map(lambda day: "fixed" if day is None else "adaptive")
    return frame.assign(arm=arm)
