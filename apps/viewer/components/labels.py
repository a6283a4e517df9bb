"""Where to write a name next to its point so that names do not lie on each other.

Belongs here: the geometry of labels. Does not: drawing. Sizes are those of the narrowest screen (390 px): what fits there fits
on a wide one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

PX_PER_DEGREE = (12.5, 20.0)
_HEIGHT, _PER_LETTER, _GAP = 15.0, 7.2, 12.0
_SIDES: tuple[tuple[float, float, str], ...] = (
    (_GAP, 0, "left"),
    (-_GAP, 0, "right"),
    (0, -18, "center"),
    (0, 19, "center"),
    (_GAP, 13, "left"),
    (-_GAP, 13, "right"),
    (_GAP, -13, "left"),
    (-_GAP, -13, "right"),
)


@dataclass(frozen=True)
class Spot:
    """A point in degrees and the length of its name in letters."""

    longitude: float
    latitude: float
    letters: int


Box = tuple[float, float, float, float]


def place(spots: Sequence[Spot]) -> list[tuple[float, float, str]]:
    """Return for each spot the offset (dx, dy in pixels) and alignment of its name.

    Greedy, most crowded spots first; a name takes the first side that touches neither a placed name nor any point.

    >>> place([Spot(120.16, 30.27, 8), Spot(121.47, 31.23, 8)])[1][2]
    'left'
    """
    points = [(spot.longitude * PX_PER_DEGREE[0], -spot.latitude * PX_PER_DEGREE[1]) for spot in spots]
    dots: list[Box] = [(x - 9, y - 9, x + 9, y + 9) for x, y in points]
    order = sorted(range(len(spots)), key=lambda i: sum(_near(points[i], other) for other in points), reverse=True)
    taken: dict[int, tuple[Box, tuple[float, float, str]]] = {}
    for i in order:
        others = [dot for j, dot in enumerate(dots) if j != i] + [box for box, _ in taken.values()]
        options = [(_box(points[i], side, spots[i].letters), side) for side in _SIDES]
        taken[i] = min(options, key=lambda option: sum(_overlap(option[0], other) for other in others))
    return [taken[i][1] for i in range(len(spots))]


def _box(point: tuple[float, float], side: tuple[float, float, str], letters: int) -> Box:
    width = letters * _PER_LETTER
    left = point[0] + side[0] - {"left": 0.0, "center": width / 2, "right": width}[side[2]]
    middle = point[1] + side[1]
    return (left, middle - _HEIGHT / 2, left + width, middle + _HEIGHT / 2)


def _overlap(a: Box, b: Box) -> float:
    wide, high = (max(0.0, min(a[k + 2], b[k + 2]) - max(a[k], b[k])) for k in (0, 1))
    return wide * high


def _near(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return all(abs(p - q) < limit for (p, q), limit in zip(zip(a, b, strict=True), (90.0, 45.0), strict=True))
