"""What acts ask about a protocol's content: its problems at a stage, the hash of its design, what its diagnosis found.

Belongs here: the questions and who answers them. Does not: the answers (check, experiments.design). A registry
can be opened with other answers, so that its rules are tested without a complete protocol.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from experiments.registry.check import ProtocolProblem, check_document
from experiments.registry.protocol import Protocol
from experiments.registry.schema.meta import Stage


@dataclass(frozen=True)
class Checks:
    """`document` lists the problems of a protocol at a stage; `design_hash` names what a diagnosis depends on.

    `against` lists what a diagnosis on record says against registering the protocol and nobody has justified.
    """

    document: Callable[[Protocol, Stage], list[ProtocolProblem]]
    design_hash: Callable[[Protocol], str]
    against: Callable[[Protocol, Mapping[str, Any]], list[ProtocolProblem]]


def design_hash(protocol: Protocol) -> str:
    """Return the hash of the part of a protocol that its diagnosis depends on."""
    from experiments.design import diagnosis  # numerical libraries, for the few acts that ask

    return diagnosis.design_hash(protocol)


def against(protocol: Protocol, document: Mapping[str, Any]) -> list[ProtocolProblem]:
    """Return what the diagnosis in a document holds against a protocol."""
    from experiments.design.diagnosis import Diagnosis
    from experiments.design.gates import unjustified

    return unjustified(protocol, Diagnosis.of(document))


PRESENT = Checks(check_document, design_hash, against)
"""The platform's own answers."""
