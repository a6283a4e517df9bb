"""What is missing or wrong in a draft, by question and by section, and the protocol that can be made of it already.

Belongs here: asking the checker and sorting its answers. Does not: the rules (experiments.registry.check), showing them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from apps.viewer.components.form.content import Content, blank, pruned
from apps.viewer.components.form.shape import Node, sections, shapes
from data.messages import Text
from experiments.registry import check
from experiments.registry.check import ProtocolProblem, stages
from experiments.registry.migrations import PRESENT
from experiments.registry.protocol import Protocol

State = Literal["empty", "progress", "complete", "problems"]
NOT_YET = "SE-0000-0000"
"""Stands for the id until the platform has given one."""


@dataclass(frozen=True)
class Judged:
    """What the checker says about a draft. `protocol` holds every answer of good form; None when there is no title yet."""

    protocol: Protocol | None
    problems: tuple[ProtocolProblem, ...]
    missing: frozenset[str]
    whole: bool

    def of(self, name: str) -> list[ProtocolProblem]:
        """Return the problems of one top-level question."""
        return [item for item in self.problems if item.path.split(".")[0] == name]

    def at(self, path: str) -> list[ProtocolProblem]:
        """Return the problems that stand exactly at a path."""
        return [item for item in self.problems if item.path == path]

    def elsewhere(self) -> list[ProtocolProblem]:
        """Return the problems that stand under no question of the form."""
        asked = {node.name for node in shapes()}
        return [item for item in self.problems if item.path.split(".")[0] not in asked]

    @property
    def errors(self) -> int:
        """Number of problems that stop a submission, missing answers not counted."""
        return sum(item.severity == "error" for item in self.problems)


def judge(content: Content, *, stage: Literal["S", "R"] = "S") -> Judged:
    """Check a draft against what `stage` needs. A question without any answer is missing, not wrong."""
    document = document_of(content)
    asked = {node.name for node in shapes()}
    missing = frozenset(item.path for item in stages.missing(document, stage) if item.path in asked)
    found = [item for item in check.check_document(document, stage) if item.path not in missing]
    try:
        protocol: Protocol | None = Protocol.model_validate(document)
    except ValidationError as error:
        protocol = _what_holds(document, error)
        whole = False
    else:
        whole = not missing
    return Judged(protocol, tuple(found), missing, whole)


def document_of(content: Content) -> dict[str, Any]:
    """Return the draft as a protocol document: nothing empty, with the fields that the platform fills."""
    return {"experiment_id": NOT_YET, **pruned(content), "schema_version": PRESENT}


def needed(node: Node, stage: Literal["S", "R"]) -> bool:
    """Tell whether `stage` needs an answer."""
    return node.facts.get("stage_required") in {"S": ("D", "S"), "R": ("D", "S", "R")}[stage]


def unanswered(node: Node, document: Content) -> bool:
    """Tell whether a question has no answer; `declared: []` is one."""
    held = document.get(node.name)
    return blank(held) and not (isinstance(held, dict) and any(inner == [] for inner in held.values()))


def section_states(content: Content, judged: Judged) -> dict[str, tuple[State, int]]:
    """Return the state of each section, and its number of errors."""
    return {letter: _state(nodes, content, judged) for letter, nodes in sections().items()}


def _state(nodes: Sequence[Node], content: Content, judged: Judged) -> tuple[State, int]:
    wrong = sum(item.severity == "error" for node in nodes for item in judged.of(node.name))
    if wrong:
        return "problems", wrong
    if all(unanswered(node, content) for node in nodes):
        return ("empty", 0) if any(node.name in judged.missing for node in nodes) else ("complete", 0)
    return ("progress", 0) if any(node.name in judged.missing for node in nodes) else ("complete", 0)


def _what_holds(document: Content, error: ValidationError) -> Protocol | None:
    bad = {str(item["loc"][0]) for item in error.errors() if item["loc"]}
    kept = {name: inner for name, inner in document.items() if name not in bad}
    try:
        return Protocol.model_validate({"title_brief": Text(en="–", zh="–").model_dump(), **kept})
    except ValidationError:
        return None
