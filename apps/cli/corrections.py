"""`zonelab correct …`: corrections of delivered cells, proposed by the zone and decided by somebody else.

Belongs here: arguments, one call of a documented function each, tables. Does not: what is allowed (quality.corrections). Old and
new values are shown to who may read in the zone, and only where the contract calls the column not sensitive.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apps.cli.answer import Answer, table
from apps.cli.batches import desk_opened
from apps.cli.door import offer
from apps.cli.files import ReaderOption, UserOption, existing
from data.messages import Language, NotPermitted, Text, WrongUsage

if TYPE_CHECKING:
    from rich.console import Console

    from quality.corrections.items import Item
    from quality.review.desk import Desk
    from quality.review.records import Correction, Delivery

FileArgument = Annotated[
    Path | None, typer.Argument(metavar="[FILE]", help="CSV: row, variable, old, new, action, reason.")
]
BatchOption = Annotated[str, typer.Option("--batch", metavar="ID", help="The delivery that the cells are of.")]
RowOption = Annotated[int | None, typer.Option("--row", metavar="N", help="One cell: the row of the delivered file.")]
VariableOption = Annotated[str, typer.Option("--variable", metavar="COLUMN", help="The contract's column.")]
OldOption = Annotated[str, typer.Option("--old", metavar="VALUE", help="What stands there.")]
NewOption = Annotated[str, typer.Option("--new", metavar="VALUE", help="What shall stand there.")]
ActionOption = Annotated[str, typer.Option("--action", metavar="replace|drop|okay", help="What to do.")]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="REASON", help="Why, without values of persons.")]
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="A correction: COR-….")]


def propose(  # noqa: PLR0913, PLR0917 - the options of one command
    batch: BatchOption,
    actor: UserOption,
    file: FileArgument = None,
    row: RowOption = None,
    variable: VariableOption = "",
    old: OldOption = "",
    new: NewOption = "",
    action: ActionOption = "replace",
    reason: ReasonOption = "",
) -> Answer:
    """Propose corrections: a CSV file of cells, or one cell by --row, --variable, --old, --new and --reason."""
    from quality.corrections import acts
    from quality.corrections.items import Item, read_items

    if (file is None) == (row is None):
        raise WrongUsage(
            "E-BATCH-07",
            Text(
                en="Give either a file of corrections or one cell by --row.",
                zh="请给出更正文件，或用 --row 指定一个单元格。",
            ),
        )
    cell = [Item(row or 0, variable, old, new, action, reason)]
    items = cell if file is None else read_items(existing(file))
    desk = desk_opened()
    return told(desk, acts.propose(desk, batch, items, actor=actor), actor)


def accept(correction_id: IdArgument, actor: UserOption) -> Answer:
    """Accept a correction: its rows enter the archive if the old values still stand."""
    from quality.corrections import acts

    desk = desk_opened()
    return told(desk, acts.accept(desk, correction_id, actor=actor), actor)


def reject(correction_id: IdArgument, reason: ReasonOption, actor: UserOption) -> Answer:
    """Reject a correction, with the reason."""
    from quality.corrections import acts

    desk = desk_opened()
    return told(desk, acts.reject(desk, correction_id, reason=reason, actor=actor), actor)


def show_list(reader: ReaderOption = None) -> Answer:
    """List all corrections; with --as also the values that this user may see."""
    desk = desk_opened()
    documents = [correction_document(desk, item, reader) for item in desk.corrections()]

    def show(out: Console, language: Language) -> None:
        pairs = [("correction", "更正"), ("delivery", "批次"), ("state", "状态"), ("cells", "单元格"), ("by", "提出人")]
        rows = [[d["id"], d["delivery"], d["state"], len(d["cells"]), d["proposed_by"]] for d in documents]
        columns = [Text(en=en, zh=zh) for en, zh in pairs]
        out.print(table(Text(en="Corrections", zh="更正"), columns, rows, language))

    return Answer(documents, show)


def correction_document(desk: Desk, correction: Correction, reader: str | None) -> dict[str, Any]:
    """Return a correction as `--json` prints it for a reader."""
    from quality.corrections.values import kept_values

    plain = _plain_columns(desk, desk.delivery(correction.delivery), reader)
    items = {
        (item.row, item.variable): item
        for item in kept_values(desk.workspace, correction.correction_id, correction.sha256)
    }
    return {
        "id": correction.correction_id,
        "delivery": correction.delivery,
        "state": correction.state,
        "proposed_by": correction.proposed_by,
        "proposed_at": correction.proposed_at,
        "decided_by": correction.decided_by,
        "decided_at": correction.decided_at,
        "reason": correction.reason,
        "cells": [
            {
                "row": cell.row,
                "variable": cell.column,
                "action": action,
                **_values(items.get((cell.row, cell.column)), shown=cell.column in plain),
            }
            for cell, action in correction.cells
        ],
    }


def _plain_columns(desk: Desk, delivery: Delivery, reader: str | None) -> set[str]:
    """Return the columns whose values the reader may see."""
    from data.access import check_can

    try:
        check_can(reader or "", "read", delivery.submission.zone, workspace=desk.workspace)
    except NotPermitted:
        return set()
    return {column.name for column in desk.contract(delivery).columns if column.sensitivity == "none"}


def _values(item: Item | None, *, shown: bool) -> dict[str, Any]:
    if item is None:  # erased
        return {"old": None, "new": None, "reason": None}
    return {"old": item.old if shown else None, "new": item.new if shown else None, "reason": item.reason}


def told(desk: Desk, correction: Correction, actor: str) -> Answer:
    """Return the answer about one correction, with what its delivery waits for."""
    from quality.review.next_steps import next_steps

    steps = [step.document() for step in next_steps(desk.delivery(correction.delivery))]
    document = {**correction_document(desk, correction, actor), "next": steps}

    def show(out: Console, language: Language) -> None:
        out.print(f"{correction.correction_id} · {correction.delivery}: {correction.state}", markup=False)
        for step in steps:
            out.print(f"→ {step['what'][language]} ({step['role']}): {step['command']}", markup=False)

    return Answer(document, show)


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Corrections of delivered cells.", no_args_is_help=True)
    commands: dict[str, Callable[..., Answer]] = {
        "propose": propose,
        "accept": accept,
        "reject": reject,
        "list": show_list,
    }
    for name, function in commands.items():
        offer(group, name)(function)
    app.add_typer(group, name="correct")
