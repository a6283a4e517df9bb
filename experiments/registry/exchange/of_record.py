"""Exports of what the registry holds: which version, what of it its reader may see, under which cover.

Belongs here: from an id and a reader to an export. Does not: the forms (export), the rule of visibility (visibility).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.registry.exchange.cover import Audience, Cover
from experiments.registry.exchange.export import SUFFIX, Format, exported, known_format
from experiments.registry.machines import PROTOCOL_VERSION
from experiments.registry.protocol import Protocol
from experiments.registry.records import Record, VersionRecord
from experiments.registry.store import Registry
from experiments.registry.visibility import visible_fields


@dataclass(frozen=True)
class Seen:
    """One version as one reader may see it."""

    record: Record
    version: VersionRecord
    protocol: Protocol
    visible: frozenset[str]
    cover: Cover


@dataclass(frozen=True)
class Export:
    """One version as text in one format."""

    form: Format
    text: str
    seen: Seen

    @property
    def file_name(self) -> str:
        """The name of the file where none is given."""
        return f"{self.seen.record.experiment_id}-{self.seen.version.version}{SUFFIX[self.form]}"

    def document(self, path: Path | None) -> dict[str, Any]:
        """Return what was exported, as commands print it; the text itself where it went to no file."""
        return {
            "format": self.form,
            "path": str(path) if path else None,
            "sha256": hashlib.sha256(self.text.encode()).hexdigest(),
            **self.seen.cover.document(),
            "withheld": [name for name in Protocol.model_fields if name not in self.seen.visible],
            **({} if path else {"content": self.text}),
        }


def export_version(
    registry: Registry, experiment_id: str, version: str | None, *, form: str, reader: str | None, full: bool = False
) -> Export:
    """Return one version in one format, as it may be seen.

    Parameters
    ----------
    version
        None: the newest registered one, or else the one in preparation.
    form
        One of `export.FORMATS`.
    reader
        Who asks; None is the public.
    full
        With all that the reader may see, instead of what everybody may.

    Raises
    ------
    NotFound
        No such experiment, no such version, or none that this reader may know of.
    """
    chosen = known_format(form)
    public = seen(registry, experiment_id, version, reader=None) if not full else None
    found = public or seen(registry, experiment_id, version, reader=reader)
    text = exported(found.protocol, chosen, visible=found.visible, cover=found.cover)
    return Export(chosen, text, found)


def seen(registry: Registry, experiment_id: str, version: str | None, *, reader: str | None) -> Seen:
    """Return one version with the fields that its reader may see."""
    record = registry.record(experiment_id)
    found = record.version(version) if version else (record.current or record.latest)
    visible = visible_fields(record, found, reader)
    audience: Audience = "full" if visible == frozenset(Protocol.model_fields) else "public"
    cover = Cover(
        experiment_id,
        found.version,
        found.document_sha256,
        audience,
        PROTOCOL_VERSION.states[found.state],
        found.pid,
        found.registered_at,
    )
    return Seen(record, found, found.protocol, visible, cover)
