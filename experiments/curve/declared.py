"""What a specification curve varies, declared: every combination of the choices, the registered one among them and marked.

Belongs here: the file's fields, its combinations. Does not: estimating them (making).
"""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data.yaml_text import read_yaml
from experiments.messages import not_found, refusal
from experiments.spec import AnalysisSpec, Name, Names, described

MOST = 20_000
"""Specifications of a curve."""
SHARED = ("categorical", "cluster_count")
"""Options that say how the effect is estimated; the others add to the result of the registered analysis only."""


class Joint(BaseModel):
    """How many worlds without an effect are drawn, and where they begin."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reps: int = Field(default=999, ge=99, le=99_999)
    seed: int = 1


class CurveSpec(BaseModel):
    """The choices; one left out is that of the registered analysis. Each list has one entry a choice.

    >>> CurveSpec(covariates=[[], ["x"]], samples=[None, "wave >= 2"]).samples
    (None, 'wave >= 2')
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcomes: tuple[str, ...] = ()
    covariates: tuple[Names, ...] = ()
    fixed_effects: tuple[Names, ...] = ()
    samples: tuple[Name, ...] = ()
    clusters: tuple[str, ...] = ()
    weights: tuple[Name, ...] = ()
    joint: Joint = Joint()

    def choices(self) -> dict[str, tuple[Any, ...]]:
        """Return the choices by the field of the analysis that they replace."""
        listed = {
            "outcome": self.outcomes,
            "covariates": self.covariates,
            "fixed_effects": self.fixed_effects,
            "filter": self.samples,
            "cluster": tuple((name,) for name in self.clusters),
            "weights": self.weights,
        }
        return {name: tuple(dict.fromkeys(values)) for name, values in listed.items() if values}

    def specs(self, registered: AnalysisSpec) -> list[AnalysisSpec]:
        """Return every combination, the registered analysis first.

        Raises
        ------
        Refused
            E-CURVE-01: more than `MOST`.
        """
        choices = self.choices()
        count = 1
        for values in choices.values():
            count *= len(values)
        if count > MOST:
            raise refusal("E-CURVE-01", n=count, limit=MOST)
        kept = {name: value for name, value in registered.options.items() if name in SHARED}
        first = registered.model_copy(update={"id": None, "options": kept})
        combined = (dict(zip(choices, values, strict=True)) for values in product(*choices.values()))
        found = [first.model_copy(update=values) for values in combined]
        return [first, *(spec for spec in found if not _same(spec, first))]


def _same(one: AnalysisSpec, other: AnalysisSpec) -> bool:
    return one.model_dump() == other.model_dump()


def load_curve(path: Path) -> CurveSpec:
    """Return the curve in a YAML file.

    Raises
    ------
    NotFound, Refused
        As `spec.load_spec`.
    """
    if not path.is_file():
        raise not_found("E-SPEC-12", name=path.name)
    try:
        return CurveSpec.model_validate(read_yaml(path.read_text(encoding="utf-8")) or {})
    except ValidationError as error:
        raise refusal("E-SPEC-01", problems=described(error)) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise refusal("E-SPEC-01", problems=f"Not YAML: {error}") from error
