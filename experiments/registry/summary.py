"""One experiment in short, and one version in full, as commands and pages print them.

Belongs here: these two documents, made from a record. Does not: what waits (next_steps), what was done (history), who may
see what (visibility), how it is drawn (apps).
"""

from __future__ import annotations

import json
from typing import Any

from experiments.registry.check import ProtocolProblem
from experiments.registry.exchange.brief import in_both
from experiments.registry.exchange.outline import outline
from experiments.registry.next_steps import next_steps
from experiments.registry.protocol import Protocol, canonical_json
from experiments.registry.records import Record, VersionRecord


def summary(record: Record, *, inside: bool = True) -> dict[str, Any]:
    """Return where an experiment stands: its versions, zones, draw, and what must happen now.

    For the public (`inside` false) it is the registered version's standing: nobody outside learns of a version in preparation.
    """
    told = record.latest if inside else (record.current or record.latest)
    versions = [item for item in record.versions if inside or item.registered_at is not None]
    return {
        "experiment_id": record.experiment_id,
        "title": told.protocol.title_brief.model_dump(),
        "version": told.version,
        "state": told.state,
        "versions": [_version(item) for item in versions],
        "zones": {item.zone_id: record.zone_status.get(item.zone_id) for item in told.protocol.zones},
        "assignment": None if record.assignment is None else record.assignment.seed_commitment,
        "amendments": len(record.amendments),
        "deviations": len(record.deviations),
        "next": [step.document() for step in next_steps(record)] if inside else [],
    }


def _version(version: VersionRecord) -> dict[str, Any]:
    return {
        "version": version.version,
        "state": version.state,
        "document_sha256": version.document_sha256,
        "submitted_at": version.submitted_at,
        "registered_at": version.registered_at,
        "pid": version.pid,
    }


def shown(protocol: Protocol, visible: frozenset[str]) -> list[dict[str, Any]]:
    """Return the sections of a version: each field's label, whether it is filled, and its value where it may be seen."""
    content = json.loads(canonical_json(protocol))
    return [
        {
            "key": chapter.key,
            "title": chapter.title.model_dump(),
            "fields": [
                {
                    "name": entry.name,
                    "label": entry.label.model_dump(),
                    "required_from": entry.stage,
                    "filled": None if entry in chapter.withheld else entry in chapter.filled,
                    "text": in_both(entry.value).model_dump() if entry.value is not None else None,
                    "value": content[entry.name] if entry in chapter.filled else None,
                }
                for entry in (*chapter.filled, *chapter.empty, *chapter.withheld)
            ],
        }
        for chapter in outline(protocol, visible)
    ]


def problems_document(problems: list[ProtocolProblem]) -> list[dict[str, Any]]:
    """Return problems as `zonelab protocol check` prints them."""
    return [{"path": item.path, "severity": item.severity, "message": item.message.model_dump()} for item in problems]
