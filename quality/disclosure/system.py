"""Tables as linear equations: what a reader knows of the numbers that are held back (R4).

Belongs here: numbers, sums and bounds as arrays; linking several tables that share cells. Does not: solving (interval), choosing
what else to hold back (complementary).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from quality.disclosure.outputs import TOTAL, Key

Vector = NDArray[np.float64]
Mask = NDArray[np.bool_]
MARGIN_COST = 10.0


@dataclass(frozen=True)
class System:
    """Numbers with `sums @ values = 0`; `low` and `high` are what a reader assumes of each before reading.

    `stays` are numbers that cannot be held back: printed elsewhere, or structural zeros. `cost` is what holding one back costs.
    `whole`: the numbers are whole, so that a reader solves in whole numbers.
    """

    keys: tuple[Key, ...]
    values: Vector
    sums: Any
    low: Vector
    high: Vector
    stays: Mask
    cost: Vector
    whole: bool

    def place(self, key: Key) -> int:
        """Return the position of a key."""
        return self.keys.index(key)


def system_of(
    values: Mapping[Key, float], *, stays: Iterable[Key] = (), prior: float | None = None, links: Sequence[Link] = ()
) -> System:
    """Return the equations of a table with its margins (keys with `TOTAL`).

    Parameters
    ----------
    values
        Every cell and margin.
    stays
        Keys that cannot be held back.
    prior
        None: counts, of which a reader knows that they are not negative. Else: sums, known to within this share of themselves.
    links
        Further sums among the numbers, such as those of another table of the same people.

    >>> found = system_of({("a",): 3.0, ("b",): 50.0, (TOTAL,): 53.0})
    >>> found.sums.toarray().tolist()
    [[1.0, 1.0, -1.0]]
    """
    keys = tuple(values)
    places = {key: place for place, key in enumerate(keys)}
    rows = [*_margins(keys), *links]
    sums = sparse.lil_matrix((len(rows), len(keys)))
    for number, link in enumerate(rows):
        sums[number, places[link.total]] = -1.0
        for part in link.parts:
            sums[number, places[part]] = 1.0
    numbers = np.array([values[key] for key in keys], dtype=float)
    spread = None if prior is None else prior * np.abs(numbers)
    margins = np.array([key.count(TOTAL) for key in keys], dtype=float)
    return System(
        keys=keys,
        values=numbers,
        sums=sums.tocsr(),
        low=np.zeros(len(keys)) if spread is None else numbers - spread,
        high=np.full(len(keys), np.inf) if spread is None else numbers + spread,
        stays=np.array([key in set(stays) for key in keys]),
        cost=(1.0 + np.abs(numbers) / (1.0 + np.abs(numbers).max(initial=0.0))) * MARGIN_COST**margins,
        whole=prior is None,
    )


@dataclass(frozen=True)
class Link:
    """One sum: `total` is the sum of `parts`."""

    total: Key
    parts: tuple[Key, ...]


def _margins(keys: Sequence[Key]) -> list[Link]:
    """Return each margin as the sum of the next finer ones: with one dimension each, all other sums follow."""
    wanted: dict[Key, list[Key]] = {key: [] for key in keys if TOTAL in key}
    for key in keys:
        free = [place for place, name in enumerate(key) if name != TOTAL]
        for place in free:
            margin = (*key[:place], TOTAL, *key[place + 1 :])
            if margin in wanted and TOTAL not in key[:place]:
                wanted[margin].append(key)
    return [Link(margin, tuple(parts)) for margin, parts in wanted.items() if parts]
