"""The protocol: its sections put together, its digest, reading it from YAML.

Belongs here: the whole. Does not: the fields (schema), whether its parts fit together (check), older files (migrations).
Vocabulary: AEA and OSF registries, DeclareDesign's inquiries, ClinicalTrials.gov's arms.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from data.yaml_text import read_yaml
from experiments.messages import not_found, refusal
from experiments.registry.migrations import upgraded
from experiments.registry.schema.analysis import RegisteredAnalysis
from experiments.registry.schema.declarations.analysis import Plan
from experiments.registry.schema.declarations.classification import Classification
from experiments.registry.schema.declarations.design import Design
from experiments.registry.schema.declarations.governance import Governance
from experiments.registry.schema.declarations.identification import Identification
from experiments.registry.schema.declarations.intervention import Card
from experiments.registry.schema.declarations.people import People
from experiments.registry.schema.declarations.questions import Questions
from experiments.registry.schema.identification import Level
from experiments.registry.schema.intervention import AiSystem, Arm, Intervention
from experiments.registry.schema.meta import Identifier
from experiments.registry.schema.people import ZoneRole
from experiments.registry.schema.questions import (
    Contrast,
    Family,
    Hypothesis,
    Inquiry,
    Outcome,
    SmallestEffect,
)
from experiments.spec import AnalysisSpec, described

__all__ = [
    "AiSystem",
    "AnalysisSpec",
    "Arm",
    "Contrast",
    "Family",
    "Hypothesis",
    "Identifier",
    "Inquiry",
    "Intervention",
    "Level",
    "Outcome",
    "Protocol",
    "RegisteredAnalysis",
    "SmallestEffect",
    "ZoneRole",
    "canonical_json",
    "load_protocol",
    "load_stored",
    "protocol_digest",
]


class Protocol(Identification, Classification, People, Card, Design, Questions, Plan, Governance):
    """One version of one experiment's plan.

    A draft may leave fields empty: which must be filled from which stage on stands in each field's `Facts`, and the checker says
    so. Free text stands only in `*_note`, statements, names and labels; what a machine compares later is typed.
    """

    def hypothesis(self, hypothesis_id: str) -> Hypothesis:
        """Return a hypothesis by id; KeyError if there is none."""
        return {item.id: item for item in self.hypotheses}[hypothesis_id]

    def outcome_of(self, hypothesis: Hypothesis) -> Outcome:
        """Return the outcome that a hypothesis is about; KeyError if the reference leads nowhere."""
        return {item.id: item for item in self.outcomes}[self.inquiry_of(hypothesis).outcome_id]

    def inquiry_of(self, hypothesis: Hypothesis) -> Inquiry:
        """Return the inquiry that a hypothesis is about; KeyError if the reference leads nowhere."""
        return {item.id: item for item in self.inquiries}[hypothesis.inquiry_id]


def protocol_digest(protocol: Protocol) -> str:
    """Return the sha256 of the protocol's canonical JSON."""
    return hashlib.sha256(canonical_json(protocol).encode()).hexdigest()


def canonical_json(protocol: Protocol) -> str:
    """Return the one text of a protocol version: sorted keys, NFC, no blanks, numbers with a point as decimal text.

    This is what the registry keeps and what is hashed: `sha256(canonical_json(p).encode())` is `protocol_digest(p)`. Pydantic
    reads the decimal texts back, so ``Protocol.model_validate_json(canonical_json(p)) == p``.
    """
    content = _canonical(protocol.model_dump(mode="json"))
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def load_stored(text: str) -> Protocol:
    """Return the protocol of a stored canonical JSON, whatever schema version it was stored in.

    Raises
    ------
    Refused
        It was stored by a later platform, or does not have a protocol's form.
    """
    try:
        return Protocol.model_validate(upgraded(json.loads(text)))
    except ValidationError as error:
        raise refusal("E-PROTO-01", name="document", problems=described(error)) from error


def _canonical(value: object) -> object:
    if isinstance(value, dict):
        return {name: _canonical(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_canonical(inner) for inner in value]
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    return repr(value) if isinstance(value, float) else value


def load_protocol(path: Path) -> Protocol:
    """Return the protocol in a YAML file.

    Raises
    ------
    NotFound
        No such file.
    Refused
        It does not have a protocol's form; every problem is listed with the path of its field.
    """
    if not path.is_file():
        raise not_found("E-PROTO-02", name=path.name)
    try:
        return _read(path.read_text(encoding="utf-8"))
    except ValidationError as error:
        raise refusal("E-PROTO-01", name=path.name, problems=described(error)) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise refusal("E-PROTO-01", name=path.name, problems=f"Not YAML: {error}") from error


@lru_cache(maxsize=32)
def _read(text: str) -> Protocol:
    """Return the protocol that a text describes: the same one for the same text, since nothing can change it."""
    return Protocol.model_validate(upgraded(read_yaml(text)))
