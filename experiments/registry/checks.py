"""What acts ask about a protocol's content: its problems at a stage, the hash of its design.

Belongs here: the two questions and who answers them. Does not: the answers (check, experiments.design.diagnose). A registry
can be opened with other answers, so that its rules are tested without a complete protocol.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from experiments.registry.check import ProtocolProblem, check_document
from experiments.registry.protocol import Protocol
from experiments.registry.schema.meta import Stage


@dataclass(frozen=True)
class Checks:
    """`document` lists the problems of a protocol at a stage; `design_hash` names what a diagnosis depends on."""

    document: Callable[[Protocol, Stage], list[ProtocolProblem]]
    design_hash: Callable[[Protocol], str]


def problems_at(protocol: Protocol, stage: Stage) -> list[ProtocolProblem]:
    """Return what is wrong or doubtful in a protocol at a stage."""
    return check_document(protocol, stage)


def design_hash(protocol: Protocol) -> str:
    """Return the hash of the part of a protocol that its diagnosis depends on."""
    return str(import_module("experiments.design.diagnose").design_hash(protocol))


PRESENT = Checks(problems_at, design_hash)
"""The platform's own answers."""
