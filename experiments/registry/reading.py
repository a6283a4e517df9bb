"""What one reads of the registry, as documents: the list, a version, a history, the reviews; each as its reader may see it.

Belongs here: putting these together for commands and pages. Does not: the rules of seeing (visibility, reviews), what the
parts say (summary, history, next_steps), drawing (apps).
"""

from __future__ import annotations

from typing import Any

from data.ethics_gate import permits, today
from data.messages import NotPermitted
from experiments.registry.conditions_plan import decisions
from experiments.registry.exchange.of_record import seen, towards
from experiments.registry.history import history
from experiments.registry.next_steps import next_steps
from experiments.registry.records import Comment, Record
from experiments.registry.reviews import visible_reviews
from experiments.registry.store import Registry
from experiments.registry.summary import shown, summary
from experiments.registry.visibility import INSIDERS


def listed(registry: Registry, reader: str | None = None) -> list[dict[str, Any]]:
    """Return the experiments that a reader may know of, each in short."""
    found = []
    for experiment_id in registry.ids():
        try:
            found.append(standing(registry, experiment_id, reader))
        except NotPermitted:
            continue
    return found


def standing(registry: Registry, experiment_id: str, reader: str | None = None) -> dict[str, Any]:
    """Return one experiment in short.

    Raises
    ------
    NotPermitted
        E-EXCH-03: nothing of it is public.
    """
    found = seen(registry, experiment_id, None, reader=reader)
    return summary(found.record, inside=_inside(registry, found.record, reader))


def version_document(
    registry: Registry, experiment_id: str, version: str | None = None, reader: str | None = None
) -> dict[str, Any]:
    """Return one version: cover, standing, and its sections with what is filled and what is missing."""
    found = seen(registry, experiment_id, version, reader=reader)
    inside = _inside(registry, found.record, reader)
    return {
        **found.cover.document(),
        "standing": summary(found.record, inside=inside),
        "sections": shown(found.protocol, found.visible),
    }


def history_document(registry: Registry, experiment_id: str, reader: str | None = None) -> dict[str, Any]:
    """Return the acts on an experiment and what must happen now; the public is told what led to registered versions."""
    record = seen(registry, experiment_id, None, reader=reader).record
    inside = _inside(registry, record, reader)
    return {
        "experiment_id": experiment_id,
        "history": [line.document() for line in history(record, reader or "", inside=inside)],
        "next": [step.document() for step in next_steps(record)] if inside else [],
    }


def reviews_document(registry: Registry, experiment_id: str, reader: str) -> dict[str, Any]:
    """Return votes and comments of the newest version, as far as the reader may see them, and who has not voted."""
    found = seen(registry, experiment_id, None, reader=reader)
    reviews = visible_reviews(found.record, reader)
    return {
        "experiment_id": experiment_id,
        "version": reviews.version,
        "independent": reviews.independent,
        "waiting_for": list(reviews.waiting_for),
        "votes": [
            {"side": item.side, "reviewer": item.reviewer, "vote": item.vote, "at": item.at, "counts": item.counts}
            for item in reviews.reviews
        ],
        "comments": [_comment(item) for item in reviews.comments],
        "next": [step.document() for step in next_steps(found.record)],
    }


def ethics_document(registry: Registry, experiment_id: str, reader: str | None = None) -> dict[str, Any]:
    """Return the ethics decision of each zone, and whether it stands today; None where there is none."""
    record = seen(registry, experiment_id, None, reader=reader).record
    protocol = (record.current or record.latest).protocol
    on = today()
    latest = decisions(record, protocol, on)
    return {
        "experiment_id": experiment_id,
        "zones": {
            zone.zone_id: (
                {**latest[zone.zone_id].model_dump(mode="json"), "in_force": permits(latest[zone.zone_id], on)}
                if zone.zone_id in latest
                else None
            )
            for zone in protocol.zones
        },
    }


def _inside(registry: Registry, record: Record, reader: str | None) -> bool:
    return bool(INSIDERS & towards(registry, record, reader))


def _comment(item: Comment) -> dict[str, Any]:
    return {
        "id": item.id,
        "side": item.side,
        "reviewer": item.reviewer,
        "path": item.path,
        "text": item.text,
        "at": item.at,
        "answer": item.answer.text if item.answer else None,
    }
