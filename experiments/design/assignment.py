"""Assigning: frame × declaration × arms × seed → who gets what, with which probability, as one canonical text.

Belongs here: `assign` (pure) and what it returns. Does not: the ways of drawing (mechanisms), keeping seeds and records
(commitment, sealing), judging the draw (balance).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pandas as pd

from data.ledger import canonical
from experiments.design.frame import SealedFrame, seal
from experiments.design.mechanisms import MECHANISMS, USED, passed_over
from experiments.design.mechanisms.allocation import within_one
from experiments.design.mechanisms.drawn import Certainty, Drawn, Request
from experiments.design.messages import refusal, warning
from experiments.design.ratio import whole_and_rest
from experiments.design.stream import Stream
from experiments.registry.schema.design import AssignmentSpec

FIELDS = ("unit", "zone", "arm", "block", "cluster", "period", "probability")
BLOCKED = frozenset({"block", "block_cluster"})


@dataclass(frozen=True)
class AssignedUnit:
    """One unit's lot. `probability` is that of getting this arm (in a stepped wedge: this period); None where nobody knows it.

    `block` and `period` are empty where the design has none; `cluster` is the unit itself where units are drawn singly.
    """

    unit: str
    zone: str
    arm: str
    block: str
    cluster: str
    period: str
    probability: float | None

    def listed(self) -> list[str | None]:
        """Return the entry as it stands in the document, in the order of `FIELDS`."""
        chance = None if self.probability is None else repr(self.probability)
        return [self.unit, self.zone, self.arm, self.block, self.cluster, self.period, chance]


@dataclass(frozen=True)
class Assignment:
    """A whole draw. `text` is its canonical form, `sha256` the hash that the ledger and every report carry."""

    method: str
    algorithm_version: int
    arms: tuple[str, ...]
    frame_sha256: str
    certainty: Certainty
    criterion: Mapping[str, Any]
    units: tuple[AssignedUnit, ...]
    warnings: tuple[dict[str, object], ...] = field(default=(), compare=False)

    @cached_property
    def text(self) -> str:
        """The assignment document: canonical JSON, units sorted by id."""
        content = {
            "algorithm_version": self.algorithm_version,
            "arms": list(self.arms),
            "criterion": dict(self.criterion),
            "fields": list(FIELDS),
            "frame_sha256": self.frame_sha256,
            "method": self.method,
            "probability": self.certainty,
            "units": [unit.listed() for unit in self.units],
        }
        return canonical({"kind": "assignment", "schema": 1, **content})

    @cached_property
    def sha256(self) -> str:
        """The sha256 of `text`."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def assignment_sha256(self) -> str:
        """The name of `sha256` in the interface."""
        return self.sha256

    def arm_of(self) -> dict[str, str]:
        """Return each unit's arm."""
        return {unit.unit: unit.arm for unit in self.units}

    def frame(self) -> pd.DataFrame:
        """Return one row a unit, sorted by unit, with the columns of `FIELDS`."""
        return pd.DataFrame(
            {name: [getattr(unit, name) for unit in self.units] for name in FIELDS}, columns=list(FIELDS)
        )


def assign(frame: pd.DataFrame, spec: AssignmentSpec, arms: Sequence[str], *, seed: int) -> Assignment:
    """Draw an assignment. Pure: equal content of the used columns, declaration, arms and seed give the same bytes.

    Use it to simulate designs and, through `experiments.design.sealing`, for the real draw. To draw one frame many times, seal it
    once and call `assign_sealed`.

    Parameters
    ----------
    frame
        One row a unit, in any order; columns that the declaration does not name are not looked at.
    spec
        The protocol's `assignment_spec`.
    arms
        Arm ids in protocol order. Threshold: the first is that of the treated side. Stepped wedge: the first is switched on, the
        last is what was before.
    seed
        0 or more. Each seed is a random stream of its own (SHAKE-256), the same on every machine and in every version.

    Raises
    ------
    Refused
        E-ASSIGN-01 to -17: the frame or the declaration cannot be used; nothing is guessed.

    Examples
    --------
    >>> people = pd.DataFrame({"person_id": ["c", "a", "d", "b"]})
    >>> spec = AssignmentSpec(method="complete", unit_id="person_id")
    >>> made = assign(people, spec, ["treated", "control"], seed=1)
    >>> sorted(unit.arm for unit in made.units)
    ['control', 'control', 'treated', 'treated']
    >>> made == assign(people.iloc[::-1], spec, ["treated", "control"], seed=1)
    True
    """
    return assign_sealed(seal(frame, spec), spec, arms, seed=seed)


def assign_sealed(frame: SealedFrame, spec: AssignmentSpec, arms: Sequence[str], *, seed: int) -> Assignment:
    """Draw over a frame that is sealed already; as `assign`."""
    request = asked(frame, spec, arms, seed)
    drawn = MECHANISMS[spec.method](request)
    made = Assignment(
        method=spec.method,
        algorithm_version=spec.algorithm_version,
        arms=request.arms,
        frame_sha256=frame.sha256,
        certainty=drawn.certainty,
        criterion=drawn.criterion,
        units=_units(request, drawn),
    )
    return replace(made, warnings=warnings_of(frame, made, spec))


def draw_codes(frame: SealedFrame, spec: AssignmentSpec, arms: Sequence[str], *, seed: int) -> Drawn:
    """Return the bare draw (option numbers in the order of the sealed units): for simulations of thousands of draws."""
    return MECHANISMS[spec.method](asked(frame, spec, arms, seed))


def asked(frame: SealedFrame, spec: AssignmentSpec, arms: Sequence[str], seed: int) -> Request:
    """Return the request of a draw, its arms and seed looked at."""
    if seed < 0:
        raise refusal("E-ASSIGN-13")
    least = 1 if spec.method == "external" else 2
    if len(arms) < least or len(set(arms)) != len(arms):
        raise refusal("E-ASSIGN-12", reason="two or more different arms are needed", reason_zh="至少需要两个不同的组")
    for name in passed_over(spec):
        raise refusal("E-ASSIGN-17", method=spec.method, field=name, others=", ".join(USED[name]))
    request = Request(frame, spec, tuple(arms), Stream(seed, spec.algorithm_version))
    if spec.cluster and spec.zone_column in frame.names:
        within_one(request, frame.texts([spec.zone_column]), "zone", "试点区")
    return request


def _units(request: Request, drawn: Drawn) -> tuple[AssignedUnit, ...]:
    frame, spec = request.frame, request.spec
    zones = frame.texts([spec.zone_column]) if spec.zone_column in frame.names else [""] * len(frame)
    known = drawn.probability
    chance: list[float | None] = [None] * len(frame) if known is None else [float(value) for value in known]
    options = [drawn.options[place] for place in drawn.choice]
    rows = zip(frame.ids, zones, options, request.blocks, request.clusters, chance, strict=True)
    return tuple(
        AssignedUnit(unit, zone, option.arm, block, cluster, option.period, share)
        for unit, zone, option, block, cluster, share in rows
    )


def parsed_units(text: str) -> tuple[AssignedUnit, ...]:
    """Return the units of an assignment document.

    >>> made = assign(pd.DataFrame({"id": ["a", "b"]}), AssignmentSpec(method="complete", unit_id="id"), ["t", "c"], seed=0)
    >>> parsed_units(made.text) == made.units
    True
    """
    return parsed(text).units


def parsed(text: str) -> Assignment:
    """Return the assignment of a document; its warnings are not kept there (see `warnings_of`)."""
    content = json.loads(text)
    rows = (dict(zip(content["fields"], row, strict=True)) for row in content["units"])
    units = (
        AssignedUnit(**{**row, "probability": None if row["probability"] is None else float(row["probability"])})
        for row in rows
    )
    return Assignment(
        method=content["method"],
        algorithm_version=content["algorithm_version"],
        arms=tuple(content["arms"]),
        frame_sha256=content["frame_sha256"],
        certainty=content["probability"],
        criterion=content["criterion"],
        units=tuple(units),
    )


def warnings_of(frame: SealedFrame, made: Assignment, spec: AssignmentSpec) -> tuple[dict[str, object], ...]:
    """Return what there is to warn of in a draw: empty arms, blocks that are small or not divisible."""
    got = {unit.arm for unit in made.units}
    empty = [arm for arm in made.arms if arm not in got] if spec.method not in ("stepped_wedge", "factorial") else []
    found = [warning("W-ASSIGN-02", arms=", ".join(empty))] if empty else []
    if spec.method not in BLOCKED:
        return tuple(found)
    request = Request(frame, spec, made.arms, Stream(0))
    sizes = Counter(block for block, _ in set(zip(request.blocks, request.clusters, strict=True))).values()
    small = sum(size < len(made.arms) for size in sizes)
    odd = sum(any(whole_and_rest(size, request.shares())[1]) for size in sizes)
    found += [warning("W-ASSIGN-01", n=small)] if small else []
    found += [warning("W-ASSIGN-03", n=odd, total=len(sizes))] if odd else []
    return tuple(found)


def counts(assignment: Assignment) -> dict[str, int]:
    """Return how many units each arm has, in the order of the arms.

    >>> people = pd.DataFrame({"id": list("abcdef")})
    >>> counts(assign(people, AssignmentSpec(method="complete", unit_id="id", ratio={"t": 2}), ["t", "c"], seed=0))
    {'t': 4, 'c': 2}
    """
    found = Counter(unit.arm for unit in assignment.units)
    return {arm: found[arm] for arm in [*assignment.arms, *sorted(set(found) - set(assignment.arms))] if found[arm]}
