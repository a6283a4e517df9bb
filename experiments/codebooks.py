"""The codebook of a release as an act: permission, the readings that its distributions are, the record; only then the files.

Belongs here: who may, and what the ledger says of it. Does not: what a codebook holds (quality.codebook). Small cells are held
back by the codebook itself, so the right to read is enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data import access, releases
from data.releases import Release
from experiments.exporting import EXPORTED, check_intact, named_tables
from experiments.registry.readings import note_reading
from experiments.registry.store import Registry
from quality.codebook.describe import Codebook, describe
from quality.codebook.write import BookFormat, write_book
from quality.dbt_runner import lineage
from quality.exports.write import check_folder
from quality.marts import mart


@dataclass(frozen=True)
class WantedBook:
    """What is asked for: a release, a format, where to, which tables (none: all)."""

    release_id: str
    format: BookFormat
    folder: Path
    tables: tuple[str, ...] = ()


@dataclass(frozen=True)
class WrittenBook:
    """A written codebook: its files and what is in them."""

    files: tuple[Path, ...]
    book: Codebook


def write_codebook(registry: Registry, wanted: WantedBook, *, actor: str) -> WrittenBook:
    """Write the codebook of a release and record it.

    It tells how outcomes are distributed, so for every experiment whose outcome is among the columns it is a reading, recorded
    before a table is opened.

    Raises
    ------
    NotPermitted
        E-ACCESS-01: the right to read in the whole workspace is needed.
    NotFound
        E-REL-02, E-REL-03: no such release or table.
    Refused
        E-EXPORT-01: the release is not as it was recorded. E-EXPORT-02, E-EXPORT-03: not into this folder. E-EXPORT-04: it has
        no table that can be described.
    """
    place = registry.workspace
    role = access.check_can(actor, "read", workspace=place)
    release = releases.load_release(place, wanted.release_id)
    names = named_tables(release, wanted.tables)
    check_folder(place, wanted.folder)
    check_intact(registry, release)
    _record(registry, release, names, wanted, actor, role)
    book = describe(release, names, lineage(place.build))
    return WrittenBook(tuple(write_book(place, book, wanted.format, wanted.folder)), book)


def _record(
    registry: Registry, release: Release, names: Sequence[str], wanted: WantedBook, actor: str, role: str
) -> None:
    detail = {"tables": list(names), "format": f"codebook_{wanted.format}", "personal": False}
    with registry.ledger.transaction() as connection:
        for name in names:
            note_reading(registry, release, name, [column.name for column in mart(name).columns], actor)
        registry.ledger.record(
            connection, kind=EXPORTED, object_id=release.release_id, detail=detail, actor=actor, role=role
        )
