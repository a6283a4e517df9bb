"""`zonelab protocol amend` and `ethics`: changing what is registered, recording a committee's decision.

Belongs here: arguments, one call of a documented function each. Does not: the class of a change (experiments.registry),
other acts (protocols).
"""

from __future__ import annotations

from typing import Annotated

import typer

from apps.cli.answer import Answer
from apps.cli.door import offer
from apps.cli.files import UserOption, existing
from apps.cli.protocol_arguments import IdArgument, ProtocolArgument, registry_opened

ReasonCodeOption = Annotated[str, typer.Option("--reason", metavar="CODE", help="Why: a code of the vocabulary.")]
JustificationOption = Annotated[
    str, typer.Option("--justification", metavar="TEXT", help="Why, in 100 characters or more.")
]
KnowledgeOption = Annotated[
    str, typer.Option("--knowledge", metavar="K", help="Of results: none, blinded_aggregate or unblinded.")
]
EffectOption = Annotated[
    str, typer.Option("--effect", metavar="E", help="On inference: none, weakens, strengthens or unknown.")
]


def amend(
    experiment_id: IdArgument,
    file: ProtocolArgument,
    reason: ReasonCodeOption,
    justification: JustificationOption,
    actor: UserOption,
    knowledge: KnowledgeOption = "none",
    effect: EffectOption = "unknown",
) -> Answer:
    """Propose a change of the registered plan; the platform decides whether it is minor or major, and what it resets."""
    raise NotImplementedError(
        (experiment_id, existing(file), reason, justification, actor, knowledge, effect, registry_opened())
    )


def register(group: typer.Typer) -> None:
    """Add the commands to the protocol group."""
    offer(group, "amend")(amend)
