"""Exports of what the registry holds: which version, what of it its reader may see, under which cover.

Belongs here: from an id and a reader to an export. Does not: the forms (export), the rule of visibility (visibility).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from data.access import Role, roles_of
from data.messages import NotPermitted, Text
from experiments.registry.exchange.cover import Audience, Cover
from experiments.registry.exchange.export import SUFFIX, Format, exported, known_format
from experiments.registry.machines import PROTOCOL_VERSION
from experiments.registry.protocol import Protocol
from experiments.registry.records import Record, VersionRecord
from experiments.registry.separation import roles_on
from experiments.registry.store import Registry
from experiments.registry.visibility import INSIDERS, embargo_over, visible_fields


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
        With all that the reader may see. Otherwise only what everybody may, or may once it is registered: a text that can
        leave the house.

    Raises
    ------
    NotPermitted
        E-EXCH-03: the reader may see nothing of this version; E-EXCH-02: `full`, and they may see no more than the public.
    NotFound
        No such experiment, no such version.
    """
    chosen = known_format(form)
    found = seen(registry, experiment_id, version, reader=reader)
    if full and found.cover.audience != "full":
        raise NotPermitted("E-EXCH-02", _NO_MORE.fill(id=experiment_id))
    if not full and found.cover.audience == "full":
        found = _made(found.record, found.version, found.visible & _for_everybody(found.protocol), "public")
    return Export(chosen, exported(found.protocol, chosen, visible=found.visible, cover=found.cover), found)


def seen(registry: Registry, experiment_id: str, version: str | None, *, reader: str | None) -> Seen:
    """Return one version with the fields that its reader may see.

    Raises
    ------
    NotPermitted
        E-EXCH-03: none.
    """
    record = registry.record(experiment_id)
    roles = towards(registry, record, reader)
    inside = bool(INSIDERS & roles)
    found = record.version(version) if version else ((record.latest if inside else record.current) or record.latest)
    newest = record.current
    stands = newest is not None and not embargo_over(newest.protocol, datetime.now(UTC))
    visible = visible_fields(found.protocol, roles, datetime.now(UTC), state=found.state, embargo=stands)
    if not visible:
        raise NotPermitted("E-EXCH-03", _NOT_PUBLIC.fill(id=experiment_id, version=found.version))
    return _made(record, found, visible, "full" if inside else "public")


def towards(registry: Registry, record: Record, reader: str | None) -> frozenset[Role]:
    """Return the roles in which a reader stands to an experiment; none for the public."""
    return frozenset() if reader is None else roles_on(record, reader, roles_of(reader, registry.workspace))


def _for_everybody(protocol: Protocol) -> frozenset[str]:
    """Return the fields that are public by declaration, whatever the version's state."""
    return visible_fields(protocol, (), datetime.now(UTC), state="registered", embargo=False)


def _made(record: Record, found: VersionRecord, visible: frozenset[str], audience: Audience) -> Seen:
    cover = Cover(
        record.experiment_id,
        found.version,
        found.document_sha256,
        audience,
        PROTOCOL_VERSION.states[found.state],
        found.pid,
        found.registered_at,
    )
    return Seen(record, found, found.protocol, visible, cover)


_NOT_PUBLIC = Text(
    en="{id} version {version} is not public. Name yourself with --as USER if you have to do with it.",
    zh="{id} 版本 {version} 未公开。若您参与其中，请用 --as USER 表明身份。",
)
_NO_MORE = Text(
    en="You may see no more of {id} than everybody. Leave out --full.",
    zh="您对 {id} 的可见范围与公众相同。请去掉 --full。",
)
