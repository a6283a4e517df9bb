"""What a generator offers to a diagnosis: units to assign, a draw of all that chance decides, outcomes under any arms.

Belongs here: the interface, the streams of random numbers, columns that all generators make alike. Does not: any model
(clustered, staggered, series), truth and diagnosands (experiments.design).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.design.models.measured import Measured
from experiments.sample import Codes, Vector

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Fixed:
    """An effect that replaces the declared one of an outcome: `arm_a` less `arm_b` is `size` for everybody, at once."""

    arm_a: str
    arm_b: str
    size: float


Effects = Mapping[str, Fixed]
"""Replaced effects by outcome column; outcomes that do not stand here keep the declared ones."""


@dataclass(frozen=True)
class Streams:
    """The independent sources of chance of one simulation: none is ever used for two things.

    DeclareDesign 1.0.8 reused streams between steps; a property test holds this here (tests/statistical).
    """

    data: np.random.Generator
    attrition: np.random.Generator
    assignment: int
    estimator: int

    @classmethod
    def of(cls, seed: int, simulation: int) -> Streams:
        """Return the streams of simulation number `simulation`; they do not depend on which process runs it, or when.

        >>> Streams.of(1, 7).assignment == Streams.of(1, 7).assignment, Streams.of(1, 7).assignment == Streams.of(1, 8).assignment
        (True, False)
        """
        own = np.random.SeedSequence(seed, spawn_key=(simulation,))
        data, assignment, attrition, estimator = own.spawn(4)
        return cls(
            np.random.default_rng(data), np.random.default_rng(attrition), _integer(assignment), _integer(estimator)
        )


def _integer(sequence: np.random.SeedSequence) -> int:
    return int(sequence.generate_state(1, np.uint64)[0] >> np.uint64(1))


@dataclass(frozen=True)
class Rows:
    """A realised table with what only a model knows about its rows.

    Parameters
    ----------
    frame
        Columns of the released table, one row a unit and wave, unobserved ones included with missing outcomes.
    open
        Rows in which a treatment could act by now; `treated`: in which it does.
    """

    frame: pd.DataFrame
    open: Flags
    treated: Flags


class Drawn(Protocol):
    """One draw of everything that chance decides but the assignment."""

    def units(self) -> pd.DataFrame:
        """Return the frame of assignment, one row a unit; the same ids in each draw."""

    def realise(self, arms: Sequence[str] | None, effects: Effects) -> Rows:
        """Return the table under an assignment (one arm, or period of crossing over, a unit of `units`)."""

    def contrast(self, outcome: str, arms: tuple[str, str], drawn: Sequence[str] | None) -> Vector:
        """Return, row by row, the outcome with everybody in the first arm less that with everybody in the second.

        Where time of adoption is part of the treatment it is that of `drawn`, the assignment realised.
        """

    def compliers(self, arms: tuple[str, str]) -> Flags:
        """Return the rows of those who take the treatment in the first arm and not in the second."""


class World(Protocol):
    """A model ready to draw."""

    @property
    def steady(self) -> frozenset[str]:
        """Return the columns that are the same in each realised table."""

    @property
    def assigns(self) -> bool:
        """Return whether arms are drawn by the declared mechanism; if not, the model holds who is treated when."""

    def draw(self, streams: Streams) -> Drawn:
        """Return one draw, from the streams `data` and `attrition` only."""


def written(measured: Measured, values: Vector) -> Vector:
    """Return values as an outcome is written down: rounded, then held within its bounds."""
    if measured.decimals is not None:
        values = np.round(values, measured.decimals)
    if measured.low is not None or measured.high is not None:
        values = np.clip(values, measured.low, measured.high)
    return values


def lost(measured: Measured, stream: np.random.Generator, size: tuple[int, ...]) -> Flags | None:
    """Return where a value is missing at random; None where none is."""
    return stream.random(size) < measured.missing if measured.missing > 0 else None


def labels(prefixes: Sequence[str], letter: str, each: int) -> list[str]:
    """Return ids ``<prefix>-<letter>1`` … of `each` units in every prefix.

    >>> labels(["a", "b"], "C", 2)
    ['a-C1', 'a-C2', 'b-C1', 'b-C2']
    """
    return [f"{prefix}-{letter}{number}" for prefix in prefixes for number in range(1, each + 1)]


def category(values: Sequence[Any], codes: Codes) -> pd.Categorical:
    """Return texts by their number; estimators number a categorical column without reading the texts."""
    return pd.Categorical.from_codes(codes, categories=pd.Index(values))


def table(columns: Mapping[str, object]) -> pd.DataFrame:
    """Return a frame of columns of one length; its names are plain objects, which pandas looks up faster than Arrow texts."""
    found = pd.DataFrame(dict(columns))
    found.columns = pd.Index(list(columns), dtype=object)
    return found


def autoregressive(stream: np.random.Generator, shape: tuple[int, int], correlation: float, sd: float) -> Vector:
    """Return stationary AR(1) noise, time by unit, of standard deviation `sd` at each time."""
    shocks: Vector = stream.normal(0.0, sd, shape)
    shocks[1:] *= np.sqrt(1 - correlation**2)
    for step in range(1, shape[0]):
        shocks[step] += correlation * shocks[step - 1]
    return shocks
