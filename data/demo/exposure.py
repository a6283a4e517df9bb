"""Who was offered the triage system, who used it, how much and in which version: the log of one zone.

Belongs here: the exposure log of experiment SE-2026-0001. Does not: effects (clinics). Its stream is its own, and nothing of it
bears on an outcome: the effect is that of the offer.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from data.demo.field import Fates
from data.demo.streams import Flags, or_none, stream

STREAM = "exposure"
SYSTEM = "triage"
PERIODS = (
    (date(2025, 1, 1), date(2025, 4, 30), "1.0"),
    (date(2025, 5, 1), date(2025, 8, 31), "1.1"),
    (date(2025, 9, 1), date(2025, 12, 31), "2.0"),
)
USES_YOUNG, USES_ELDERLY = 0.9, 0.7
LOST = 0.01
NOT_APPLICABLE, MISSING, WITHDRAWN = -8, -9, -12


def ai_exposure(seed: int, found: Fates, treated: Flags) -> pd.DataFrame:
    """Return the log of one zone in contract columns, missing codes as sent; `treated` says whose clinic has the system."""
    rng = stream(seed, STREAM, found.zone_id)
    share = np.where(found.elderly, USES_ELDERLY, USES_YOUNG)
    user = treated & (rng.random(len(treated)) < share)
    return pd.concat([_period(rng, found, treated, user, at) for at in range(len(PERIODS))], ignore_index=True)


def _period(rng: np.random.Generator, found: Fates, treated: Flags, user: Flags, at: int) -> pd.DataFrame:
    start, end, version = PERIODS[at]
    here = found.last > at  # a leaver's log ends with the wave after which the person left
    offered = treated & here
    used = offered & user
    count = np.where(used, 1 + rng.poisson(3, len(user)), 0)
    minutes = np.round(count * rng.uniform(4, 9, len(user)), 1)
    lost = offered & (rng.random(len(user)) < LOST)
    withdrew = treated & ~here & (found.leaves == "P4")
    code = np.select([withdrew, ~offered, lost], [WITHDRAWN, NOT_APPLICABLE, MISSING], default=0)
    return pd.DataFrame(
        {
            "zone_id": found.zone_id,
            "unit_type": "person",
            "unit_id": found.person,
            "system_id": SYSTEM,
            "period_start": start,
            "period_end": end,
            "is_offered": offered,
            "is_used": used,
            "use_count": np.where(code < 0, code, count),
            "use_min": np.where(code < 0, code, minutes),
            "system_version": or_none(version, offered),
            "is_simulated": True,
        }
    )
