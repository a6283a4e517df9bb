"""Reference data: the pilot zones. A zone is added by a row of the seed file, never by code.

Belongs here: reading reference tables. The file itself is the dbt seed `dbt_project/seeds/zones.csv`, so that the panels and
the Python rooms hold one copy.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache

from data.messages import NotFound, Text
from data.settings import REPOSITORY

ZONE_FILE = REPOSITORY / "dbt_project" / "seeds" / "zones.csv"
PROGRAMME = "programme"
"""The zone of submissions that belong to no single pilot zone (national tables, published studies)."""


@dataclass(frozen=True)
class Zone:
    """A pilot zone: where it is, what it is called, since when it exists. `adcode` is its GB/T 2260 code."""

    zone_id: str
    name: Text
    level: str
    adcode: str
    created: date
    announced: date
    longitude: float
    latitude: float
    timezone: str


@cache
def zones() -> dict[str, Zone]:
    """Return the pilot zones by id, in the order of the seed file.

    >>> zones()["deqing"].adcode
    '330521'
    """
    with ZONE_FILE.open(encoding="utf-8", newline="") as stream:
        return {row["zone_id"]: _zone(row) for row in csv.DictReader(stream)}


def _zone(row: dict[str, str]) -> Zone:
    return Zone(
        zone_id=row["zone_id"],
        name=Text(en=row["name_en"], zh=row["name_zh"]),
        level=row["level"],
        adcode=row["adcode"],
        created=date.fromisoformat(row["created_date"]),
        announced=date.fromisoformat(row["announced_date"]),
        longitude=float(row["longitude"]),
        latitude=float(row["latitude"]),
        timezone=row["timezone"],
    )


def check_zone(zone_id: str) -> str:
    """Return `zone_id` if it is a pilot zone or `programme`.

    Raises
    ------
    NotFound
        No such zone; the message lists the known ones.
    """
    if zone_id == PROGRAMME or zone_id in zones():
        return zone_id
    known = ", ".join([*zones(), PROGRAMME])
    raise NotFound(
        "E-ZONE-01",
        Text(
            en=f"No zone is called {zone_id}. Known: {known}.",
            zh=f"没有名为 {zone_id} 的试点区。可用：{known}。",
        ),
    )
