"""Releases as the page Releases reads them: all of them, what changed between two, whether one is still as it was recorded.

Belongs here: comparing manifests, asking for a verification. Does not: verifying (data.releases), wording (app_pages.releases).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from apps.viewer.drafting import ledger_of
from data.paths import Workspace
from data.problems import Problem
from data.releases import Release, list_releases, verify

Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class Change:
    """One table that two releases hold differently; None rows where one of them has no such table."""

    table: str
    kind: Kind
    rows_before: int | None
    rows_after: int | None


@dataclass(frozen=True)
class Difference:
    """What changed between two releases: tables, contracts, files that came in, rows that no longer stand."""

    tables: tuple[Change, ...]
    contracts: tuple[str, ...]
    came: tuple[str, ...]
    left: tuple[str, ...]


def every(workspace: Workspace) -> list[Release]:
    """Return all releases, newest first."""
    return list(reversed(list_releases(workspace)))


def difference(before: Release, after: Release) -> Difference:
    """Return what changed from one release to another, by their manifests."""
    names = sorted({*before.tables, *after.tables})
    contracts = sorted({*before.contracts, *after.contracts})
    return Difference(
        tables=tuple(change for name in names if (change := _change(name, before, after)) is not None),
        contracts=tuple(name for name in contracts if before.contracts.get(name) != after.contracts.get(name)),
        came=tuple(sorted(set(after.submissions) - set(before.submissions))),
        left=tuple(sorted(set(before.submissions) - set(after.submissions))),
    )


def _change(name: str, before: Release, after: Release) -> Change | None:
    old, new = before.tables.get(name), after.tables.get(name)
    if old is None or new is None:
        return Change(name, "removed" if new is None else "added", old.rows if old else None, new.rows if new else None)
    return None if old.fingerprint == new.fingerprint else Change(name, "changed", old.rows, new.rows)


def problems(workspace: Workspace, release: Release) -> list[Problem]:
    """Recompute a release's hashes and name what is not as recorded; nothing is changed."""
    return verify(workspace, release.release_id, ledger=ledger_of(workspace.home))
