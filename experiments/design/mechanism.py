"""The declared mechanism, drawn thousands of times over one frame: what a diagnosis assigns by.

Belongs here: sealing the frame once, drawing fast, putting arms in the order of the model's units. Does not: the ways of drawing
(mechanisms), the real draw (assignment, sealing).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from experiments.design.assignment import draw_codes
from experiments.design.frame import JOIN, SealedFrame, seal
from experiments.design.generators.world import Drawn
from experiments.registry.schema.design import AssignmentSpec
from experiments.sample import Codes


@dataclass(frozen=True)
class Sealed:
    """A sealed frame, and for each of the model's units its place in it."""

    frame: SealedFrame
    place: Codes


@dataclass(frozen=True)
class Mechanism:
    """How arms are drawn for the units of a model.

    Parameters
    ----------
    spec
        The declared assignment (or the assumed one).
    arms
        Arm ids in protocol order.
    first
        The frame of the first draw.
    renewed
        Whether each draw has a frame of its own, because balance is judged by what was drawn.
    """

    spec: AssignmentSpec
    arms: tuple[str, ...]
    first: pd.DataFrame
    renewed: bool

    def draw(self, drawn: Drawn, seed: int) -> Sequence[str]:
        """Return the arm of each unit (in a stepped wedge the period from which on it is treated, empty for never)."""
        sealed = self._sealed(drawn.units()) if self.renewed else self._once
        made = draw_codes(sealed.frame, self.spec, self.arms, seed=seed)
        stepped = self.spec.method == "stepped_wedge"
        names = np.array([item.period if stepped else item.arm for item in made.options], dtype=object)
        found: Sequence[str] = names[made.choice[sealed.place]].tolist()
        return found

    @cached_property
    def _once(self) -> Sealed:
        return self._sealed(self.first)

    def _sealed(self, units: pd.DataFrame) -> Sealed:
        drawn_by = self.spec.model_copy(update={"balance_covariates": ()})  # they judge a draw and do not bear on it
        frame = seal(units, drawn_by)
        keys = units[self.spec.unit_id.split(JOIN)].astype(str).agg(JOIN.join, axis=1)
        place = {key: number for number, key in enumerate(frame.ids)}
        return Sealed(frame, np.array([place[key] for key in keys], dtype=np.int64))
