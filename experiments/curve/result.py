"""A specification curve as a result: points in order of their estimates, joint inference, one JSON form.

Belongs here: shape and serialisation. Does not: how the numbers come about (making).
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from experiments.result import EstimateResult, finite

CURVE = "specification_curve"
"""The key of the curve beside the registered result."""


class Point(BaseModel):
    """One specification: what it chose, and what it found of the treatment.

    `p_adjusted`: the share of worlds without an effect in which the largest |t| of the whole curve is as large as this one's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    choice: dict[str, Any]
    registered: bool
    estimate: float
    std_error: float
    statistic: float
    df: float
    p_value: float
    conf_low: float
    conf_high: float
    n_obs: int
    n_clusters: int
    p_adjusted: float | None = None


class Refusal(BaseModel):
    """A specification without a result, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    choice: dict[str, Any]
    registered: bool
    code: str
    message: dict[str, str]


class JointTest(BaseModel):
    """One number about the whole curve, and the share of worlds without an effect in which it is as large."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float
    p_value: float


class JointInference(BaseModel):
    """Whether the curve as a whole is more than chance (Simonsohn, Simmons & Nelson 2020).

    `median`: the median effect; `same_sign`: the share of the more frequent sign; `significant`: the share that is significant
    with one sign, the more frequent one. `scale`: effects in units of the outcome, or in its standard deviations where several
    outcomes stand beside each other.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    median: JointTest
    same_sign: JointTest
    significant: JointTest
    scale: str
    draws: int
    weights: str
    cluster: str


class SpecificationCurve(BaseModel):
    """Every specification of one question; `points` ascend by estimate (in `joint.scale`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    term: str
    varied: dict[str, int]
    points: tuple[Point, ...]
    refused: tuple[Refusal, ...]
    joint: JointInference | None

    @property
    def registered(self) -> int | None:
        """Return the place of the registered analysis among the points."""
        return next((place for place, point in enumerate(self.points) if point.registered), None)


class CurveResult(BaseModel):
    """The registered analysis, and the curve that it is a point of."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    result: EstimateResult
    curve: SpecificationCurve

    def to_dict(self) -> dict[str, Any]:
        """Return the registered result as `EstimateResult.to_dict`, the curve under `specification_curve`."""
        return {**self.result.to_dict(), CURVE: finite(self.curve.model_dump(mode="python"))}
