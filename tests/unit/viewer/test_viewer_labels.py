"""Names on the map do not lie on each other, in either language, at the narrowest width."""

from __future__ import annotations

from itertools import combinations

import pytest

from apps.viewer.components.labels import PX_PER_DEGREE, Spot, _box, _overlap, place
from data.reference import zones


@pytest.mark.parametrize("language", ["en", "zh"])
def test_names_of_the_pilot_zones_stay_apart(language):
    spots = [Spot(zone.longitude, zone.latitude, len(zone.name.get(language))) for zone in zones().values()]
    points = [(spot.longitude * PX_PER_DEGREE[0], -spot.latitude * PX_PER_DEGREE[1]) for spot in spots]
    boxes = [_box(point, side, spot.letters) for point, side, spot in zip(points, place(spots), spots, strict=True)]
    assert [pair for pair in combinations(range(len(boxes)), 2) if _overlap(boxes[pair[0]], boxes[pair[1]])] == []
