"""The codebook of a release as pages read it: what there is to find, and the counts of the variables that are looked at.

Belongs here: the cache around quality.codebook, whose key is the release as it is today. Does not: counting and protection
(quality.codebook), who sees a distribution (outcomes), searching. Counts are made when a variable is shown, not before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import streamlit as st

from apps.viewer.language import N_
from apps.viewer.reads import query
from apps.viewer.searching import Findable
from data.concordance.load import load_concordances
from data.duck import quote_name
from data.lineage import graph
from data.messages import Text
from data.paths import Workspace
from data.releases import Release, load_release
from quality.codebook.describe import Codebook, Entry, TableBook, describe
from quality.codebook.protection import Shown
from quality.exports.sheet import exportable
from quality.marts import mart

LEVELS: dict[str, str] = {
    "person": N_("persons"),
    "organisation": N_("organisations"),
    "unit": N_("units of several kinds"),
    "device": N_("devices"),
    "district": N_("districts"),
    "city": N_("cities"),
    "zone": N_("zones"),
    "programme": N_("the programme"),
}
"""Unit level by code, the finest first; a table is of the first whose id is in its key."""
_IDS = {
    "person_id": "person",
    "respondent_id": "person",
    "org_id": "organisation",
    "unit_id": "unit",
    "device_id": "device",
    "district_id": "district",
    "place_id": "district",
    "city_id": "city",
    "zone_id": "zone",
}


@dataclass(frozen=True)
class Found:
    """One variable of one table: its entry without counts, the level of its units, its concept if a concordance names one."""

    table: TableBook
    entry: Entry
    level: str
    concept: Text | None
    waves: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The variable's code in an address."""
        return f"{self.table.name}.{self.entry.name}"

    @property
    def sources(self) -> tuple[str, ...]:
        """The contracts that ask it, or of its table where none does by name."""
        asked = tuple(dict.fromkeys(each.contract for each in self.entry.asked))
        return asked or (self.table.way.sources if self.table.way else ())

    @property
    def findable(self) -> Findable:
        """What a search looks at."""
        entry, asked = self.entry, self.entry.asked
        words = [self.concept] if self.concept else []
        words += [*entry.codes.values(), self.table.title]
        text = [part for each in asked for part in (each.question.en, each.question.zh, each.column)]
        return Findable(
            names=(entry.name, entry.label.en, entry.label.zh),
            words=" ".join(f"{each.en} {each.zh}" for each in words),
            text=" ".join([entry.description, self.table.name, *text]),
        )


def variables(release: Release, home: Path) -> tuple[Found, ...]:
    """Return every variable of a release that the present code describes, in the order of the tables."""
    return _variables(home, release.release_id, release.rewritten_by)


def codebook(release: Release, home: Path) -> Codebook:
    """Return the codebook of a release without counts."""
    return _outline(home, release.release_id, release.rewritten_by)


def counts(release: Release, home: Path, table: str, names: Iterable[str]) -> Mapping[str, Shown]:
    """Return what may be seen of the counts of some variables of one table; each is counted once a release."""
    wanted = tuple(names)
    held = _counted(home, release.release_id, release.rewritten_by, table)
    missing = tuple(name for name in wanted if name not in held)
    if missing:
        (book,) = describe(release, [table], graph(), counted_only=missing).tables
        held.update({entry.name: entry.shown for entry in book.entries if entry.name in missing})
    return {name: held[name] for name in wanted}


@st.cache_resource(max_entries=8, show_spinner=False)
def _outline(home: Path, release_id: str, acts: tuple[str, ...]) -> Codebook:  # noqa: ARG001 - part of the key
    release = load_release(Workspace(home), release_id)
    return describe(release, exportable(release), graph(), counted_only=())


@st.cache_resource(max_entries=8, show_spinner=False)
def _variables(home: Path, release_id: str, acts: tuple[str, ...]) -> tuple[Found, ...]:
    release = load_release(Workspace(home), release_id)
    waves = {table.name: _waves(release, table) for table in _outline(home, release_id, acts).tables}
    return tuple(
        Found(table, entry, level_of(table), _concepts().get((table.name, entry.name)), waves[table.name])
        for table in _outline(home, release_id, acts).tables
        for entry in table.entries
    )


@st.cache_resource(max_entries=256, show_spinner=False)
def _counted(home: Path, release_id: str, acts: tuple[str, ...], table: str) -> dict[str, Shown]:  # noqa: ARG001 - the key
    """Return the counts made so far of a table as it is today: shared by all sessions, filled by `counts`."""
    return {}


def _waves(release: Release, table: TableBook) -> tuple[str, ...]:
    """Return the waves of a table in order; one empty name where it has none."""
    meta = mart(table.name).meta
    held = {entry.name for entry in table.entries}
    if meta.wave not in held:
        return ("",)
    wave = f"coalesce(cast({quote_name(str(meta.wave))} as varchar), '')"
    order = f"min({quote_name(meta.period)})" if meta.period in held else "1"
    rows = query(release, f"select {wave} as wave from {quote_name(table.name)} group by 1 order by {order}, 1")
    return tuple(str(row["wave"]) for row in rows)


def level_of(table: TableBook) -> str:
    """Return the level of a table's units by its key; the programme where no unit is in it."""
    found = [_IDS[name] for name in table.key if name in _IDS]
    return min(found, key=list(LEVELS).index, default="programme")


@cache
def _concepts() -> dict[tuple[str, str], Text]:
    """Return (panel, variable) → the concept that the present concordances give it."""
    return {
        (panel, variable.name): concept.label
        for concordance in load_concordances().values()
        for panel in concordance.shown_in
        for concept in concordance.concepts
        for variable in concept.variables
    }
