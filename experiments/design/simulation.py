"""One simulated experiment: draw, assign, realise, run the registered analyses; and many of them.

Belongs here: these steps, and the arrays they fill. Does not: models (generators), estimation (experiments.estimate, the same as
for real data), what the numbers mean (diagnosands).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.messages import NotFound, Refused, Text
from experiments.design.generators import mechanism_of, world_of
from experiments.design.generators.clustered import PanelWorld
from experiments.design.generators.world import Drawn, Flags, Rows, Streams, World
from experiments.design.mechanism import Mechanism
from experiments.design.models import read_model
from experiments.design.questions import Question, Variant, questions_of, variants_of
from experiments.estimate import estimate
from experiments.expression import filter_columns, filter_mask
from experiments.registry.protocol import Protocol
from experiments.registry.schema.design import ModelM
from experiments.results import headline
from experiments.sample import Vector, spec_columns
from experiments.spec import AnalysisSpec

NUMBERS = ("estimate", "std_error", "df", "p_value", "conf_low", "conf_high")
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Trials:
    """What came of simulations `first`, `first + 1`, …; not-a-number where an analysis was refused.

    Parameters
    ----------
    declared, smallest
        Simulations × questions × `NUMBERS`, under the declared effects and under the smallest effects of interest.
    truth
        Simulations × questions: the estimand of each draw.
    refused
        The first refusal of each question, by its place.
    """

    first: int
    declared: Numbers
    smallest: Numbers
    truth: Numbers
    refused: dict[int, tuple[str, Text]]


@dataclass
class _Gaps:
    """Differences of potential outcomes in one draw, found once for each outcome and contrast."""

    drawn: Drawn
    arms: Sequence[str] | None
    found: dict[tuple[str, tuple[str, str]], Vector] = field(default_factory=dict)

    def of(self, outcome: str, contrast: tuple[str, str]) -> Vector:
        key = (outcome, contrast)
        if key not in self.found:
            self.found[key] = self.drawn.contrast(outcome, contrast, self.arms)
        return self.found[key]


@dataclass
class Bench:
    """A protocol made ready to be simulated; the same in each process."""

    protocol: Protocol
    world: World = field(init=False)
    questions: tuple[Question, ...] = field(init=False)
    variants: tuple[Variant, ...] = field(init=False)
    mechanism: Mechanism | None = field(init=False)
    _specs: list[AnalysisSpec] = field(init=False)
    _read: list[frozenset[str]] = field(init=False)
    """Columns that a run reads from the released table for each analysis."""
    _masks: dict[str, Flags] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Read the model and seal the frame of assignment."""
        self.world = world_of(self.protocol)
        self.questions = questions_of(self.protocol)
        self.variants = variants_of(self.questions, read_model(_declared(self.protocol)))
        self.mechanism = mechanism_for(self.protocol, self.world, self.world.draw(Streams.of(0, 0)).units())
        self._specs = [question.analysis.spec() for question in self.questions]
        self._read = [frozenset(spec_columns(spec)) | filter_columns(spec.filter or "") for spec in self._specs]

    def run(self, numbers: Sequence[int], seed: int) -> Trials:
        """Return the trials of some simulations, whose `numbers` follow each other."""
        size = (len(numbers), len(self.questions))
        found = Trials(
            numbers[0],
            np.full((*size, len(NUMBERS)), np.nan),
            np.full((*size, len(NUMBERS)), np.nan),
            np.full(size, np.nan),
            {},
        )
        for place, number in enumerate(numbers):
            self._simulate(found, place, Streams.of(seed, number))
        return found

    def _simulate(self, found: Trials, place: int, streams: Streams) -> None:
        drawn = self.world.draw(streams)
        arms = self.mechanism.draw(drawn, streams.assignment) if self.mechanism else None
        rows, gaps = drawn.realise(arms, {}), _Gaps(drawn, arms)
        for number, question in enumerate(self.questions):
            found.declared[place, number] = self._fit(found, number, rows.frame, streams)
            found.truth[place, number] = self._truth(question, gaps, rows)
        for variant in self.variants:
            other = drawn.realise(arms, variant.effects)
            for number in variant.asked:
                found.smallest[place, number] = self._fit(found, number, other.frame, streams)

    def _fit(self, found: Trials, number: int, frame: pd.DataFrame, streams: Streams) -> Numbers:
        analysis = self.questions[number].analysis
        try:
            read = [place for place, name in enumerate(frame.columns) if name in self._read[number]]
            result = estimate(_spec(self._specs[number], streams), frame.take(read, axis=1), data_sha256="")
        except (Refused, NotFound) as error:
            found.refused.setdefault(number, (error.code, error.text))
            return np.full(len(NUMBERS), np.nan)
        row = result.row(headline(analysis, result))
        return np.array([getattr(row, name) for name in NUMBERS])

    def _truth(self, question: Question, gaps: _Gaps, rows: Rows) -> float:
        """Return the estimand of one draw: the mean of the potential outcomes' difference over the rows it is about."""
        analysis = question.analysis
        if question.contrast is None or question.estimand == "none" or analysis.outcome not in rows.frame:
            return np.nan
        if not set(filter_columns(analysis.filter or "")) <= set(rows.frame.columns):
            return np.nan
        about = self._kept(analysis.filter, rows) & (rows.treated if question.estimand == "treated" else rows.open)
        if question.estimand == "compliers":
            about &= gaps.drawn.compliers(question.contrast)
        difference = gaps.of(analysis.outcome, question.contrast)[about]
        return float(difference.mean()) if len(difference) else np.nan

    def _kept(self, expression: str | None, rows: Rows) -> Flags:
        """Return the rows that a filter keeps; found once where it reads only columns that no draw changes."""
        if expression is None:
            return np.ones(len(rows.frame), dtype=bool)
        if expression in self._masks:
            return self._masks[expression]
        mask = filter_mask(expression, rows.frame).yes
        if filter_columns(expression) <= self.world.steady:
            self._masks[expression] = mask
        return mask


def _spec(spec: AnalysisSpec, streams: Streams) -> AnalysisSpec:
    """Return the spec as registered; what it resamples comes from this simulation's own stream."""
    if spec.inference.method == "analytic":
        return spec
    return spec.model_copy(update={"inference": spec.inference.model_copy(update={"seed": streams.estimator % 2**32})})


def _declared(protocol: Protocol) -> ModelM:
    if protocol.model_m is None:  # world_of has refused before
        raise ValueError("no model")
    return protocol.model_m


def mechanism_for(protocol: Protocol, world: World, first: pd.DataFrame) -> Mechanism | None:
    """Return the mechanism that draws a world's arms, over the frame of its first draw; None where the model holds them."""
    if not world.assigns:
        return None
    spec, renewed = protocol.assignment_spec, False
    if isinstance(world, PanelWorld):
        spec, renewed = mechanism_of(world.model, protocol.assignment_spec), bool(world.extras)
    if spec is None:
        return None
    arms = tuple(arm.arm_id for arm in protocol.arms)
    return Mechanism(spec, arms, first, renewed=renewed)
