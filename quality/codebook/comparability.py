"""What a release itself says of comparability and breaks: its table dim_concordance, by variable.

Belongs here: reading that table. Does not: the concordances of the present code (data.concordance), which may say otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

from data.duck import open_duckdb, parquet_source
from data.messages import Text
from data.releases import Release

TABLE = "dim_concordance"


@dataclass(frozen=True)
class Compared:
    """How one source measures a variable in a run of waves; `broken` says what changes at its first wave."""

    instance: str
    instrument: str
    wave_first: str
    wave_last: str
    contract: str
    sources: tuple[str, ...]
    transform: str
    comparability: str
    note: Text | None
    break_kind: str | None
    broken: Text | None


def compared(release: Release, panel: str) -> dict[str, tuple[Compared, ...]]:
    """Return variable → its rows, in order of source and wave; nothing for a release made before concordances."""
    if TABLE not in release.tables:
        return {}
    source = parquet_source([release.table(TABLE)])
    with open_duckdb() as connection:
        rows = connection.execute(
            f"SELECT variable, instance, instrument_version, wave_first, wave_last, contract, sources, transform, comparability, "
            f"note_en, note_zh, break_kind, break_note_en, break_note_zh FROM {source} WHERE panel = $1 "
            "ORDER BY variable, instance, instrument_version, wave_first",
            [panel],
        ).fetchall()
    found: dict[str, list[Compared]] = {}
    for variable, *row in rows:
        found.setdefault(str(variable), []).append(_row([None if cell is None else str(cell) for cell in row]))
    return {variable: tuple(each) for variable, each in found.items()}


def _row(cells: list[str | None]) -> Compared:
    instance, instrument, first, last, contract, sources, transform, comparability, *said = cells
    note_en, note_zh, kind, break_en, break_zh = said
    return Compared(
        instance=instance or "",
        instrument=instrument or "",
        wave_first=first or "",
        wave_last=last or "",
        contract=contract or "",
        sources=tuple((sources or "").split()),
        transform=transform or "",
        comparability=comparability or "",
        note=_text(note_en, note_zh),
        break_kind=kind,
        broken=_text(break_en, break_zh),
    )


def _text(english: str | None, chinese: str | None) -> Text | None:
    return Text(en=english, zh=chinese or english) if english else None
