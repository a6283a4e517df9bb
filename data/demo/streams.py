"""Random streams: one independent generator per experiment and zone.

Belongs here: seed → generator, unit names → id prefixes, autoregressive noise. Does not: what is drawn (clinics,
organisations, districts). Adding a zone never changes another zone's draws.
"""

from __future__ import annotations

from zlib import crc32

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def stream(seed: int, experiment: str, zone_id: str) -> np.random.Generator:
    """Return the generator of one experiment in one zone; equal arguments give equal draws.

    >>> float(stream(1, "a", "x").random()) == float(stream(1, "a", "x").random())
    True
    """
    return np.random.default_rng(np.random.SeedSequence([seed, crc32(experiment.encode()), crc32(zone_id.encode())]))


def prefix(zone_id: str) -> str:
    """Return the upper-case start of the zone's id that opens the ids of its units.

    >>> prefix("beijing")
    'BEI'
    """
    return zone_id.upper()[:3]


def or_none(values: npt.ArrayLike, kept: Flags) -> npt.NDArray[np.object_]:
    """Return the values as objects, None where a row is not kept: an empty cell of its file.

    >>> or_none(["a", "b"], np.array([True, False])).tolist()
    ['a', None]
    """
    full = np.broadcast_to(np.asarray(values, dtype=object), kept.shape).copy()
    full[~kept] = None
    return full


def autoregressive(rng: np.random.Generator, steps: int, series: int, *, rho: float, spread: float) -> Floats:
    """Draw stationary AR(1) noise.

    Parameters
    ----------
    rng
        Where the draws come from.
    steps, series
        Shape of the result: time by series.
    rho
        Correlation of neighbours in time.
    spread
        Standard deviation of every value (not of the innovations).

    Returns
    -------
    Array of shape (steps, series).
    """
    shocks = rng.normal(0.0, spread, (steps, series))
    shocks[1:] *= np.sqrt(1.0 - rho**2)
    for step in range(1, steps):
        shocks[step] += rho * shocks[step - 1]
    return shocks
