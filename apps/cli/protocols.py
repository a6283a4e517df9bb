"""`zonelab protocol …`: the acts on a protocol, from draft to withdrawal.

Belongs here: arguments, one call of a documented function each. Does not: reading (protocol_reads), amendments and ethics
(protocol_amendments), what is allowed (experiments.registry), tables (protocol_tables).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from apps.cli import protocol_amendments, protocol_reads
from apps.cli.answer import Answer
from apps.cli.door import offer
from apps.cli.files import UserOption, existing
from apps.cli.protocol_arguments import (
    Comments,
    IdArgument,
    ProtocolArgument,
    chosen_side,
    chosen_vote,
    comments_of,
    only_one,
    registry_opened,
    reviewers_of,
)
from apps.cli.protocol_tables import standing, standing_shown

if TYPE_CHECKING:
    from experiments.registry.records import Record

AssignOption = Annotated[
    str | None,
    typer.Option("--assign", metavar="METHODS,ETHICS", help="Reviewers of both sides; more than one with +: a+b,c."),
]
VoteOption = Annotated[str | None, typer.Option("--vote", metavar="approve|changes|reject", help="Cast a vote.")]
SideOption = Annotated[str | None, typer.Option("--side", metavar="methods|ethics", help="For which side you vote.")]
AnswerOption = Annotated[str | None, typer.Option("--answer", metavar="COMMENT", help="Answer this comment.")]
TextOption = Annotated[str, typer.Option("--text", metavar="TEXT", help="The answer.")]
DecideOption = Annotated[
    str | None, typer.Option("--decide", metavar="approve|changes|reject", help="Decide as the votes say.")
]
ReasonOption = Annotated[
    str, typer.Option("--reason", metavar="REASON", help="Why; a code where a vocabulary has one.")
]
AcceptOption = Annotated[bool, typer.Option("--accept", help="The registrar accepts what was asked for.")]
ZoneOption = Annotated[str, typer.Option("--zone", metavar="Z", help="A zone of the experiment.")]
StatusOption = Annotated[str, typer.Option("--to", metavar="STATUS", help="The status to go to.")]
CauseOption = Annotated[str, typer.Option("--cause", metavar="CAUSE", help="Why it is suspended.")]


def draft(file: ProtocolArgument, actor: UserOption) -> Answer:
    """Put a protocol on record as a draft: YAML or JSON, of any schema version."""
    from experiments.registry.acts import draft as put
    from experiments.registry.protocol import load_protocol

    registry = registry_opened()
    return _told(registry.record(put(registry, load_protocol(existing(file)), actor=actor)))


def submit(experiment_id: IdArgument, actor: UserOption) -> Answer:
    """Hand the draft in for review; the responsible party's act. Complete, diagnosed and attested, or it is refused."""
    from experiments.registry.acts import submit as hand_in

    return _told(hand_in(registry_opened(), experiment_id, actor=actor))


def review(  # noqa: PLR0913, PLR0917 - the options of one command
    experiment_id: IdArgument,
    actor: UserOption,
    assign: AssignOption = None,
    vote: VoteOption = None,
    side: SideOption = None,
    comments: Comments = None,
    answer: AnswerOption = None,
    text: TextOption = "",
    decide: DecideOption = None,
    reason: ReasonOption = "",
) -> Answer:
    """Review: assign reviewers, vote, answer a comment, decide; with none of these, list votes and comments."""
    from experiments.registry import acts

    chosen = only_one(assign=assign, vote=vote, answer=answer, decide=decide)
    registry = registry_opened()
    if chosen == "assign":
        return _told(acts.assign_reviewers(registry, experiment_id, **reviewers_of(assign), actor=actor))
    if chosen == "vote":
        about, cast = chosen_side(side), chosen_vote(vote)
        return _told(
            acts.vote(registry, experiment_id, side=about, vote=cast, comments=comments_of(comments), actor=actor)
        )
    if chosen == "answer":
        return _told(acts.answer(registry, experiment_id, comment_id=str(answer), text=text, actor=actor))
    if chosen == "decide":
        return _told(_decided(chosen_vote(decide), experiment_id, reason, actor))
    return protocol_reads.reviews(registry, experiment_id, actor)


def _decided(verdict: str, experiment_id: str, reason: str, actor: str) -> Record:
    from experiments.registry import acts

    registry = registry_opened()
    if verdict == "approve":
        return acts.approve(registry, experiment_id, actor=actor)
    if verdict == "changes":
        return acts.request_changes(registry, experiment_id, actor=actor)
    return acts.reject(registry, experiment_id, reason=reason, actor=actor)


def register_version(experiment_id: IdArgument, actor: UserOption) -> Answer:
    """Freeze the approved version: it gets its number and its persistent id."""
    from experiments.registry.acts import register as freeze

    return _told(freeze(registry_opened(), experiment_id, actor=actor))


def status(
    experiment_id: IdArgument,
    zone: ZoneOption,
    to: StatusOption,
    actor: UserOption,
    cause: CauseOption = "",
    reason: ReasonOption = "",
) -> Answer:
    """Change an experiment's status in one zone. Recruiting takes two: the zone lead asks, the investigator confirms."""
    from experiments.registry.towards import set_status_to

    done = set_status_to(registry_opened(), experiment_id, zone=zone, to=to, actor=actor, cause=cause, reason=reason)
    return _told(done)


def withdraw(
    experiment_id: IdArgument,
    actor: UserOption,
    reason: ReasonOption = "",
    accept: AcceptOption = False,  # noqa: FBT002 - an option of the command line
) -> Answer:
    """Ask that a registered protocol be withdrawn (--reason), or accept it (--accept); a tombstone stays."""
    from experiments.registry import acts_running

    if accept:
        return _told(acts_running.withdraw(registry_opened(), experiment_id, actor=actor))
    return _told(acts_running.ask_withdrawal(registry_opened(), experiment_id, reason=reason, actor=actor))


def _told(record: Record) -> Answer:
    document = standing(record)
    return Answer(document, standing_shown(document))


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Protocols: the registered plan of an experiment.", pretty_exceptions_enable=False)
    protocol_reads.register(group)
    for name, command in (("draft", draft), ("submit", submit), ("review", review), ("register", register_version)):
        offer(group, name)(command)
    protocol_amendments.register(group)
    offer(group, "status")(status)
    offer(group, "withdraw")(withdraw)
    app.add_typer(group, name="protocol")
