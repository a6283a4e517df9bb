"""What stands above an exported plan: which version, in which state, known by which hash, shown to whom.

Belongs here: the cover and its words. Does not: the plan (outline), finding state and hash out (the record).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from data.messages import Text
from experiments.registry.protocol import Protocol, protocol_digest

Audience = Literal["public", "full"]

AUDIENCE: dict[Audience, Text] = {
    "public": Text(en="public fields only", zh="仅公开字段"),
    "full": Text(en="all fields; not for publication", zh="全部字段，不得公开"),
}
SIMULATED = Text(en="SIMULATED: the zones are real, nothing else is.", zh="模拟（SIMULATED）：除试点区外均非真实。")


@dataclass(frozen=True)
class Cover:
    """The identity of one exported version. `state` is None for a file that no registry knows."""

    experiment_id: str
    version: str
    sha256: str
    audience: Audience
    state: Text | None = None
    pid: str | None = None
    registered_at: str | None = None

    def document(self) -> dict[str, object]:
        """Return the cover as it stands in an export."""
        return {
            "experiment_id": self.experiment_id,
            "version": self.version,
            "document_sha256": self.sha256,
            "audience": self.audience,
            "state": self.state.model_dump() if self.state else None,
            "pid": self.pid,
            "registered_at": self.registered_at,
        }


def bare_cover(protocol: Protocol, audience: Audience) -> Cover:
    """Return the cover of a protocol that is not taken from a registry."""
    return Cover(protocol.experiment_id, protocol.version, protocol_digest(protocol), audience)
