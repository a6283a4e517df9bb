"""The experiments of a zone or of the programme: what runs, what was found, word for word as their impact reports say it.

Belongs here: picking from results.json, with the ids of its numbers. Does not: estimating, wording (report.sentences).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

from data.messages import Language
from data.paths import Workspace
from data.releases import Release
from data.stale import marks
from experiments.accounts.shapes import Label
from experiments.annual.shapes import Claim, Due, Study
from experiments.plans import Plan
from experiments.report.html import line
from experiments.report.sentences import headline
from experiments.reviewing import reading
from experiments.reviewing.desk import ReviewDesk

NOTHING = {"zones": None, "pooled": None, "prediction_low": None, "prediction_high": None, "i2": None}


@dataclass(frozen=True)
class Found:
    """The results of one experiment with what their review says, and whether they are published."""

    document: dict[str, Any]
    published: bool


def readable_results(desk: ReviewDesk, release: Release, zone: str | None, user: str) -> list[Found]:
    """Return the results on a release that a user may read, of experiments that include the zone (None: all)."""
    known = [
        item
        for item in reading.readable(desk, user)
        if item.reported.release_id == release.release_id and not item.is_retracted
    ]
    found = [Found(reading.document_of(item), item.is_public or item.record.state == "published") for item in known]
    told = [item for item in found if zone is None or zone in item.document["design"]["zones"]]
    return sorted(told, key=lambda item: item.document["experiment_id"])


def study(workspace: Workspace, found: Found) -> Study:
    """Return an experiment in short."""
    document = found.document
    accounts = document.get("accounts") or {}
    cards = (accounts.get("delivery") or {}).get("cards", [])
    rules = (accounts.get("harms") or {}).get("rules", [])
    counts = {f"rules_{name}": sum(rule[name] for rule in rules) for name in ("crossed", "quiet", "silent")}
    report = f"{document['release']['release_id']}/{document['experiment_id']}"
    return Study(
        id=document["experiment_id"],
        title=Label(**document["title"]),
        zones=tuple(document["design"]["zones"]),
        version=document["protocol"]["version"],
        systems=tuple(Label(**card["name"]) for card in cards),
        dates=(accounts.get("declared") or {}).get("dates", {}),
        published=found.published,
        stale=bool(marks(workspace, report)),
        deviations=len(document["deviations"]),
        **counts,
    )


def claims(document: dict[str, Any]) -> list[Claim]:
    """Return the registered confirmatory results and every harm of an experiment, in its order."""
    places = {item["id"]: item for item in (document.get("accounts") or {}).get("elsewhere", [])}
    wanted = [
        item
        for item in document["analyses"]
        if item["hypothesis"]["tier"] == "confirmatory" or item["outcome"]["is_harm"]
    ]
    return [_claim(document, item, places.get(item["analysis_id"], NOTHING)) for item in wanted]


def _claim(document: dict[str, Any], entry: dict[str, Any], place: dict[str, Any]) -> Claim:
    said, row = {name: line(entry, name) for name in get_args(Language)}, headline(entry)
    return Claim(
        id=entry["number_id"],
        experiment_id=document["experiment_id"],
        outcome=Label(**entry["outcome"]["name"]),
        unit=Label(**entry["outcome"]["unit"]),
        level=entry["outcome"]["level"],
        is_harm=entry["outcome"]["is_harm"],
        verdict=said["en"].verdict,
        certainty=entry.get("certainty"),
        sentence=Label(**{name: item.sentence for name, item in said.items()}),
        **{name: row[name] for name in ("estimate", "conf_low", "conf_high")},
        **{name: place[name] for name in NOTHING},
    )


def due(plans: Sequence[Plan], zones: Sequence[str], year: int) -> tuple[Due, ...]:
    """Return the waves that fall into the year after, and the annual report of that year."""
    found = [
        Due(
            id=f"{plan.protocol.experiment_id}-{wave.wave_id}",
            date=str(wave.target_date),
            what="wave",
            experiment_id=plan.protocol.experiment_id,
            zone_id=None,
        )
        for plan in plans
        if set(zones) & {zone.zone_id for zone in plan.protocol.zones}
        for wave in plan.protocol.schedule
        if (wave.target_date or "").startswith(str(year + 1))
    ]
    report = Due(id=f"report-{year + 1}", date=f"{year + 1}-12-31", what="report", experiment_id=None, zone_id=None)
    return (*sorted(found, key=lambda item: (item.date, item.id)), report)
