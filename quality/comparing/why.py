"""Why two releases differ, as far as pins and ledger know it: deliveries, corrections, withdrawals, contracts, code.

Belongs here: two releases → reasons. Does not: the difference itself (difference). Nobody is named: a withdrawal is a number,
and one below the smallest cell is "some".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.ledger import Event, Ledger
from data.releases import Release
from data.submissions import submissions
from data.withdrawals import ERASED
from quality.disclosure import MIN_CELL


@dataclass(frozen=True)
class Reasons:
    """What happened between two releases.

    `arrived` and `gone` are deliveries by contract, zone and wave. `withdrawals` is None where there were some, too few to count.
    """

    arrived: Mapping[str, tuple[str, ...]]
    gone: Mapping[str, str]
    corrections: tuple[str, ...]
    retracted: tuple[str, ...]
    withdrawals: int | None
    contracts: tuple[str, ...]
    code: tuple[str, str] | None


def reasons(ledger: Ledger, before: Release, after: Release) -> Reasons:
    """Return why `after` is not as `before`."""
    arrived = set(after.submissions) - set(before.submissions)
    left = {item.submission_id: item.reason for item in after.excluded}
    gone = {name: left.get(name, "unknown") for name in sorted(set(before.submissions) - set(after.submissions))}
    erased = len(_between(ledger, ERASED, before, after))
    commits = before.code.commit, after.code.commit
    return Reasons(
        arrived=_by_source(ledger, arrived),
        gone=gone,
        corrections=tuple(
            sorted(event.detail["correction"] for event in _between(ledger, "correction_accepted", before, after))
        ),
        retracted=tuple(sorted({event.object_id for event in _between(ledger, "batch_retracted", before, after)})),
        withdrawals=erased if erased == 0 or erased >= MIN_CELL else None,
        contracts=tuple(
            sorted(
                name
                for name in {*before.contracts, *after.contracts}
                if before.contracts.get(name) != after.contracts.get(name)
            )
        ),
        code=commits if commits[0] != commits[1] else None,
    )


def _between(ledger: Ledger, kind: str, before: Release, after: Release) -> list[Event]:
    """Return the events after the first release was built. An erasure reaches into both, whenever they were built."""
    upto = ledger.head().seq if kind == ERASED else after.ledger_head.seq
    return [event for event in ledger.events(kind) if before.ledger_head.seq < event.seq <= upto]


def _by_source(ledger: Ledger, wanted: set[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for item in submissions(ledger):
        if item.submission_id in wanted:
            place = " ".join(filter(None, (item.contract, item.zone, item.wave)))
            found.setdefault(place, []).append(item.submission_id)
    unknown = wanted - {name for names in found.values() for name in names}
    if unknown:
        found["unknown"] = sorted(unknown)
    return {place: tuple(sorted(names)) for place, names in sorted(found.items())}
