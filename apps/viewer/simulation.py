"""Which tables of a release hold generated rows: all of them, some, or none, so that the banner can speak of what a page shows.

Belongs here: reading the mark `is_simulated` table by table. Does not: the banner (components.frame). A table of reference data
that nothing was delivered for is neither; one that cannot be judged counts as simulated.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from apps.viewer.reads import columns, query
from data.duck import quote_name
from data.lineage import rests_on
from data.paths import Workspace
from data.releases import FLAG, Release, load_release


@dataclass(frozen=True)
class Marked:
    """Tables with rows: generated altogether, in part, and not at all."""

    simulated: tuple[str, ...]
    partly: tuple[str, ...]
    observed: tuple[str, ...]

    def of(self, tables: Collection[str]) -> Marked:
        """Return what of it concerns some tables."""
        return Marked(
            *(tuple(name for name in each if name in tables) for each in (self.simulated, self.partly, self.observed))
        )

    @property
    def is_mixed(self) -> bool:
        """Whether some rows are generated and some are not."""
        return bool(self.partly) or bool(self.simulated and self.observed)


def marked(release: Release, home: Path) -> Marked:
    """Return the marks of a release's tables."""
    return _marked(home, release.release_id, release.rewritten_by)


@st.cache_data(max_entries=32, show_spinner=False)
def _marked(home: Path, release_id: str, acts: tuple[str, ...]) -> Marked:  # noqa: ARG001 - part of the key
    release = load_release(Workspace(home), release_id)
    found: dict[str, list[str]] = {"simulated": [], "partly": [], "observed": []}
    for table in release.tables:
        if release.now(table).rows:
            found.setdefault(_kind(release, home, table), []).append(table)
    return Marked(*(tuple(found[kind]) for kind in ("simulated", "partly", "observed")))


def _kind(release: Release, home: Path, table: str) -> str:
    if FLAG not in columns(home, release.release_id, table):
        return "reference" if rests_on(table) == frozenset() else "observed"
    (row,) = query(
        release,
        f"select bool_or(coalesce({FLAG}, true)) as some, bool_and(coalesce({FLAG}, true)) as every from {quote_name(table)}",
    )
    if row["every"]:
        return "simulated"
    if rests_on(table) == frozenset():
        return "reference"
    return "partly" if row["some"] else "observed"
