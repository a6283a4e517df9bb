"""The document of an annual report: release, record and results → everything that the report may say.

Belongs here: the steps in order, the worry of the first page. Does not: any step (the modules beside), words (sections).
No clock is read: the day is the last of the year, so that the same release gives the same document.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from data.messages import Refused, Text
from data.reference import zones as known_zones
from data.releases import Release
from data.submissions import submissions
from experiments.annual import standing, studies, taking_part
from experiments.annual.shapes import SCHEMA_VERSION, Annual, Pin, Quality, Study, Use, WaveShare, Worry, ZoneStanding
from experiments.plans import plans
from experiments.registry.store import Registry
from quality.programme import programme_status

LOW_SHARE, MUCH_QUARANTINE = 0.7, 0.05
EXPORTED = "release_exported"


def annual(
    registry: Registry, release: Release, year: int, found: Sequence[studies.Found], zone: str | None = None
) -> Annual:
    """Return the document of a year's report of one zone, or of the programme.

    Parameters
    ----------
    year
        Everything is told as of its last day; conditions are those of the year before, the last that was over.
    found
        Results that the reader may see (`studies.readable_results`).
    zone
        A pilot zone; None: the programme.

    Raises
    ------
    NotFound
        E-PROG-01: the release was built before the programme's tables existed.
    Refused
        E-ANNUAL-01: the year lies before the first zone.
    """
    _check(year)
    chosen = (zone,) if zone else tuple(known_zones())
    status = programme_status(release, date(year, 12, 31), chosen)
    standings = tuple(standing.standing(item) for item in status.zones)
    registered = plans(registry.workspace, release)
    waves = taking_part.waves(release, chosen, year)
    quality = taking_part.quality(submissions(registry.ledger), release, chosen)
    held = tuple(studies.study(registry.workspace, item) for item in found)
    return Annual(
        schema_version=SCHEMA_VERSION,
        scope="zone" if zone else "programme",
        zone_id=zone,
        year=year,
        as_of=f"{year}-12-31",
        release=_pin(release),
        worry=worry(standings, held, waves, quality),
        zones=standings,
        practices=standing.practices(release, chosen, f"{year}-12-31"),
        indicators=standing.indicators(release, chosen, year),
        targets=standing.targets(status),
        platforms=standing.platforms(status, chosen),
        waves=waves,
        quality=quality,
        trends=taking_part.trends(release, registered, zone) if zone else (),
        studies=held,
        claims=tuple(claim for item in found for claim in studies.claims(item.document)),
        due=studies.due(registered, chosen, year),
        use=Use(
            exports=len(registry.ledger.events(EXPORTED, release.release_id)),
            analyses=sum(len(item.document["analyses"]) for item in found),
        ),
    )


def worry(
    standings: tuple[ZoneStanding, ...],
    held: tuple[Study, ...],
    waves: tuple[WaveShare, ...],
    quality: tuple[Quality, ...],
) -> Worry:
    """Return the one worry of the first page, by a fixed order: harm, reports, documents, conditions, people, rows."""
    read, held_back = sum(item.rows_read for item in quality), sum(item.rows_quarantined for item in quality)
    seen = [item.seen_share for item in waves if item.seen_share is not None]
    holds: dict[Worry, bool] = {
        "harm": any(item.rules_crossed for item in held),
        "overdue": any(item.overdue for item in standings),
        "documents": any(item.missing_documents for item in standings),
        "conditions": any(item.not_met for item in standings),
        "retention": bool(seen) and min(seen) < LOW_SHARE,
        "quarantine": read > 0 and held_back / read > MUCH_QUARANTINE,
    }
    return next((name for name, there in holds.items() if there), "none")


def to_text(document: Annual) -> str:
    """Return the document as JSON, keys as declared."""
    return json.dumps(document.model_dump(mode="json"), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def schema_text() -> str:
    """Return the JSON Schema of the document as it is published."""
    made: dict[str, Any] = Annual.model_json_schema()
    told = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:zonelab:annual:1", **made}
    return json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _pin(release: Release) -> Pin:
    return Pin(**{name: getattr(release, name) for name in ("release_id", "generation_id", "as_of_seq", "simulated")})


def _check(year: int) -> None:
    first = min(zone.created.year for zone in known_zones().values())
    if year < first:
        raise Refused(
            "E-ANNUAL-01",
            Text(
                en=f"There was no pilot zone in {year}: the first was created in {first}. Choose a later year.",
                zh=f"{year} 年尚无试点区：首个试点区成立于 {first} 年。请选择更晚的年份。",
            ),
        )
