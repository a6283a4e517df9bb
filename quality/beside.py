"""What the platform knows beside a file: rosters, earlier waves, and how the zone's headers were matched before.

Belongs here: collecting it, read only, as of one closed sequence number. Does not: what follows from it (roster, across_waves,
matches), the submission itself (intake).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from data.contracts import Column, Contract, business_schema, load_contract
from data.duck import open_duckdb, quote_name, quote_text
from data.lake import Lake
from data.ledger import Ledger
from data.messages import Refused, Text
from data.paths import Workspace
from data.standing import gone
from quality.match_memory import remembered_matches


@dataclass(frozen=True)
class RosterRelation:
    """Who may occur in a column: a SELECT of one text column `id`, and how many there are."""

    select: str
    size: int


@dataclass(frozen=True)
class Beside:
    """What is known beside a file; the empty one for a check that asks no archive.

    Attributes
    ----------
    matches
        Folded header → column (None: not to be loaded), as people of the zone confirmed.
    earlier
        SELECT of what the archive holds of this table for the zone, for tables with waves in their key.
    rosters
        Column → its roster, for columns whose roster has anybody in the zone.
    asked
        Whether the archive was asked at all.
    """

    matches: Mapping[str, str | None] = field(default_factory=dict)
    earlier: str | None = None
    rosters: Mapping[str, RosterRelation] = field(default_factory=dict)
    asked: bool = False


NOTHING = Beside()


def look_beside(
    workspace: Workspace, ledger: Ledger, contract: Contract, zone: str | None, *, submission_id: str | None = None
) -> Beside:
    """Collect what is known beside a file of `zone`.

    Parameters
    ----------
    zone
        A pilot zone or `programme`; None gives `NOTHING`: without a zone there is no roster and no panel.
    submission_id
        A submission that is being resumed: the archive is asked as it was before its own rows entered.

    Raises
    ------
    NotFound, Refused
        A roster that the contract names is no contract (E-CONTRACT-01), or has no such column (E-CONTRACT-02).
    """
    if zone is None:
        return NOTHING
    lake = Lake(workspace, ledger)
    as_of = lake.closed_seq()
    commit = lake.committed(submission_id) if submission_id else None
    as_of = min(as_of, commit.seq - 1) if commit else as_of
    held = gone(ledger)
    return Beside(
        matches=remembered_matches(ledger, contract.name, zone),
        earlier=of_zone(lake.relation_sql(contract, as_of, held), contract, zone) if contract.panel_unit else None,
        rosters=_rosters(lake, contract, zone, as_of, held),
        asked=True,
    )


def of_zone(select: str, contract: Contract, zone: str) -> str:
    """Narrow a SELECT of a table to one zone, where its rows belong to zones."""
    owners = [column.name for column in contract.columns if column.source == "zone"]
    if not owners or contract.scope == "programme":
        return select
    return f"select * from ({select}) where {quote_name(owners[0])} = {quote_text(zone)}"


def _rosters(lake: Lake, contract: Contract, zone: str, as_of: int, held: frozenset[str]) -> dict[str, RosterRelation]:
    found: dict[str, RosterRelation] = {}
    for column in contract.columns:
        if column.roster is None:
            continue
        listed = load_contract(column.roster.contract)
        if column.roster.column not in business_schema(listed).names:
            raise _no_such_roster(contract, column)
        rows = of_zone(lake.relation_sql(listed, as_of, held), listed, zone)
        name = quote_name(column.roster.column)
        select = f"select distinct cast({name} as varchar) as id from ({rows}) where {name} is not null"
        with open_duckdb(threads=1) as connection:
            counted = connection.execute(f"select count(*) from ({select})").fetchone()
        if counted and counted[0]:
            found[column.name] = RosterRelation(select, int(counted[0]))
    return found


def _no_such_roster(contract: Contract, column: Column) -> Refused:
    named = f"{column.roster.contract}.{column.roster.column}" if column.roster else ""
    return Refused(
        "E-CONTRACT-02",
        Text(
            en=f"{contract.name} is not a valid contract: {column.name} has the roster {named}, and there is no such column.",
            zh=f"{contract.name} 不是有效的数据约定：{column.name} 的名册为 {named}，但没有这一列。",
        ),
    )
