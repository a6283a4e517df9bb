"""Releases and deliveries: what a new release holds becomes released, what it no longer shows a row of is superseded.

Belongs here: building a release together with these acts of the platform. Does not: what a release is (data.releases). Building
the same release again records nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from data import releases
from data.access import SYSTEM
from data.ledger import Ledger
from data.lifecycle import decide
from data.paths import Workspace
from data.releases import Release
from quality.machines import DATA_BATCH
from quality.review.desk import Desk
from quality.review.performing import beside_no_withdrawal
from quality.review.records import Delivery


def build_release(workspace: Workspace, ledger: Ledger, *, actor: str, run_id: str) -> Release:
    """Name the current generation for good (see `data.releases.build`) and move the deliveries that it holds."""
    with beside_no_withdrawal(workspace):
        made = releases.build(workspace, ledger, actor=actor, run_id=run_id)
        mark(Desk(workspace, ledger), made)
    return made


def mark(desk: Desk, made: Release) -> None:
    """Record, once, which deliveries a release brings out and which it no longer shows."""
    shown = desk.lake.submissions_shown(made.as_of_seq, {item.submission_id for item in made.excluded})
    with desk.ledger.transaction() as connection:
        held = {item.id: item for item in desk.deliveries() if item.id in set(made.submissions)}
        fresh = [name for name, item in held.items() if item.state == "approved"]
        out = [item for item in held.values() if item.state in ("approved", "released")]
        gone = [item.id for item in out if not item.own & shown]
        moves: Mapping[str, Iterable[str]] = {"release": fresh, "supersede": gone}
        for action, names in moves.items():
            _record(desk, connection, made.release_id, action, [held[name] for name in names])


def _record(desk: Desk, connection: sa.Connection, release_id: str, action: str, found: list[Delivery]) -> None:
    if not found:
        return
    state = "approved" if action == "release" else "released"
    after = decide(DATA_BATCH, state, ["system"], action).transition.after(state)
    detail = {"action": action, "from": state, "to": after, "submissions": [item.id for item in found]}
    kind = {"release": "batches_released", "supersede": "batches_superseded"}[action]
    desk.ledger.record(connection, kind=kind, object_id=release_id, detail=detail, actor=SYSTEM, role="system")
