"""`zonelab batch …`: the review of deliveries, each act with what must happen next.

Belongs here: arguments, one call of a documented function each, tables. Does not: what is allowed (quality.review), corrections
(corrections). No value of a cell is printed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apps.cli.answer import Answer, table
from apps.cli.door import offer
from apps.cli.files import UserOption
from data.messages import Language, Text, WrongUsage

if TYPE_CHECKING:
    from rich.console import Console

    from quality.review.desk import Desk
    from quality.review.records import Delivery

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="A delivery: the id of its submission.")]
StateOption = Annotated[str | None, typer.Option("--state", metavar="STATE", help="Only deliveries in this state.")]
ZoneOption = Annotated[str | None, typer.Option("--zone", metavar="Z", help="Only deliveries of this zone.")]
IssueOption = Annotated[
    list[str], typer.Option("--at", metavar="ROW:COLUMN:REASON", help="One issue; may be repeated. No values.")
]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="REASON", help="Why, without values of persons.")]
WithdrawalOption = Annotated[
    str, typer.Option("--withdrawal", metavar="ID", help="The certificate or decision that calls for it.")
]
ReleaseOption = Annotated[
    list[str] | None, typer.Option("--release", metavar="R", help="A release that holds it; may be repeated.")
]
ISSUE_PARTS = 3


def show_list(state: StateOption = None, zone: ZoneOption = None) -> Answer:
    """List the deliveries, what each waits for and who must act."""
    found = [
        item
        for item in desk_opened().deliveries()
        if state in (None, item.state) and zone in (None, item.submission.zone)
    ]

    def show(out: Console, language: Language) -> None:
        pairs = [
            ("delivery", "批次"),
            ("of", "所属"),
            ("state", "状态"),
            ("rows", "行"),
            ("next", "下一步"),
            ("who", "由谁"),
        ]
        rows = [_line(item, language) for item in found]
        out.print(table(Text(en="Deliveries", zh="批次"), [Text(en=en, zh=zh) for en, zh in pairs], rows, language))

    return Answer([delivery_document(item) for item in found], show)


def show_one(submission_id: IdArgument) -> Answer:
    """Show one delivery: its state, issues, corrections and history."""
    return told(desk_opened().delivery(submission_id))


def take_up(submission_id: IdArgument, actor: UserOption) -> Answer:
    """Begin the review of a delivery."""
    from quality.review import acts

    return told(acts.take_up(desk_opened(), submission_id, actor=actor))


def issue(submission_id: IdArgument, at: IssueOption, actor: UserOption) -> Answer:
    """Ask about cells: --at 12:headcount_total:"twice the last quarter". The zone answers with a correction."""
    from quality.review import acts

    issues = [_issue(text) for text in at]
    return told(acts.raise_issues(desk_opened(), submission_id, issues=issues, actor=actor))


def approve(submission_id: IdArgument, actor: UserOption) -> Answer:
    """Approve a delivery: the next panels show its rows."""
    from quality.review import acts

    return told(acts.approve(desk_opened(), submission_id, actor=actor))


def give_back(submission_id: IdArgument, reason: ReasonOption, actor: UserOption) -> Answer:
    """Return the whole delivery for good; the zone sends another file."""
    from quality.review import acts

    return told(acts.return_delivery(desk_opened(), submission_id, reason=reason, actor=actor))


def retract(
    submission_id: IdArgument, withdrawal: WithdrawalOption, actor: UserOption, release: ReleaseOption = None
) -> Answer:
    """Take an approved delivery out of all later panels because consent was withdrawn; name the releases that go stale."""
    from quality.review import acts

    releases = release or []
    return told(acts.retract(desk_opened(), submission_id, withdrawal=withdrawal, releases=releases, actor=actor))


def desk_opened() -> Desk:
    """Return the desk of the settings' workspace."""
    from apps.cli.workspace import opened
    from quality.review.desk import Desk

    return Desk(*opened())


def delivery_document(delivery: Delivery) -> dict[str, Any]:
    """Return a delivery as `--json` prints it."""
    from quality.review.next_steps import next_steps

    return {
        "id": delivery.id,
        "batch": delivery.batch,
        "zone": delivery.submission.zone,
        "contract": delivery.submission.contract,
        "waves": list(delivery.waves),
        "instrument": delivery.instrument,
        "state": delivery.state,
        "since": delivery.since,
        "rows_accepted": delivery.submission.rows_accepted,
        "answers": dict(delivery.answers),
        "issues": [asdict(item) for item in delivery.issues],
        "corrections": [
            {"id": item.correction_id, "state": item.state, "cells": len(item.cells)} for item in delivery.corrections
        ],
        "history": [
            {"kind": event.kind, "actor": event.actor, "role": event.role, "at": event.at_utc}
            for event in delivery.events
        ],
        "next": [step.document() for step in next_steps(delivery)],
    }


def told(delivery: Delivery) -> Answer:
    """Return the answer about one delivery."""
    document = delivery_document(delivery)

    def show(out: Console, language: Language) -> None:
        from quality.machines import DATA_BATCH

        state = DATA_BATCH.states[delivery.state].get(language)
        out.print(f"{delivery.id} · {delivery.batch}: {state}", markup=False)
        for code, reason in delivery.answers:
            out.print(f"  {code}: {reason or '–'}", markup=False)
        for item in delivery.open_issues:
            out.print(f"  {item.cell.row} · {item.cell.column}: {item.reason}", markup=False)
        for step in document["next"]:
            out.print(f"→ {step['what'][language]} ({step['role']}): {step['command']}", markup=False)

    return Answer(document, show)


def _line(delivery: Delivery, language: Language) -> list[object]:
    from quality.machines import DATA_BATCH
    from quality.review.next_steps import next_steps

    steps = next_steps(delivery)
    what = steps[0].what.get(language) if steps else ""
    who = steps[0].role if steps else ""
    state = DATA_BATCH.states[delivery.state].get(language)
    return [delivery.id, delivery.batch, state, delivery.submission.rows_accepted, what, who]


def _issue(text: str) -> dict[str, Any]:
    parts = text.split(":", ISSUE_PARTS - 1)
    if len(parts) != ISSUE_PARTS or not parts[0].isascii() or not parts[0].isdigit():
        raise WrongUsage(
            "E-BATCH-06",
            Text(
                en="An issue is written ROW:COLUMN:REASON, for example 12:score:unlikely.",
                zh="问题应写作 行:列:理由，例如 12:score:不合理。",
            ),
        )
    return {"row": int(parts[0]), "column": parts[1], "reason": parts[2]}


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="The review of deliveries.", no_args_is_help=True)
    commands: dict[str, Callable[..., Answer]] = {
        "list": show_list,
        "show": show_one,
        "take-up": take_up,
        "issue": issue,
        "approve": approve,
        "return": give_back,
        "retract": retract,
    }
    for name, function in commands.items():
        offer(group, name)(function)
    app.add_typer(group, name="batch")
