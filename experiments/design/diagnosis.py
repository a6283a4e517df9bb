"""A diagnosis: what a declared design is worth, before any data exist; and the hash that says which design it was.

Belongs here: its shape, its JSON form, `design_hash`. Does not: making one (diagnose), judging it (gates).
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from data.ledger import canonical
from data.messages import Text
from experiments.design.diagnosands import NONE, Diagnosand
from experiments.registry.protocol import Protocol
from experiments.registry.schema.meta import Facts

SIMULATIONS = 1_000
"""Simulated experiments that a diagnosis on record rests on, at least; the only place that says so."""
DIAGNOSANDS = (
    "power",
    "power_adjusted",
    "power_sesoi",
    "power_sesoi_adjusted",
    "bias",
    "rmse",
    "coverage",
    "type_s",
    "exaggeration",
    "mde",
)
"""`power`: the decision that the hypothesis hopes for, under the declared effects; `power_sesoi`: at the smallest effect of
interest (for equivalence and non-inferiority both are the share of intervals inside the margin under the declared effects);
`…_adjusted`: corrected within the declared family."""

SECTIONS = frozenset({"C", "D", "F", "G", "H"})
ALSO = frozenset({"arms", "inquiries", "hypotheses"})
"""Fields of other sections that a diagnosis depends on: what is compared, which effect is asked for, and from which size on."""
WITHOUT = frozenset(
    {
        "instruments",
        "code_ref",
        "local_lead",
        "zone_approval_state",
        "zone_ethics_ref",
        "indicator_code",
        "validity_ref",
        "specification_curve",
    }
)
"""Fields within those sections that say nothing about the design."""


@dataclass(frozen=True)
class AnalysisDiagnosis:
    """What the simulations say about one analysis.

    Parameters
    ----------
    truth
        The estimand in the declared model, in the outcome's unit; None where the models give it no number.
    mean_estimate, sd_estimate, mean_std_error
        Of the simulations that gave a result; None where none did.
    failed
        Simulations in which the analysis was refused, and the first reason.
    values
        A `Diagnosand` for each of `DIAGNOSANDS`.
    """

    analysis_id: str
    hypothesis_id: str | None
    tier: str
    outcome_tier: str
    direction: str
    estimand: str
    sesoi: float | None
    alpha: float
    truth: float | None
    mean_estimate: float | None
    sd_estimate: float | None
    mean_std_error: float | None
    failed: int
    refused: tuple[str, Text] | None
    values: Mapping[str, Diagnosand]

    def value(self, name: str) -> Diagnosand:
        """Return a diagnosand by name."""
        return self.values.get(name, NONE)

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> AnalysisDiagnosis:
        """Return what `to_dict` wrote."""
        plain = {name: content[name] for name in cls.__dataclass_fields__ if name not in ("values", "refused")}
        reason = content["refused"]
        refused = (reason["code"], Text(**reason["message"])) if reason else None
        return cls(**plain, refused=refused, values={name: Diagnosand(**content[name]) for name in DIAGNOSANDS})

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__ if name not in ("values", "refused")}
        reason = {"code": self.refused[0], "message": self.refused[1].model_dump()} if self.refused else None
        return {**plain, "refused": reason, **{name: self.value(name).to_dict() for name in DIAGNOSANDS}}


@dataclass(frozen=True)
class Diagnosis:
    """A whole diagnosis. It follows from protocol, `sims`, `seed` and code alone: no time stands in it.

    `assignment` is the method that was drawn; ``assumed`` in front when the protocol declares none that could be.
    """

    experiment_id: str
    version: str
    design_hash: str
    generator: str
    assignment: str
    sims: int
    seed: int
    analyses: tuple[AnalysisDiagnosis, ...]

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Diagnosis:
        """Return the diagnosis that a document on record holds: what `to_dict` wrote."""
        plain = {name: content[name] for name in cls.__dataclass_fields__ if name != "analyses"}
        return cls(**plain, analyses=tuple(AnalysisDiagnosis.of(item) for item in content["analyses"]))

    def analysis(self, analysis_id: str) -> AnalysisDiagnosis:
        """Return the diagnosis of one analysis; KeyError if there is none."""
        return {item.analysis_id: item for item in self.analyses}[analysis_id]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "analyses"}
        return {**plain, "analyses": [item.to_dict() for item in self.analyses]}


def design_hash(protocol: Protocol) -> str:
    """Return the sha256 of what a diagnosis depends on: the design-relevant fields without titles, notes and other texts.

    A diagnosis whose hash is not that of the protocol is out of date.
    """
    content = {
        name: _plain(value)
        for name, declared in type(protocol).model_fields.items()
        if name not in WITHOUT
        and (name in ALSO or _section(declared.metadata) in SECTIONS)
        and _says(value := getattr(protocol, name))
    }
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def _section(metadata: list[Any]) -> str | None:
    return next((item.section for item in metadata if isinstance(item, Facts)), None)


def _says(value: object) -> bool:
    """Return whether a field bears on the design: a text does not, nor does one left out (a note added later changes nothing)."""
    return value is not None and not isinstance(value, Text)


def _plain(value: object) -> Any:  # noqa: ANN401 - any JSON value
    """Return a value for the canonical JSON: texts in two languages left out, numbers as decimal text, NFC."""
    if isinstance(value, BaseModel):
        later: frozenset[str] = getattr(value, "LATER", frozenset())
        names = (name for name in type(value).model_fields if name not in WITHOUT)
        names = (name for name in names if name not in later or getattr(value, name))
        return {name: _plain(item) for name in names if _says(item := getattr(value, name))}
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float)):
        return repr(float(value))
    return unicodedata.normalize("NFC", str(value))
