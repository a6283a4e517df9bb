"""How raw tables are cut: pilot zone × wave.

Belongs here: the partition definitions and their keys. Does not: which file belongs to which partition (quality.inbox).
A zone is added by a row of the zone seed; a wave appears when the first file for it does.
"""

from __future__ import annotations

from functools import cache

import dagster as dg

from data.reference import PROGRAMME, zones

WAVE_DIMENSION = "wave"
ZONE_DIMENSION = "zone"


@cache
def waves() -> dg.DynamicPartitionsDefinition:
    """Return the waves seen so far: the sensor and the raw assets add to them."""
    return dg.DynamicPartitionsDefinition(name=WAVE_DIMENSION)


@cache
def zone_waves() -> dg.MultiPartitionsDefinition:
    """Return the partitions of every raw table."""
    places = dg.StaticPartitionsDefinition([*zones(), PROGRAMME])
    return dg.MultiPartitionsDefinition({ZONE_DIMENSION: places, WAVE_DIMENSION: waves()})


def partition_of(zone: str, wave: str | None) -> dg.MultiPartitionKey:
    """Return the key of a zone and wave; a file that names no wave belongs to ``U``.

    >>> str(partition_of("deqing", "W2"))
    'W2|deqing'
    """
    return dg.MultiPartitionKey({ZONE_DIMENSION: zone, WAVE_DIMENSION: wave or "U"})
