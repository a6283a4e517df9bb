"""The acts of a correction: proposed by the zone's lead, accepted or rejected by a data steward, applied once.

Belongs here: these three. Does not: the life cycle (quality.machines), the guards (conditions). Accepting appends the new rows
under the correction's id first and records it then: rows of a correction that is not on record as accepted are shown to nobody,
so that a crash in between leaves nothing half done and accepting again finishes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from data.messages import Refused
from quality.corrections.items import Item
from quality.corrections.judgement import judge
from quality.corrections.values import keep_values, kept_values
from quality.reconcile import CORRECTION
from quality.review.desk import Desk
from quality.review.performing import Bring, Done, beside_no_withdrawal, decided, perform
from quality.review.records import Correction, Delivery

RUN = "correction"
ATTEMPTS = 50
"""Times that a correction is compared again because other rows entered its table meanwhile."""


def propose(desk: Desk, submission_id: str, items: Sequence[Item], *, actor: str) -> Correction:
    """Propose corrections of cells of one delivery: the act of the zone's lead.

    Old and new values go to a file of the quarantine; the ledger holds rows, columns, actions and the file's digest.

    Raises
    ------
    Refused
        E-BATCH-19: an item is not complete or its new value not allowed; E-BATCH-20: another value stands there.
    NotPermitted
        E-LIFE-02, E-BATCH-10: the actor does not lead the zone.
    """

    def bring(delivery: Delivery) -> dict[str, Any]:
        return {"items": items, "judgement": judge(desk, delivery, items)}

    def write(done: Done) -> None:
        name = _next_id(desk)
        keys = done.case.brought["judgement"].keys
        digest = keep_values(desk.workspace, name, items, keys)
        cells = [[item.row, item.variable, item.action] for item in items]
        done.event("correction_proposed", {"correction": name, "sha256": digest, "cells": cells})

    return perform(desk, submission_id, "propose_correction", write, actor=actor, bring=bring).corrections[-1]


def accept(desk: Desk, correction_id: str, *, actor: str) -> Correction:
    """Accept a correction: its rows enter the lake, once, if the old values still stand.

    Raises
    ------
    Refused
        E-BATCH-20: another value stands there by now; E-BATCH-21: it is decided; E-BATCH-22: its values were erased or changed.
    NotPermitted
        E-BATCH-11, E-BATCH-12: the actor is of the zone, or proposed it.
    """
    delivery = desk.correction(correction_id).delivery

    def write(done: Done) -> None:
        done.event("correction_accepted", {"correction": correction_id})

    with beside_no_withdrawal(desk.workspace):  # the rows and their record belong together
        bring = _applied(desk, correction_id, actor)
        perform(desk, delivery, "accept_correction", write, actor=actor, bring=bring)
    return desk.correction(correction_id)


def reject(desk: Desk, correction_id: str, *, reason: str, actor: str) -> Correction:
    """Reject a correction, with the reason."""
    brought = {"correction": correction_id, "reason": reason.strip()}

    def write(done: Done) -> None:
        done.event("correction_rejected", brought)

    delivery = desk.correction(correction_id).delivery
    perform(desk, delivery, "reject_correction", write, actor=actor, bring=lambda _: brought)
    return desk.correction(correction_id)


def _applied(desk: Desk, correction_id: str, actor: str) -> Bring:
    """Append the correction's rows unless they are in; return what it then is judged by: the table just before them."""
    for attempt in range(1, ATTEMPTS + 1):
        as_of = desk.lake.closed_seq()
        commit = desk.lake.committed(correction_id)
        bring = _as_of(desk, correction_id, commit.seq - 1 if commit else as_of)
        delivery = desk.delivery(desk.correction(correction_id).delivery)
        case, _ = decided(desk, delivery, "accept_correction", actor=actor, bring=bring)
        rows = case.brought["judgement"].rows
        if commit is not None or not rows.num_rows:
            return bring
        try:
            contract = desk.contract(delivery)
            desk.lake.append(contract, rows, submission_id=correction_id, run_id=RUN, judged_at=as_of)
        except Refused as refusal:
            if refusal.code != "E-LAKE-06" or attempt == ATTEMPTS:
                raise
        else:
            return bring
    raise AssertionError("unreachable")  # pragma: no cover


def _as_of(desk: Desk, correction_id: str, as_of_seq: int) -> Bring:
    def bring(delivery: Delivery) -> dict[str, Any]:
        known = next(item for item in delivery.corrections if item.correction_id == correction_id)
        items = kept_values(desk.workspace, correction_id, known.sha256)
        return {"correction": correction_id, "items": items, "judgement": judge(desk, delivery, items, as_of_seq)}

    return bring


def _next_id(desk: Desk) -> str:
    prefix = f"{CORRECTION}{datetime.now(UTC).year}-"
    taken = [event.detail["correction"] for event in desk.ledger.events_of(("correction_proposed",))]
    return f"{prefix}{sum(name.startswith(prefix) for name in taken) + 1:04d}"
