"""Who belongs to whom: households and employers of the people, founding, splits and mergers of the organisations.

Belongs here: the links and the register of one zone. Does not: who answers (field), reports (organisations). Streams are its own.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from data.demo.field import Fates, moves
from data.demo.streams import prefix, stream

STREAM = "lineage"
EMPLOYED = 0.6
CHANGES_EMPLOYER = 0.05
SPLITS = 0.02
LINK_COLUMNS = (
    "zone_id", "unit_type", "unit_id", "relation_code", "other_type", "other_id", "start_date", "end_date",
)  # fmt: skip
FIRST_DAY = date(2015, 1, 1)
CHANGE_DAY = date(2025, 5, 12)


def unit_link(seed: int, found: Fates, organisations: list[str]) -> pd.DataFrame:
    """Return the links of one zone's people and households, in contract columns."""
    rng = stream(seed, STREAM, found.zone_id)
    parts = [_households(rng, found), _employers(rng, found, organisations), moves(seed, found)]
    links = pd.concat([part.astype(object) for part in parts], ignore_index=True)
    return links.assign(zone_id=found.zone_id)[list(LINK_COLUMNS)].assign(is_simulated=True)


def _households(rng: np.random.Generator, found: Fates) -> pd.DataFrame:
    """Return members of households of one to three; of one household in fifty the last member founds another one."""
    sizes = rng.integers(1, 4, len(found.person))
    house = np.repeat(np.arange(1, len(sizes) + 1), sizes)[: len(found.person)]
    since = _days(rng, len(found.person))
    split = (rng.random(house.max() + 1) < SPLITS)[house] & np.append(house[1:] != house[:-1], True)
    name = [f"{prefix(found.zone_id)}-H{number:05d}" for number in house]
    rows = []
    for person, home, begin, leaves in zip(found.person, name, since, split, strict=True):
        ends = CHANGE_DAY - timedelta(days=1) if leaves else None
        rows.append(("person", person, "member_of", "household", home, begin, ends))
        if leaves:
            rows.append(("person", person, "member_of", "household", f"{home}-2", CHANGE_DAY, None))
            rows.append(("household", f"{home}-2", "split_from", "household", home, CHANGE_DAY, None))
    return pd.DataFrame(rows, columns=list(LINK_COLUMNS[1:]))


def _employers(rng: np.random.Generator, found: Fates, organisations: list[str]) -> pd.DataFrame:
    """Return who works where; one in twenty changes to another organisation."""
    count = len(found.person)
    works = ~found.elderly & (rng.random(count) < EMPLOYED)
    changes = works & (rng.random(count) < CHANGES_EMPLOYER)
    place = rng.integers(0, len(organisations), count)
    since = _days(rng, count)
    rows = []
    for at in np.flatnonzero(works):
        ends = CHANGE_DAY - timedelta(days=1) if changes[at] else None
        rows.append((found.person[at], organisations[place[at]], since[at], ends))
        if changes[at]:
            rows.append((found.person[at], organisations[(place[at] + 1) % len(organisations)], CHANGE_DAY, None))
    linked = pd.DataFrame(rows, columns=["unit_id", "other_id", "start_date", "end_date"])
    return linked.assign(unit_type="person", relation_code="employed_by", other_type="organisation")


def _days(rng: np.random.Generator, count: int) -> list[date]:
    return [FIRST_DAY + timedelta(days=int(day)) for day in rng.integers(0, 3285, count)]


def organisation_event(seed: int, zone_id: str, organisations: list[str]) -> pd.DataFrame:
    """Return the register of one zone's organisations, in contract columns.

    Those of the experiment were founded before it and live on; two that are not in it were merged into one of them and split off.
    """
    rng = stream(seed, f"{STREAM} register", zone_id)
    code = prefix(zone_id)
    kept, parent = (organisations[at] for at in rng.choice(len(organisations), 2, replace=False))
    founded = [date(2000, 1, 1) + timedelta(days=int(day)) for day in rng.integers(0, 8000, len(organisations))]
    rows = [(org, "founded", day, None) for org, day in zip(organisations, founded, strict=True)]
    rows += [
        (f"{code}-O901", "founded", date(2009, 3, 2), None),
        (f"{code}-O901", "merged_into", date(2024, 5, 20), kept),
        (f"{code}-O902", "split_from", date(2025, 4, 1), parent),
    ]
    table = pd.DataFrame(rows, columns=["org_id", "event_code", "event_date", "other_id"])
    table.insert(0, "zone_id", zone_id)
    return table.assign(is_simulated=True)
