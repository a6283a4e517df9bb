"""A sealed assignment drawn again: the lottery of the registry, for randomisation inference.

Belongs here: sealed frames and lots → what each lot got and could have got, all draws up to a million, else seeded ones by the
mechanisms themselves. Does not: listing a mechanism's draws (support), estimating under them (estimators.redrawn).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import prod

import numpy as np

from experiments.design.assignment import AssignedUnit, asked, draw_codes
from experiments.design.frame import SealedFrame
from experiments.design.mechanisms.drawn import Codes, Option, Request, codes
from experiments.design.sealed_columns import columns_of
from experiments.design.support import DRAWING, Draws, every_draw, first_units, options_of, size_of
from experiments.lots import Lots
from experiments.messages import refusal
from experiments.registry.schema.design import AssignmentSpec

MOST = 1_000_000
SEEDS = 2**64
"""Between the seeds of two requests lie so many: no draw of one is a draw of the other."""


@dataclass(frozen=True)
class SealedDraw:
    """One draw on record: the sealed frame, the declaration and the arms that it was drawn by, and what came out."""

    frame: SealedFrame
    spec: AssignmentSpec
    arms: tuple[str, ...]
    units: tuple[AssignedUnit, ...]

    @cached_property
    def request(self) -> Request:
        """What the mechanism is given; the seed is not the sealed one."""
        return asked(self.frame, self.spec, self.arms, 0)

    @cached_property
    def first(self) -> Codes:
        """One unit of each lot."""
        return first_units(self.request)

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """What could be drawn."""
        return options_of(self.request)[0]

    @cached_property
    def drawn(self) -> Codes:
        """What each lot got."""
        number = {option: place for place, option in enumerate(self.options)}
        got = {unit.unit: number[Option(unit.arm, unit.period)] for unit in self.units}
        return np.array([got[self.frame.ids[place]] for place in self.first], dtype=np.int64)

    def sampled(self, reps: int, seed: int) -> Draws:
        """Return seeded draws by the mechanism itself."""
        starts = range(seed * SEEDS + 1, seed * SEEDS + 1 + reps)
        made = (draw_codes(self.frame, self.spec, self.arms, seed=number) for number in starts)
        return np.stack([found.choice[self.first].astype(np.int8) for found in made])


@dataclass(frozen=True)
class Lottery:
    """Every draw of one experiment together: zones that came later were drawn by themselves, independently."""

    draws: tuple[SealedDraw, ...]
    _made: dict[tuple[int, int], Lots] = field(default_factory=dict, repr=False, compare=False)

    @property
    def unit(self) -> str:
        """The released table's column of the units that were drawn."""
        return columns_of(self.draws[0].spec).unit

    @cached_property
    def lot_of(self) -> dict[str, int]:
        """The number of each unit's lot, over all draws."""
        found: dict[str, int] = {}
        start = 0
        for draw in self.draws:
            member = codes(draw.request.clusters)
            found |= {unit: start + int(lot) for unit, lot in zip(draw.frame.ids, member, strict=True)}
            start += len(draw.first)
        return found

    def lots(self, reps: int, seed: int) -> Lots:
        """Return all draws together if they are a million at most and equally likely, else `reps` seeded ones.

        Raises
        ------
        Refused
            E-RI-03: nothing was drawn. E-RI-05: draws whose arms or periods differ.
        """
        if (reps, seed) not in self._made:
            self._made[reps, seed] = _lots(self.draws, reps, seed)
        return self._made[reps, seed]


def _lots(draws: Sequence[SealedDraw], reps: int, seed: int) -> Lots:
    first = draws[0]
    if any(draw.spec.method not in DRAWING for draw in draws):
        raise refusal("E-RI-03", method=first.spec.method)
    if any(draw.options != first.options for draw in draws):
        raise refusal("E-RI-05", n=len(draws))
    sizes = [size_of(draw.request) for draw in draws]
    exact = None not in sizes and prod(size for size in sizes if size is not None) <= MOST
    parts = [
        every_draw(draw.request) if exact else draw.sampled(reps, seed + place) for place, draw in enumerate(draws)
    ]
    return Lots(
        drawn=np.concatenate([draw.drawn for draw in draws]),
        others=_crossed(parts) if exact else np.concatenate(parts, axis=1),
        exact=exact,
        options=tuple(" ".join(filter(None, (option.arm, option.period))) for option in first.options),
        mechanism=first.spec.method,
        period=columns_of(first.spec).period,
    )


def _crossed(parts: Sequence[Draws]) -> Draws:
    """Return every draw of one part with every draw of the others."""
    found = parts[0]
    for part in parts[1:]:
        found = np.concatenate([np.repeat(found, len(part), axis=0), np.tile(part, (len(found), 1))], axis=1)
    return found
