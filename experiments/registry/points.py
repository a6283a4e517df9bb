"""The four points after which plans tighten: assignment revealed, first outcome record, first outcome read, primary analysis run.

Belongs here: t1 to t4 of one experiment from the ledger and the catalogue of submissions, the phase that follows, recording that
outcomes were read. Does not: what is locked after a point (amendments), how early a registration was (timing).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from data.contracts import load_contract
from data.ledger import Event, Ledger
from data.messages import NotFound
from data.releases import Release
from data.submissions import Submission, submissions
from experiments.registry.protocol import Outcome, Protocol
from experiments.registry.schema.meta import POINTS, Point

Phase = Literal["pre_t1", "t1_t2", "t2_t3", "t3_t4", "post_t4"]
PHASES: tuple[Phase, ...] = ("pre_t1", "t1_t2", "t2_t3", "t3_t4", "post_t4")
REVEALED, READ, RUN = "assignment_revealed", "outcome_read", "analysis_run"


@dataclass(frozen=True)
class Points:
    """When each point was reached: the ledger's ISO text in UTC, None while it lies ahead.

    A study without randomisation has no t1, and a baseline may hold outcomes before the draw: a later point implies the earlier.

    >>> Points(t2="2026-03-01T00:00:00+00:00").phase, Points(t2="2026-03-01T00:00:00+00:00").reached("t1")
    ('t2_t3', True)
    """

    t1: str | None = None
    t2: str | None = None
    t3: str | None = None
    t4: str | None = None

    def reached(self, point: Point) -> bool:
        """Tell whether the point, or a later one, has come."""
        return any(getattr(self, later) is not None for later in POINTS[POINTS.index(point) :])

    @property
    def phase(self) -> Phase:
        """The phase after the last point that has come."""
        return PHASES[sum(self.reached(point) for point in POINTS)]

    def until(self, moment: str) -> Points:
        """Return the points as they stood at a moment."""
        return Points(*(when if when is not None and when <= moment else None for when in self._all()))

    def _all(self) -> tuple[str | None, ...]:
        return (self.t1, self.t2, self.t3, self.t4)

    def to_dict(self) -> dict[Point, str | None]:
        """Return the points by name."""
        return dict(zip(POINTS, self._all(), strict=True))


def points_of(ledger: Ledger, experiment_id: str, protocols: Iterable[Protocol]) -> Points:
    """Return when an experiment reached each point, from the record alone: nothing is declared.

    A point that was reached stays reached: no later version undoes it by dropping a zone, a source or a wave.

    Parameters
    ----------
    ledger
        Of the workspace: events and submissions.
    protocols
        Every version that was registered. Each names zones, data sources and outcomes: t2 is the receipt of the first file with
        accepted rows for one of its zones whose contract is a data source and holds an outcome, in a wave of that outcome's time
        frame (or in a wave not named).
    """
    arrived = submissions(ledger)
    return Points(
        t1=_first(event.at_utc for event in _of(ledger, REVEALED, experiment_id)),
        t2=_first(item.received_at for plan in protocols for item in outcome_submissions(arrived, plan)),
        t3=_first(event.at_utc for event in _of(ledger, READ, experiment_id)),
        t4=_first(event.at_utc for event in _of(ledger, RUN, experiment_id) if event.detail.get("is_primary")),
    )


def outcome_submissions(found: Iterable[Submission], protocol: Protocol) -> Iterator[Submission]:
    """Yield the submissions that brought outcome records of an experiment."""
    zones = {zone.zone_id for zone in protocol.zones} | {"programme"}
    waves = outcome_waves(protocol)
    for item in found:
        if item.rows_accepted and item.zone in zones and item.contract in waves:
            named = waves[item.contract]
            if not named or item.wave is None or item.wave in named:
                yield item


def outcome_waves(protocol: Protocol) -> dict[str, frozenset[str]]:
    """Return the contracts that hold outcomes, each with the waves in which they count; no wave means any."""
    found: dict[str, frozenset[str]] = {}
    for source in protocol.data_sources:
        held = [item for item in protocol.outcomes if _holds(protocol, source.contract_id, source.kind, item)]
        if held:
            everywhere = any(not item.time_frame.waves for item in held)
            waves = frozenset(wave for item in held for wave in item.time_frame.waves)
            found[source.contract_id] = frozenset() if everywhere else waves
    return found


def record_read(
    ledger: Ledger, release: Release, tables: Iterable[str], actor: str, experiment_ids: Iterable[str], role: str = ""
) -> None:
    """Record that somebody read released outcome tables: t3 of these experiments, if it is the first time.

    Call it before the tables are opened. The same actor reading the same tables of the same release again adds nothing.

    Parameters
    ----------
    tables
        Names of the released tables, such as ``panel_individual_wave``.
    actor, role
        Who read; a scheduled analysis counts as reading, because its numbers are seen.
    experiment_ids
        Whose outcomes stand in these tables.
    """
    detail = {"release_id": release.release_id, "tables": sorted(set(tables))}
    known = {(event.object_id, event.actor) for event in ledger.events(READ) if event.detail == detail}
    fresh = [name for name in dict.fromkeys(experiment_ids) if (name, actor) not in known]
    if not detail["tables"] or not fresh:
        return
    with ledger.transaction() as connection:
        for name in fresh:
            ledger.record(connection, kind=READ, object_id=name, detail=detail, actor=actor, role=role)


def _of(ledger: Ledger, kind: str, experiment_id: str) -> list[Event]:
    return ledger.events(kind, experiment_id)


def _first(moments: Iterable[str]) -> str | None:
    return min(moments, default=None)


def _holds(protocol: Protocol, contract_id: str, kind: str, outcome: Outcome) -> bool:
    """Tell whether a contract holds an outcome; one that no contract holds by name is derived from the sources of its kind."""
    named = [source.contract_id for source in protocol.data_sources if _columns(source.contract_id) & _names(outcome)]
    return contract_id in named if named else kind == outcome.data_source


def _names(outcome: Outcome) -> frozenset[str]:
    return frozenset(outcome.variables)


def _columns(contract_id: str) -> frozenset[str]:
    try:
        return frozenset(column.name for column in load_contract(contract_id).columns)
    except NotFound:
        return frozenset()
