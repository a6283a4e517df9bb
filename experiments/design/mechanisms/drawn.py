"""What a mechanism is given and what it hands back.

Belongs here: `Request`, `Drawn`, the options that can be drawn. Does not: any way of drawing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from experiments.design.frame import SealedFrame
from experiments.design.ratio import Shares, shares_of
from experiments.design.stream import Stream
from experiments.registry.schema.design import AssignmentSpec

Codes = npt.NDArray[np.int64]
Certainty = Literal["exact", "estimated", "deterministic", "unknown"]
"""Of the probabilities: computed, simulated, fixed by a rule (no chance), or somebody else's and not known."""


@dataclass(frozen=True)
class Option:
    """One thing that a unit can get: an arm, and in a stepped wedge the period from which on."""

    arm: str
    period: str = ""


@dataclass(frozen=True)
class Request:
    """One draw: over whom, by which declaration, into which arms (in protocol order), with which keys."""

    frame: SealedFrame
    spec: AssignmentSpec
    arms: tuple[str, ...]
    stream: Stream

    @cached_property
    def blocks(self) -> list[str]:
        """Block of each unit; empty text where there are no strata."""
        return self.frame.texts(self.spec.strata) if self.spec.strata else [""] * len(self.frame)

    @cached_property
    def block_codes(self) -> Codes:
        """Blocks as numbers, in the order of their names."""
        return codes(self.blocks)

    @cached_property
    def clusters(self) -> list[str]:
        """Cluster of each unit; the unit itself where no column is named."""
        return self.frame.texts([self.spec.cluster]) if self.spec.cluster else self.frame.ids

    def options(self) -> tuple[Option, ...]:
        """Return one option an arm."""
        return tuple(Option(arm) for arm in self.arms)

    def shares(self) -> Shares:
        """Return the declared share of each arm."""
        return shares_of(self.spec.ratio, self.arms)


@dataclass(frozen=True)
class Drawn:
    """What came out, by unit in frame order: the option's number and the probability with which the unit got it."""

    options: tuple[Option, ...]
    choice: Codes
    probability: npt.NDArray[np.float64] | None
    certainty: Certainty = "exact"
    criterion: Mapping[str, Any] = field(default_factory=dict)


def codes(labels: list[str]) -> Codes:
    """Return labels as numbers from 0 in the order of their names.

    >>> codes(["b", "a", "b"]).tolist()
    [1, 0, 1]
    """
    number = {label: place for place, label in enumerate(sorted(set(labels)))}
    return np.array([number[label] for label in labels], dtype=np.int64)


def chances(shares: Shares, choice: Codes) -> npt.NDArray[np.float64]:
    """Return each unit's probability of the option that it got, where that is the option's share."""
    return np.array([float(share) for share in shares])[choice]
