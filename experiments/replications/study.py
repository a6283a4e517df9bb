"""A published study as a declaration: its data, what to run, which numbers to expect, how close.

Belongs here: the form of the YAML files beside this module. Does not: getting a study's data (sources, prepared), running it (the
package), holding numbers against each other (compared).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from data.messages import Text
from data.yaml_text import read_yaml
from experiments.spec import AnalysisSpec

FOLDER = Path(__file__).resolve().parent
CLOSE = 1e-6


class Form(BaseModel):
    """A part of a study file: frozen, nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Number(Form):
    """One published number with a tolerance of its own."""

    value: float
    tolerance: float | None = Field(default=None, ge=0)
    absolute: float | None = Field(default=None, ge=0)


class Published(Form):
    """Numbers that somebody else found, by address in our result, and how far ours may lie from them.

    Addresses: `term`, `term@group`, `se(term)`, `t(term)`, `df(term)`, `p(term)`, `low(term)`, `high(term)`, `n_obs`, `n_units`,
    `n_clusters`, `diagnostics.name.name`. `tolerance` is relative, `absolute` in the number's unit; the looser one counts. For
    analyses with `call` an address is a name in what the function returns.
    """

    source: str
    tolerance: float = Field(default=CLOSE, ge=0)
    absolute: float = Field(default=0.0, ge=0)
    numbers: dict[str, float | Number] = Field(min_length=1)


class Data(Form):
    """Where a study's data are: in a Python package, as a file in the folder of published data, or both.

    `rows` is how many rows the numbers were found on; `prepare` names a step of `prepared` that says what a spec cannot.
    """

    package: str | None = None
    file: str | None = None
    rows: int
    prepare: str | None = None


class Platform(Form):
    """The way through the platform: the contract under which the data are submitted, the mart that they become."""

    contract: str
    mart: str


class Analysis(Form):
    """One analysis: a spec, or a public function that is no estimator (`call`, with its arguments)."""

    id: str
    spec: AnalysisSpec | None = None
    call: str | None = None
    arguments: dict[str, Any] = Field(default_factory=dict)
    data: Data | None = None
    published: Published
    note: str | None = None

    @model_validator(mode="after")
    def _spec_or_call(self) -> Self:
        if (self.spec is None) == (self.call is None) or (self.arguments and self.call is None):
            raise ValueError("either a spec, or a call with its arguments")
        return self


class Study(Form):
    """One published study: its data and the analyses that are run on them."""

    study: str
    title: Text
    data: Data | None = None
    platform: Platform | None = None
    analyses: tuple[Analysis, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _named_apart(self) -> Self:
        names = [analysis.id for analysis in self.analyses]
        if len(set(names)) < len(names):
            raise ValueError("two analyses have one id")
        if any(analysis.spec and not (analysis.data or self.data) for analysis in self.analyses):
            raise ValueError("a spec needs data")
        return self


def studies() -> list[str]:
    """Return the names of the studies that can be replicated."""
    return sorted(path.stem for path in FOLDER.glob("*.yml"))


def load_study(name: str) -> Study:
    """Return a study's declaration.

    >>> load_study("social_insure").analyses[0].spec.estimator
    'ols'
    """
    return Study.model_validate(read_yaml((FOLDER / f"{name}.yml").read_text(encoding="utf-8")))
