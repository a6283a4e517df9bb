"""One analysis, declared: the spec that a protocol registers and `zonelab estimate` reads.

Belongs here: its fields, its digest, reading it from YAML. Does not: which estimator uses which field (each estimator module
says so, `experiments.estimators` holds them to it).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from data.yaml_text import read_yaml
from experiments.messages import not_found, refusal

Vcov = Literal["nonrobust", "HC1", "HC2", "HC3", "CR1", "CR2", "CR3", "HAC"]


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _said(value: object) -> object:
    return None if value == "" else value


Name = Annotated[str | None, BeforeValidator(_said)]
"""A column's name, or nothing; an empty text says nothing."""
Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
"""Column names; a single name may stand without a list. `a:b` means the pair (or product) of two columns."""


class Inference(BaseModel):
    """How p-values and intervals come about; `reps` and `seed` belong to the resampling methods."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["analytic", "wild_bootstrap", "randomisation"] = "analytic"
    reps: int = Field(default=9999, ge=1)
    seed: int = 1


class AnalysisSpec(BaseModel):
    """One analysis: the estimator, the columns it reads, the rows it keeps, the uncertainty it reports.

    A field left out, null or empty is "not given". A field that is given and that the estimator does not use is refused.

    >>> AnalysisSpec(estimator="ols", outcome="wait_min", treatment="treat").alpha
    0.05
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str | None = None
    estimator: str
    outcome: str
    treatment: Name = None
    cohort: Name = None
    unit: Name = None
    time: Name = None
    covariates: Names = ()
    fixed_effects: Names = ()
    instrument: Names = ()
    strata: Name = None
    cluster: Names = ()
    weights: Name = None
    filter: Name = None
    vcov: Vcov | None = None
    inference: Inference = Inference()
    alpha: float = Field(default=0.05, gt=0, lt=1)
    options: dict[str, Any] = Field(default_factory=dict)

    def given(self) -> frozenset[str]:
        """Return the names of the fields that say something (not left out, null or empty).

        >>> sorted(AnalysisSpec(estimator="ols", outcome="y", cluster="zone_id", strata=None).given())
        ['cluster', 'estimator', 'outcome']
        """
        empty: tuple[object, ...] = (None, (), {})
        return frozenset(name for name in self.model_fields_set if getattr(self, name) not in empty)


def spec_digest(spec: AnalysisSpec) -> str:
    """Return the sha256 of the spec's canonical JSON (sorted keys, defaults written out); registration compares it."""
    canonical = json.dumps(spec.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def load_spec(path: Path) -> AnalysisSpec:
    """Return the spec in a YAML (or JSON) file.

    Raises
    ------
    NotFound
        No such file.
    Refused
        Not YAML, an unknown field, or a value of the wrong kind; every problem is listed with its field.
    """
    if not path.is_file():
        raise not_found("E-SPEC-12", name=path.name)
    try:
        content = read_yaml(path.read_text(encoding="utf-8"))
        return AnalysisSpec.model_validate(content)
    except ValidationError as error:
        raise refusal("E-SPEC-01", problems=described(error)) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise refusal("E-SPEC-01", problems=f"Not YAML: {error}") from error


def described(error: ValidationError) -> str:
    """Return pydantic's findings as `field: what is wrong; …`, without echoing any value."""
    parts = (f"{'.'.join(str(step) for step in item['loc']) or 'document'}: {item['msg']}" for item in error.errors())
    return "; ".join(parts)
