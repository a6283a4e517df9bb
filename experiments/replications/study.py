"""A published study as a declaration: what to run, which numbers to expect, how close.

Belongs here: the form of the YAML files beside this module, and comparing. Does not: getting a study's data (one module each).
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from data.messages import Text
from data.yaml_text import read_yaml
from experiments.result import EstimateResult
from experiments.spec import AnalysisSpec

FOLDER = Path(__file__).resolve().parent


class Published(BaseModel):
    """Numbers that somebody else found: `term` or `se(term)` → value. `tolerance` is relative."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    tolerance: float = Field(gt=0)
    numbers: dict[str, float] = Field(min_length=1)


class Study(BaseModel):
    """One published study."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    study: str
    title: Text
    contract: str
    mart: str
    rows: int
    spec: AnalysisSpec
    published: Published


def studies() -> list[str]:
    """Return the names of the studies that can be replicated."""
    return sorted(path.stem for path in FOLDER.glob("*.yml"))


def load_study(name: str) -> Study:
    """Return a study's declaration.

    >>> load_study("social_insure").spec.estimator
    'ols'
    """
    return Study.model_validate(read_yaml((FOLDER / f"{name}.yml").read_text(encoding="utf-8")))


def compare(study: Study, result: EstimateResult) -> list[dict[str, Any]]:
    """Return one row per published number: study, term, published, estimate, difference, agrees."""
    found = {row.term: row.estimate for row in result.estimates}
    found |= {f"se({row.term})": row.std_error for row in result.estimates}
    return [
        {
            "study": study.study,
            "term": term,
            "published": published,
            "estimate": found[term],
            "difference": found[term] - published,
            "agrees": math.isclose(found[term], published, rel_tol=study.published.tolerance),
        }
        for term, published in study.published.numbers.items()
    ]
