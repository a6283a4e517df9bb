"""Who read released outcomes outside a run: from which experiments a column is an outcome, and the ledger's entry of it.

Belongs here: pages and commands that show outcomes say so here, before they show them. Does not: runs, which read by plan
(experiments.against_record), what follows from a reading (points, amendments), reading itself.
"""

from __future__ import annotations

from collections.abc import Collection

from data.paths import Workspace
from data.releases import Release, list_releases
from experiments.registry.amending import points_on_record
from experiments.registry.points import record_read
from experiments.registry.protocol import Protocol
from experiments.registry.records import Record
from experiments.registry.store import Registry


def note_reading(registry: Registry, release: Release, table: str, columns: Collection[str], actor: str) -> list[str]:
    """Record that somebody reads columns of a released table, once for each experiment whose outcome is among them.

    An outcome counts as read when the release was built after the first record of it came in: who looks at a panel that holds a
    baseline only has seen no outcome. The same reader of the same table of the same release adds nothing.

    Parameters
    ----------
    registry
        Of the workspace.
    release, table
        What is opened, such as ``panel_individual_wave``.
    columns
        What is shown of it, or what an analysis reads.
    actor
        Who reads; empty for a reader without a name.

    Returns
    -------
    list of str
        The experiments concerned.
    """
    concerned = [
        item.experiment_id for item in registry.records() if _is_outcome(registry, item, release, table, columns)
    ]
    record_read(registry.ledger, release, [table], actor, concerned)
    return concerned


def table_of(workspace: Workspace, sha256: str) -> tuple[Release, str] | None:
    """Return the newest release, and the name of its table, whose file has this digest; None for any other file."""
    for release in reversed(list_releases(workspace)):
        for name, table in release.tables.items():
            if sha256 in (table.sha256, release.now(name).sha256):
                return release, name
    return None


def _is_outcome(registry: Registry, record: Record, release: Release, table: str, columns: Collection[str]) -> bool:
    plan = (record.current or record.latest).protocol
    if not _outcomes_in(plan, table) & set(columns):
        return False
    came = points_on_record(registry, record).t2
    return came is not None and came <= release.built_at


def _outcomes_in(plan: Protocol, table: str) -> frozenset[str]:
    """Return the outcome columns of a table: of the analyses that read it, and of the outcomes that they answer for."""
    found: set[str] = set()
    for analysis in plan.analyses:
        if analysis.dataset != table:
            continue
        found.add(analysis.outcome)
        known = [item for item in plan.hypotheses if item.id in analysis.hypothesis_ids]
        found.update(name for item in known for name in plan.outcome_of(item).variables)
    return frozenset(found)
