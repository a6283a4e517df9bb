"""A weight, declared: for which waves, of whom, how non-response is modelled, where it is cut, what it is calibrated to.

Belongs here: the fields, their digest, reading YAML. Does not: computing (build). Who wants a weight for waves 1 and 3 writes
`waves: [1, 3]`: any set of waves is as good as another.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from data.yaml_text import read_yaml
from experiments.messages import not_found
from experiments.spec import Names, described
from experiments.weights.messages import refusal

Totals = dict[str | int, float]
"""Level → population total."""


class Response(BaseModel):
    """How the chance to respond is estimated, wave after wave, among those who responded at all waves asked for before.

    `frame` are columns known of everybody when the first wave began (they decide the first step); `covariates` are taken from the
    wave asked for before (they decide the later steps, together with `frame`). `method` "logit" divides by the fitted chance,
    "classes" by the weighted response rate of `classes` classes of equal size made of it, which a badly fitted tail harms less.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["logit", "classes"] = "logit"
    frame: Names = ()
    covariates: Names = ()
    classes: int = Field(default=5, ge=2, le=20)


class Trim(BaseModel):
    """Cut weights at `at` times their median; what is cut off goes to the others in proportion, so that the sum stays."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: float = Field(gt=1)


class WeightSpec(BaseModel):
    """One weight. Source of the steps: Understanding Society's and SOEP's panel weights; Kalton & Flores-Cervantes (2003).

    Parameters
    ----------
    id
        Names it; letters, digits and underscores.
    unit, wave
        The key of a panel with a row per unit and wave, also for those not seen.
    waves
        Numbers of the waves that an analysis uses, rising. A unit has a weight if it responded at each of them.
    observed
        True where the unit responded in the wave.
    in_scope
        False once the unit has left the population (died, moved away, closed): neither respondent nor non-respondent. Left out:
        everybody stays in it.
    base
        Design weight, above zero; left out: 1.
    calibrate
        Margin → totals, or "base": the weighted counts of everybody in scope at the first wave.

    >>> WeightSpec(id="w1_w3", unit=["zone_id", "person_id"], wave="wave_order", waves=[1, 3], observed="is_observed").waves
    (1, 3)
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
    unit: Annotated[Names, Field(min_length=1)]
    wave: str
    waves: Annotated[tuple[int, ...], Field(min_length=1)]
    observed: str
    in_scope: str | None = None
    base: str | None = None
    response: Response = Response()
    trim: Trim | None = None
    calibrate: dict[str, Literal["base"] | Totals] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if list(self.waves) != sorted(set(self.waves)):
            raise ValueError("waves must rise, each named once")
        return self

    def columns(self) -> list[str]:
        """Return every column that the weight reads, each once."""
        named = (*self.unit, self.wave, self.observed, self.in_scope, self.base)
        asked = (*self.response.frame, *self.response.covariates, *self.calibrate)
        return list(dict.fromkeys(name for name in (*named, *asked) if name))


def spec_sha256(spec: WeightSpec) -> str:
    """Return the sha256 of the declaration's canonical JSON; the weight's id ends with its first twelve digits."""
    canonical = json.dumps(spec.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def load_weight_spec(path: Path) -> WeightSpec:
    """Return the declaration in a YAML file.

    Raises
    ------
    NotFound
        E-SPEC-12: no such file.
    Refused
        E-WGT-01: not YAML, an unknown field or a wrong value, named.
    """
    if not path.is_file():
        raise not_found("E-SPEC-12", name=path.name)
    try:
        return WeightSpec.model_validate(read_yaml(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise refusal("E-WGT-01", problems=described(error)) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise refusal("E-WGT-01", problems=f"Not YAML: {type(error).__name__}") from error
