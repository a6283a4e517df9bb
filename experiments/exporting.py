"""Exporting a release, or comparing two, as acts: permission, the readings that they are, the record; only then data.

Belongs here: who may, and what the ledger says of it. Does not: files (quality.exports), differences (quality.comparing), what
counts as an outcome (experiments.registry.readings). Anything that fails on the way leaves no file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data import access, releases
from data.messages import Language, NotFound, Refused, Text
from data.releases import Release
from experiments.registry.readings import note_reading
from experiments.registry.store import Registry
from quality.comparing.changelog import changelog
from quality.comparing.difference import Difference, difference
from quality.comparing.why import Reasons, reasons
from quality.exports.dataset import Format
from quality.exports.sheet import Sheet, exportable, part_of, sheet_of
from quality.exports.write import Exported, check_folder, write_export
from quality.marts import marts

EXPORTED = "release_exported"


@dataclass(frozen=True)
class Wanted:
    """What is asked for: a release, format, language of labels, where to, which tables (none: all).

    `variables` makes it an extract: of each table that it names, these variables beside the key; no other table.
    """

    release_id: str
    format: Format
    language: Language
    folder: Path
    tables: tuple[str, ...] = ()
    variables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def export_release(registry: Registry, wanted: Wanted, *, actor: str) -> Exported:
    """Export a release and record it.

    Rows about persons or organisations need the right to release; other tables the right to read; both in the whole workspace.
    For every experiment whose outcome is among the columns the export is a reading of it, recorded before a file is opened.

    Raises
    ------
    NotPermitted
        E-ACCESS-01.
    NotFound
        E-REL-02, E-REL-03: no such release or table. E-EXPORT-06: no such variable.
    Refused
        E-EXPORT-01: the release is not as it was recorded. E-EXPORT-02, E-EXPORT-03: not into this folder. E-EXPORT-04: it has
        no table that can be exported.
    """
    place = registry.workspace
    tables = tuple(wanted.variables) or wanted.tables
    release, sheets, role = allowed(registry, wanted.release_id, tables, wanted.folder, actor)
    if wanted.variables:
        sheets = [part_of(sheet, wanted.variables[sheet.name]) for sheet in sheets]
    _record(registry, release, sheets, wanted, actor, role)
    return write_export(
        place, release, sheets, file_format=wanted.format, language=wanted.language, folder=wanted.folder
    )


def allowed(
    registry: Registry, release_id: str, tables: Sequence[str], folder: Path, actor: str
) -> tuple[Release, list[Sheet], str]:
    """Return the release, the tables asked for and the role in which `actor` may take rows of them out of the workspace.

    Raises what `export_release` names: rows about persons or organisations need the right to release, others the right to read.
    """
    place = registry.workspace
    access.check_can(actor, "read", workspace=place)
    release = releases.load_release(place, release_id)
    sheets = [sheet_of(release, name) for name in named_tables(release, tables)]
    verb = "release" if any(sheet.personal for sheet in sheets) else "read"
    role = access.check_can(actor, verb, workspace=place)
    check_folder(place, folder)
    check_intact(registry, release)
    return release, sheets, role


@dataclass(frozen=True)
class Compared:
    """Two releases compared: what may be seen of the difference, why, and both in sentences."""

    found: Difference
    why: Reasons
    lines: tuple[Text, ...]


def compare_releases(registry: Registry, before_id: str, after_id: str, *, actor: str) -> Compared:
    """Compare two releases. Their distributions are read for it, which is recorded before a table is opened.

    Raises
    ------
    NotPermitted
        E-ACCESS-01: the right to read in the whole workspace is needed.
    NotFound
        E-REL-02: no such release.
    """
    place = registry.workspace
    access.check_can(actor, "read", workspace=place)
    before, after = (releases.load_release(place, name) for name in (before_id, after_id))
    with registry.ledger.transaction():
        for release in (before, after):
            for name in release.tables:
                declared = marts().get(name)
                columns = [column.name for column in declared.columns] if declared else []
                note_reading(registry, release, name, columns, actor)
    found, why = difference(before, after), reasons(registry.ledger, before, after)
    return Compared(found, why, tuple(changelog(found, why)))


def named_tables(release: Release, named: Sequence[str]) -> list[str]:
    """Return the tables of a release that the present code describes: those named, or all.

    Raises
    ------
    NotFound
        E-REL-03: a named one is not among them.
    Refused
        E-EXPORT-04: there is none.
    """
    known = exportable(release)
    strange = [name for name in named if name not in known]
    if strange:
        listed = ", ".join(known)
        raise NotFound(
            "E-REL-03",
            Text(
                en=f"{release.release_id} has no table {strange[0]} to export. It has: {listed}.",
                zh=f"{release.release_id} 没有可导出的表 {strange[0]}。现有：{listed}。",
            ),
        )
    if not known:
        text = Text(en=f"{release.release_id} has no table to export.", zh=f"{release.release_id} 没有可导出的表。")
        raise Refused("E-EXPORT-04", text)
    return [name for name in known if not named or name in named]


def check_intact(registry: Registry, release: Release) -> None:
    """Refuse (E-EXPORT-01) a release that is not as it was recorded."""
    found = releases.verify(registry.workspace, release.release_id, ledger=registry.ledger)
    if found:
        raise Refused(
            "E-EXPORT-01",
            Text(
                en=f"{release.release_id} is not as it was recorded ({len(found)} findings): see `zonelab release verify`.",
                zh=f"{release.release_id} 与登记不符（{len(found)} 处）：请运行 zonelab release verify。",
            ),
        )


def _record(
    registry: Registry, release: Release, sheets: Sequence[Sheet], wanted: Wanted, actor: str, role: str
) -> None:
    """Record the readings and the act in one transaction: an export that is not on record does not happen."""
    detail: dict[str, Any] = {
        "tables": [sheet.name for sheet in sheets],
        "format": wanted.format,
        "language": wanted.language,
        "personal": any(sheet.personal for sheet in sheets),
    }
    if wanted.variables:
        detail["variables"] = {sheet.name: [item.name for item in sheet.variables] for sheet in sheets}
    with registry.ledger.transaction() as connection:
        for sheet in sheets:
            note_reading(registry, release, sheet.name, [item.name for item in sheet.variables], actor)
        registry.ledger.record(
            connection, kind=EXPORTED, object_id=release.release_id, detail=detail, actor=actor, role=role
        )
