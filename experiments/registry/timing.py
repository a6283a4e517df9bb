"""How early a registration was: EGAP's six levels, computed from ledger, lake and access log, never declared.

Belongs here: the mapping from recorded moments to a level, and its words. Does not: finding the moments (points). What the team
declares about prior access counts only against it: it can make the level worse, never better.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from data.ledger import Ledger
from data.messages import Text
from data.submissions import submissions
from experiments.registry.points import Points, outcome_waves
from experiments.registry.protocol import Protocol

Level = Literal[1, 2, 3, 4, 5, 6]

LEVELS: dict[Level, Text] = {
    1: Text(en="Registered prior to any research activities", zh="在任何研究活动之前登记"),
    2: Text(en="Registered prior to assignment of treatment", zh="在分配干预之前登记"),
    3: Text(en="Registered prior to realization of outcomes", zh="在结局产生之前登记"),
    4: Text(en="Registered prior to researcher access to outcome data", zh="在研究者接触结局数据之前登记"),
    5: Text(en="Registered prior to researcher analysis of outcome data", zh="在研究者分析结局数据之前登记"),
    6: Text(en="Registered after researcher analysis of outcome data", zh="在研究者分析结局数据之后登记"),
}
"""The six answers of EGAP's registration form to "prospective or retrospective?". The mapping, the worst that holds:

6 the primary analysis had run (t4) · 5 an outcome table had been read (t3) · 4 an outcome record had been received (t2), or
the team says that outcome data existed · 3 treatment had been drawn or revealed (t1) · 2 the study had begun otherwise: a
zone recruited, a draw was committed to, or a file of one of its data sources had come in · 1 nothing of this.
The AEA registry's "pre-registered" (before the intervention starts) is levels 1 and 2.
"""

NOT_REGISTERED = Text(en="Not registered", zh="未登记")

_DECLARED: dict[str, Level] = {
    "not_created": 1,
    "exists_not_observed": 4,
    "exists_not_accessed": 4,
    "accessed_not_analysed": 5,
    "analysed": 6,
}
_WORK = ("assignment_committed", "status_changed")


@dataclass(frozen=True)
class Timing:
    """The level of one registration, and what it was compared with. `level` is None for what is not registered."""

    level: Level | None
    registered_at: str | None
    points: Points
    worsened_by_declaration: bool = False

    @property
    def text(self) -> Text:
        """The level in words."""
        return LEVELS[self.level] if self.level else NOT_REGISTERED

    def to_dict(self) -> dict[str, Any]:
        """Return it as it stands in results.json."""
        return {
            "level": self.level,
            "text": self.text.model_dump(),
            "registered_at": self.registered_at,
            "points": self.points.to_dict(),
            "worsened_by_declaration": self.worsened_by_declaration,
        }


def timing(
    protocol: Protocol, registered_at: str | None, points: Points, begun: tuple[str | None, str | None]
) -> Timing:
    """Return the level of a registration.

    Parameters
    ----------
    protocol
        Its data sources may declare that outcome data were there already.
    registered_at
        When the first version was registered; None if never.
    points
        t1 to t4.
    begun
        First draw of an assignment, first other activity of the study (`begun_of`).
    """
    if registered_at is None:
        return Timing(None, None, points)
    drawn, active = begun
    evidence: tuple[tuple[Level, str | None], ...] = (
        (6, points.t4),
        (5, points.t3),
        (4, points.t2),
        (3, min(filter(None, (drawn, points.t1)), default=None)),
        (2, active),
    )
    computed: Level = next((level for level, when in evidence if when is not None and when <= registered_at), 1)
    declared = _declared(protocol)
    level: Level = max((computed, declared))
    return Timing(level, registered_at, points, worsened_by_declaration=declared > computed)


def begun_of(ledger: Ledger, experiment_id: str, protocol: Protocol) -> tuple[str | None, str | None]:
    """Return when treatment was first drawn, and when the study first did anything else, from ledger and catalogue."""
    sources = {source.contract_id for source in protocol.data_sources}
    zones = {zone.zone_id for zone in protocol.zones} | {"programme"}
    drawn = [event.at_utc for event in ledger.events("assignment_drawn", experiment_id)]
    acts = [event.at_utc for kind in _WORK for event in ledger.events(kind, experiment_id)]
    files = [item.received_at for item in submissions(ledger) if item.contract in sources and item.zone in zones]
    return min(drawn, default=None), min([*acts, *files], default=None)


def _declared(protocol: Protocol) -> Level:
    """Return the worst level that the team's own word on its outcome data allows."""
    held = outcome_waves(protocol)
    said = [_DECLARED[source.prior_access] for source in protocol.data_sources if source.contract_id in held]
    return max(said, default=1)
