"""What acts ask about a protocol's content: its problems at a stage, the hash of its design.

Belongs here: the two questions and who answers them. Does not: the answers (check, experiments.design.diagnosis). A registry
can be opened with other answers, so that its rules are tested without a complete protocol.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from experiments.registry.check import ProtocolProblem, check_document
from experiments.registry.protocol import Protocol
from experiments.registry.schema.meta import Stage


@dataclass(frozen=True)
class Checks:
    """`document` lists the problems of a protocol at a stage; `design_hash` names what a diagnosis depends on."""

    document: Callable[[Protocol, Stage], list[ProtocolProblem]]
    design_hash: Callable[[Protocol], str]


def design_hash(protocol: Protocol) -> str:
    """Return the hash of the part of a protocol that its diagnosis depends on."""
    from experiments.design import diagnosis  # numerical libraries, for the few acts that ask

    return diagnosis.design_hash(protocol)


PRESENT = Checks(check_document, design_hash)
"""The platform's own answers."""
